# SPDX-License-Identifier: Apache-2.0
"""The console as an application: every screen, and what is the same for all of them."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.datastructures import State
from starlette.types import ASGIApp

from api.console import assets
from api.console.errors import add_errors
from api.console.pages import (
    endorsing,
    firearm,
    home,
    inviting,
    keys,
    people,
    purpose,
    recording,
    searching,
    signing,
    verify,
)
from api.console.pages.auditing import accesses, dashboard, entry, findings, verifying
from api.console.pages.registers import authorizations, duties, holdings, licences, lots, requests
from api.console.pages.statistics import routes
from api.console.pages.stewarding import erasures, person, recipients
from api.telemetry.framework import SILENT

ROUTERS: Final = (
    assets.router,
    home.router,
    people.router,
    purpose.router,
    searching.router,
    firearm.router,
    endorsing.router,
    keys.router,
    inviting.router,
    recording.router,
    signing.router,
    verify.router,
    accesses.router,
    dashboard.router,
    entry.router,
    findings.router,
    verifying.router,
    authorizations.router,
    duties.router,
    holdings.router,
    licences.router,
    lots.router,
    requests.router,
    routes.router,
    erasures.router,
    person.router,
    recipients.router,
)


def create_console(state: State) -> ASGIApp:
    """Make the console of a service.

    Args:
        state: Where the service and its people stand while it runs.
    """
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, telemetry=SILENT
    )
    app.state = state
    for router in ROUTERS:
        app.include_router(router)
    add_errors(app)
    return app
