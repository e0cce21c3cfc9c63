# SPDX-License-Identifier: Apache-2.0
"""Cosignatures: what they cover, when they were made, and which lines count."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.cosignature import (
    Cosignature,
    cosign,
    cosignatures,
    cosigner_key,
    read_answer,
    signed_text,
)
from audit.proof.note import (
    ED25519,
    NOTE_OCTETS_MAX,
    VerifierKey,
    open_note,
    parse_verifier_key,
    sign_note,
    signature_line,
    verifier_key,
    with_lines,
)
from domain.errors import ProofError

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NAME = "witness.example/w1"
KEY = cosigner_key(NAME, PRIVATE.public_key())
LOG_KEY = verifier_key("log.example", LOG.public_key())
TEXT = "log.example\n5\n" + b64encode(bytes(32)).decode() + "\n"
AT = 1_679_315_147
LINE = cosign(TEXT, name=NAME, private_key=PRIVATE, at=AT)
NOTE = sign_note(TEXT, name="log.example", private_key=LOG)


def test_a_cosignature_covers_header_time_and_the_text_of_the_checkpoint() -> None:
    message = b"cosignature/v1\ntime 1679315147\n" + TEXT.encode()
    stamped = AT.to_bytes(8, "big") + PRIVATE.sign(message)
    assert signature_line(KEY, stamped) == LINE
    assert parse_verifier_key(str(KEY)) == KEY


def test_a_cosigned_note_gives_who_cosigned_and_when() -> None:
    note = with_lines(NOTE, [LINE])
    verified = open_note(note, (LOG_KEY, KEY))
    assert verified.signers == (LOG_KEY, KEY)
    assert cosignatures(verified) == (Cosignature(KEY, AT),)
    assert read_answer(TEXT, LINE.encode(), KEY) == (Cosignature(KEY, AT), LINE)


def test_a_new_line_of_a_key_replaces_its_old_one() -> None:
    once = with_lines(NOTE, [LINE])
    assert with_lines(once, [LINE]) == once
    later = cosign(TEXT, name=NAME, private_key=PRIVATE, at=AT + 60)
    assert with_lines(once, [later]) == with_lines(NOTE, [later])
    assert with_lines(NOTE, []) == NOTE


@pytest.mark.parametrize("line", ["", "no line\n", "— w AAAA\n", "— w " + "A" * NOTE_OCTETS_MAX])
def test_what_is_no_line_or_too_much_is_not_added(line: str) -> None:
    with pytest.raises(ProofError, match=r"note|key name|base64"):
        with_lines(NOTE, [line])


def test_a_plain_signature_of_the_same_key_is_no_cosignature() -> None:
    plain = sign_note(TEXT, name=NAME, private_key=PRIVATE).rpartition(b"\n\n")[2]
    with pytest.raises(ProofError, match="No known key"):
        read_answer(TEXT, plain, KEY)
    with pytest.raises(ProofError, match="has not cosigned"):
        read_answer(TEXT, plain, VerifierKey(name=NAME, kind=ED25519, key=KEY.key))


def test_lines_of_other_witnesses_are_ignored() -> None:
    other = cosign(TEXT, name="other", private_key=LOG, at=AT)
    assert read_answer(TEXT, (other + LINE).encode(), KEY)[0].at == AT
    with pytest.raises(ProofError, match="No known key"):
        read_answer(TEXT, other.encode(), KEY)


@given(bit=st.integers(0, len(LINE.encode()) * 8 - 1))
def test_any_flipped_bit_of_a_cosignature_is_refused(bit: int) -> None:
    changed = bytearray(LINE.encode())
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError, match=r"note|key|base64|bad|time"):
        read_answer(TEXT, bytes(changed), KEY)


@given(octets=st.binary(max_size=200))
def test_any_answer_gets_a_verdict(octets: bytes) -> None:
    with pytest.raises(ProofError, match=r"."):
        read_answer(TEXT, octets, KEY)


def test_a_cosignature_of_another_text_or_time_is_refused() -> None:
    with pytest.raises(ProofError, match="is bad"):
        read_answer(TEXT.replace("5", "6", 1), LINE.encode(), KEY)
    stamped = (AT + 1).to_bytes(8) + PRIVATE.sign(f"cosignature/v1\ntime {AT}\n{TEXT}".encode())
    with pytest.raises(ProofError, match="is bad"):
        read_answer(TEXT, signature_line(KEY, stamped).encode(), KEY)


@pytest.mark.parametrize(
    "signature", [b"", b"\xff" * 8 + bytes(64), bytes(7), bytes(64), bytes(73)]
)
def test_a_cosignature_of_another_shape_is_refused(signature: bytes) -> None:
    with pytest.raises(ProofError, match=r"is bad|no time|no signature"):
        read_answer(TEXT, signature_line(KEY, signature).encode(), KEY)


@pytest.mark.parametrize("at", [-1, 2**63])
def test_there_is_no_cosignature_of_an_impossible_time(at: int) -> None:
    with pytest.raises(ProofError, match="seconds since 1970"):
        cosign(TEXT, name=NAME, private_key=PRIVATE, at=at)


def test_the_text_of_a_note_is_what_stands_above_its_signatures() -> None:
    assert signed_text(NOTE) == TEXT
    with pytest.raises(ProofError, match="not UTF-8"):
        signed_text(b"\xff\n\nx")
