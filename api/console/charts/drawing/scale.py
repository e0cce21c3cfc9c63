# SPDX-License-Identifier: Apache-2.0
"""Scales: round steps of numbers, round steps of time, and shares that add up to the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from api.console.charts.drawing.reader import EPOCH, Reader, moment_of

STEPS: Final = (1, 2, 5)
DAY: Final = 86_400
MONTH: Final = 30.4 * DAY
YEAR: Final = 365.25 * DAY
WHOLE: Final = 1_000
"""All of it, in tenths of a percent."""

YEAR_LAST: Final = 9_999
MONTHS_A_YEAR: Final = 12


def steps(most: float, number: int = 4) -> tuple[int, ...]:
    """Give round numbers from 0 to the first that is not under the most, about so many."""
    step = power = 1
    while step * number < most:
        for each in STEPS:
            step = each * power
            if step * number >= most:
                break
        power *= 10
    return tuple(range(0, step * max(1, -int(-most // step)) + 1, step))


def shares(counts: Sequence[int]) -> tuple[float, ...]:
    """Give the share of each in percent, by largest remainders: together they are 100.0."""
    total = sum(counts)
    if not total:
        return tuple([0.0] * len(counts))
    tenths = [each * WHOLE // total for each in counts]
    by_rest = sorted(range(len(counts)), key=lambda at: -(counts[at] * WHOLE % total))
    for at in by_rest[: WHOLE - sum(tenths)]:
        tenths[at] += 1
    return tuple([each / 10 for each in tenths])


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A span of time along a line.

    Attributes:
        first: Its beginning, Unix seconds.
        last: Its end, later.
        start: Where the line begins.
        length: How long the line is.
    """

    first: float
    last: float
    start: float
    length: float

    def x(self, seconds: float) -> float:
        """Give the place of a time; one outside the span is at its nearer end."""
        part = (seconds - self.first) / (self.last - self.first)
        return self.start + self.length * min(1.0, max(0.0, part))

    def ticks(
        self, reader: Reader, room: Callable[[Sequence[str]], float]
    ) -> tuple[tuple[float, str], ...]:
        """Give the times at which the line is marked, and how each is written.

        Args:
            reader: Whom they are written for.
            room: Tells what the widest of some takes, in units of the line.
        """
        unit, form = self._unit(reader)
        times = [each for each in unit(self.first, self.last) if self.first <= each <= self.last]
        texts = [form(each) for each in times]
        number = max(1, int(self.length / room(texts)))
        every = max(1, -(-len(times) // number))
        return tuple(zip(times[::every], texts[::every], strict=True))

    def _unit(
        self, reader: Reader
    ) -> tuple[Callable[[float, float], Iterator[float]], Callable[[float], str]]:
        span = self.last - self.first
        if span >= 3 * YEAR:
            return _years, lambda at: f"{moment_of(at).year}"
        return (_months, reader.month) if span >= 2 * MONTH else (_days, reader.day)


def time_scale(times: Sequence[float], start: float, length: float) -> TimeScale:
    """Give the scale of some times, with a little room before the first and after the last.

    Args:
        times: Unix seconds, at least one.
        start: Where the line begins.
        length: How long the line is.
    """
    first, last = min(times), max(times)
    room = max((last - first) / 40, DAY)
    return TimeScale(max(EARLIEST, first - room), min(LATEST, last + room), start, length)


def _years(first: float, last: float) -> Iterator[float]:
    lowest, highest = moment_of(first).year, moment_of(last).year
    step = next(
        each
        for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
        if highest - lowest <= 12 * each
    )
    for year in range(lowest - lowest % step, highest + 1, step):
        if year:
            yield _seconds(datetime(year, 1, 1, tzinfo=UTC))


def _months(first: float, last: float) -> Iterator[float]:
    at = moment_of(first)
    year, month = at.year, at.month
    while (begun := _seconds(datetime(year, month, 1, tzinfo=UTC))) <= last:
        yield begun
        year, month = (year + 1, 1) if month == MONTHS_A_YEAR else (year, month + 1)
        if year > YEAR_LAST:
            return


def _days(first: float, last: float) -> Iterator[float]:
    day = first - first % DAY
    while day <= last:
        yield day
        day += DAY


def _seconds(at: datetime) -> float:
    return (at - EPOCH).total_seconds()


EARLIEST: Final = _seconds(datetime.min.replace(tzinfo=UTC))
LATEST: Final = _seconds(datetime.max.replace(microsecond=0, tzinfo=UTC))
