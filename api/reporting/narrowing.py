# SPDX-License-Identifier: Apache-2.0
"""A statistic of those cases alone that have some values, such as one country's and one type's.

Nothing is counted in another way for it: the whole is the row of these values, as ``--by`` prints
it, so that a median stays the median of its cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from projections.statistics.answer import Answer, Count
from projections.statistics.period import Period
from projections.statistics.queries import Counter

NOTHING: Final = Count(
    group=(), numerator=0, denominator=0, government=0, owner_unknown=0, days=None
)


def narrowed(
    counter: Counter, name: str, *, period: Period, by: Sequence[str], only: Mapping[str, str]
) -> Answer:
    """Count a statistic, narrowed to some values.

    What is left out cannot be narrowed, since its values may be what is not known of it.

    Args:
        counter: Counts in one snapshot.
        name: Which statistic.
        period: The period that it is about.
        by: Dimensions to break it down by.
        only: A value of each of some dimensions; these stand before the others in its rows.

    Raises:
        UsageError: There is no such statistic, or it has no such dimension.
    """
    if not only:
        return counter.count(name, period, by)
    values = tuple(only.values())
    rows = counter.count(name, period, tuple(only)).rows
    whole = next((each for each in rows if each.group == values), replace(NOTHING, group=values))
    parts = counter.count(name, period, (*only, *by))
    kept = tuple(each for each in parts.rows if each.group[: len(values)] == values)
    return replace(parts, total=whole, rows=kept)


def without(answer: Answer, dimensions: int) -> Answer:
    """Give an answer without its first dimensions, where all rows have the same values of them."""
    rows = tuple(replace(each, group=each.group[dimensions:]) for each in answer.rows)
    return replace(answer, by=answer.by[dimensions:], rows=rows)
