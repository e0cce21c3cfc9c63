# SPDX-License-Identifier: Apache-2.0
"""What the codes of an answer are called in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from api.console.charts.drawing.reader import Datum, Reader
from api.console.vocabulary.countries import country_name
from domain.occurrence import UNKNOWN, parse_occurrence
from projections.statistics.period import Period

Name = Callable[[str, str], str]
"""Gives the name of a code by its dimension and itself."""

PLACES: Final = frozenset(
    {
        *("country", "made_in", "region", "recipient", "diverted_in"),
        *("recovery", "recovery_country", "source", "source_country", "counterpart"),
    }
)
"""Dimensions whose codes are of ISO 3166: countries, or parts of one."""

DATA: Final = frozenset({"asked_by", "authority", "custodian"})
"""Dimensions whose values are identifiers or what somebody wrote; nobody translates them."""

TIMES: Final = frozenset({"year", "quarter", "month"})
QUARTER_MONTHS: Final = 3


def names_for(reader: Reader) -> Name:
    """Give what names codes: places and times by the reader's language, others by their words."""
    _ = reader.translate
    known: Mapping[str, str] = {
        "unknown": _("not known"),
        "not_stated": _("not stated"),
        "none": _("none"),
        "seized": _("Seized"),
        "found": _("Found"),
        "surrendered": _("Surrendered"),
        "made": _("made"),
        "received": _("received"),
        "not_answered": _("not answered"),
        "under 3 months": _("under 3 months"),
        "3 to 7 months": _("3 to 7 months"),
        "7 to 12 months": _("7 to 12 months"),
        "1 to 2 years": _("1 to 2 years"),
        "2 to 3 years": _("2 to 3 years"),
        "3 years and more": _("3 years and more"),
    }

    def name(dimension: str, code: str) -> str:
        if dimension in TIMES:
            return _("Date not known") if code == UNKNOWN.text else time_name(code, reader)
        if code in known:
            return known[code]
        if dimension in PLACES:
            return place_name(code, reader)
        if dimension in DATA:
            return Datum(code)
        return _(code.replace("_", " "))

    return name


def place_name(code: str, reader: Reader) -> str:
    """Name a country, or a part of one behind its country; what is neither stays as it is."""
    country, _, part = code.partition("-")
    name = country_name(country, reader.language)
    if not name:
        return Datum(code)
    return f"{name}, {part}" if part else name


def time_name(code: str, reader: Reader) -> str:
    """Name a year, a quarter such as ``2018-Q3`` or a month such as ``2018-07``."""
    year, _, part = code.partition("-")
    if not part:
        return code
    if not part.startswith("Q"):
        return reader.month(parse_occurrence(code).earliest)
    month = QUARTER_MONTHS * int(part[1:])
    return reader.quarter(parse_occurrence(f"{year}-{month:02}").earliest)


def period_name(period: Period, reader: Reader) -> str:
    """Say a period: a year, or from its first day to its last."""
    _ = reader.translate
    if period.text.isdigit():
        return period.text
    begun = period.start > UNKNOWN.earliest
    ends = period.end <= UNKNOWN.latest
    days = {
        "first": reader.day(period.start) if begun else "",
        "last": reader.day(period.end - 1) if ends else "",
    }
    if begun and ends:
        return _("%(first)s to %(last)s") % days
    if begun:
        return _("since %(first)s") % days
    return _("up to %(last)s") % days if ends else _("all time")
