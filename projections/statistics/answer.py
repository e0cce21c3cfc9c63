# SPDX-License-Identifier: Apache-2.0
"""One number, or a table of them, with everything that is needed to count it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composed, Identifier

from domain.errors import UsageError
from projections.statistics.cases import ALL
from projections.statistics.definition import Statistic, Unit
from projections.statistics.period import Period
from projections.tables import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One row of an answer.

    Attributes:
        group: What it is about, one value a dimension; empty for the whole, unless that
            was narrowed to some values.
        numerator: What is counted above the line.
        denominator: What is counted below it.
        government: Part of the denominator that a government is known to own.
        owner_unknown: Part of it of which nobody stated the owner.
        days: Median time in days, where time is counted.
    """

    group: tuple[str, ...]
    numerator: int
    denominator: int
    government: int
    owner_unknown: int
    days: float | None

    def value(self, unit: Unit) -> float | None:
        """Give the value; nothing where there is nothing to divide by or to take a median of."""
        if unit == "number":
            return self.numerator
        if unit == "days":
            return self.days
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What is known, and of how much.

    Attributes:
        size: Number of log entries that the answer is counted from.
        log_size: Number of entries in the log when it was asked.
        cut_off: When the ledger recorded the last of those that count, by its own clock; empty
            where none counts.
        own: States whose authorities keep the ledger, by the entries that are known.
    """

    size: int
    log_size: int
    cut_off: str
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A statistic, counted.

    Attributes:
        statistic: Which one, with its definition.
        period: The period that it is about.
        position: The entries that were known.
        by: The dimensions of its rows.
        total: The whole.
        rows: Its parts, in the order of their names.
        left_out: How many cases are in neither count, by reason.
    """

    statistic: Statistic
    period: Period
    position: Position
    by: tuple[str, ...]
    total: Count
    rows: tuple[Count, ...]
    left_out: Mapping[str, int]


def count(
    connection: Connection,
    statistic: Statistic,
    *,
    period: Period,
    position: Position,
    by: Sequence[str] = (),
) -> Answer:
    """Count a statistic.

    Args:
        connection: As a role that may read projections.
        statistic: Which one.
        period: The period that it is about.
        position: The entries that are known.
        by: Dimensions to break it down by.

    Raises:
        UsageError: ``dimension_unknown``, it has no such dimension.
    """
    names = [_dimension(statistic, each) for each in by]
    query = _query(statistic, names)
    known = {"start": period.start, "end": period.end, "size": position.size}
    found = connection.execute(query, {**known, "own": list(position.own)}).fetchall()
    parts = [_count(row[1:], len(names)) for row in found if row[0] == _PART]
    (total,) = [_count(row[1:], len(names)) for row in found if row[0] == _WHOLE]
    return Answer(
        statistic=statistic,
        period=period,
        position=position,
        by=tuple(names),
        total=total,
        rows=tuple(sorted(parts, key=lambda each: each.group)),
        left_out=dict(sorted((row[-1], row[-5]) for row in found if row[0] == _LEFT_OUT)),
    )


_WHOLE: Final = 0
_PART: Final = 1
_LEFT_OUT: Final = 2

_COUNTED: Final = """
    coalesce(sum(n) filter (where hit), 0)::bigint, coalesce(sum(n), 0)::bigint,
    coalesce(sum(n) filter (where owner = 'government'), 0)::bigint,
    coalesce(sum(n) filter (where owner = 'unknown'), 0)::bigint,
    percentile_cont(0.5) within group (order by days)
"""
_QUERY: Final = """
with {views}, cases as materialized ({cases})
select 0, {nothing} {counted}, null::text from cases where left_out is null
union all
select 2, {nothing} 0::bigint, sum(n)::bigint, 0::bigint, 0::bigint, null::float8, left_out
    from cases where left_out is not null group by left_out
"""
_PARTS: Final = """
union all
select 1, {groups}, {counted}, null::text from cases where left_out is null group by {groups}
"""

_TIMES: Final[Mapping[str, LiteralString]] = {
    "year": "case when occ = 'unknown' then 'unknown' else left(occ, 4) end",
    "quarter": "case when length(occ) < 7 or occ = 'unknown' then 'unknown' else left(occ, 4)"
    " || '-Q' || (substr(occ, 6, 2)::int + 2) / 3 end",
    "month": "case when length(occ) < 7 or occ = 'unknown' then 'unknown' else left(occ, 7) end",
}
"""Dimensions of time, which every statistic that has them reads from ``occ``."""


def _dimension(statistic: Statistic, name: str) -> LiteralString:
    for each in statistic.dimensions:
        if each == name:
            return each
    raise UsageError(
        f"{statistic.name} cannot be broken down by {name}.",
        slug="dimension_unknown",
        next_step=f"Choose one of {', '.join(statistic.dimensions)}.",
    )


def _query(statistic: Statistic, by: Sequence[LiteralString]) -> Composed:
    whole = SQL(_QUERY).format(
        views=SQL(", ").join(map(SQL, ALL)),
        cases=SQL(statistic.cases),
        counted=SQL(_COUNTED),
        nothing=SQL(" ").join([SQL("null::text,")] * len(by)),
    )
    if not by:
        return whole
    groups = SQL(", ").join([_column(each) for each in by])
    return whole + SQL(_PARTS).format(groups=groups, counted=SQL(_COUNTED))


def _column(name: LiteralString) -> Composed:
    if name in _TIMES:
        return SQL("({})").format(SQL(_TIMES[name]))
    return SQL("coalesce({}::text, 'unknown')").format(Identifier(name))


def _count(row: Sequence[Any], dimensions: int) -> Count:
    group, rest = row[:dimensions], row[dimensions:]
    numerator, denominator, government, owner_unknown, days, _ = rest
    return Count(
        group=tuple(group),
        numerator=numerator,
        denominator=denominator,
        government=government,
        owner_unknown=owner_unknown,
        days=days,
    )
