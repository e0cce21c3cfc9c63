# SPDX-License-Identifier: Apache-2.0
"""``muniment serve``: the ledger over HTTP, until it is told to stop."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from api.bootstrap import open_office
from api.cli.speech import errors_told, say
from api.service.settings import SERVICE_FILE, WORKERS_MAX, Bind, ServiceSettings
from api.settings import Settings

PORT_USUAL: Final = 8080


def serve(
    context: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="Port.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=WORKERS_MAX, help="Processes behind the port.")
    ] = None,
) -> None:
    """Serve the ledger over HTTP, as service.toml in the data directory says.

    Example: muniment serve --port 8080

    Without service.toml it serves this machine alone, at http://127.0.0.1:8080, without log-ins
    of people. An interrupt stops it: what was taken in is answered first. TLS is ended by a proxy
    in front; docs/http.md shows how.
    """
    # Only who serves needs the server.
    from api.service.serving import serve as run  # noqa: PLC0415

    with errors_told():
        settings: Settings = context.obj
        service = _settings(settings, host=host, port=port, workers=workers)
        with open_office(settings) as office:  # so that a ledger that cannot be served is told once
            size = office.ledger.size
            say(f"{office.audience}, {size:,} entries, at {service.origin}; stop it with Ctrl-C.")
            say(f"Reference: {service.origin}/reference")
            run(settings, service)


def _settings(
    settings: Settings, *, host: str | None, port: int | None, workers: int | None
) -> ServiceSettings:
    """Read how to serve; options count more than the file."""
    found = (
        ServiceSettings.read(settings.home)
        if (settings.home / SERVICE_FILE).exists()
        else ServiceSettings(origin=f"http://127.0.0.1:{port or PORT_USUAL}")
    )
    bind = Bind(host=host or found.bind.host, port=port or found.bind.port)
    return found.model_copy(update={"bind": bind, "workers": workers or found.workers})
