# SPDX-License-Identifier: Apache-2.0
"""Dates, numbers and lists as the reader writes them; every export keeps ISO 8601 and plain digits.

A date says no more than is known: a year stays a year (envelope specification, section 4.3).
Digits are Western in every language, since they stand beside identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from api.languages import Translate, written_day, written_list
from domain.errors import InvalidValueError
from domain.occurrence import Occurrence, parse_occurrence

NUMBERS: Final = "latn"
DAY_FIRST: Final = "d MMM y HH:mm"
YEAR_FIRST: Final = {"zh": "y\u5e74M\u6708d\u65e5 HH:mm"}
"""Patterns of an instant (Unicode CLDR, dates): the usual one, and where the year comes first."""


class Formats:
    """How one reader writes dates, numbers and lists."""

    def __init__(self, language: str, translate: Translate) -> None:
        """Bind a language."""
        # Arabic without a country writes Western digits and Gregorian months.
        self._locale = Locale.parse(language)
        self._translate = translate

    def day(self, when: str | Occurrence | None) -> Markup:
        """Give an occurrence for people, with its text as signed behind it."""
        occurrence = self._occurrence(when)
        if occurrence is None:
            return Markup('<bdi dir="ltr">{}</bdi>').format(when)
        if occurrence.precision == "unknown":
            return Markup("{}").format(self._translate("unknown"))
        return _time(occurrence.text, self._said(occurrence))

    def moment(self, at: datetime | float | None) -> Markup:
        """Give an instant in UTC, to the minute."""
        if at is None:
            return Markup("{}").format(self._translate("unknown"))
        instant = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
        instant = instant.astimezone(UTC)
        pattern = YEAR_FIRST.get(self._locale.language, DAY_FIRST)
        text = format_datetime(instant, pattern, tzinfo=UTC, locale=self._locale)
        iso = instant.strftime("%Y-%m-%dT%H:%M:%SZ")
        return _time(iso, f"{text} UTC")

    def number(self, value: float) -> str:
        """Give a number with its separators."""
        return format_decimal(value, locale=self._locale, numbering_system=NUMBERS)

    def percent(self, value: float | None) -> str:
        """Give a part of one in percent; a dash where there is nothing to divide."""
        if value is None:
            return "\N{EN DASH}"
        return format_percent(value, "#,##0.0 %", locale=self._locale, numbering_system=NUMBERS)

    def listed(self, parts: Iterable[object]) -> Markup:
        """Give several things one after the other, the last of them joined as the language does."""
        written = written_list(map(escape, parts), self._locale)
        return Markup(written)  # noqa: S704 - each part is escaped

    def _occurrence(self, when: str | Occurrence | None) -> Occurrence | None:
        if isinstance(when, Occurrence):
            return when
        try:
            return parse_occurrence(when or "unknown")
        except InvalidValueError:
            return None

    def _said(self, occurrence: Occurrence) -> str:
        day = written_day(occurrence, self._locale)
        if occurrence.precision != "instant":
            return day
        return f"{day} {datetime.fromtimestamp(occurrence.earliest, UTC):%H:%M} UTC"


def _time(iso: str, text: str) -> Markup:
    exact = escape(iso)
    shown = f'<time datetime="{exact}" title="{exact}">{escape(text)}</time>'
    return Markup(shown)  # noqa: S704 - both are escaped
