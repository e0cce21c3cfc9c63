# SPDX-License-Identifier: Apache-2.0
"""``muniment stats``: a number with its definition, now or as it was known."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from api.bootstrap import open_office
from api.cli.asking.opening import opened_queries
from api.cli.speech import data, errors_told, say, table
from api.reporting.matrix import Matrix, matrix_of
from api.reporting.record import (
    COUNT_COLUMNS,
    answer_record,
    flat_columns,
    flat_rows,
    statistic_record,
)
from api.reporting.writing import csv_text
from domain.errors import UsageError
from projections.statistics.answer import Answer, Count
from projections.statistics.catalogue import STATISTICS
from projections.statistics.definition import REASONS
from projections.statistics.period import Period
from projections.statistics.queries import statistic_of

KNOWN_HELP: Final = (
    "The record on a date (YYYY-MM-DD), at a log index, or of an import: REGISTER@DATE."
)


def stats(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which statistic; all are listed.")] = None,
    *,
    year: Annotated[int | None, typer.Option(help="A calendar year.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="A day, month or year; it is part of it.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="A day, month or year; it is not part of it.")
    ] = None,
    as_known_on: Annotated[str | None, typer.Option(help=KNOWN_HELP)] = None,
    by: Annotated[list[str] | None, typer.Option(help="A dimension to break it down by.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="One table, definition included.")] = False,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="The denominators by two dimensions, with totals.")
    ] = False,
) -> None:
    """Count a statistic, with its definition and what it leaves out; without a name, list all.

    Example: muniment stats apprehensions --year 2018 --by type --by owner

    What happened in the period counts, as far as its time is known; --as-known-on leaves out what
    the ledger learned later, and gives the answer that it would have given then.
    """
    with errors_told():
        if name is None:
            _list(json=json, csv=csv)
            return
        statistic_of(name)
        period = asked_period(year, from_, to)
        with (
            open_office(context.obj) as office,
            opened_queries(office) as queries,
            queries.statistics.opened(as_known_on) as counter,
        ):
            answer = counter.count(name, period, by or [])
        if json:
            data(answer_record(answer))
        elif csv:
            typer.echo(csv_text(flat_columns(answer.by), flat_rows(answer)), nl=False)
        else:
            _show(answer, matrix_of(answer) if matrix else None)


def asked_period(year: int | None, start: str | None, end: str | None) -> Period:
    """Read the period that somebody asks for.

    Raises:
        UsageError: Both a year and other ends are given, or it ends before it begins.
        InvalidValueError: A time has a wrong form.
    """
    if year is None:
        return Period.between(start, end)
    if start or end:
        raise UsageError(
            "A period is a year, or has a beginning and an end, not both.",
            slug="period_twice",
            next_step="Give --year alone, or --from and --to.",
        )
    return Period.year(year)


def _list(*, json: bool, csv: bool) -> None:
    if json:
        for each in STATISTICS.values():
            data(statistic_record(each))
    elif csv:
        records = [statistic_record(each) for each in STATISTICS.values()]
        rows = [[*map(_joined, each.values())] for each in records]
        typer.echo(csv_text(tuple(records[0]), rows), nl=False)
    else:
        _list_definitions()


def _joined(value: object) -> str:
    return " ".join(value) if isinstance(value, dict) else str(value)


def _list_definitions() -> None:
    for each in STATISTICS.values():
        typer.echo(f"{each.name}: {each.title} ({each.unit})")
        typer.echo(f"  {each.definition}")
        typer.echo(f"  numerator    {each.numerator}")
        typer.echo(f"  denominator  {each.denominator}")
        typer.echo(f"  by           {', '.join(each.dimensions)}")
        typer.echo(f"  source       {each.source}\n")


def _show(answer: Answer, matrix: Matrix | None) -> None:
    statistic = answer.statistic
    typer.echo(f"{statistic.title}, {answer.period.text}: {_value(answer, answer.total)}")
    typer.echo(f"  {statistic.definition}")
    if matrix:
        heads, *lines = matrix.lines("/".join(answer.by))
        table(heads, lines)
    else:
        _show_parts(answer)
    for reason, number in answer.left_out.items():
        typer.echo(f"left out {number}: {REASONS[reason]}")
    position = answer.position
    recorded = f", the last recorded {position.cut_off}" if position.cut_off else ""
    say(f"Counted from {position.size} of {position.log_size} log entries{recorded}.")


def _show_parts(answer: Answer) -> None:
    whole = ["all", *[""] * len(answer.by)][: len(answer.by)]
    parts = [(*each.group, *_cells(answer, each)) for each in answer.rows]
    table((*answer.by, *COUNT_COLUMNS), [*parts, (*whole, *_cells(answer, answer.total))])


def _cells(answer: Answer, part: Count) -> tuple[str, ...]:
    numbers = (part.numerator, part.denominator, part.government, part.owner_unknown)
    return (*map(str, numbers), _value(answer, part))


def _value(answer: Answer, part: Count) -> str:
    value = part.value(answer.statistic.unit)
    if value is None:
        return "-"
    return {"percent": f"{value:.2f} %", "days": f"{value:.1f} days", "number": f"{value:.0f}"}[
        answer.statistic.unit
    ]
