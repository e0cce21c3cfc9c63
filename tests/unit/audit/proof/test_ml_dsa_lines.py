# SPDX-License-Identifier: Apache-2.0
"""ML-DSA-44 lines: what they cover octet for octet, what strangers make of them, what fails."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from audit.proof.checkpoint import Checkpoint, open_checkpoint
from audit.proof.cosignature import UNDATED, Cosignature, cosign, cosignatures, cosigner_key
from audit.proof.cosigned.subtree import CosignedTree
from audit.proof.note import (
    ML_DSA_44,
    VerifierKey,
    cosigned_tree,
    open_note,
    parse_verifier_key,
    sign_note,
    signature_line,
    verifier_key,
    with_lines,
)
from audit.proof.policy.file import parse_policy
from domain.errors import ProofError, UsageError

VECTOR: Final = json.loads((Path(__file__).parents[3] / "vectors" / "ml_dsa_44.json").read_bytes())
STRANGER: Final = parse_verifier_key(VECTOR["vkey"])

ORIGIN: Final = "ledger.xa-test"
PRIVATE: Final = MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
KEY: Final = cosigner_key(ORIGIN, PRIVATE.public_key())
LOG: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
LOG_KEY: Final = verifier_key(ORIGIN, LOG.public_key())
CHECKPOINT: Final = Checkpoint(origin=ORIGIN, size=5, root=bytes(range(32)))
TEXT: Final = CHECKPOINT.body()
LINE: Final = cosign(TEXT, name=ORIGIN, private_key=PRIVATE, at=UNDATED)
PLAIN: Final = sign_note(TEXT, name=ORIGIN, private_key=LOG)
NOTE: Final = with_lines(PLAIN, [LINE])
SIGNATURE: Final = open_note(NOTE, [KEY]).signatures[0]

NAMES: Final = st.text(min_size=1, max_size=64).filter(lambda name: len(name.encode()) <= 255)


def noted(signature: bytes, key: VerifierKey = KEY, text: str = TEXT) -> bytes:
    return f"{text}\n{signature_line(key, signature)}".encode()


def test_the_message_is_the_struct_of_the_specification_octet_for_octet() -> None:
    found = cosigned_tree("w1", f"log\n258\n{b64encode(bytes(32)).decode()}\n", 1_679_315_147)
    assert (
        found.message().hex()
        == (
            "737562747265652f76310a00"  # label[12], "subtree/v1", newline, zero
            "02" + b"w1".hex() + "00000000641850cb"  # cosigner_name, timestamp
            "03" + b"log".hex() + "0000000000000000" + "0000000000000102" + "00" * 32
        )
    )


def test_the_line_of_an_independent_implementation_verifies() -> None:
    note = VECTOR["note"].encode()
    verified = open_note(note, [STRANGER])
    assert cosignatures(verified) == (Cosignature(STRANGER, VECTOR["at"]),)
    tree = cosigned_tree(STRANGER.name, verified.text, VECTOR["at"])
    assert tree.message().hex() == VECTOR["message"]
    assert str(STRANGER) == VECTOR["vkey"]
    both = [parse_verifier_key(VECTOR["log_vkey"]), STRANGER]
    assert open_checkpoint(note, both, "log.example/42").size == 20_852_163


def test_an_independent_implementation_verifies_our_line() -> None:
    reason = "the independent implementation of the registry, tlog-scales, is not installed"
    signing: Any = pytest.importorskip("tlog_scales.signing", reason=reason)
    tlog: Any = pytest.importorskip("tlog_scales.tlog", reason=reason)
    checkpoint = tlog.Checkpoint.from_text(NOTE.decode())
    for key in (KEY, LOG_KEY):
        checkpoint.verify(signing.Vkey.from_string(str(key)))
    changed = tlog.Checkpoint.from_text(NOTE.decode().replace("\n5\n", "\n6\n"))
    with pytest.raises(Exception, match=r"^$"):
        changed.verify(signing.Vkey.from_string(str(KEY)))


def test_a_log_signs_with_both_types_under_one_name() -> None:
    assert open_note(NOTE, [LOG_KEY, KEY]).signers == (LOG_KEY, KEY)
    assert open_checkpoint(NOTE, [KEY], ORIGIN) == CHECKPOINT
    assert LOG_KEY.key_id != KEY.key_id


def test_whoever_knows_one_type_ignores_the_line_of_the_other() -> None:
    assert open_note(NOTE, [LOG_KEY]).signers == (LOG_KEY,)
    assert open_note(NOTE, [KEY]).signers == (KEY,)
    unknown = "— ledger.xa-test " + b64encode(b"\x01\x02\x03\x04" + b"\xff" * 99).decode() + "\n"
    assert open_note(with_lines(NOTE, [unknown]), [KEY]).signers == (KEY,)


def test_a_bad_line_of_one_type_fails_the_note_though_the_other_is_good() -> None:
    bad = with_lines(PLAIN, [signature_line(KEY, bytes(len(SIGNATURE)))])
    assert open_note(bad, [LOG_KEY]).signers == (LOG_KEY,)
    with pytest.raises(ProofError, match="is bad") as refusal:
        open_note(bad, [LOG_KEY, KEY])
    assert refusal.value.slug == "note_signature"


@given(
    cosigner=NAMES, origin=NAMES, at=st.integers(0, 2**63 - 1), size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
)  # fmt: skip
def test_the_struct_says_each_value_once_and_nothing_else(
    cosigner: str, origin: str, at: int, size: int, root: bytes
) -> None:
    tree = CosignedTree(cosigner=cosigner, at=at, origin=origin, size=size, root=root)
    rest = tree.message().removeprefix(b"subtree/v1\n\x00")
    name, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
    time, rest = rest[:8], rest[8:]
    log, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
    assert (name.decode(), log.decode()) == (cosigner, origin)
    assert (int.from_bytes(time), rest[:8]) == (at, bytes(8))
    assert (int.from_bytes(rest[8:16]), rest[16:]) == (size, root)


@pytest.mark.parametrize(
    "changed",
    [
        {"cosigner": ""},
        {"cosigner": "x" * 256},
        {"origin": ""},
        {"origin": "é" * 128},
        {"origin": "\ud800"},
        {"at": -1},
        {"at": 2**63},
        {"size": -1},
        {"size": 2**63},
        {"root": bytes(31)},
    ],
)
def test_what_the_struct_cannot_hold_is_refused(changed: dict[str, Any]) -> None:
    sound = {"cosigner": "w", "at": 0, "origin": "log", "size": 0, "root": bytes(32)}
    with pytest.raises(ProofError, match=r"name of a key|time of|No tree"):
        CosignedTree(**{**sound, **changed})


@given(bit=st.integers(0, len(TEXT) * 8 - 1))
def test_any_flipped_bit_of_the_text_is_refused(bit: int) -> None:
    changed = bytearray(NOTE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError, match=r"."):
        open_note(bytes(changed), [KEY])


@given(bit=st.integers(0, (8 + 2_420) * 8 - 1))
@example(bit=0)
@example(bit=63)
def test_any_flipped_bit_of_time_or_signature_is_refused(bit: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError, match=r"is bad|has no time"):
        open_note(noted(bytes(changed)), [KEY])


@given(signature=st.binary(min_size=1, max_size=3_000))
@example(signature=SIGNATURE[8:])
@example(signature=SIGNATURE[:-1])
@example(signature=SIGNATURE + b"\0")
def test_any_other_octets_are_a_bad_signature(signature: bytes) -> None:
    with pytest.raises(ProofError, match=r"is bad|has no time") as refusal:
        open_note(noted(signature), [KEY])
    assert refusal.value.slug == "note_signature"


@given(text=st.text(max_size=200))
@example(text="log\n5\nAAAA")
@example(text="log\n05\n" + b64encode(bytes(32)).decode())
@example(text="log\n5\n" + b64encode(bytes(31)).decode())
@example(text="\n5\n" + b64encode(bytes(32)).decode())
def test_a_note_that_is_no_checkpoint_is_refused_under_such_a_key(text: str) -> None:
    with pytest.raises(ProofError, match=r"."):
        open_note(f"{text}\n\n{signature_line(KEY, SIGNATURE)}".encode(errors="replace"), [KEY])


def test_extension_lines_are_not_covered() -> None:
    extended = f"{TEXT}extension\n"
    verified = open_note(noted(SIGNATURE, text=extended), [KEY])
    assert verified.text == extended
    with pytest.raises(ProofError, match="no others"):
        open_checkpoint(noted(SIGNATURE, text=extended), [KEY], ORIGIN)
    with pytest.raises(ProofError, match="is not the checkpoint"):
        open_note(noted(SIGNATURE, text=f"{TEXT}\nafter an empty line\n"), [KEY])


def test_the_name_of_the_cosigner_is_covered() -> None:
    other = cosigner_key("ledger.xb-test", PRIVATE.public_key())
    with pytest.raises(ProofError, match=r"ledger\.xb-test on the note is bad"):
        open_note(noted(SIGNATURE, key=other), [other])


def test_a_line_without_a_time_is_no_witness_s_word() -> None:
    assert cosignatures(open_note(NOTE, [LOG_KEY, KEY])) == ()
    dated = cosign(TEXT, name=ORIGIN, private_key=PRIVATE, at=7)
    found = cosignatures(open_note(with_lines(PLAIN, [dated]), [LOG_KEY, KEY]))
    assert found == (Cosignature(KEY, 7),)


def test_what_is_no_checkpoint_is_not_signed() -> None:
    with pytest.raises(ProofError, match="is not the checkpoint"):
        cosign("a text\n", name=ORIGIN, private_key=PRIVATE, at=UNDATED)


def test_the_verifier_key_text_reads_back_and_any_other_length_is_refused() -> None:
    assert parse_verifier_key(str(KEY)) == KEY
    for octets in (KEY.key[:-1], KEY.key + b"\0", KEY.key[:32], b""):
        with pytest.raises(ProofError, match="no ML-DSA-44 key"):
            VerifierKey(name=ORIGIN, kind=ML_DSA_44, key=octets)
    with pytest.raises(ProofError, match="1 to 255 octets"):
        VerifierKey(name="x" * 256, kind=ML_DSA_44, key=KEY.key)


def test_a_library_without_ml_dsa_is_told_and_nothing_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Without:
        @staticmethod
        def from_public_bytes(_octets: bytes) -> None:
            raise UnsupportedAlgorithm("none")

    monkeypatch.setattr("audit.proof.note.MLDSA44PublicKey", Without)
    with pytest.raises(ProofError, match="cannot be verified here") as refusal:
        open_note(NOTE, [KEY])
    assert refusal.value.slug == "ml_dsa_missing"


def test_a_policy_takes_such_keys_for_logs_and_for_witnesses() -> None:
    seed = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    witness = cosigner_key("witness.example/w1", seed.public_key())
    policy = parse_policy(f"log {KEY}\nwitness w1 {witness}\nquorum w1\n".encode())
    with pytest.raises(ProofError, match="lacks its quorum w1"):
        policy.accept(NOTE, ORIGIN)
    line = cosign(TEXT, name="witness.example/w1", private_key=seed, at=11)
    accepted = policy.accept(with_lines(NOTE, [line]), ORIGIN)
    assert (accepted.checkpoint, accepted.at) == (CHECKPOINT, 11)
    with pytest.raises(UsageError, match="in another line already"):
        parse_policy(f"log {KEY}\nwitness w1 {KEY}\nquorum w1\n".encode())


def test_the_log_s_own_dated_line_dates_no_checkpoint() -> None:
    policy = parse_policy(f"log {LOG_KEY}\nlog {KEY}\nquorum none\n".encode())
    dated = cosign(TEXT, name=ORIGIN, private_key=PRIVATE, at=2**40)
    assert policy.accept(with_lines(PLAIN, [dated]), ORIGIN).at is None
