# SPDX-License-Identifier: Apache-2.0
"""Running the application behind one port, in one process or several.

Each process opens the ledger for itself: they meet in the database and at the one signer. When it
is told to stop, a process takes nothing in any more, answers what it took in, and ends.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from api.appending.client import Relayed
from api.appending.running import appender_running
from api.console.app import create_console
from api.http.app import create_app
from api.service.connection import Connection
from api.service.service import open_service
from api.service.settings import ServiceSettings
from api.service.telling import tell_processes, told_appender, told_service, told_settings
from api.settings import Settings
from api.telemetry.watching import check_telemetry, open_watch
from audit.signer.files import SHORT_PARENT

STOP_SECONDS: Final = 30
"""For answering what was taken in."""

IDLE_SECONDS: Final = 15
"""After which an idle connection is closed."""

SOCKET_FILE: Final = "append"
"""Of the process that appends for all, in a folder that nobody else may enter."""

CONNECTIONS_MAX: Final = 2_000
BACKLOG: Final = 2_048

_APPLICATION: Final = "api.service.serving:application"


def serve(
    settings: Settings, service: ServiceSettings, *, bound: socket.socket | None = None
) -> None:
    """Run the service until it is told to stop.

    Args:
        settings: Where the ledger lives.
        service: How it is served.
        bound: A socket that listens already, for one process; by default one is made.

    Raises:
        UsageError: ``telemetry_missing``.
    """
    check_telemetry(service.telemetry)  # so that it is told once, and not by each process
    # The server raises the signal again that ended it; whoever called is to close things first.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    with TemporaryDirectory(prefix="muniment-", dir=SHORT_PARENT) as folder:
        # Spans tell of the steps of an append, so that those are taken where the spans begin.
        appender = None if service.telemetry else Path(folder) / SOCKET_FILE
        tell_processes(settings, service, appender=appender)
        with appender_running() if appender else nullcontext():
            _run(service, bound)


def _run(service: ServiceSettings, bound: socket.socket | None) -> None:
    if bound is not None:
        uvicorn.Server(uvicorn.Config(_APPLICATION, factory=True, **_OPTIONS)).run([bound])
        return
    uvicorn.run(
        _APPLICATION,
        factory=True,
        host=service.bind.host,
        port=service.bind.port,
        workers=service.workers,
        **_OPTIONS,
    )


def application() -> ASGIApp:
    """Make the application of one process, by what ``serve`` has told it."""
    _log_lines()
    settings, service, appender = told_settings(), told_service(), told_appender()
    watch = Relayed(appender) if appender else open_watch(service.telemetry)
    app = create_app(
        partial(open_service, settings, service, watch=watch),
        secure=service.origin.startswith("https:"),
        pages=create_console,
    )
    return watch.requests(app)


def _log_lines() -> None:
    """Write what the service tells of itself to standard error, one JSON object a line."""
    # Lines say everything themselves, so that nothing else has to be found out for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # noqa: SLF001 - so the library's manual has it
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("muniment")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)


_OPTIONS: Final[dict[str, Any]] = {
    "loop": "uvloop",
    "http": Connection,
    "ws": "none",
    "lifespan": "on",
    "access_log": False,
    "log_level": "warning",
    "server_header": False,
    "date_header": True,
    "proxy_headers": False,
    "forwarded_allow_ips": "",
    "timeout_keep_alive": IDLE_SECONDS,
    "timeout_graceful_shutdown": STOP_SECONDS,
    "limit_concurrency": CONNECTIONS_MAX,
    "backlog": BACKLOG,
}
