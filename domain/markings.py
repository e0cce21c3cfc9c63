# SPDX-License-Identifier: Apache-2.0
"""What is cut into the metal, as seen, and the keys under which it is found again.

Implements marks of the Firearms Protocol, article 8, and sections 6, 7 and rule 12 of
the domain facts: the text as seen with its script, symbols, place and condition, the
check that a serial is a serial, and four folds from exact to forgiving. What is no serial,
such as "see below", may stand as the text of a marking, as an observation. Ranking and
wildcards belong to the search projection; nothing here decides that two objects are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from domain.codes import Maybe
from domain.errors import InvalidValueError
from domain.schema import Closed, Code, Country, Known, Stated, Text, Year, value_of
from domain.script.letters import Script, digit_of, transliterate
from domain.script.remarks import is_remark, plainly

MARKINGS_MAX: Final = 12
SYMBOLS_MAX: Final = 8

MarkKind = Literal[
    "manufacture",
    "component",
    "proof",
    "import",
    "state_stock",
    "civil_transfer",
    "confiscation",
    "deactivation",
    "security",
    "converter",
    "admin_serial",
    "unit",
    "owner",
    "other",
    "unknown",
]
MarkCondition = Literal["legible", "partial", "obliterated", "none", "unknown"]
MarkDamage = Literal[
    "worn",
    "filed_or_ground",
    "punched",
    "over_stamped",
    "drilled",
    "welded",
    "plate_removed",
    "other",
    "unknown",
]
MarkLocation = Literal[
    "frame_or_lower",
    "receiver_or_upper",
    "barrel",
    "chamber",
    "slide",
    "bolt_head",
    "bolt_carrier",
    "cylinder",
    "other",
    "unknown",
]
MarkMethod = Literal[
    "stamp", "engrave", "laser", "dot", "cast", "etch", "metal_plate", "other", "unknown"
]


def check_serial(text: str) -> str:
    """Give the serial back unchanged, leading zeros included, if it can be one.

    Raises:
        InvalidValueError: ``serial_invalid``. It is a remark such as "unreadable" or "s/n",
            holds no letter or digit, or has spaces at an end or in a row (rule 12).
    """
    if not (_OBVIOUS.fullmatch(text) and _DIGIT.search(text)):
        _look_closely(text)
    return text


def _look_closely(text: str) -> None:
    if _SPACING.search(text):
        raise _not_serial("A serial has no space at either end, and never two in a row.")
    if not any(character.isalnum() for character in plainly(text)):
        raise _not_serial("A serial holds at least one letter or digit.")
    if is_remark(text):
        raise _not_serial("This is a remark about a serial, not a serial.")


class KnownSerial(Known):
    """A serial that is known, and can be one."""

    known: Annotated[Text, AfterValidator(check_serial)]


Serial = KnownSerial | Literal["unknown", "none"]
"""The number on the leading part: known, ``unknown``, or ``none`` where none was ever cut."""


class Marking(Closed):
    """One mark on one part, as applied or as seen.

    Attributes:
        kind: What the mark is for.
        text: The text as seen; ``unknown`` where it cannot be read, ``none`` without text.
        condition: How well it can be read today; ``none`` says that the mark is missing,
            ``unknown`` that nobody said how it looks.
        damage: What was done to it.
        script: Script of the text; derived from the text where absent.
        symbols: Codes of a picture list, for marks that are not text.
        location: The part that carries it.
        method: How it was applied.
        maker: Manufacturer or importer that the mark names.
        country: Country that the mark names.
        year: Year that the mark names.
    """

    kind: MarkKind
    text: Stated
    condition: MarkCondition
    damage: Maybe[MarkDamage] = None
    script: Maybe[Script] = None
    symbols: Annotated[
        tuple[Code, ...], Field(strict=False, min_length=1, max_length=SYMBOLS_MAX)
    ] = ()
    location: Maybe[MarkLocation] = None
    method: Maybe[MarkMethod] = None
    maker: Maybe[Text] = None
    country: Maybe[Country] = None
    year: Maybe[Year] = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        known = value_of(self.text) is not None
        if self.condition == "legible" and not (known or self.symbols):
            raise ValueError("a legible mark has a known text or symbols")
        if self.condition in ("obliterated", "none") and known:
            raise ValueError("a mark that is obliterated or missing has no known text")
        return self


Markings = Annotated[
    tuple[Marking, ...], Field(strict=False, min_length=1, max_length=MARKINGS_MAX)
]
"""Marks on one firearm. A JSON list becomes a tuple; no mark at all is an absent member."""


def stated_marks(dat: Closed) -> tuple[Marking, ...]:
    """Give the marks that the data of an event states, one applied or several seen."""
    applied = getattr(dat, "mark", None)
    return (*getattr(dat, "markings", ()), *((applied,) if applied else ()))


def legible_marks(markings: Iterable[Marking], kind: MarkKind) -> tuple[Marking, ...]:
    """Give the marks of a kind that can be read; no other one does what the law asks of it."""
    return tuple(mark for mark in markings if (mark.kind, mark.condition) == (kind, "legible"))


def canonical(text: str) -> str:
    """Fold case, separators and script: the key under which equal marks meet.

    Cyrillic and Greek capitals that look Latin become Latin, digits of every script become
    ASCII, signs and spaces go. Leading zeros stay. Other letters stay as they are: what they
    sound like is told by ``latin_fold``.
    """
    if text.isascii():
        return text.upper().translate(_ASCII_SEPARATORS)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    return "".join(_fold(character) for character in folded if character.isalnum())


def latin_fold(text: str) -> str:
    """Write in Latin letters, then fold: ``ИЖ-27`` and ``Izh 27`` meet."""
    return canonical(transliterate(text))


def embedded_fold(text: str) -> str:
    """Ignore letters between digits as NCIC does: ``369J257`` and ``369M257`` meet."""
    return _EMBEDDED.sub("", canonical(text))


def lookalike_fold(text: str) -> str:
    """Fold what the eye confuses, such as O and 0, S and 5, or Z and 2, into one character."""
    return canonical(text).translate(_LOOKALIKES)


def _fold(character: str) -> str:
    return digit_of(character) or _LOOKS_LATIN.get(character, character)


def _not_serial(sentence: str) -> InvalidValueError:
    return InvalidValueError(
        sentence,
        slug="serial_invalid",
        next_step="Give the serial as seen, or the code unknown or none; "
        "what was written there can stand as the text of a marking.",
    )


_OBVIOUS = re.compile(r"(?:[A-Za-z]{0,5}[0-9-])*[A-Za-z]{0,5}")
"""No remark is so short of letters; with a digit, this spares nearly all serials the rest."""
_DIGIT = re.compile(r"[0-9]")
_SPACING = re.compile(r"^\s|\s$|\s\s|[^\S ]")
_CYRILLIC: Final = (
    "A:A VE:B IE:E KA:K EM:M EN:H O:O ER:P ES:C TE:T HA:X U:Y BYELORUSSIAN-UKRAINIAN_I:I JE:J DZE:S"
)
_GREEK: Final = (
    "ALPHA:A BETA:B EPSILON:E ZETA:Z ETA:H IOTA:I KAPPA:K MU:M NU:N OMICRON:O RHO:P TAU:T "
    "UPSILON:Y CHI:X"
)
_LIKE_DIGITS: Final = "ZE:3 CHE:4 BE:6"


def _by_name(script: str, pairs: str) -> dict[str, str]:
    """Read pairs of a Unicode name and its look-alike; names keep the source unambiguous."""
    named = (pair.split(":") for pair in pairs.split())
    return {
        unicodedata.lookup(f"{script} CAPITAL LETTER {name.replace('_', ' ')}"): like
        for name, like in named
    }


_LOOKS_LATIN: Final = _by_name("CYRILLIC", _CYRILLIC) | _by_name("GREEK", _GREEK)
_ASCII_SEPARATORS: Final = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())
_EMBEDDED = re.compile(r"(?<=\d)\D+(?=\d)")
_LOOKALIKES: Final = str.maketrans(
    dict(zip("ODQILSBZGUT", "000115826V7", strict=True)) | _by_name("CYRILLIC", _LIKE_DIGITS)
)
