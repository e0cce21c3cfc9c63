# SPDX-License-Identifier: Apache-2.0
"""Public keys: their thumbprints, their profile and the strict verification of signatures.

Implements the signature forms of the envelope specification, section 4.4, the thumbprint
of RFC 7638 and the key profile of section 3: Ed25519 keys in the prime-order subgroup,
P-256 points on the curve. Which key is valid when is the registry's concern; ML-DSA-65 is
not admitted yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from audit.proof.encoding import DIGEST_TEXT, canonical, decode, encode
from domain.errors import EnvelopeError

try:
    from nacl.bindings import crypto_sign_open
    from nacl.exceptions import BadSignatureError
except ImportError:  # an auditor may have cryptography alone; the verdicts are the same
    HAS_LIBSODIUM = False
else:
    HAS_LIBSODIUM = True

ED25519: Final = "Ed25519"
ES256: Final = "ES256"

SIGNATURE_OCTETS: Final = 64
COORDINATE_OCTETS: Final = 32

P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER: Final = 2**252 + 27742317777372353535851937790883648493

_Verifier = Callable[[bytes, bytes], None]
_Check = Callable[[bytes, bytes], bool]
_Point = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that signatures are verified under.

    Attributes:
        kid: RFC 7638 SHA-256 thumbprint in base64url.
        alg: Fully specified algorithm (RFC 9864): ``Ed25519`` or ``ES256``.
        jwk: Public members of the key, as in RFC 7517.
    """

    kid: str
    alg: str
    jwk: Mapping[str, str] = field(compare=False)
    _verifier: _Verifier = field(repr=False, compare=False)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a signature of 64 octets over a message.

        Raises:
            EnvelopeError: ``sig_form`` for a signature that has, or could have, a second
                spelling; ``sig_invalid`` for one that is not of this key and message.
        """
        self._verifier(signature, message)


class SignatureCheck(NamedTuple):
    """One signature that somebody has to check.

    Attributes:
        key: The key that it is said to be of.
        signature: Its octets, in whatever form.
        message: What it covers.
    """

    key: PublicKey
    signature: bytes
    message: bytes

    def run(self) -> None:
        """Check it.

        Raises:
            EnvelopeError: As in ``PublicKey.verify``.
        """
        self.key.verify(self.signature, self.message)

    def outcome(self) -> EnvelopeError | None:
        """Check it; give what is wrong with it, if anything is."""
        try:
            self.run()
        except EnvelopeError as error:
            return error
        return None


Verdicts = Callable[[], Sequence[EnvelopeError | None]]
"""Waits for the outcomes of some checks, in their order."""

Check = Callable[[Sequence[SignatureCheck]], Verdicts]
"""Begins to check signatures; the caller may do something else until it needs the verdicts."""


def check_here(checks: Sequence[SignatureCheck]) -> Verdicts:
    """Check signatures one after the other in this thread, as soon as they are asked for."""
    return lambda: [each.outcome() for each in checks]


def public_key(jwk: Mapping[str, str]) -> PublicKey:
    """Read a key with exactly the members of its type; the point must be on its curve.

    Raises:
        EnvelopeError: ``key_weak``.
    """
    if not all(isinstance(value, str) for value in jwk.values()):
        raise _malformed_key()
    return _public_key(tuple(sorted(jwk.items())))


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Give the ``kid`` of a key: RFC 7638 with SHA-256, in base64url.

    Raises:
        EnvelopeError: ``key_weak``, the members are not those of a known key type.
    """
    return public_key(jwk).kid


def check_enrolment(jwk: Mapping[str, str]) -> PublicKey:
    """Check the key profile before a key is enrolled; about 2 ms, remembered per key.

    Small-order and mixed-order Ed25519 keys make libraries disagree about signatures,
    and let their owner deny them later, so only the prime-order subgroup is admitted.

    Raises:
        EnvelopeError: ``key_weak``.
    """
    key = public_key(jwk)
    if key.alg == ED25519 and not _has_prime_order(decode(key.jwk["x"].encode())):
        raise _weak("The key does not lie in the prime-order subgroup of its curve.")
    return key


@lru_cache(maxsize=16_384)
def _public_key(members: tuple[tuple[str, str], ...]) -> PublicKey:
    jwk = dict(members)
    alg = _KEY_TYPES.get((jwk.get("kty"), jwk.get("crv"), tuple(jwk)))
    names = [name for name in jwk if name not in {"kty", "crv"}]
    if alg is None or not all(DIGEST_TEXT.fullmatch(jwk[name]) for name in names):
        raise _malformed_key()
    point = b"".join(decode(jwk[name].encode()) for name in names)
    try:
        verifier = _VERIFIERS[alg](point)
    except ValueError:
        raise _weak("The key is not a point of its curve.") from None
    kid = encode(sha256(canonical(jwk)).digest()).decode()
    return PublicKey(kid=kid, alg=alg, jwk=MappingProxyType(jwk), _verifier=verifier)


def openssl_check(encoded: bytes) -> _Check:
    """Give the check of an Ed25519 key by the cryptography library."""
    key = Ed25519PublicKey.from_public_bytes(encoded)

    def holds(signature: bytes, message: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return holds


def libsodium_check(encoded: bytes) -> _Check:
    """Give the check of an Ed25519 key by libsodium, which takes half of the time.

    Under the key profile and with low-order R refused, both libraries give the same
    verdicts (log specification 2.1).
    """

    def holds(signature: bytes, message: bytes) -> bool:
        try:
            crypto_sign_open(signature + message, encoded)
        except BadSignatureError:
            return False
        return True

    return holds


def _ed25519(encoded: bytes) -> _Verifier:
    holds = (libsodium_check if HAS_LIBSODIUM else openssl_check)(encoded)

    def verify(signature: bytes, message: bytes) -> None:
        scalar = int.from_bytes(signature[32:], "little")
        if (
            len(signature) != SIGNATURE_OCTETS
            or scalar >= ED25519_ORDER
            or signature[:32] in LOW_ORDER_POINTS
        ):
            raise _malformed()
        if not holds(signature, message):
            raise _wrong()

    return verify


def _es256(coordinates: bytes) -> _Verifier:
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + coordinates)
    algorithm = ec.ECDSA(SHA256())

    def verify(signature: bytes, message: bytes) -> None:
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        # Of the twins s and n - s only the lower is admitted, or events would have two leaves.
        if (
            len(signature) != SIGNATURE_OCTETS
            or not 1 <= r < P256_ORDER
            or not 1 <= s <= P256_ORDER // 2
        ):
            raise _malformed()
        try:
            key.verify(encode_dss_signature(r, s), message, algorithm)
        except InvalidSignature:
            raise _wrong() from None

    return verify


def _has_prime_order(encoded: bytes) -> bool:
    """Tell whether RFC 8032 octets are a canonical point A with A != O and [L]A = O."""
    point = _point(encoded)
    if point is None or _is_identity(point):
        return False
    multiple = _IDENTITY
    for bit in f"{ED25519_ORDER:b}":
        multiple = _add(multiple, multiple)
        if bit == "1":
            multiple = _add(multiple, point)
    return _is_identity(multiple)


def _point(encoded: bytes) -> _Point | None:
    """Decode a point as in RFC 8032, section 5.1.3; nothing if it is not canonical."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _add(left: _Point, right: _Point) -> _Point:
    """Add two points in extended coordinates (RFC 8032, section 5.1.4)."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % _P
    b = (left[1] + left[0]) * (right[1] + right[0]) % _P
    c = 2 * left[3] * right[3] * _D % _P
    d = 2 * left[2] * right[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _is_identity(point: _Point) -> bool:
    return point[0] == 0 and (point[1] - point[2]) % _P == 0


def _low_order_points() -> frozenset[bytes]:
    """Give the 14 encodings, canonical or not, of the eight points of small order."""
    ys = (0, 1, _P - 1, _P, _P + 1, _ORDER_EIGHT_Y, _P - _ORDER_EIGHT_Y)
    return frozenset((y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1))


def _weak(sentence: str) -> EnvelopeError:
    return EnvelopeError(sentence, slug="key_weak", next_step="Make a new key and enrol that.")


def _malformed_key() -> EnvelopeError:
    return _weak("A key is a JWK of exactly the members kty, crv, x and, for P-256, y.")


def _malformed() -> EnvelopeError:
    return EnvelopeError(
        "The signature does not have the one form its algorithm admits.", slug="sig_form"
    )


def _wrong() -> EnvelopeError:
    return EnvelopeError(
        "The signature does not verify under the key that it names.", slug="sig_invalid"
    )


_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_IDENTITY: Final[_Point] = (0, 1, 1, 0)
_ORDER_EIGHT_Y: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
LOW_ORDER_POINTS: Final = _low_order_points()
_KEY_TYPES: Final[Mapping[tuple[object, ...], str]] = {
    ("OKP", "Ed25519", ("crv", "kty", "x")): ED25519,
    ("EC", "P-256", ("crv", "kty", "x", "y")): ES256,
}
_VERIFIERS: Final[Mapping[str, Callable[[bytes], _Verifier]]] = {
    ED25519: _ed25519,
    ES256: _es256,
}
