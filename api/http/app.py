# SPDX-License-Identifier: Apache-2.0
"""The application: routes under ``/v1``, behind what every request passes through.

``/docs`` of the framework loads a script from elsewhere, so that the reference is a page of our
own (console conventions, section 1).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from api.http.answering.problem import MEDIA_TYPE, add_problems
from api.http.metrics import Metrics
from api.http.passing.bodies import Bodies
from api.http.passing.observing import Observing
from api.http.passing.straight import Straight
from api.http.routes import (
    events,
    feed,
    firearms,
    lists,
    log,
    personal,
    reference,
    registry,
    searching,
    statistics,
    upkeep,
    webhooks,
)
from api.http.service import Service
from api.people.routes import router as people

VERSION: Final = "1.0.0"
PREFIX: Final = "/v1"
ROUTERS: Final = (
    events.router,
    firearms.router,
    searching.router,
    lists.router,
    statistics.router,
    registry.router,
    feed.router,
    log.router,
    personal.router,
    people,
    webhooks.router,
    upkeep.router,
)

DESCRIPTION: Final = """\
The ledger in which a State records the life of every firearm. Events are appended as they were
signed (`application/sd-jwt`); everything else is read. Machines sign their requests (RFC 9421),
people log in; docs/http.md tells both. Every error is a problem (RFC 9457) with a stable `code`.
"""

PROBLEM: Final[dict[str, Any]] = {
    "description": "A problem (RFC 9457).",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

Opening = Callable[[Metrics], AbstractContextManager[Service]]


def create_app(opening: Opening, *, secure: bool) -> ASGIApp:
    """Make what a server runs: the application behind what every request passes through.

    Args:
        opening: Opens the ledger when the server starts, and closes it when it stops.
        secure: Whether browsers reach it by https alone.
    """
    metrics = Metrics()
    api = create_api(opening, metrics)
    straight = Straight(api, state=api.state)
    return Observing(Bodies(straight), metrics=metrics, secure=secure)


def create_api(opening: Opening, metrics: Metrics) -> FastAPI:
    """Make the application with its routes and its OpenAPI document."""
    app = FastAPI(
        title="Muniment",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lambda app: _opened(app, opening(metrics)),
        redirect_slashes=False,
        responses={"default": PROBLEM},
    )
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(reference.router)
    add_problems(app)
    return app


@asynccontextmanager
async def _opened(app: FastAPI, opening: AbstractContextManager[Service]) -> AsyncIterator[None]:
    """Have the ledger open while the server runs; in the end what was taken in is answered."""
    service = await run_in_threadpool(opening.__enter__)
    app.state.service, app.state.people = service, service.people
    service.arrivals.start()
    try:
        yield
    finally:
        await service.arrivals.stop()
        await service.appending.drain()
        service.appending.close()
        await run_in_threadpool(opening.__exit__, None, None, None)
