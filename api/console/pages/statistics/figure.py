# SPDX-License-Identifier: Apache-2.0
"""A statistic as its page shows it: the figure, its picture, and what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.answers.words import Name, names_for, period_name
from api.console.charts.drawing.reader import Reader
from api.console.pages.statistics.pictures import picture_of
from api.console.pages.statistics.question import Question
from api.console.pages.statistics.words import KIND
from api.reporting.narrowing import narrowed, without
from projections.statistics.answer import Answer, Count
from projections.statistics.period import ALL_TIME
from projections.statistics.queries import Counter

ROWS_SHOWN: Final = 300
"""Rows of a page; the file has them all."""

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the table, as the reader reads it.

    Attributes:
        names: What it is about.
        count: Its numbers.
        value: Its value with the unit.
    """

    names: tuple[str, ...]
    count: Count
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A statistic, counted for a page.

    Attributes:
        answer: The answer, as a file and a program give it.
        by: The dimensions of the table.
        value: The whole, with the unit.
        period: The period, as the reader writes it.
        picture: The picture; empty where none fits.
        lines: The rows that are shown.
        markable: The whole among those that bear their marks, where the statistic is an indicator.
        markable_value: Its value.
        places: Countries that can be chosen.
        kinds: Types that can be chosen.
    """

    answer: Answer
    by: tuple[str, ...]
    value: str
    period: str
    picture: Markup
    lines: Sequence[Line]
    markable: Count | None
    markable_value: str
    places: Sequence[Choice]
    kinds: Sequence[Choice]

    @property
    def more(self) -> int:
        """How many rows are in the file alone."""
        return len(self.answer.rows) - len(self.lines)


def counted(counter: Counter, question: Question) -> Answer:
    """Count what is asked.

    Raises:
        MunimentError: The period or a dimension cannot be.
    """
    return narrowed(
        counter,
        question.statistic.name,
        period=question.period,
        by=question.dimensions,
        only=question.only,
    )


def figure_of(counter: Counter, question: Question, reader: Reader) -> Figure:
    """Count what is asked, and prepare it for a page.

    Raises:
        MunimentError: The period or a dimension cannot be.
    """
    answer = counted(counter, question)
    bare, names = without(answer, len(question.only)), names_for(reader)
    marked = _markable(counter, question)
    return Figure(
        answer=answer,
        by=bare.by,
        value=told(answer.total, answer, reader),
        period=period_name(answer.period, reader),
        picture=picture_of(bare, reader),
        lines=[_line(each, bare, names, reader=reader) for each in bare.rows[:ROWS_SHOWN]],
        markable=marked,
        markable_value=told(marked, answer, reader) if marked else "",
        places=_choices(counter, question, question.place_dimension, names=names),
        kinds=_choices(counter, question, KIND, names=names),
    )


def told(count: Count, answer: Answer, reader: Reader) -> str:
    """Write a value with its unit; a dash where there is none."""
    unit, _ = answer.statistic.unit, reader.translate
    value = count.value(unit)
    if value is None:
        return "\N{EN DASH}"
    if unit == "percent":
        return reader.percent(value)
    if unit == "number":
        return reader.number(value)
    return _("%(days)s days") % {"days": reader.number(value, 1)}


def _line(count: Count, answer: Answer, names: Name, *, reader: Reader) -> Line:
    pairs = zip(answer.by, count.group, strict=True)
    return Line(
        names=tuple(names(*each) for each in pairs),
        count=count,
        value=told(count, answer, reader),
    )


def _markable(counter: Counter, question: Question) -> Count | None:
    """Count those alone that bear their marks, which national metadata narrow the indicator to."""
    if question.statistic.name != "sdg-16.4.2":
        return None
    only = {**question.only, "marked": "yes"}
    name, period = question.statistic.name, question.period
    return narrowed(counter, name, period=period, by=(), only=only).total


def _choices(
    counter: Counter, question: Question, dimension: str, *, names: Name
) -> Sequence[Choice]:
    """Give the values that a dimension has, whenever it was, and the one that is chosen."""
    if dimension not in question.statistic.dimensions:
        return ()
    rows = counter.count(question.statistic.name, ALL_TIME, (dimension,)).rows
    codes = {each.group[0] for each in rows} | {question.only.get(dimension, "")} - {""}
    return sorted(((code, names(dimension, code)) for code in codes), key=lambda each: each[1])
