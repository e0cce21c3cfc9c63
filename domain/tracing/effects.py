# SPDX-License-Identifier: Apache-2.0
"""What each event makes of a tracing request; none of them refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.event import Event
from domain.schema import Closed
from domain.tracing.codes import Status
from domain.tracing.events import (
    Acknowledged,
    DiversionEstablished,
    Ended,
    Forwarded,
    Requested,
    Responded,
)
from domain.tracing.state import Diversion, TracingRequest


def requested(request: TracingRequest, dat: Requested) -> TracingRequest:
    """Asked."""
    trail = (*request.trail, dat.recipient)
    return replace(request, status="requested", firearm=dat.firearm, trail=trail)


def acknowledged(request: TracingRequest, dat: Acknowledged) -> TracingRequest:
    """In hand, with a day on which an answer is to be expected."""
    return replace(request, status="acknowledged", due_on=dat.due_on)


def forwarded(request: TracingRequest, dat: Forwarded) -> TracingRequest:
    """With a further State."""
    return replace(request, status="forwarded", trail=(*request.trail, dat.to_country))


def responded(request: TracingRequest, dat: Responded) -> TracingRequest:
    """Answered, within the limits that the answer states."""
    limits = request.restrictions | frozenset(dat.restrictions)
    return replace(request, status="responded", restrictions=limits)


def diversion_established(request: TracingRequest, dat: DiversionEstablished) -> TracingRequest:
    """The newest finding counts; earlier ones stay in the log."""
    point = Diversion(
        country=dat.country, on=dat.on, circumstance=dat.circumstance, method=dat.method
    )
    return replace(request, diversion=point)


def closed(request: TracingRequest, dat: Ended) -> TracingRequest:
    """At its end."""
    return replace(request, status="closed", outcome=dat.outcome, reason=dat.reason)


def reopened(request: TracingRequest, _: Closed) -> TracingRequest:
    """Under way again, as if it had just been acknowledged."""
    return replace(request, status="acknowledged", outcome=None, reason=None)


def moved_to(status: Status) -> Callable[[TracingRequest, Closed], TracingRequest]:
    """Make the effect that changes nothing but where the request stands."""

    def effect(request: TracingRequest, _: Closed) -> TracingRequest:
        return replace(request, status=status)

    return effect


def unchanged(request: TracingRequest, _: Closed) -> TracingRequest:
    """The request stands where it stood."""
    return request


def placed(request: TracingRequest, event: Event, index: int) -> TracingRequest:
    """Keep who asked, and where in the log."""
    if request.asked_at is not None:
        return request
    return replace(request, asked_by=event.iss, asked_at=index)
