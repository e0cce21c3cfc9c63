# SPDX-License-Identifier: Apache-2.0
"""The worked examples of the specification, section 5, byte for byte."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from audit.proof.encoding import decode
from audit.proof.envelope.opening import Reading, open_stored, read_stored
from audit.proof.envelope.token import event_id
from domain.identifiers import FIRST_PREV
from tests.unit.audit.proof.envelope.worked import (
    AUDIENCE,
    CATALOGUE,
    DISCLOSURES,
    EXAMPLES,
    FULL,
    KEYS,
    MARKED,
    TRANSFERRED,
    VECTORS,
    opened,
    payload_of,
)

SHARED = Path(__file__).parents[5].parent / "shared" / "vectors" / "examples.json"


def test_the_copied_vectors_are_the_published_ones() -> None:
    if not SHARED.exists():
        pytest.skip("the published vectors are not beside this checkout")
    assert (VECTORS / "examples.json").read_bytes() == SHARED.read_bytes()


@pytest.mark.parametrize("example", EXAMPLES["events"], ids=["marked", "transferred"])
def test_event_id_and_leaf_are_the_published_ones(example: dict[str, Any]) -> None:
    signed = opened(example["jws"].encode() + b"~")
    assert signed.event.eid == example["eid"]
    assert signed.leaf.hex() == example["leaf_sha256_hex"]
    assert signed.jws == example["jws"].encode()


def test_the_first_event_reads_as_typed_values() -> None:
    event = opened(MARKED + b"~").event
    assert (event.evt, event.seq, event.prev) == ("firearm.marked", 1, FIRST_PREV)
    assert (event.iss, event.aud) == ("auth.xa.0410", AUDIENCE)
    assert event.dat.model_dump()["sn"] == "TW9-000042"
    assert event.kid == EXAMPLES["keys"][0]["kid"]


def test_the_second_event_names_the_first() -> None:
    assert opened(TRANSFERRED + b"~").event.prev == opened(MARKED + b"~").event.eid


def test_all_disclosures_of_the_second_event_open() -> None:
    disclosed = opened(FULL).disclosures
    assert {each.name: each.value for each in disclosed} == EXAMPLES["events"][1]["claims"]
    assert tuple(each.text for each in disclosed) == tuple(DISCLOSURES)
    assert {each.digest for each in disclosed} < set(payload_of(TRANSFERRED)["_sd"])


def test_one_disclosure_of_the_second_event_opens_alone() -> None:
    (disclosed,) = opened(EXAMPLES["sd_jwt_partial"].encode()).disclosures
    assert (disclosed.name, disclosed.value) == ("permit_no", "XA-LP-2026-004711")


@pytest.mark.parametrize("jws", [MARKED, TRANSFERRED], ids=["marked", "transferred"])
def test_a_log_entry_opens_and_reads_back_alike(jws: bytes) -> None:
    signed = open_stored(jws, Reading(KEYS.get, CATALOGUE, AUDIENCE))
    assert signed == opened(jws + b"~")
    assert read_stored(jws, CATALOGUE) == signed.event


def test_the_event_id_covers_the_signing_input_alone() -> None:
    signing_input, _, _ = MARKED.rpartition(b".")
    assert decode(event_id(signing_input).encode()) == sha256(signing_input).digest()
