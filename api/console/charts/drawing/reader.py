# SPDX-License-Identifier: Apache-2.0
"""Who looks at a picture: their language, the way it runs, and how it writes numbers and dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, Self
from unicodedata import bidirectional

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal, parse_pattern

from api.languages import Translate
from domain.occurrence import Occurrence

Direction = Literal["ltr", "rtl"]

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# Controls, lone surrogates and what is no character cannot stand in XML; embeddings, overrides and
# isolates could make a text run over the words around it.
_UNFIT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BLANKS: Final = re.compile("[\t\n\v\f\r \x85\u2028\u2029]+")
_MARKS_OF_DIRECTION: Final = re.compile("[\u061c\u200e\u200f]")


class Datum(str):
    """A serial, a code, an identifier: data that is written from left to right in any language."""

    __slots__ = ()


class Quantity(str):
    """A number as the reader's language writes it."""

    __slots__ = ()


class Dated(str):
    """A time as the reader's language writes it.

    Attributes:
        iso: The same time as it was signed.
    """

    __slots__ = ("iso",)
    iso: str

    def __new__(cls, text: str, iso: str) -> Self:
        """Keep both forms."""
        dated = super().__new__(cls, text)
        dated.iso = iso
        return dated


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever a picture is drawn for.

    Attributes:
        language: Tag of their language, such as ``ar``.
        translate: Gives an English sentence in it.
    """

    language: str
    translate: Translate

    @property
    def locale(self) -> Locale:
        """The rules of the language."""
        return _locale(self.language)

    @property
    def direction(self) -> Direction:
        """Which way its lines run."""
        return _direction(self.language)

    def number(self, value: float, digits: int = 0) -> Quantity:
        """Write a number with so many digits behind the point."""
        form = "#,##0." + "0" * digits if digits else "#,##0"
        return Quantity(format_decimal(value, form, locale=self.locale))

    def percent(self, value: float) -> Quantity:
        """Write a number of percent with one digit behind the point."""
        form = self.locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
        return Quantity(parse_pattern(form).apply(value / 100, self.locale))

    def when(self, occ: Occurrence) -> Dated:
        """Write when something happened, as exactly as it is known and no more."""
        return Dated(self._when(occ), occ.text)

    def day(self, seconds: float) -> str:
        """Write the day of a Unix time."""
        return format_date(moment_of(seconds), "medium", locale=self.locale)

    def month(self, seconds: float) -> str:
        """Write the month of a Unix time."""
        return format_skeleton("yMMM", moment_of(seconds), locale=self.locale)

    def quarter(self, seconds: float) -> str:
        """Write the quarter of a Unix time."""
        return format_skeleton("yQQQ", moment_of(seconds), locale=self.locale)

    def _when(self, occ: Occurrence) -> str:
        _ = self.translate
        if occ.precision == "unknown":
            return _("Date not known")
        at = moment_of(occ.earliest)
        if occ.precision == "instant":
            return f"{format_datetime(at, 'medium', tzinfo=UTC, locale=self.locale)} UTC"
        if occ.precision == "day":
            return format_date(at, "long", locale=self.locale)
        return self.month(occ.earliest) if occ.precision == "month" else f"{at.year}"


def moment_of(seconds: float) -> datetime:
    """Give the moment of a Unix time, also before 1970."""
    return EPOCH + timedelta(seconds=int(seconds))


def clean(text: str) -> str:
    """Make visible what could break a page or reorder it; a lawful text stays as it is."""
    cleaned = _UNFIT.sub(REPLACEMENT, _BLANKS.sub(" ", text).strip(" "))
    return _MARKS_OF_DIRECTION.sub(REPLACEMENT, cleaned) if isinstance(text, Datum) else cleaned


def direction_of(text: str, reader: Reader) -> Direction:
    """Give the way a text of its own runs: by what it is, or by its first letter."""
    if isinstance(text, Datum):
        return "ltr"
    for each in text:
        kind = bidirectional(each)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return reader.direction


@lru_cache(maxsize=64)
def _direction(language: str) -> Direction:
    return "rtl" if _locale(language).text_direction == "rtl" else "ltr"


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
