# SPDX-License-Identifier: Apache-2.0
"""Who looked at far more than they usually do: something for an auditor to ask about.

Implements the anomaly alert of the envelope specification, section 7: a day on which somebody was
shown persons, or traced, or tried to, more than three times as often as on the median of their
active days among the thirty before. It is a question and no verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from audit.proof.access.record import Access

DAY_SECONDS: Final = 86_400
WINDOW_DAYS: Final = 30
FACTOR: Final = 3

ACTIVE_DAYS_MIN: Final = 5
"""With fewer active days there is no habit to compare with."""

UNKNOWN_HABIT: Final = 10
"""The median that is assumed then: accesses a day."""

FEW: Final = 10
"""Accesses a day that are never unusual."""

WATCHED: Final = frozenset({"marking.search", "requests.read", "person.reveal", "person.file"})
"""Actions of the access policy that show persons or traces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """One day of one person or machine.

    Attributes:
        who: Officer id, or the authority and key of a machine without one.
        authority: Their authority.
        day: First second of the day, UTC.
        count: Accesses on that day, refused ones included.
        refused: How many of these were refused.
        median: What is usual, a day.
    """

    who: str
    authority: str
    day: int
    count: int
    refused: int
    median: float


def unusual(records: Iterable[Access], *, since: int) -> list[Unusual]:
    """List unusual days, the newest and busiest first.

    Args:
        records: Accesses, from thirty days before ``since`` on, in any order.
        since: Unix seconds; days that began before are not judged.
    """
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    refused: dict[tuple[str, str, int], int] = defaultdict(int)
    for record in records:
        if record.action not in WATCHED or record.means == "stranger":
            continue
        who, day = (record.officer or record.key, record.authority), record.at // DAY_SECONDS
        counts[who][day] += 1
        refused[*who, day] += not record.allowed
    found = [
        Unusual(
            who=who,
            authority=authority,
            day=day * DAY_SECONDS,
            count=days[day],
            refused=refused[who, authority, day],
            median=usual,
        )
        for (who, authority), days in counts.items()
        for day, usual in _beyond(days)
        if day * DAY_SECONDS >= since
    ]
    return sorted(found, key=lambda each: (-each.day, -each.count, each.who))


def _beyond(days: Mapping[int, int]) -> Iterator[tuple[int, float]]:
    """Give the days that go beyond the factor, each with what was usual before it."""
    for day, count in days.items():
        before = [days[each] for each in range(day - WINDOW_DAYS, day) if each in days]
        usual = float(median(before)) if len(before) >= ACTIVE_DAYS_MIN else UNKNOWN_HABIT
        if count > max(FACTOR * usual, FEW):
            yield day, usual
