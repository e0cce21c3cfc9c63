# SPDX-License-Identifier: Apache-2.0
"""The trust file of a log whose keys changed: which key's signature counts at which size."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.checkpoint import Checkpoint
from audit.proof.cosignature import cosign, cosigner_key
from audit.proof.note import sign_note, verifier_key, with_lines
from audit.proof.policy.file import parse_policy
from audit.proof.verify.trust import LogKey, Trust
from domain.errors import ProofError, UsageError

ORIGIN: Final = "ledger.xa-test"
OLD, NEW, STRANGE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
LASTING: Final = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
LAST_OLD, FIRST_NEW, FIRST_LASTING = 100, 60, 80


def vkey(private: Ed25519PrivateKey) -> str:
    return str(verifier_key(ORIGIN, private.public_key()))


TRUST: Final = Trust(
    audience=ORIGIN,
    origin=ORIGIN,
    log_keys=(
        LogKey(vkey=vkey(OLD), from_size=0, to_size=LAST_OLD),
        LogKey(vkey=vkey(NEW), from_size=FIRST_NEW),
        LogKey(vkey=str(cosigner_key(ORIGIN, LASTING.public_key())), from_size=FIRST_LASTING),
    ),
    genesis="A" * 43,
    threshold=1,
    root_keys=("A" * 43, "B" * 42 + "A"),
)


def body(size: int) -> str:
    root = sha256(b"" if size == 0 else bytes([size % 256])).digest()
    return Checkpoint(origin=ORIGIN, size=size, root=root).body()


def note(size: int, *signers: Ed25519PrivateKey | MLDSA44PrivateKey) -> bytes:
    text, lines = body(size), []
    for each in signers:
        if isinstance(each, MLDSA44PrivateKey):
            lines.append(cosign(text, name=ORIGIN, private_key=each, at=0))
        else:
            signed = sign_note(text, name=ORIGIN, private_key=each).decode()
            lines.append(signed.rpartition("\n\n")[2])
    return f"{text}\n{''.join(lines)}".encode()


@given(size=st.integers(0, 200))
def test_a_key_opens_exactly_the_sizes_that_it_signs(size: int) -> None:
    for key, opens in ((OLD, size <= LAST_OLD), (NEW, size >= FIRST_NEW), (STRANGE, False)):
        if opens:
            assert TRUST.open(note(size, key)).size == size
            continue
        with pytest.raises(ProofError, match=r"signed by a key that signs|No known key"):
            TRUST.open(note(size, key))


@given(size=st.integers(0, 200))
def test_during_the_overlap_both_sign_and_outside_it_the_other_line_is_ignored(size: int) -> None:
    assert TRUST.open(note(size, OLD, NEW)).size == size
    assert TRUST.open(with_lines(note(size, OLD, NEW), [])).size == size


@pytest.mark.parametrize(
    ("size", "key", "words"), [(101, OLD, "sizes 0 to 100"), (59, NEW, "from size 60 on")]
)
def test_a_checkpoint_signed_only_by_a_key_outside_its_sizes_is_told_as_such(
    size: int, key: Ed25519PrivateKey, words: str
) -> None:
    with pytest.raises(ProofError, match=words) as refusal:
        TRUST.open(note(size, key))
    assert refusal.value.slug == "log_key_size"
    with pytest.raises(ProofError, match="No known key") as refusal:
        TRUST.open(note(size, STRANGE))
    assert refusal.value.slug == "note_unsigned"


def test_a_stolen_old_key_adds_nothing_once_it_has_ended() -> None:
    assert TRUST.open(note(150, NEW, OLD)).size == 150
    forged = with_lines(note(150, OLD), [note(151, NEW).decode().rpartition("\n\n")[2]])
    with pytest.raises(ProofError, match="is bad"):
        TRUST.open(forged)


def test_what_is_kept_or_published_needs_a_line_of_every_type() -> None:
    assert TRUST.missing_lines(note(90, NEW)) == ("ml-dsa-44",)
    assert TRUST.missing_lines(note(90, LASTING)) == ("ed25519",)
    assert TRUST.missing_lines(note(70, OLD)) == ()
    assert TRUST.open(note(90, OLD, LASTING), lasting=True).size == 90
    assert TRUST.open(note(79, NEW), lasting=True).size == 79
    with pytest.raises(ProofError, match="lacks its signature of type ml-dsa-44") as refusal:
        TRUST.open(note(90, OLD, NEW), lasting=True)
    assert refusal.value.slug == "log_line_missing"


def test_once_ed25519_is_broken_the_other_line_still_proves() -> None:
    lasting = TRUST.model_copy(update={"log_keys": TRUST.log_keys[2:]})
    assert lasting.open(note(90, OLD, LASTING)).size == 90
    with pytest.raises(ProofError, match="No known key"):
        lasting.open(note(90, OLD, NEW))


def test_the_trust_file_reads_back_with_its_long_keys() -> None:
    assert Trust.parse(TRUST.encode()) == TRUST
    most = TRUST.model_copy(update={"log_keys": TRUST.log_keys[2:] * 64})
    assert Trust.parse(most.encode()) == most


def test_the_policy_names_the_keys_that_every_program_can_read() -> None:
    logs = [str(each.key) for each in parse_policy(TRUST.policy()).logs]
    assert logs == [vkey(OLD), vkey(NEW)]
    lasting = TRUST.model_copy(update={"log_keys": TRUST.log_keys[2:]})
    assert [each.key.kind for each in parse_policy(lasting.policy()).logs] == [6]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ({"vkey": vkey(OLD).replace("+", "x+", 1)}, "does not belong to its key"),
        (
            {"vkey": str(verifier_key("ledger.xb-test", OLD.public_key()))},
            r"is none of ledger\.xa-test",
        ),
        ({"vkey": str(cosigner_key(ORIGIN, OLD.public_key()))}, "none by which a log signs"),
        ({"vkey": "x" * 4_000}, "at most 3072"),
        ({"from_size": 9, "to_size": 8}, "ends before it begins"),
        ({"to_size": None}, "log_keys"),
    ],
)
def test_what_is_no_key_of_this_log_makes_no_trust_file(key: dict[str, Any], words: str) -> None:
    members = json.loads(TRUST.encode())
    members["log_keys"] = [{"vkey": vkey(OLD), "from_size": 0, **key}]
    with pytest.raises(UsageError, match=words):
        Trust.parse(json.dumps(members).encode())


@given(octets=st.binary(max_size=300))
def test_whatever_the_note_the_answer_is_a_verdict(octets: bytes) -> None:
    with pytest.raises(ProofError, match=r"."):
        TRUST.open(octets)
    with pytest.raises(ProofError, match=r"."):
        TRUST.open(body(90).encode() + b"\n" + octets, lasting=True)
