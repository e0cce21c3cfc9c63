# SPDX-License-Identifier: Apache-2.0
"""The legal sequence of a tracing request, and what a question and an answer must hold.

Implements the trace line of the state diagram of the domain facts, section 5, rule 18 of
section 9, the precondition of TraceRequested, and paragraphs 14 to 23 of the International
Tracing Instrument (ITI).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, get_args

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.firearm.history import as_at
from domain.firearm.rules.alerting import IN_OFFICIAL_HANDS
from domain.firearm.state import Firearm, State
from domain.schema import Closed, value_of
from domain.tracing.codes import Status
from domain.tracing.events import (
    DiversionEstablished,
    Ended,
    Forwarded,
    OnwardDisclosed,
    Requested,
)
from domain.tracing.state import TracingRequest

_NOT_CLOSED: Final[tuple[Status, ...]] = tuple(
    status for status in get_args(Status) if status != "closed"
)

SEQUENCE: Final[Mapping[str, tuple[Status, ...]]] = MappingProxyType(
    {
        "trace.acknowledged": ("requested",),
        "trace.more-info-asked": ("acknowledged", "forwarded"),
        "trace.more-info-given": ("more_info_asked",),
        "trace.forwarded": ("acknowledged", "forwarded"),
        "trace.responded": ("acknowledged", "forwarded", "restricted"),
        "trace.restricted": ("acknowledged", "forwarded"),
        "trace.refused": ("requested", "acknowledged", "forwarded"),
        "trace.point-of-diversion-established": _NOT_CLOSED,
        "trace.closed": _NOT_CLOSED,
        "trace.reopened": ("closed",),
        "trace.onward-disclosed": ("responded", "restricted", "closed"),
    }
)
"""In which states of a request each event is legal."""

ANSWERED: Final[tuple[Status, ...]] = ("responded", "restricted")


def in_sequence(evt: str) -> Callable[[TracingRequest, Closed], Objection | None]:
    """Make the rule that an event comes only where the life of a request has a place for it."""

    def rule(request: TracingRequest, _: Closed) -> Objection | None:
        """The event has a place in the life of a tracing request as it stands."""
        if request.status in SEQUENCE[evt]:
            return None
        return blocked(
            "trace_status",
            "The tracing request does not stand where this can follow.",
            axis="status",
            found=request.status,
            legal=tuple(sorted(name for name, at in SEQUENCE.items() if request.status in at)),
        )

    return rule


def describes_the_object(_: TracingRequest, dat: Requested) -> Objection | None:
    """A request names marks or a serial by which the firearm can be found (rule 18, ITI 17 b)."""
    seen = dat.described
    texts = (seen.serial and value_of(seen.serial), seen.make and value_of(seen.make))
    if any(texts) or dat.markings:
        return None
    return blocked(
        "object_not_described",
        "A tracing request names a serial, a make or at least one mark as seen.",
        axis="description",
        found="none of them",
        legal=("described.serial", "described.make", "markings"),
    )


def urgency_justified(_: TracingRequest, dat: Requested) -> Objection | None:
    """Whoever says that it is urgent says why (F 3312.1)."""
    if (dat.urgency == "urgent") == (dat.urgency_reason is not None):
        return None
    return blocked(
        "urgency_reason",
        "An urgent request states why it cannot wait, and only an urgent one does.",
        axis="urgency",
        found=dat.urgency,
        legal=("urgent with urgency_reason", "routine"),
    )


def leads_on(request: TracingRequest, dat: Forwarded) -> Objection | None:
    """A request is forwarded to a State that was not asked before."""
    if dat.to_country not in request.trail:
        return None
    return blocked(
        "trail_repeated",
        "That State is on the trail already.",
        axis="trail",
        found=dat.to_country,
        legal=("a State that was not asked before",),
    )


def method_fits(request: TracingRequest, dat: DiversionEstablished) -> Objection | None:
    """A point of diversion counts as traced only after an answer (SDG 16.4.2)."""
    if dat.method == "other" or request.status in ANSWERED:
        return None
    return blocked(
        "diversion_method",
        "A point of diversion that was traced rests on an answer.",
        axis="status",
        found=request.status,
        legal=("responded", "restricted", "method other"),
    )


def outcome_fits(request: TracingRequest, dat: Ended) -> Objection | None:
    """Identified means that a point of diversion is on record; not identified has a reason."""
    if dat.outcome == "identified" and request.diversion is None:
        return blocked(
            "diversion_missing",
            "A request ends as identified once its point of diversion is established.",
            axis="diversion",
            found="none",
            legal=("trace.point-of-diversion-established",),
        )
    if (dat.outcome == "not_identified") == (dat.reason is not None):
        return None
    return blocked(
        "outcome_reason",
        "A request that identified nothing states why, and no other one does.",
        axis="outcome",
        found=dat.outcome,
        legal=("not_identified with reason",),
    )


def within_limits(request: TracingRequest, dat: OnwardDisclosed) -> Objection | None:
    """Onward disclosure honours the sender's limits (rule 18, ITI 14 and 15)."""
    forbidden = request.restrictions & {"requester_only", "no_onward_disclosure"}
    if dat.in_court:
        forbidden |= request.restrictions & {"not_in_court"}
    if not forbidden:
        return None
    return blocked(
        "use_restricted",
        "The State that answered does not allow this use of its answer.",
        axis="use",
        found=", ".join(sorted(forbidden)),
        legal=("ask that State for its consent",),
    )


def came_to_hand_or_lawful_cause(scene: Scene, dat: Requested) -> Objection | None:
    """The firearm was seized, found or surrendered, or it is said what makes asking lawful."""
    firearm = scene.other(dat.firearm, Firearm) if dat.firearm else None
    state = as_at(firearm, scene.event.occ) if firearm else None
    if dat.cause is not None or (state is not None and in_hand(state)):
        return None
    return blocked(
        "trace_cause_missing",
        "The record does not show that this firearm came to hand, and no cause is stated.",
        axis="A",
        found=(", ".join(sorted(state.alerts)) or "clear") if state else "no firearm on record",
        legal=("seized", "surrendered_pending", "found and in official hands", "a stated cause"),
    )


def in_hand(state: State) -> bool:
    """Tell whether an authority has a firearm that was seized, found or surrendered."""
    apprehended = {"seized", "surrendered_pending", "forfeited"}
    return bool(state.alerts & apprehended) or state.custody in IN_OFFICIAL_HANDS


def firearm_on_record(scene: Scene, dat: Requested) -> Objection | None:
    """A firearm that is named is on record here."""
    if dat.firearm is None or scene.other(dat.firearm, Firearm) is not None:
        return None
    return blocked(
        "firearm_unknown",
        "This ledger has no firearm of that identifier.",
        axis="record",
        found=dat.firearm,
        legal=("a firearm on record", "no firearm named"),
    )
