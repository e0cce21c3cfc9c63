# SPDX-License-Identifier: Apache-2.0
"""A yearly report: the tables that it is made of, and their numbers from one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.reporting.record import COUNT_COLUMNS, flat_rows
from projections.statistics.answer import Answer, Position
from projections.statistics.definition import REASONS
from projections.statistics.period import Period
from projections.statistics.queries import Counter

Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a report, before it is counted.

    Attributes:
        code: Its number in our own order; the form's own numbers are not known.
        title: What it shows.
        statistic: The statistic behind it.
        by: The dimensions of its rows.
    """

    code: str
    title: str
    statistic: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A report that a State owes.

    Attributes:
        name: Its name on the command line.
        title: Its name for a person.
        notes: What whoever fills it in has to know, sentence by sentence.
        tables: Its tables.
    """

    name: str
    title: str
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table with its numbers.

    Attributes:
        table: Which one.
        answer: Its statistic, counted.
    """

    table: Table
    answer: Answer

    @property
    def notes(self) -> tuple[str, ...]:
        """The definition, and what is left out, sentence by sentence."""
        statistic = self.answer.statistic
        return (
            statistic.definition,
            f"Numerator: {statistic.numerator}. Denominator: {statistic.denominator}.",
            f"Source of the definition: {statistic.source}.",
            *(
                f"Left out: {number}, {REASONS[reason]}."
                for reason, number in self.answer.left_out.items()
            ),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return ("row", *self.answer.by, *COUNT_COLUMNS, "unit")

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        """Its parts, the whole, and what is left out."""
        first = len(("statistic", "period", "known_entries", "cut_off"))
        return [row[first:-1] for row in flat_rows(self.answer)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report with its numbers.

    Attributes:
        form: Which one.
        period: What it is about.
        position: The entries that were known.
        sheets: Its tables.
    """

    form: Form
    period: Period
    position: Position
    sheets: Sequence[Sheet]

    @property
    def notes(self) -> tuple[str, ...]:
        """What it is, from what it was counted, and what it cannot tell."""
        position = self.position
        recorded = f", the last of them recorded {position.cut_off}" if position.cut_off else ""
        return (
            f"{self.form.title}, {self.period.text}.",
            (
                f"Counted from the first {position.size} entries of the log{recorded}. The same "
                "number of entries gives the same report again."
            ),
            (
                "Owner status travels with every number: of the denominator, government is known "
                "to be a government's own, and owner_unknown is whose owner nobody stated."
            ),
            *self.form.notes,
        )


def fill_in(form: Form, counter: Counter, period: Period) -> Report:
    """Count every table of a report."""
    sheets = [
        Sheet(table=each, answer=counter.count(each.statistic, period, each.by))
        for each in form.tables
    ]
    return Report(form=form, period=period, position=counter.position, sheets=sheets)
