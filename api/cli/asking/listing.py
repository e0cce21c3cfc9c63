# SPDX-License-Identifier: Apache-2.0
"""How every list is given: as a table or lines to people, as JSON or CSV to programs.

One object a line with ``--json`` (console conventions, section 2), one row with ``--csv`` (RFC
4180); both come as they are found and are never held as a whole.
"""

from __future__ import annotations

import csv as csvlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any, Final, Literal

import typer

from api.cli.speech import data, table
from api.gate.listing.columns import cell
from domain.errors import UsageError

Form = Literal["table", "json", "csv"]
"""In which form a list is given."""

Record = Mapping[str, Any]

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Csv = Annotated[bool, typer.Option("--csv", help="Comma-separated values with a header line.")]
On = Annotated[str | None, typer.Option(help="On a day, YYYY-MM-DD [default: today].")]
AsKnownOn = Annotated[
    str | None, typer.Option(help="The record on a date (YYYY-MM-DD), or at a log index.")
]

TABLE_ROWS: Final = 1_000
"""After how many rows a table begins anew, with its own widths."""


def form_of(*, json: bool, csv: bool) -> Form:
    """Give the form that the options choose.

    Raises:
        UsageError: ``form_twice``, both are chosen.
    """
    if json and csv:
        raise UsageError(
            "A list is given as JSON or as CSV, not both.",
            slug="form_twice",
            next_step="Leave out --json or --csv.",
        )
    return "json" if json else "csv" if csv else "table"


def give(
    records: Iterable[Record],
    columns: Sequence[str],
    *,
    form: Form,
    lines: Callable[[Record], Iterable[str]] | None = None,
) -> int:
    """Give a list, and tell how many records it had.

    Args:
        records: What is listed.
        columns: What a table or CSV shows; a dot leads into a member of a member.
        form: The form.
        lines: Tells a record to people in lines of its own instead of a row of a table.
    """
    number = 0

    def counting() -> Iterator[Record]:
        nonlocal number
        for number, each in enumerate(records, start=1):  # noqa: B007 - counted for the caller
            yield each

    if form == "json":
        for each in counting():
            data(each)
    elif form == "csv":
        _give_csv(counting(), columns)
    elif lines is not None:
        for each in counting():
            typer.echo("\n".join(lines(each)))
    else:
        _give_table(counting(), columns)
    return number


def _give_csv(records: Iterable[Record], columns: Sequence[str]) -> None:
    writer = csvlib.writer(sys.stdout, lineterminator="\n")
    writer.writerow([each.replace(".", "_") for each in columns])
    for record in records:
        writer.writerow([cell(record, column) for column in columns])


def _give_table(records: Iterable[Record], columns: Sequence[str]) -> None:
    coming = iter(records)
    titles = [each.rpartition(".")[2].replace("_", " ") for each in columns]
    while part := list(islice(coming, TABLE_ROWS)):
        table(titles, [[cell(record, column) for column in columns] for record in part])
