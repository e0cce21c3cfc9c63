# SPDX-License-Identifier: Apache-2.0
"""Statistics, and the reports that a State owes: each figure with the way to compute it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.console.asking import asks
from api.console.charts.answers.words import TIMES
from api.console.languages import saying
from api.console.pages.statistics.figure import Figure, counted, figure_of
from api.console.pages.statistics.question import Question
from api.console.pages.statistics.words import FORMULAS, OUTLINES, PLACES
from api.console.rendering import file, page, reader_of
from api.gate.asking import Asked
from api.gate.status import UnknownError
from api.reporting.forms import FORMS
from api.reporting.record import flat_columns, flat_rows
from api.reporting.sheets import fill_in
from api.reporting.writing import csv_text, report_csv, report_xlsx
from domain.errors import InvalidValueError, MunimentError, UsageError
from projections.statistics.catalogue import STATISTICS
from projections.statistics.definition import DIMENSIONS, REASONS
from projections.statistics.period import Period
from projections.statistics.queries import Counter

CSV: Final = "text/csv; charset=utf-8"
WRITERS: Final = {
    "xlsx": (
        report_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "csv": (report_csv, CSV),
}

TIME_DIMENSIONS: Final = ("year", "quarter", "month")

Counting = Annotated[Asked, Depends(asks("statistics.read"))]
Name = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9.-]+$")]
Short = Annotated[str, Query(max_length=64)]
Year = Annotated[int, Query(ge=1, le=9999)]

router = APIRouter(prefix="/statistics", include_in_schema=False)


@router.get("")
def list_statistics(request: Request, asked: Counting) -> Response:
    """Show which statistics there are, and offer the reports."""
    with asked.admitted():
        year = int(asked.service.gate.today().text[:4]) - 1
    return page(
        request,
        "statistics/list.html",
        statistics=STATISTICS,
        outlines=OUTLINES,
        forms=FORMS,
        year=year,
    )


@router.get("/reports/{name}")
def give_report(
    asked: Counting,
    name: Name,
    *,
    year: Year,
    as_known_on: Short = "",
    written: Annotated[str, Query(alias="as", max_length=8)] = "xlsx",
) -> Response:
    """Give a yearly report as a workbook or as CSV, as ``muniment report`` writes it."""
    if name not in FORMS or written not in WRITERS:
        raise UnknownError("There is no such report.", slug="report_unknown")
    write, media_type = WRITERS[written]
    with asked.admitted(), _opened(asked, as_known_on.strip()) as counter:
        octets = write(fill_in(FORMS[name], counter, Period.year(year)))
    return file(octets, f"{name}-{year:04}.{written}", media_type)


@router.get("/{name}")
def show_statistic(  # noqa: PLR0913 - each parameter is one part of the question
    request: Request,
    asked: Counting,
    name: Name,
    *,
    start: Annotated[str, Query(alias="from", max_length=64)] = "",
    end: Annotated[str, Query(alias="to", max_length=64)] = "",
    over: Short = "",
    by: Short = "",
    place: Short = "",
    kind: Annotated[str, Query(alias="type", max_length=64)] = "",
    as_known_on: Annotated[str, Query(max_length=128)] = "",
    written: Annotated[str, Query(alias="as", max_length=8)] = "",
) -> Response:
    """Count a statistic, now or as it was known; show it, or give it as a file."""
    if name not in STATISTICS:
        raise UnknownError("There is no such statistic.", slug="statistic_unknown")
    question = Question(
        statistic=STATISTICS[name],
        start=start.strip(),
        end=end.strip(),
        over=over,
        by=by,
        place=place,
        kind=kind,
        as_known_on=as_known_on.strip(),
    )
    with asked.admitted():
        if written == "csv":
            return _csv(asked, question)
        return _shown(request, asked, question)


def _csv(asked: Asked, question: Question) -> Response:
    with _opened(asked, question.as_known_on) as counter:
        answer = counted(counter, question)
    text = csv_text(flat_columns(answer.by), flat_rows(answer))
    return file(text.encode(), f"{question.statistic.name}.csv", CSV)


def _shown(request: Request, asked: Asked, question: Question) -> Response:
    reader = reader_of(request)
    figure: Figure | None = None
    errors: dict[str, str] = {}
    try:
        with _opened(asked, question.as_known_on) as counter:
            figure = figure_of(counter, question, reader)
    except (InvalidValueError, UsageError) as error:
        errors = {_field_of(error, question): saying(reader.language)(error.sentence)}
    return page(
        request,
        "statistics/page.html",
        status=400 if errors else 200,
        question=question,
        figure=figure,
        pinned=question.pinned(figure.answer.position) if figure else question,
        errors=errors,
        outline=OUTLINES[question.statistic.name],
        formula=FORMULAS[question.statistic.unit],
        place_name=PLACES.get(question.place_dimension, ""),
        times=[each for each in TIME_DIMENSIONS if each in question.statistic.dimensions],
        others=[each for each in question.statistic.dimensions if each not in TIMES],
        told=DIMENSIONS,
        reasons=REASONS,
    )


def _field_of(error: MunimentError, question: Question) -> str:
    """Tell which field of the form an error is about."""
    if error.slug == "dimension_unknown":
        return "by"
    try:
        question.period  # noqa: B018 - whether it can be read is what is asked
    except MunimentError:
        return "from"
    return "as_known_on"


@contextmanager
def _opened(asked: Asked, as_known_on: str) -> Iterator[Counter]:
    """Give what counts, over one snapshot of what was known."""
    with (
        asked.service.queries() as queries,
        queries.statistics.opened(as_known_on or None) as counter,
    ):
        yield counter
