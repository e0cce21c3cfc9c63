# SPDX-License-Identifier: Apache-2.0
"""Statistics, each with its definition, cut-off, position of the log, numerator and denominator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from api.gate.asking import Asked, asks
from api.gate.status import UnknownError
from api.http.answering.answers import answered
from api.http.models import Record
from api.reporting.record import answer_record, statistic_record
from projections.statistics.catalogue import STATISTICS
from projections.statistics.period import Period

Counting = Annotated[Asked, Depends(asks("statistics.read"))]
Name = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9.-]+$", examples=["apprehensions"])]
End = Annotated[str | None, Query(max_length=10, description="A day, month or year.")]

router = APIRouter(prefix="/statistics", tags=["statistics"])


@router.get("", summary="Which statistics there are", response_model=Record)
def list_statistics(asked: Counting) -> Response:
    """Give every statistic with its definition, source and dimensions."""
    with asked.admitted():
        records = [statistic_record(each) for each in STATISTICS.values()]
    return answered({"statistics": records})


@router.get("/{name}", summary="Count a statistic", response_model=Record)
def count_statistic(  # noqa: PLR0913 - each parameter is one part of the question
    asked: Counting,
    name: Name,
    *,
    start: Annotated[End, Query(alias="from")] = None,
    end: Annotated[End, Query(alias="to")] = None,
    as_known_on: Annotated[str | None, Query(max_length=128)] = None,
    by: Annotated[list[str] | None, Query(max_length=4)] = None,
) -> Response:
    """Count what happened in a period, now or as it was known on a date or at an index."""
    if name not in STATISTICS:
        raise UnknownError("There is no such statistic.", slug="statistic_unknown")
    period = Period.between(start, end)
    with (
        asked.admitted(),
        asked.service.queries() as queries,
        queries.statistics.opened(as_known_on) as counter,
    ):
        return answered(answer_record(counter.count(name, period, by or [])))
