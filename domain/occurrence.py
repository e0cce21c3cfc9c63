# SPDX-License-Identifier: Apache-2.0
"""When something happened, with the precision that is known and no more.

Implements ``occ`` of the envelope specification, section 4.3: an instant, a day, a
month, a year or ``unknown``. An occurrence is an interval; two of them are ordered
only where their intervals do not touch, so that "2015" is never passed off as the
first of January.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Literal

from domain.errors import InvalidValueError

Precision = Literal["instant", "day", "month", "year", "unknown"]

_BEGINNING: Final = -(2**53)
_END: Final = 2**53
_PRECISIONS: Final[dict[int, Precision]] = {1: "year", 2: "month", 3: "day", 6: "instant"}
_FORM = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)Z)?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An interval of time in which something happened.

    Attributes:
        text: The text as signed.
        precision: How exactly the time is known.
        earliest: First possible second, as a Unix time.
        latest: Last possible second, as a Unix time.
    """

    text: str
    precision: Precision
    earliest: int
    latest: int

    def __str__(self) -> str:
        """Give the text as signed."""
        return self.text

    def certainly_before(self, other: Occurrence) -> bool:
        """Tell whether this ended before the other began, whatever the precision."""
        return self.latest < other.earliest


UNKNOWN: Final = Occurrence("unknown", "unknown", _BEGINNING, _END)


@lru_cache(maxsize=16_384)
def parse_occurrence(text: str) -> Occurrence:
    """Read an occurrence in one of its five forms.

    Raises:
        InvalidValueError: The text has another form or names a day that does not exist.
    """
    if text == "unknown":
        return UNKNOWN
    found = _FORM.fullmatch(text)
    if not found:
        raise _invalid()
    try:
        return _interval(text, [int(part) for part in found.groups() if part is not None])
    except ValueError as error:
        raise _invalid() from error


def _interval(text: str, parts: list[int]) -> Occurrence:
    precision = _PRECISIONS[len(parts)]
    year, month, day = (*parts, 1, 1)[:3]
    if precision == "instant":
        instant = _seconds(*parts)
        return Occurrence(text, precision, instant, instant)
    last_month = 12 if precision == "year" else month
    last_day = day if precision == "day" else monthrange(year, last_month)[1]
    start = _seconds(year, month, day, 0, 0, 0)
    return Occurrence(text, precision, start, _seconds(year, last_month, last_day, 23, 59, 59))


def _seconds(*parts: int) -> int:
    year, month, day, hour, minute, second = parts
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())


def _invalid() -> InvalidValueError:
    return InvalidValueError(
        "A time is YYYY-MM-DDTHH:MM:SSZ, YYYY-MM-DD, YYYY-MM, YYYY or unknown.",
        slug="occ_invalid",
    )
