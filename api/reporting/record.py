# SPDX-License-Identifier: Apache-2.0
"""A statistic's answer as a program reads it: one object, or rows of a table.

Nothing is ever given without its definition, its position in the log and the owner status.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from projections.statistics.answer import Answer, Count
from projections.statistics.definition import DIMENSIONS, REASONS, Statistic

DECIMALS: Final = 4

COUNT_COLUMNS: Final = ("numerator", "denominator", "government", "owner_unknown", "value")
"""What is told of each part and of the whole."""


def statistic_record(statistic: Statistic) -> dict[str, Any]:
    """Give what a statistic is."""
    return {
        "statistic": statistic.name,
        "title": statistic.title,
        "definition": statistic.definition,
        "source": statistic.source,
        "unit": statistic.unit,
        "numerator": statistic.numerator,
        "denominator": statistic.denominator,
        "dimensions": {each: DIMENSIONS[each] for each in statistic.dimensions},
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """Give an answer with all that is needed to count it again."""
    return {
        "statistic": answer.statistic.name,
        "definition": answer.statistic.definition,
        "source": answer.statistic.source,
        "unit": answer.statistic.unit,
        "counted": {
            "numerator": answer.statistic.numerator,
            "denominator": answer.statistic.denominator,
        },
        "period": answer.period.text,
        "known_entries": answer.position.size,
        "log_entries": answer.position.log_size,
        "cut_off": answer.position.cut_off,
        **_counted(answer, answer.total),
        "left_out": {
            reason: {"number": number, "because": REASONS[reason]}
            for reason, number in answer.left_out.items()
        },
        "by": list(answer.by),
        "rows": [
            {**dict(zip(answer.by, each.group, strict=True)), **_counted(answer, each)}
            for each in answer.rows
        ],
    }


def flat_columns(by: tuple[str, ...]) -> tuple[str, ...]:
    """Give the columns of an answer as one table."""
    place = ("statistic", "period", "known_entries", "cut_off", "row")
    return (*place, *by, *COUNT_COLUMNS, "unit", "definition")


def flat_rows(answer: Answer) -> Iterator[tuple[str | int | float | None, ...]]:
    """Give an answer as one table: the parts, the whole, and what is left out by reason.

    What is left out has its number under the column ``denominator``, from which it is missing.
    """
    position = answer.position
    place = (answer.statistic.name, answer.period.text, position.size, position.cut_off)
    blank = ("",) * len(answer.by)
    whole = (*answer.total.group, *blank[len(answer.total.group) :])
    end = (answer.statistic.unit, answer.statistic.definition)
    for each in answer.rows:
        yield (*place, "part", *each.group, *_counted(answer, each).values(), *end)
    yield (*place, "whole", *whole, *_counted(answer, answer.total).values(), *end)
    for reason, number in answer.left_out.items():
        named = f"left out: {reason}"
        yield (*place, named, *blank, None, number, None, None, None, "number", REASONS[reason])


def _counted(answer: Answer, part: Count) -> dict[str, int | float | None]:
    value = part.value(answer.statistic.unit)
    return {
        "numerator": part.numerator,
        "denominator": part.denominator,
        "government": part.government,
        "owner_unknown": part.owner_unknown,
        "value": round(value, DECIMALS) if isinstance(value, float) else value,
    }
