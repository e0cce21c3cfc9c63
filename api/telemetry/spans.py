# SPDX-License-Identifier: Apache-2.0
"""A span for each request and its steps; nothing in them was sent by a client.

As in the log of the service, a span names the route and never the address, and no header, body or
value of a parameter; who asks is not told at all, since spans go to another system. What a failure
says is left out as well: only its kind or its code is told (ASVS 16.2.5).
"""

from __future__ import annotations

from dataclasses import fields, replace

from opentelemetry.sdk.trace import TracerProvider
from starlette.types import ASGIApp

from api.bootstrap import Office
from api.gate.effects import Appended
from api.gate.gatekeeper import Gatekeeper
from api.telemetry.requests import WatchedRequests
from api.telemetry.steps import (
    WatchedAdmission,
    WatchedGate,
    WatchedGathering,
    WatchedLedger,
    WatchedNotary,
)
from api.telemetry.watching import Appending, Watch
from audit.appending.gathering import Gathering
from audit.appending.sequencer import Sequencer


class Spans(Watch):
    """Watches one process of the service."""

    def __init__(self, provider: TracerProvider) -> None:
        """Bind where spans are kept or sent."""
        self._provider = provider
        self._tracer = provider.get_tracer("muniment")

    def requests(self, app: ASGIApp) -> ASGIApp:
        """Give an application each of whose requests is a trace of its own."""
        return WatchedRequests(app, self._tracer)

    def office(self, office: Office) -> Office:
        """Give a ledger of whose appends it is told how long they verify, commit and sign."""
        sequencer = Sequencer(
            admission=WatchedAdmission(office.admission, self._tracer),
            ledger=WatchedLedger(office.ledger, self._tracer),
            notary=WatchedNotary(office.notary, self._tracer),
        )
        return replace(office, sequencer=sequencer)

    def gate(self, gate: Gatekeeper) -> Gatekeeper:
        """Give a gate of which it is told how long it finds out who asks, and writes that down."""
        parts = {each.name: getattr(gate, each.name) for each in fields(gate)}
        return WatchedGate(**parts, tracer=self._tracer)

    def gathering(self, append_all: Appending) -> Gathering[Appended]:
        """Give a way in of which it is told how long each submission waits for its batch."""
        return WatchedGathering(append_all, self._tracer)

    def close(self) -> None:
        """Send what is not sent yet."""
        self._provider.shutdown()
