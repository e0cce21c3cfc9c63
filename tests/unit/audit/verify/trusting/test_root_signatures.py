# SPDX-License-Identifier: Apache-2.0
"""Root keys under a trust file: who signed it, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.client.attest import stand_for_trust
from api.client.keyfile import FileKey
from audit.proof.verify.trust import Trust, check_successor
from domain.errors import ProofError, UsageError
from tests.unit.audit.verify.log_builder import small_log

LOG = small_log(1)
TRUST = LOG.trust()
ONE, OTHER = LOG.roots
SIGNED = stand_for_trust(OTHER, stand_for_trust(ONE, TRUST))

Change = Callable[[dict[str, Any]], object]


def changed(trust: Trust, change: Change) -> bytes:
    members = json.loads(trust.encode())
    change(members)
    return json.dumps(members).encode()


def test_a_trust_file_reads_back_with_its_signatures() -> None:
    assert Trust.parse(SIGNED.encode()) == SIGNED
    assert SIGNED.says_the_same(TRUST)
    assert (TRUST.endorsed, stand_for_trust(ONE, TRUST).endorsed, SIGNED.endorsed) == (
        False,
        False,
        True,
    )


def test_the_order_of_signatures_and_signing_twice_make_no_difference() -> None:
    again = stand_for_trust(ONE, stand_for_trust(OTHER, stand_for_trust(OTHER, TRUST)))
    assert [each.kid for each in again.signatures] == [each.kid for each in SIGNED.signatures]
    assert again.endorsed


def test_without_signatures_the_file_is_what_it_was_before_there_were_any() -> None:
    assert b"signatures" not in TRUST.encode()


CHANGES: dict[str, Change] = {
    "another key of the log": lambda each: each["log_keys"][0].update(from_size=7),
    "another founding": lambda each: each.update(genesis="B" * 42 + "A"),
    "another threshold": lambda each: each.update(threshold=1),
    "one signature twice": lambda each: each["signatures"].append(each["signatures"][0]),
    "a signature of the other key": lambda each: each["signatures"][0].update(
        r=each["signatures"][1]["r"]
    ),
    "a name that is not the key's": lambda each: each["signatures"][0].update(
        kid=each["signatures"][1]["kid"]
    ),
    "a key that is no root": lambda each: each["root_keys"].__setitem__(0, "C" * 42 + "A"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_root_keys_did_not_sign_is_no_trust_file(change: Change) -> None:
    with pytest.raises(UsageError, match="not a trust file") as refusal:
        Trust.parse(changed(SIGNED, change))
    assert refusal.value.slug == "trust_malformed"


def test_a_key_that_is_no_root_cannot_sign() -> None:
    with pytest.raises(UsageError, match="none of its root keys"):
        stand_for_trust(FileKey.create("Ed25519"), TRUST)


def test_a_newer_file_is_believed_once_enough_root_keys_signed_it() -> None:
    check_successor(SIGNED, TRUST)
    with pytest.raises(ProofError, match="1 signed the newer trust file; it takes 2"):
        check_successor(stand_for_trust(ONE, TRUST), TRUST)


def test_a_file_of_another_ledger_is_never_a_newer_one() -> None:
    other = small_log(1)
    theirs = stand_for_trust(other.roots[0], stand_for_trust(other.roots[1], other.trust()))
    with pytest.raises(ProofError, match="of another ledger") as refusal:
        check_successor(theirs, TRUST)
    assert refusal.value.slug == "trust_elsewhere"
