# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: the three lines, and whose signature counts."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from audit.proof.merkle import EMPTY_ROOT
from audit.proof.note import sign_note, verifier_key
from domain.errors import ProofError

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "ledger.xa-test"
KEY = verifier_key(ORIGIN, PRIVATE.public_key())
ROOT = b64encode(b"r" * 32).decode()


def test_a_checkpoint_signs_exactly_origin_size_and_root() -> None:
    found = Checkpoint(origin=ORIGIN, size=20852163, root=b"r" * 32)
    assert found.body() == f"{ORIGIN}\n20852163\n{ROOT}\n"


@given(size=st.integers(1, 2**63 - 1), root=st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read_back(size: int, root: bytes) -> None:
    written = Checkpoint(origin=ORIGIN, size=size, root=root)
    assert parse_checkpoint(written.body()) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n7\n{ROOT}",
        f"{ORIGIN}\n7\n{ROOT}\n\n",
        f"{ORIGIN}\n7\n{ROOT}\nextension\n",
        f"\n7\n{ROOT}\n",
        f"{ORIGIN}\r\n7\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n07\n{ROOT}\n",
        f"{ORIGIN}\n+7\n{ROOT}\n",
        f"{ORIGIN}\n-7\n{ROOT}\n",
        f"{ORIGIN}\n\N{ARABIC-INDIC DIGIT SEVEN}\n{ROOT}\n",
        f"{ORIGIN}\n7 \n{ROOT}\n",
        f"{ORIGIN}\n9223372036854775808\n{ROOT}\n",
        f"{ORIGIN}\n7\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n7\n{ROOT[:-2]}J=\n",
        f"{ORIGIN}\n7\n {ROOT}\n",
        f"{ORIGIN}\n7\n{b64encode(b'r' * 31).decode()}\n",
        f"{ORIGIN}\n0\n{ROOT}\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ProofError, match=r"checkpoint|decimal|base64|empty tree"):
        parse_checkpoint(text)


def test_the_empty_tree_has_a_checkpoint_with_the_empty_root() -> None:
    empty = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    assert parse_checkpoint(empty.body()) == empty


def test_a_checkpoint_signed_by_its_log_opens() -> None:
    written = Checkpoint(origin=ORIGIN, size=7, root=b"r" * 32)
    note = sign_note(written.body(), name=ORIGIN, private_key=PRIVATE)
    assert open_checkpoint(note, [KEY], origin=ORIGIN) == written


def test_a_checkpoint_of_another_log_is_refused() -> None:
    written = Checkpoint(origin="ledger.xb-test", size=7, root=b"r" * 32)
    note = sign_note(written.body(), name=ORIGIN, private_key=PRIVATE)
    with pytest.raises(ProofError, match=r"not one of ledger\.xa-test") as refusal:
        open_checkpoint(note, [KEY], origin=ORIGIN)
    assert refusal.value.slug == "checkpoint_origin"


def test_a_checkpoint_that_only_a_witness_signed_is_refused() -> None:
    witness = verifier_key("witness.example", PRIVATE.public_key())
    written = Checkpoint(origin=ORIGIN, size=7, root=b"r" * 32)
    note = sign_note(written.body(), name="witness.example", private_key=PRIVATE)
    with pytest.raises(ProofError, match=r"No key of ledger\.xa-test"):
        open_checkpoint(note, [KEY, witness], origin=ORIGIN)
