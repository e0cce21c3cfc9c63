# SPDX-License-Identifier: Apache-2.0
"""``muniment report``: the reports that a State owes, as a workbook or as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer

from api.bootstrap import open_office
from api.cli.asking.opening import opened_queries
from api.cli.counting.stats import KNOWN_HELP
from api.cli.speech import errors_told, say
from api.reporting.forms import FORMS
from api.reporting.sheets import Report, fill_in
from api.reporting.writing import report_csv, report_xlsx
from domain.errors import UnreachableError, UsageError
from projections.statistics.period import Period

WRITERS: Final[Mapping[str, Callable[[Report], bytes]]] = MappingProxyType(
    {".xlsx": report_xlsx, ".csv": report_csv}
)


def report(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which report: iafq or poa.")],
    *,
    year: Annotated[int, typer.Option(help="The calendar year that it is about.")],
    out: Annotated[Path, typer.Option(help="The file to write: .xlsx or .csv.")],
    as_known_on: Annotated[str | None, typer.Option(help=KNOWN_HELP)] = None,
) -> None:
    """Write a yearly report, every table with its definition and what it leaves out.

    Example: muniment report iafq --year 2018 --out iafq-2018.xlsx

    The same question at the same log position writes the same bytes. Where the wording of the
    official tables is unknown, the file says so.
    """
    with errors_told():
        form, write = _form(name), _writer(out)
        period = Period.year(year)
        with (
            open_office(context.obj) as office,
            opened_queries(office) as queries,
            queries.statistics.opened(as_known_on) as counter,
        ):
            filled = fill_in(FORMS[form], counter, period)
        _write(out, write(filled))
    say(f"{len(filled.sheets)} tables, counted from {filled.position.size} log entries, in {out}.")


def _form(name: str) -> str:
    if name not in FORMS:
        raise UsageError(
            f"There is no report {name}.",
            slug="report_unknown",
            next_step=f"Choose one of {', '.join(FORMS)}.",
        )
    return name


def _writer(out: Path) -> Callable[[Report], bytes]:
    if out.suffix not in WRITERS:
        raise UsageError(
            f"A report is a .xlsx or a .csv file, and {out.name} is neither.",
            slug="report_format",
            next_step="Give --out FILE.xlsx or --out FILE.csv.",
        )
    return WRITERS[out.suffix]


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UnreachableError(
            f"{out} cannot be written.",
            slug="report_unwritable",
            next_step="Choose a folder that exists and that you may write to.",
        ) from error
