# SPDX-License-Identifier: Apache-2.0
"""The steps of a request that are watched: the gate, waiting for a batch, and the batch itself.

Several requests may wait for one batch. It is part of the first one's trace and linked to the
others, as OpenTelemetry has it for messages that are worked off together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.trace import (
    Link,
    Span,
    Tracer,
    get_current_span,
    set_span_in_context,
)

from api.access.caller import Caller
from api.access.message import HttpRequest
from api.access.recording import Question
from api.gate.asking import Note
from api.gate.effects import Appended
from api.gate.gatekeeper import Gatekeeper
from api.telemetry.watching import Appending
from audit.appending.admission import AdmittedEvent
from audit.appending.gathering import Gathering
from audit.appending.ports import Opening, Proving, Recording
from audit.proof.inclusion import TlogProof
from domain.errors import MunimentError
from domain.identifiers import StreamId
from domain.judgement import Outcome
from domain.ports import Admitted
from domain.refusal import Refusal


@contextmanager
def step(
    tracer: Tracer, name: str, *, within: Context | None = None, links: Sequence[Link] = ()
) -> Iterator[Span]:
    """Have a span as long as the ``with`` lasts; of a failure it tells the kind or the code."""
    begun = tracer.start_as_current_span(
        name, context=within, links=links, record_exception=False, set_status_on_exception=False
    )
    with begun as span:
        try:
            yield span
        except Exception as error:
            kind = error.slug if isinstance(error, MunimentError) else type(error).__name__
            span.set_attribute("error.type", kind)
            raise


@dataclass(frozen=True, kw_only=True)
class WatchedGate(Gatekeeper):
    """A gate, and how long it takes to find out who asks and to write down what was shown.

    Attributes:
        tracer: Makes spans.
    """

    tracer: Tracer

    def caller_of(self, message: HttpRequest, *, csrf: str | None = None) -> Caller:
        """Find out who sent a request."""
        with step(self.tracer, "gate.caller"):
            return super().caller_of(message, csrf=csrf)

    def keep(self, question: Question, note: Note) -> None:
        """Write down what was asked and what is shown."""
        with step(self.tracer, "gate.keep"):
            super().keep(question, note)


@dataclass(frozen=True, slots=True)
class WatchedAdmission:
    """Opens submissions, and how long that takes."""

    inner: Opening
    tracer: Tracer

    def open_many(self, submissions: Sequence[bytes]) -> list[AdmittedEvent | MunimentError]:
        """Verify submissions together."""
        with step(self.tracer, "append.verify"):
            return self.inner.open_many(submissions)


@dataclass(frozen=True, slots=True)
class WatchedLedger:
    """Judges and records events, and how long that takes."""

    inner: Recording
    tracer: Tracer

    def record(self, batch: Sequence[Admitted]) -> list[Outcome]:
        """Judge each event and append the legal ones in one transaction."""
        with step(self.tracer, "append.commit"):
            return self.inner.record(batch)

    def noted(self, stream: StreamId, index: int) -> tuple[Refusal, ...]:
        """Tell what was recorded as not fitting with one entry of a stream."""
        return self.inner.noted(stream, index)


@dataclass(frozen=True, slots=True)
class WatchedNotary:
    """Proves events to a signed checkpoint, and how long that takes."""

    inner: Proving
    tracer: Tracer

    def prove(
        self, indexes: Sequence[int], leaves: Mapping[int, bytes], *, meanwhile: Callable[[], None]
    ) -> dict[int, TlogProof]:
        """Prove committed events."""
        with step(self.tracer, "append.sign"):
            return self.inner.prove(indexes, leaves, meanwhile=meanwhile)


class WatchedGathering(Gathering[Appended]):
    """The way in for appends, and how long each waits for its batch."""

    def __init__(self, append_all: Appending, tracer: Tracer) -> None:
        """Bind what appends, and what makes spans."""
        super().__init__(self._append_batch)
        self._append = append_all
        self._tracer = tracer
        self._arrived: list[tuple[Span, int]] = []
        self._served: list[Span] = []

    def _enter(
        self, submissions: Sequence[bytes]
    ) -> list[asyncio.Future[Appended | MunimentError]]:
        futures = super()._enter(submissions)
        self._arrived.append((get_current_span(), time.time_ns()))
        return futures

    async def _answers(self, submissions: Sequence[bytes]) -> Sequence[Appended | MunimentError]:
        """Tell how long those waited whose batch begins now; there is one batch at a time."""
        arrived, self._arrived = self._arrived, []
        now = time.time_ns()
        for span, at in arrived:
            within = set_span_in_context(span)
            self._tracer.start_span("append.wait", context=within, start_time=at).end(now)
        self._served = [span for span, _ in arrived]
        return await super()._answers(submissions)

    def _append_batch(self, submissions: Sequence[bytes]) -> Sequence[Appended | MunimentError]:
        first, *others = self._served
        links = [Link(each.get_span_context()) for each in others]
        within = set_span_in_context(first)
        with step(self._tracer, "append.batch", within=within, links=links) as span:
            span.set_attribute("muniment.events", len(submissions))
            return self._append(submissions)
