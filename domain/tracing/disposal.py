# SPDX-License-Identifier: Apache-2.0
"""What a disposal and a destruction ask of the tracing requests that they name.

Implements "trace done or excepted" and "no open trace" of the domain facts, section 5
(DisposalAuthorised, DestructionScheduled; MOSAIC 05.31 and 05.50; rule 15 of section 9): what is
destroyed cannot be traced any more. Every request that names the firearm counts, whether or not
the event names the request. Whether a trace or an exception is stated at all is asked in
``domain.firearm.rules.disposing``.
"""

from __future__ import annotations

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.firearm.events.disposing import DestructionScheduled, DisposalAuthorised
from domain.firearm.state import State
from domain.tracing.state import TracingRequest


def traced_to_the_end(
    scene: Scene, dat: DisposalAuthorised | DestructionScheduled
) -> Objection | None:
    """The tracing request that is named is on record, about this firearm, and closed."""
    if dat.trace is None:
        return None
    request = scene.other(dat.trace, TracingRequest)
    if request is None:
        return _unknown(dat.trace)
    if request.firearm not in (None, str(scene.event.sub)):
        return _of_another(str(request.firearm), own=str(scene.event.sub))
    return _open(request) if request.open else None


def no_trace_open(scene: Scene, dat: DisposalAuthorised | DestructionScheduled) -> Objection | None:
    """No tracing request about this firearm is open, unless it is said why nobody waits for it."""
    own = str(scene.event.sub)
    requests = scene.naming(own, TracingRequest)
    waiting = [each for each in requests if each.open and each.firearm == own]
    return _open(waiting[0]) if waiting and dat.trace_exception is None else None


def trace_named_again(state: State, dat: DestructionScheduled) -> Objection | None:
    """The request on which the disposal rests is named anew; it may have been reopened since."""
    named = state.disposal.trace if state.disposal else None
    if named is None or dat.trace == named or dat.trace_exception is not None:
        return None
    return blocked(
        "trace_not_named",
        "The disposal rests on a tracing request, and the destruction does not name it.",
        axis="trace",
        found=dat.trace or "none",
        legal=(named, "trace_exception"),
    )


def trace_or_its_exception(_: State, dat: DestructionScheduled) -> Objection | None:
    """A trace that is named is closed, so that no exception is needed beside it."""
    if dat.trace is None or dat.trace_exception is None:
        return None
    return blocked(
        "trace_or_exception",
        "A destruction names the tracing request, or why nobody waits for it.",
        axis="trace",
        found="both",
        legal=("trace", "trace_exception"),
    )


def _unknown(trace: str) -> Objection:
    return blocked(
        "trace_unknown",
        "The ledger holds no tracing request of that identifier.",
        axis="trace",
        found=trace,
        legal=("a tracing request on record", "no tracing request named"),
    )


def _of_another(firearm: str, *, own: str) -> Objection:
    return blocked(
        "trace_firearm",
        "That tracing request is about another firearm.",
        axis="trace",
        found=firearm,
        legal=(own, "a request that names no firearm"),
    )


def _open(request: TracingRequest) -> Objection:
    return blocked(
        "trace_open",
        "The tracing request is still open.",
        axis="status",
        found=request.status,
        legal=("trace.closed", "trace_exception in place of the request"),
    )
