# SPDX-License-Identifier: Apache-2.0
"""Where the service lets itself be watched: its parts pass through here once, when it opens.

Without ``telemetry`` in ``service.toml`` they come out as they went in, so that whoever does not
watch pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from starlette.types import ASGIApp

from api.bootstrap import Office
from api.gate.effects import Appended
from api.gate.gatekeeper import Gatekeeper
from api.service.settings import Telemetry
from audit.appending.gathering import Gathering
from domain.errors import MunimentError, UsageError

Appending = Callable[[Sequence[bytes]], Sequence[Appended | MunimentError]]


class Watch:
    """Watches nothing."""

    def requests(self, app: ASGIApp) -> ASGIApp:
        """Give an application whose requests are watched."""
        return app

    def office(self, office: Office) -> Office:
        """Give a ledger whose appends are watched."""
        return office

    def gate(self, gate: Gatekeeper) -> Gatekeeper:
        """Give a gate that is watched."""
        return gate

    def gathering(self, append_all: Appending) -> Gathering[Appended]:
        """Give the way in for appends, watched while they wait."""
        return Gathering(append_all)

    def close(self) -> None:
        """Send what is not sent yet."""


def open_watch(telemetry: Telemetry | None) -> Watch:
    """Give what watches a process of the service.

    Raises:
        UsageError: ``telemetry_missing``.
    """
    if telemetry is None:
        return Watch()
    check_telemetry(telemetry)
    from api.telemetry.exporting import sent_to  # noqa: PLC0415 - only the extra brings its parts

    return sent_to(telemetry)


def check_telemetry(telemetry: Telemetry | None) -> None:
    """Check that what is to be sent can be sent.

    Raises:
        UsageError: ``telemetry_missing``.
    """
    if telemetry is None:
        return
    try:
        import_module("opentelemetry.sdk.trace")
        import_module("opentelemetry.exporter.otlp.proto.http")
    except ImportError as error:
        raise UsageError(
            "Spans are to be sent, and the library that sends them is not installed here.",
            slug="telemetry_missing",
            next_step="Install it with `pip install 'muniment[telemetry]'`, or take [telemetry] "
            "out of service.toml.",
        ) from error
