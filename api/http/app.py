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
from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.answering.problem import MEDIA_TYPE, add_problems
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
from api.people.routes import router as people
from api.service.metrics import Metrics
from api.service.service import Service
from api.telemetry.framework import SILENT

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

OWN_ADDRESSES: Final = frozenset((PREFIX, "/reference", "/reference.css"))
"""Addresses of the API that do not begin with its prefix."""

Opening = Callable[[Metrics], AbstractContextManager[Service]]
Pages = Callable[[State], ASGIApp]


def create_app(opening: Opening, *, secure: bool, pages: Pages | None = None) -> ASGIApp:
    """Make what a server runs: the application behind what every request passes through.

    Args:
        opening: Opens the ledger when the server starts, and closes it when it stops.
        secure: Whether browsers reach it by https alone.
        pages: Makes another door, from what the routes find at ``app.state``; it gets every
            request whose address is none of the API's.
    """
    metrics = Metrics()
    api = create_api(opening, metrics)
    inner: ASGIApp = Straight(api, state=api.state)
    if pages is not None:
        inner = Doors(inner, pages(api.state))
    return Observing(Bodies(inner), metrics=metrics, secure=secure)


class Doors:
    """Lets each request in by the door that its address belongs to."""

    def __init__(self, api: ASGIApp, pages: ASGIApp) -> None:
        """Bind the API and the other door."""
        self._api = api
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        theirs = scope["type"] == "http" and not _is_of_api(scope["path"])
        await (self._pages if theirs else self._api)(scope, receive, send)


def _is_of_api(path: str) -> bool:
    return path.startswith(f"{PREFIX}/") or path in OWN_ADDRESSES


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
        telemetry=SILENT,
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
