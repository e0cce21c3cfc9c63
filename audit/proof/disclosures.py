# SPDX-License-Identifier: Apache-2.0
"""Disclosures: personal data beside the log, bound to an event by salted digests.

Implements the digests of the envelope specification, section 4.5, after RFC 9901:
``base64url(JCS([salt, name, value]))`` hashed as received, 256-bit salts, decoys, and the
refusal of whatever is unreferenced, repeated or unknown. Sealing and erasure belong to
the vault. Nothing here prints a salt or a value, not even a representation of an object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, cast

from audit.proof.encoding import (
    DIGEST_TEXT,
    canonical,
    decode,
    encode,
    is_canonical,
    is_clean,
    strict_json,
)
from audit.proof.limits import DISCLOSURE_OCTETS_MAX, SALT_OCTETS
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import INTEGER_MAX, MEMBERS
from domain.schema import ClaimForm

RESERVED_NAMES: Final = MEMBERS | {"seen", "..."}
"""Names that a disclosure may not bear, lest it overwrite what was signed in the open."""

Claim = str | int | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One claim with its salt, as received.

    Attributes:
        name: Name of the claim, from the closed list of the event type.
        digest: Base64url of SHA-256 over ``text``, found in the event's ``_sd``.
        salt: 32 random octets in base64url.
        value: What is disclosed.
        text: The disclosure as it travels, ASCII.
    """

    name: str
    digest: str
    salt: str = field(repr=False)
    value: Claim = field(repr=False)
    text: bytes = field(repr=False)


def make_disclosure(name: str, value: Claim, *, salt: bytes) -> Disclosure:
    """Build a disclosure over 32 random octets that were never used before.

    Raises:
        EnvelopeError: ``disclosure_invalid``, no such text can be encoded.
    """
    spelling = encode(salt).decode()
    try:
        text = encode(canonical([spelling, name, value]))
    except InvalidValueError:
        raise _invalid() from None
    if len(salt) != SALT_OCTETS or len(text) > DISCLOSURE_OCTETS_MAX:
        raise _invalid()
    return Disclosure(name=name, value=value, salt=spelling, text=text, digest=digest_of(text))


def open_disclosures(
    texts: Sequence[bytes], *, digests: Sequence[str], claims: Mapping[str, ClaimForm]
) -> tuple[Disclosure, ...]:
    """Read the disclosures of one event; each must be wanted, whole and alone.

    Args:
        texts: The disclosures as received.
        digests: The event's ``_sd``.
        claims: Closed list of names and forms of the event type.

    Raises:
        EnvelopeError: ``disclosure_invalid``, ``disclosure_duplicate`` or
            ``disclosure_unreferenced``.
    """
    if not texts:
        return ()
    opened = tuple(_read(text, claims) for text in texts)
    if any(_repeats(column) for column in zip(*map(_identities, opened), strict=True)):
        raise EnvelopeError(
            "A disclosure, its name or its salt appears twice.", slug="disclosure_duplicate"
        )
    if not {each.digest for each in opened} <= set(digests):
        raise EnvelopeError(
            "A disclosure belongs to no digest of the event.", slug="disclosure_unreferenced"
        )
    return opened


def check_claim(name: str, value: object, *, claims: Mapping[str, ClaimForm]) -> None:
    """Check name and value of a claim against the closed list of its event type.

    Raises:
        EnvelopeError: ``disclosure_invalid``.
    """
    form = claims.get(name)
    if form is None or name in RESERVED_NAMES or type(value) is not _FORMS[form]:
        raise _invalid()
    if isinstance(value, str):
        admitted = is_clean(value)
    else:
        admitted = -INTEGER_MAX <= cast("int", value) <= INTEGER_MAX
    if not admitted:
        raise _invalid()


def digest_of(text: bytes) -> str:
    """Hash a disclosure as received, or the random octets of a decoy."""
    return encode(sha256(text).digest()).decode()


def _read(text: bytes, claims: Mapping[str, ClaimForm]) -> Disclosure:
    try:
        data = decode(text)
        parts = strict_json(data)
    except (EnvelopeError, InvalidValueError):
        raise _invalid() from None
    if not isinstance(parts, list) or len(parts) != len(("salt", "name", "value")):
        raise _invalid()
    salt, name, value = parts
    if not (_is_salt(salt) and isinstance(name, str) and is_canonical(data, parts)):
        raise _invalid()
    check_claim(name, value, claims=claims)
    return Disclosure(name=name, value=value, salt=salt, text=text, digest=digest_of(text))


def _is_salt(salt: Any) -> bool:
    return isinstance(salt, str) and DIGEST_TEXT.fullmatch(salt) is not None


def _identities(each: Disclosure) -> tuple[str, str, str]:
    return each.digest, each.name, each.salt


def _repeats(values: Sequence[str]) -> bool:
    return len(set(values)) != len(values)


def _invalid() -> EnvelopeError:
    return EnvelopeError(
        "A disclosure is not a salt, a claim of this event type and a value of its form.",
        slug="disclosure_invalid",
    )


_FORMS: Final[Mapping[ClaimForm, type]] = {"string": str, "integer": int, "boolean": bool}
