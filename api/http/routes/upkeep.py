# SPDX-License-Identifier: Apache-2.0
"""How the service is: health, limits, metrics, and a page about every problem."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from api.gate.asking import Asked, asks
from api.gate.status import UnknownError
from api.http.answering.answers import EACH_TIME, answered, octets_answered
from api.http.answering.pages import problem_page
from api.http.health import ready_checks
from api.http.limits import limits
from api.http.models import HealthAnswer, Record

METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"

Open = Annotated[Asked, Depends(asks("log.read"))]

router = APIRouter(tags=["upkeep"])


@router.get("/health/live", summary="Whether the process runs", response_model=HealthAnswer)
async def live() -> Response:
    """Answer, which is all there is to it."""
    return answered({"ready": True, "checks": {}}, cache=EACH_TIME)


@router.get(
    "/health/ready",
    summary="Whether the service can do its work",
    response_model=HealthAnswer,
    responses={503: {"model": HealthAnswer, "description": "Something of it does not work."}},
)
def ready(asked: Open) -> Response:
    """Look at database, key store, signer, projections and the newest checkpoint."""
    checks = ready_checks(asked.service)
    fine = all(each == "ok" for each in checks.values())
    return answered({"ready": fine, "checks": checks}, status=200 if fine else 503, cache=EACH_TIME)


@router.get("/limits", summary="Every limit", response_model=Record)
async def read_limits(asked: Open) -> Response:
    """Give every limit that a client can meet, with its unit."""
    return answered({"limits": limits(asked.service.settings.append_rate)}, cache=EACH_TIME)


@router.get(
    "/metrics",
    summary="What monitors read",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def read_metrics(asked: Annotated[Asked, Depends(asks("metrics.read"))]) -> Response:
    """Give the metrics of this process in the format of Prometheus."""
    with asked.admitted():
        asked.service.measure()
        return octets_answered(asked.service.metrics.text(), METRICS)


@router.get("/problems/{code}", summary="What a problem means", response_model=Record)
async def read_problem(
    code: Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$", examples=["seq_conflict"])],
) -> Response:
    """Give what a code means, with which status it comes, and what is said with it."""
    found = problem_page(code)
    if found is None:
        raise UnknownError("There is no problem of that code.")
    return answered(found, cache=EACH_TIME)
