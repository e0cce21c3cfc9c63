# SPDX-License-Identifier: Apache-2.0
"""An officer's private key that never leaves its smart card or security module (PKCS #11).

Implements the envelope specification, section 7: ``ES256`` on P-256 with the lower ``s``, which
modules give only half of the time, and ``Ed25519`` where the module can. Needs the extra
``pkcs11``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from api.client.keyfile import lower_of
from audit.proof.encoding import encode
from audit.proof.keys import COORDINATE_OCTETS, ED25519, ES256, public_key
from domain.errors import InvalidValueError, UnreachableError, UsageError

_P256: Final = bytes.fromhex("06082a8648ce3d030107")
"""The object identifier of P-256 in DER (RFC 5480)."""

_POINT_OCTETS: Final = {ES256: 1 + 2 * COORDINATE_OCTETS, ED25519: COORDINATE_OCTETS}
_WRAPPED: Final = 2
"""Tag and length, where a module gives the point as a DER octet string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A private key on a token, open for signing.

    Attributes:
        kid: Thumbprint of the public key.
        alg: ``Ed25519`` or ``ES256``.
        jwk: Public members of the key.
    """

    kid: str
    alg: str
    jwk: Mapping[str, str] = field(compare=False)
    _private: Any = field(repr=False, compare=False)
    _session: Any = field(repr=False, compare=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @classmethod
    def open(cls, module: Path, *, token: str, pin: str, label: str) -> Self:
        """Log in to a token and find a key on it.

        Args:
            module: The maker's PKCS #11 library, such as ``libsofthsm2.so``.
            token: Label of the token.
            pin: PIN of its user.
            label: Label of the key pair.

        Raises:
            UsageError: ``pkcs11_missing``, the library of Python for it is not installed.
            UnreachableError: ``token_unreachable``, module or token is not there.
            InvalidValueError: ``pin_wrong`` or ``token_key_unknown``.
        """
        library = _library()
        with _translated(library):
            session = _logged_in(
                library, library.lib(str(module)).get_token(token_label=token), pin
            )
        try:
            with _translated(library):
                private, jwk = _pair(library, session, label)
            key = public_key(jwk)
        except BaseException:
            session.close()
            raise
        return cls(
            kid=key.kid,
            alg=key.alg,
            jwk=MappingProxyType(jwk),
            _private=private,
            _session=session,
        )

    def sign(self, message: bytes) -> bytes:
        """Give a signature of 64 octets over a message.

        Raises:
            UnreachableError: ``token_unreachable``, the token was taken away.
        """
        library = _library()
        # A session does one thing at a time.
        with self._turn, _translated(library):
            if self.alg == ED25519:
                return bytes(self._private.sign(message, mechanism=library.Mechanism.EDDSA))
            digest = sha256(message).digest()
            raw = bytes(self._private.sign(digest, mechanism=library.Mechanism.ECDSA))
        r, s = raw[:COORDINATE_OCTETS], raw[COORDINATE_OCTETS:]
        return lower_of(int.from_bytes(r), int.from_bytes(s))

    def close(self) -> None:
        """Log out."""
        self._session.close()


def _library() -> Any:
    try:
        return import_module("pkcs11")
    except ImportError as error:
        raise UsageError(
            "Tokens are spoken to by a library that is not installed here.",
            slug="pkcs11_missing",
            next_step="Install it with `pip install 'muniment[pkcs11]'`, and run it again.",
        ) from error


@contextmanager
def _translated(library: Any) -> Iterator[None]:
    """Tell what a module says in our own errors; nothing of a PIN is in them."""
    try:
        yield
    except (library.PinIncorrect, library.PinInvalid, library.PinLenRange) as error:
        raise InvalidValueError(
            "The token does not open with this PIN.",
            slug="pin_wrong",
            next_step="Check the PIN before you try again: tokens lock after a few attempts.",
        ) from error
    except (library.NoSuchKey, library.MultipleObjectsReturned) as error:
        raise InvalidValueError(
            "The token has not exactly one key pair of that label.",
            slug="token_key_unknown",
            next_step="Give private and public key one label that no other has.",
        ) from error
    except (library.PKCS11Error, RuntimeError) as error:
        raise UnreachableError(
            f"The token cannot be used: {type(error).__name__}.",
            slug="token_unreachable",
            next_step="Check that the token is plugged in, and the path of its module.",
        ) from error


def _logged_in(library: Any, token: Any, pin: str) -> Any:
    try:
        return token.open(user_pin=pin)
    except library.UserAlreadyLoggedIn:
        return token.open()  # another key of the same token is open in this process


def _pair(library: Any, session: Any, label: str) -> tuple[Any, dict[str, str]]:
    """Find the key pair of a label.

    Raises:
        InvalidValueError: ``key_kind_unknown``.
    """
    attribute, kinds = library.Attribute, library.ObjectClass
    private = session.get_key(object_class=kinds.PRIVATE_KEY, label=label)
    public = session.get_key(object_class=kinds.PUBLIC_KEY, label=label)
    if private.key_type == library.KeyType.EC_EDWARDS:
        x = _point(public[attribute.EC_POINT], ED25519)
        return private, {"crv": "Ed25519", "kty": "OKP", "x": encode(x).decode()}
    if private.key_type != library.KeyType.EC or public[attribute.EC_PARAMS] != _P256:
        raise _wrong_kind()
    point = _point(public[attribute.EC_POINT], ES256)[1:]
    x, y = point[:COORDINATE_OCTETS], point[COORDINATE_OCTETS:]
    coordinates = {"x": encode(x).decode(), "y": encode(y).decode()}
    return private, {"crv": "P-256", "kty": "EC", **coordinates}


def _point(octets: bytes, alg: str) -> bytes:
    length = _POINT_OCTETS[alg]
    if len(octets) not in (length, length + _WRAPPED):
        raise _wrong_kind()
    return octets[-length:]


def _wrong_kind() -> InvalidValueError:
    return InvalidValueError(
        f"The key is neither {ED25519} nor {ES256} on P-256.",
        slug="key_kind_unknown",
        next_step="Make a key pair on P-256 with the tool of the token's maker.",
    )
