# SPDX-License-Identifier: Apache-2.0
"""Signed notes: a text, and below it signature lines that name their keys.

Implements C2SP signed-note 1.0 with verifier keys (vkeys) and the Ed25519
signature type 0x01, under the key profile of `log.md` 2.1: small-order keys and
small-order R are refused. Of the cosignatures of tlog-cosignature 1.1 it verifies type 0x04
(Ed25519) and type 0x06 (ML-DSA-44, FIPS 204), which also is the type by which a log itself signs
against a quantum computer; `cosignature` makes and reads them. Subtrees that do not begin
with the first leaf have no note and are left out. A line of an unknown type is a line of an
unknown key: ignored.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from audit.proof.cosigned.subtree import TIMESTAMP_SECONDS_MAX, CosignedTree, check_name
from audit.proof.merkle import SIZE_MAX
from domain.errors import EnvelopeError, ProofError

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
ML_DSA_44: Final = 0x06

KEY_ID_OCTETS = 4
ED25519_KEY_OCTETS = 32
ED25519_SIGNATURE_OCTETS = 64
ML_DSA_44_KEY_OCTETS = 1_312
ML_DSA_44_SIGNATURE_OCTETS = 2_420
TIMESTAMP_OCTETS = 8
NOTE_OCTETS_MAX = 262_144
SIGNATURES_MAX = 64

_TREE_LINES = 3
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE_PREFIX = "\N{EM DASH} "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]+")

# The y coordinates of the eight small-order points, canonical or not: under such a
# key one constant signature verifies every message (log.md 2.1).
_SMALL_ORDER_Y: Final = frozenset(
    bytes.fromhex(y)
    for y in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key under the name by which notes refer to it.

    Attributes:
        name: Key name; never empty, without spaces and without ``+``.
        kind: Signature type octet of signed-note.
        key: The encoded public key.

    Raises:
        ProofError: The name, type or key is not one that notes may use.
    """

    name: str
    kind: int
    key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.kind not in _VERIFIERS:
            raise ProofError(f"Notes with signature type {self.kind:#04x} cannot be verified here.")
        if self.kind == ML_DSA_44:
            _check_ml_dsa_44(self)
        elif len(self.key) != ED25519_KEY_OCTETS or _small_order(self.key):
            raise ProofError(f"The key {self.name} is no Ed25519 key that may be trusted.")

    @property
    def key_id(self) -> bytes:
        """The four octets that stand for this key in a signature line."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.key
        return sha256(named).digest()[:KEY_ID_OCTETS]

    def __str__(self) -> str:
        """Give the vkey text: name, key id in hex, base64 of type and key, joined by ``+``."""
        encoded = b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def verify(self, text: str, signature: bytes) -> None:
        """Check one signature over the text of a note.

        Raises:
            ProofError: The signature is not this key's signature of that text.
        """
        _VERIFIERS[self.kind](self, text, signature=signature)


@dataclass(frozen=True, slots=True)
class VerifiedNote:
    """The text of a note and the known keys whose signatures of it were checked.

    Attributes:
        text: What is signed.
        signers: The known keys, in the order of their lines.
        signatures: The octets of the signature of each, in the same order.
    """

    text: str
    signers: tuple[VerifierKey, ...]
    signatures: tuple[bytes, ...] = ()


def sign_note(text: str, *, name: str, private_key: Ed25519PrivateKey) -> bytes:
    """Sign a text that ends in a newline, under a key name.

    Raises:
        ProofError: The text or the name is not one that a note may have.
    """
    _check_name(name)
    _check_text(text)
    key = verifier_key(name, private_key.public_key())
    return f"{text}\n{signature_line(key, private_key.sign(text.encode()))}".encode()


def open_note(note: bytes, keys: Iterable[VerifierKey]) -> VerifiedNote:
    """Check a note against the known keys.

    Lines of unknown keys are ignored, even if they share a name or an id with a
    known one. A second line of one key is not looked at.

    Raises:
        ProofError: The note is malformed, a known key's signature is bad, or no known
            key has signed it.
    """
    known = _by_name_and_id(keys)
    text, lines = _split(note)
    signers: dict[VerifierKey, bytes] = {}
    for name, key_id, signature in [_parse_signature(line) for line in lines]:
        key = known.get((name, key_id))
        if key is not None and key not in signers:
            key.verify(text, signature)
            signers[key] = signature
    if not signers:
        raise ProofError("No known key has signed the note.", slug="note_unsigned")
    return VerifiedNote(text, tuple(signers), tuple(signers.values()))


def signature_line(key: VerifierKey, signature: bytes) -> str:
    """Write a signature of a key as a line of a note, its newline included."""
    return f"{_SIGNATURE_PREFIX}{key.name} {b64encode(key.key_id + signature).decode()}\n"


def with_lines(note: bytes, lines: Iterable[str]) -> bytes:
    """Give a note with further signature lines; a key's new line replaces its old one.

    Some verifiers refuse a note with two lines of one key.

    Raises:
        ProofError: The note or a line is malformed, or there is too much of them.
    """
    text, own = _split(note)
    new = {_parse_signature(line.rstrip("\n"))[:2]: line.rstrip("\n") for line in lines}
    kept = [line for line in own if _parse_signature(line)[:2] not in new]
    grown = "\n".join([text, *kept, *new.values(), ""]).encode()
    _split(grown)
    return grown


def signature_parts(note: bytes) -> tuple[tuple[str, bytes, bytes], ...]:
    """Give key name, key id and signature of every line of a note; nothing of it is checked.

    Raises:
        ProofError: The note is malformed.
    """
    return tuple(_parse_signature(line) for line in _split(note)[1])


def cosigned_message(text: str, at: int) -> bytes:
    """Give what a cosignature/v1 of a checkpoint's text at a time covers (tlog-cosignature)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosigned_tree(cosigner: str, text: str, at: int) -> CosignedTree:
    """Give what an ML-DSA-44 cosignature of a checkpoint's text at a time covers.

    Raises:
        ProofError: The text does not begin with origin, size and root, or a name is too long.
    """
    lines = text.split("\n")
    if len(lines) <= _TREE_LINES or not all(lines[:-1]):
        raise ProofError("The note is not the checkpoint that this type of signature needs.")
    size, root = parse_decimal(lines[1]), decode_base64(lines[2])
    return CosignedTree(cosigner=cosigner, at=at, origin=lines[0], size=size, root=root)


def verifier_key(name: str, public_key: Ed25519PublicKey) -> VerifierKey:
    """Name an Ed25519 public key so that notes can be verified with it.

    Raises:
        ProofError: The name or the key is not one that notes may use.
    """
    return VerifierKey(name=name, kind=ED25519, key=public_key.public_bytes_raw())


def parse_verifier_key(vkey: str) -> VerifierKey:
    """Read a vkey text; the opposite of ``str(key)``.

    Raises:
        ProofError: The text is malformed, its key id is not that of its key, or the
            key lies outside the prime-order subgroup.
    """
    parts = vkey.split("+", 2)
    encoded = decode_base64(parts[-1])
    if len(parts) != len(("name", "id", "key")) or not encoded:
        raise ProofError("A verifier key has the form name+id+key.")
    key = VerifierKey(name=parts[0], kind=encoded[0], key=encoded[1:])
    if parts[1] != key.key_id.hex():
        raise ProofError(f"The key id of {key.name} does not belong to its key.")
    if key.kind != ML_DSA_44:
        _check_profile(key)
    return key


def decode_base64(text: str) -> bytes:
    """Decode standard base64 in its one canonical spelling.

    Raises:
        ProofError: The text is not exactly what encoding its octets gives.
    """
    try:
        decoded = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise ProofError("The base64 is malformed.") from error
    if b64encode(decoded).decode() != text:
        raise ProofError("The base64 is not in its canonical spelling.")
    return decoded


def parse_decimal(text: str) -> int:
    """Read an ASCII decimal without sign and without leading zeros, at most 2**63 - 1.

    Raises:
        ProofError: The text is anything else.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > SIZE_MAX:
        raise ProofError("A size or index is a plain decimal number without leading zeros.")
    return int(text)


class _Verify(Protocol):
    """How the signatures of one type are verified."""

    def __call__(self, key: VerifierKey, text: str, *, signature: bytes) -> None: ...


def _verify_ed25519(key: VerifierKey, text: str, *, signature: bytes) -> None:
    _verify_octets(key, text.encode(), signature=signature)


def _verify_cosignature(key: VerifierKey, text: str, *, signature: bytes) -> None:
    message = cosigned_message(text, _time_of(key, signature))
    _verify_octets(key, message, signature=signature[TIMESTAMP_OCTETS:])


def _verify_ml_dsa_44(key: VerifierKey, text: str, *, signature: bytes) -> None:
    at = _time_of(key, signature)
    if len(signature) != TIMESTAMP_OCTETS + ML_DSA_44_SIGNATURE_OCTETS:
        raise _bad(key)
    message = cosigned_tree(key.name, text, at).message()
    try:
        public_key = MLDSA44PublicKey.from_public_bytes(key.key)
        public_key.verify(signature[TIMESTAMP_OCTETS:], message)
    except (InvalidSignature, ValueError) as error:
        raise _bad(key) from error
    except UnsupportedAlgorithm as error:
        raise ProofError("ML-DSA-44 cannot be verified here.", slug="ml_dsa_missing") from error


def _time_of(key: VerifierKey, signature: bytes) -> int:
    at = int.from_bytes(signature[:TIMESTAMP_OCTETS])
    if at > TIMESTAMP_SECONDS_MAX:
        raise ProofError(f"The cosignature of {key.name} has no time.", slug="note_signature")
    return at


def _verify_octets(key: VerifierKey, message: bytes, *, signature: bytes) -> None:
    refusal = _bad(key)
    if len(signature) != ED25519_SIGNATURE_OCTETS or _small_order(signature[:ED25519_KEY_OCTETS]):
        raise refusal
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise refusal from error


def _bad(key: VerifierKey) -> ProofError:
    return ProofError(f"The signature of {key.name} on the note is bad.", slug="note_signature")


_VERIFIERS: Final[Mapping[int, _Verify]] = {
    ED25519: _verify_ed25519,
    COSIGNATURE: _verify_cosignature,
    ML_DSA_44: _verify_ml_dsa_44,
}


def _check_ml_dsa_44(key: VerifierKey) -> None:
    check_name(key.name)
    if len(key.key) != ML_DSA_44_KEY_OCTETS:
        raise ProofError(f"The key {key.name} is no ML-DSA-44 key.")


def _check_profile(key: VerifierKey) -> None:
    """Refuse a mixed-order key too, under which verifiers disagree (log.md 2.1)."""
    # The signer, which only signs, starts faster without the envelope's modules.
    from audit.proof.keys import check_enrolment  # noqa: PLC0415

    encoded = urlsafe_b64encode(key.key).decode().rstrip("=")
    try:
        check_enrolment({"kty": "OKP", "crv": "Ed25519", "x": encoded})
    except EnvelopeError as error:
        raise ProofError(f"The key {key.name} is no Ed25519 key that may be trusted.") from error


def _small_order(point: bytes) -> bool:
    """Tell whether an encoded point has small order, whatever its sign bit says."""
    return point[:-1] + bytes([point[-1] & 0x7F]) in _SMALL_ORDER_Y


def _by_name_and_id(keys: Iterable[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    """Index the known keys; two different keys of one name and id would be ambiguous."""
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise ProofError(f"Two known keys share the name and id of {key.name}.")
    return known


def _split(note: bytes) -> tuple[str, list[str]]:
    """Cut a note at its last empty line into text and signature lines."""
    if len(note) > NOTE_OCTETS_MAX:
        raise ProofError(f"The note has more than {NOTE_OCTETS_MAX} octets.")
    try:
        decoded = note.decode()
    except UnicodeDecodeError as error:
        raise ProofError("The note is not UTF-8.") from error
    text, separator, signatures = decoded.rpartition("\n\n")
    text += "\n"
    _check_text(text)
    lines = signatures.split("\n")
    if not separator or lines.pop() or not lines or len(lines) > SIGNATURES_MAX:
        raise ProofError("The note does not end in 1 to 64 whole signature lines.")
    return text, lines


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    """Read a signature line into key name, key id and signature."""
    if not line.startswith(_SIGNATURE_PREFIX):
        raise ProofError("A signature line of the note does not start with an em dash.")
    name, _, encoded = line.removeprefix(_SIGNATURE_PREFIX).partition(" ")
    _check_name(name)
    decoded = decode_base64(encoded)
    if len(decoded) <= KEY_ID_OCTETS:
        raise ProofError("A signature line of the note has no signature.")
    return name, decoded[:KEY_ID_OCTETS], decoded[KEY_ID_OCTETS:]


def _check_name(name: str) -> None:
    """Refuse a key name that is empty or has a space, a plus or a control character."""
    if not _NAME.fullmatch(name):
        raise ProofError("A key name is never empty and has neither spaces nor a plus sign.")


def _check_text(text: str) -> None:
    """Refuse a text without final newline or with control characters."""
    if not text.endswith("\n"):
        raise ProofError("The text of a note ends in a newline.")
    if _CONTROL.search(text):
        raise ProofError("A note has no control characters but newlines.")
