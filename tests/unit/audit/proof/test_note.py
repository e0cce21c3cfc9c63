# SPDX-License-Identifier: Apache-2.0
"""Signed notes: what verifies, what is ignored, and what is refused."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.note import (
    NOTE_OCTETS_MAX,
    VerifierKey,
    open_note,
    parse_verifier_key,
    sign_note,
    verifier_key,
)
from domain.errors import ProofError

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NAME = "ledger.xa-test"
KEY = verifier_key(NAME, PRIVATE.public_key())
TEXT = "Cedant arma togae.\n\nA second paragraph.\n"
NOTE = sign_note(TEXT, name=NAME, private_key=PRIVATE)

# The public example of golang.org/x/mod/sumdb/note: an independent implementation.
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
).encode()


def line(key: VerifierKey, signature: bytes, name: str | None = None) -> bytes:
    encoded = b64encode(key.key_id + signature).decode()
    return f"— {name or key.name} {encoded}\n".encode()


def test_a_note_of_an_independent_implementation_verifies() -> None:
    key = parse_verifier_key(PETER_KEY)
    assert open_note(PETER_NOTE, [key]).signers == (key,)
    assert str(key) == PETER_KEY


def test_a_signed_note_opens_to_its_text_and_signer() -> None:
    verified = open_note(NOTE, [KEY])
    assert (verified.text, verified.signers) == (TEXT, (KEY,))


@given(bit=st.integers(0, len(NOTE) * 8 - 1))
def test_any_flipped_bit_of_a_note_is_refused(bit: int) -> None:
    changed = bytearray(NOTE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError, match=r"note|key name|base64"):
        open_note(bytes(changed), [KEY])


@given(cut=st.integers(0, len(NOTE) - 1))
def test_any_cut_note_is_refused(cut: int) -> None:
    with pytest.raises(ProofError, match=r"note|key name|base64"):
        open_note(NOTE[:cut], [KEY])


def test_lines_of_unknown_keys_are_ignored_though_name_or_id_is_known() -> None:
    namesake = verifier_key(NAME, OTHER.public_key())
    strange = line(namesake, b"x" * 64) + line(KEY, b"x" * 64, name="else.where")
    text, signature = NOTE.rsplit(b"\n\n", 1)
    assert open_note(text + b"\n\n" + strange + signature, [KEY]).signers == (KEY,)


def test_a_bad_line_of_a_known_key_fails_the_note_though_another_is_good() -> None:
    second = verifier_key("witness.example", OTHER.public_key())
    with pytest.raises(ProofError, match=r"witness\.example on the note is bad"):
        open_note(NOTE + line(second, b"x" * 64), [KEY, second])


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    with pytest.raises(ProofError, match="No known key") as refusal:
        open_note(NOTE, [verifier_key(NAME, OTHER.public_key())])
    assert refusal.value.slug == "note_unsigned"


def test_sixteen_signatures_of_witnesses_are_accepted() -> None:
    signers = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 17)]
    keys = [verifier_key(f"witness{n}", key.public_key()) for n, key in enumerate(signers)]
    lines = [line(key, each.sign(TEXT.encode())) for key, each in zip(keys, signers, strict=True)]
    note = TEXT.encode() + b"\n" + b"".join(lines)
    assert len(open_note(note, keys).signers) == 16


def test_a_second_line_of_one_key_is_not_looked_at() -> None:
    assert open_note(NOTE + line(KEY, b"x" * 64), [KEY]).signers == (KEY,)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"no signature\n",
        b"text\n\n",
        b"text\n\n\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE + b"trailing\n",
        NOTE.replace(b"togae", b"to\tgae"),
        NOTE.replace(b"togae", b"to\xffgae"),
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b" ledger.xa-test ", b"  "),
        NOTE.replace(b" ledger.xa-test ", b" ledger+xa "),
        NOTE[:-1] + b" \n",
        TEXT.encode() + "\n— ledger.xa-test AAAAAA==\n".encode(),
        TEXT.encode() + b"\n" + line(KEY, b"x" * 64) * 65,
        b"x" * NOTE_OCTETS_MAX + b"\n" + NOTE,
    ],
)
def test_a_malformed_note_is_refused(note: bytes) -> None:
    with pytest.raises(ProofError, match=r"note|key name|base64"):
        open_note(note, [KEY])


@pytest.mark.parametrize(("text", "name"), [("no end", NAME), ("a\rb\n", NAME), ("a\n", "a b")])
def test_what_no_note_may_hold_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(ProofError, match=r"note|key name"):
        sign_note(text, name=name, private_key=PRIVATE)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000",
        str(KEY).replace(KEY.key_id.hex(), "00000000"),
        str(KEY).replace(NAME, "other.name"),
        str(KEY)[:-4],
        str(KEY) + "=",
        f"{NAME}+00000000+",
        f"{NAME}+00000000+{b64encode(bytes([2]) + KEY.key).decode()}",
    ],
)
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(ProofError, match=r"key|base64|signature type"):
        parse_verifier_key(vkey)


@pytest.mark.parametrize("sign_bit", [0x00, 0x80])
@pytest.mark.parametrize("low", ["00", "01", "ec", "ed", "ee"])
def test_a_small_order_key_is_refused(low: str, sign_bit: int) -> None:
    middle = b"\xff" * 30 if low.startswith("e") else bytes(30)
    last = (0x7F if low.startswith("e") else 0) | sign_bit
    with pytest.raises(ProofError, match="no Ed25519 key that may be trusted"):
        VerifierKey(name=NAME, kind=1, key=bytes.fromhex(low) + middle + bytes([last]))


def test_a_mixed_order_key_is_refused() -> None:
    # Adding the point of order two turns (x, y) into (-x, -y).
    honest = int.from_bytes(KEY.key, "little")
    sign, y = honest >> 255, honest & 2**255 - 1
    mixed = ((1 - sign) << 255 | 2**255 - 19 - y).to_bytes(32, "little")
    vkey = str(VerifierKey(name=NAME, kind=1, key=mixed))
    with pytest.raises(ProofError, match="no Ed25519 key that may be trusted"):
        parse_verifier_key(vkey)


def test_a_signature_with_small_order_r_is_refused() -> None:
    note = TEXT.encode() + b"\n" + line(KEY, b"\x01" + bytes(63))
    with pytest.raises(ProofError, match="is bad"):
        open_note(note, [KEY])


def test_two_known_keys_of_one_name_and_id_are_ambiguous(monkeypatch: pytest.MonkeyPatch) -> None:
    other = verifier_key(NAME, OTHER.public_key())
    monkeypatch.setattr(VerifierKey, "key_id", b"same")
    with pytest.raises(ProofError, match="share the name and id"):
        open_note(NOTE, [KEY, other])
