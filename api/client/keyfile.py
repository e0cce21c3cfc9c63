# SPDX-License-Identifier: Apache-2.0
"""An officer's private key in an encrypted file.

Implements file keys of the envelope specification, section 7: PKCS #8 in PEM under a
passphrase, readable by its owner alone; deterministic ES256 signatures (RFC 6979)
with the lower ``s``. Smart cards and security modules are further ``SigningKey``s.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)

from api.client.papers import FILE_MODE, sync_folder
from audit.proof.encoding import encode
from audit.proof.keys import COORDINATE_OCTETS, ED25519, ES256, P256_ORDER, public_key
from domain.errors import InvalidValueError, UnreachableError, UsageError

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey

FILE_OCTETS_MAX: Final = 16_384
PASSPHRASE_OCTETS_MAX: Final = 1_023

_ENCRYPTED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_ALGORITHM: Final = ec.ECDSA(SHA256(), deterministic_signing=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKey:
    """A private key held in memory, kept in a file.

    Attributes:
        kid: Thumbprint of the public key.
        alg: ``Ed25519`` or ``ES256``.
        jwk: Public members of the key.
    """

    kid: str
    alg: str
    jwk: Mapping[str, str] = field(compare=False)
    _private: PrivateKey = field(repr=False, compare=False)

    @classmethod
    def create(cls, alg: str) -> Self:
        """Make a new key.

        Raises:
            UsageError: The ledger has no such algorithm.
        """
        if alg == ED25519:
            return cls.of(Ed25519PrivateKey.generate())
        if alg == ES256:
            return cls.of(ec.generate_private_key(ec.SECP256R1()))
        raise UsageError(f"A key is {ED25519} or {ES256}.", slug="algorithm_unknown")

    @classmethod
    def of(cls, private: PrivateKey) -> Self:
        """Wrap a private key of the library.

        Raises:
            InvalidValueError: Its curve is not P-256.
        """
        jwk = _public_members(private)
        key = public_key(jwk)
        return cls(kid=key.kid, alg=key.alg, jwk=MappingProxyType(jwk), _private=private)

    @classmethod
    def load(cls, path: Path, passphrase: str) -> Self:
        """Read a key file.

        Raises:
            UnreachableError: The file cannot be read.
            InvalidValueError: It holds no encrypted key, one of another kind, or the
                passphrase is wrong.
        """
        pem = _read(path)
        if _ENCRYPTED not in pem:
            raise InvalidValueError(
                f"{path} holds no encrypted private key.",
                slug="key_file_invalid",
                next_step="Name a file that `muniment key new` wrote.",
            )
        try:
            private = load_pem_private_key(pem, passphrase.encode(errors="surrogateescape"))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InvalidValueError(
                f"{path} does not open with this passphrase, or it is damaged.",
                slug="passphrase_wrong",
                next_step="Type the passphrase again.",
            ) from error
        if not isinstance(private, Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            raise _wrong_kind()
        return cls.of(private)

    def save(self, path: Path, passphrase: str) -> None:
        """Write a key file, synced to disk and readable by its owner alone.

        Raises:
            UsageError: The passphrase is empty or too long, or the file exists: a key is
                never overwritten.
            UnreachableError: The file cannot be written.
        """
        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _guard(passphrase))
        try:
            _write_new(path, pem)
        except FileExistsError:
            raise UsageError(
                f"{path} exists and is kept.",
                slug="key_file_exists",
                next_step="Name another file.",
            ) from None
        except OSError as error:
            raise UnreachableError(f"{path} cannot be written: {error.strerror}.") from error

    def unprotected(self) -> bytes:
        """Give PKCS #8 in DER without a passphrase, for another process of the same person.

        It goes over a line that nobody else can read, and is never written anywhere.
        """
        return self._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @classmethod
    def from_unprotected(cls, der: bytes) -> Self:
        """Read back what ``unprotected`` gave."""
        private = load_der_private_key(der, None)
        if not isinstance(private, Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            raise _wrong_kind()
        return cls.of(private)

    def sign(self, message: bytes) -> bytes:
        """Give a signature of 64 octets over a message."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        return low_s(self._private.sign(message, _ALGORITHM))


def low_s(der: bytes) -> bytes:
    """Turn a DER signature on P-256 into ``r || s`` with the lower of the two valid ``s``."""
    return lower_of(*decode_dss_signature(der))


def lower_of(r: int, s: int) -> bytes:
    """Give ``r || s`` with the lower of the two valid ``s``.

    Cards and modules give the higher one half of the time; the ledger admits the lower.
    """
    lower = min(s, P256_ORDER - s)
    return r.to_bytes(COORDINATE_OCTETS) + lower.to_bytes(COORDINATE_OCTETS)


def _public_members(private: PrivateKey) -> dict[str, str]:
    if isinstance(private, Ed25519PrivateKey):
        x = private.public_key().public_bytes_raw()
        return {"crv": "Ed25519", "kty": "OKP", "x": encode(x).decode()}
    if not isinstance(private.curve, ec.SECP256R1):
        raise _wrong_kind()
    numbers = private.public_key().public_numbers()
    return {"crv": "P-256", "kty": "EC", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}


def _coordinate(number: int) -> str:
    return encode(number.to_bytes(COORDINATE_OCTETS)).decode()


def _guard(passphrase: str) -> BestAvailableEncryption:
    octets = passphrase.encode(errors="surrogateescape")
    if not 0 < len(octets) <= PASSPHRASE_OCTETS_MAX:
        raise UsageError(
            f"A key file needs a passphrase of 1 to {PASSPHRASE_OCTETS_MAX} octets.",
            slug="passphrase_length",
            next_step="Choose another passphrase.",
        )
    return BestAvailableEncryption(octets)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(FILE_OCTETS_MAX)
    except OSError as error:
        raise UnreachableError(
            f"{path} cannot be read: {error.strerror}.",
            next_step="Check the name of the key file and who may read it.",
        ) from error


def _write_new(path: Path, octets: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        # Half a key would stand in the way of the whole one, since nothing is overwritten.
        path.unlink()
        raise
    sync_folder(path.parent)


def _wrong_kind() -> InvalidValueError:
    return InvalidValueError(
        f"The key is neither {ED25519} nor {ES256} on P-256.",
        slug="key_kind_unknown",
        next_step="Make a key with `muniment key new`.",
    )
