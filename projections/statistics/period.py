# SPDX-License-Identifier: Apache-2.0
"""The period that a statistic is about: from a time of the world up to, not including, another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from domain.errors import UsageError
from domain.occurrence import UNKNOWN, parse_occurrence


@dataclass(frozen=True, slots=True)
class Period:
    """A period.

    Attributes:
        start: Its first second, as a Unix time.
        end: The first second after it.
        text: The period in words.
    """

    start: int
    end: int
    text: str

    @classmethod
    def year(cls, year: int) -> Self:
        """Give a calendar year.

        Raises:
            InvalidValueError: No year has that number.
        """
        occ = parse_occurrence(f"{year:04}")
        return cls(occ.earliest, occ.latest + 1, f"{year:04}")

    @classmethod
    def between(cls, start: str | None, end: str | None) -> Self:
        """Give the period from a date, month or year up to, not including, another.

        Raises:
            InvalidValueError: A time has another form.
            UsageError: ``period_empty``, it ends before it begins.
        """
        first = parse_occurrence(start) if start else UNKNOWN
        last = parse_occurrence(end).earliest if end else UNKNOWN.latest + 1
        if first.earliest >= last:
            raise UsageError(
                "A period ends after it begins; its end is not part of it.",
                slug="period_empty",
                next_step="Give for 2018 either --year 2018, or --from 2018 --to 2019.",
            )
        words = [f"from {start}" if start else "", f"before {end}" if end else ""]
        return cls(first.earliest, last, " and ".join(filter(None, words)) or "all time")


ALL_TIME: Final = Period.between(None, None)
"""Everything, also what happened at an unknown time."""
