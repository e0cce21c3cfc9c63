# SPDX-License-Identifier: Apache-2.0
"""Typed, random identifiers and the short form that survives a telephone.

A stream identifier is ``<kind>.<uuid>`` with a kind from a closed list (envelope
specification, section 4.3). It carries no meaning: never a serial, a person or a
place. Authority identifiers are chosen by the registry. This module makes no
identifier by itself, since randomness and time are injected by the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from domain.errors import InvalidValueError

FIRST_PREV: Final = "A" * 43
"""The ``prev`` of a stream's first event: 32 zero octets in base64url."""

KINDS: Final = frozenset({
    "acc", "arm", "aut", "auth", "case", "cmp", "ers", "hld", "key", "lic", "log", "lot", "off",
    "pol", "shp", "stk", "trc",
})  # fmt: skip
"""Kinds of identifiers: access, firearm, authorization, authority, case, component, erasure, key,
licence, log, lot, policy, shipment, stocktake, tracing request; and the opaque holding and officer
that stand for persons."""

REGISTRY_KINDS: Final = frozenset({"log", "auth", "key"})
"""Kinds whose streams say who may sign."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_STREAM = re.compile(rf"([a-z]{{3,4}})\.({_UUID})")
_AUTHORITY = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_AUTHORITY_MAX_CHARS = 64

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SPOKEN = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_SHORT_BITS = 60
_SHORT_CHARS = 12


@dataclass(frozen=True, slots=True)
class StreamId:
    """The identifier of one stream of events, for example one firearm's life.

    Attributes:
        kind: One of ``KINDS``.
        uuid: A random identifier, version 7 for new streams.
    """

    kind: str
    uuid: UUID

    def __str__(self) -> str:
        """Give the wire form ``<kind>.<uuid>``."""
        return f"{self.kind}.{self.uuid}"


@lru_cache(maxsize=65_536)
def parse_stream_id(text: str) -> StreamId:
    """Read ``<kind>.<uuid>`` in its one canonical spelling.

    Raises:
        InvalidValueError: The text is not a known kind followed by a lower-case UUID.
    """
    found = _STREAM.fullmatch(text)
    if not found or found[1] not in KINDS:
        raise InvalidValueError(
            f"An identifier has the form <kind>.<uuid> with a kind of {', '.join(sorted(KINDS))}.",
            slug="identifier_invalid",
        )
    return StreamId(found[1], UUID(found[2]))


def is_authority_id(text: str) -> bool:
    """Tell whether the text may name an authority (envelope specification, ``iss``)."""
    return len(text) <= _AUTHORITY_MAX_CHARS and _AUTHORITY.fullmatch(text) is not None


def short_form(uuid: UUID) -> str:
    """Give the short form of an identifier: 12 characters and one check character.

    The last 60 bits in Crockford's base 32, so that no two characters sound or look
    alike, with a Luhn check modulo 32. It finds a record; it never replaces the
    identifier.
    """
    value = short_bits(uuid)
    digits = [(value >> (5 * place)) & 31 for place in reversed(range(_SHORT_CHARS))]
    text = "".join(_ALPHABET[digit] for digit in digits) + _ALPHABET[_luhn(digits)]
    return "-".join((text[:4], text[4:8], text[8:12], text[12:]))


def short_bits(uuid: UUID) -> int:
    """Give the bits of an identifier that its short form stands for."""
    return uuid.int & ((1 << _SHORT_BITS) - 1)


def parse_short_form(text: str) -> int:
    """Read a short form as spoken or typed; give the 60 bits that it stands for.

    Raises:
        InvalidValueError: It does not have 13 characters or the check character is wrong.
    """
    plain = re.sub(r"[\s-]", "", text.upper()).translate(_SPOKEN)
    try:
        digits = [_ALPHABET.index(character) for character in plain]
    except ValueError:
        digits = []
    if len(digits) != _SHORT_CHARS + 1 or _luhn(digits[:-1]) != digits[-1]:
        raise InvalidValueError(
            "The short form has a misread character.",
            slug="short_form_invalid",
            next_step="Ask for it again, four characters at a time.",
        )
    value = 0
    for digit in digits[:-1]:
        value = value << 5 | digit
    return value


def _luhn(digits: list[int]) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        addend = digit * (2 if place % 2 == 0 else 1)
        total += addend // 32 + addend % 32
    return -total % 32
