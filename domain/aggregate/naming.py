# SPDX-License-Identifier: Apache-2.0
"""Which other records an event names: streams that its checks look at, and opaque references.

Implements "rules across streams" of the design, decision D1, and the tags by which the log is
found again (store facts 7.1). Whoever judges an event, at append or offline, asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from domain.aggregate.correcting import entries_of, entry_of, named_anew
from domain.event import Event
from domain.firearm.events.correcting import Corrected
from domain.identifiers import StreamId, parse_stream_id

POLICIES: Final = "policies"
"""Reference of every decision on a policy, which are few and are asked for together."""

_REFERENCES: Final = ("hld", "to_hld", "case")
_OPAQUE: Final = ("hld.", "case.")


def linked(event: Event) -> tuple[StreamId, ...]:
    """Give the other streams that an event names, and that its checks may look at.

    It is asked nine times while an event is recorded, so the event keeps the answer.
    """
    if event.linked is None:
        object.__setattr__(event, "linked", _linked(event))
    return event.linked or ()


def _linked(event: Event) -> tuple[StreamId, ...]:
    if not event.type.links:
        return named_anew(event.dat) if isinstance(event.dat, Corrected) else ()
    values: Mapping[str, Any] = event.dat.__dict__
    named = [values[name] for name in event.type.links if values.get(name)]
    return tuple(
        parse_stream_id(identifier)
        for value in named
        for identifier in ((value,) if isinstance(value, str) else value)
    )


def asked(event: Event) -> Mapping[StreamId, str]:
    """Give the streams of which an event's checks ask who names them, with the family of events.

    A correction asks for none: who names a record today says nothing about the day of its target.
    Holdings have no stream of their own, and are asked for where an event lists them.
    """
    if event.asked is None:
        object.__setattr__(event, "asked", _asked(event))
    return event.asked or {}


def _asked(event: Event) -> Mapping[StreamId, str]:
    if not event.type.named_by:
        return {}
    families = dict(event.type.named_by)
    streams = (event.sub, *linked(event), *map(parse_stream_id, _listed(event)))
    return {each: families[each.kind] for each in streams if each.kind in families}


def looked_at(event: Event, state: object) -> tuple[StreamId, ...]:
    """Give the other streams that an event's checks look at, given the state of its own.

    For a correction those are also what its target names, since that is judged anew.
    """
    named = linked(event)
    if not isinstance(event.dat, Corrected):
        return named
    target = entry_of(entries_of(state), event.dat.target)
    return named if target is None else (*named, *linked(target.effective))


def references(event: Event) -> tuple[str, ...]:
    """Give the opaque identifiers other than its stream that an event names.

    What was only looked at is told apart, since nothing rests on a look. Decisions on policies
    have one reference together.
    """
    values: Mapping[str, object] = event.dat.__dict__
    opaque = tuple(
        value
        for name in _REFERENCES
        if isinstance(value := values.get(name), str) and value.startswith(_OPAQUE)
    )
    if event.sub.kind == "pol":
        return (*opaque, POLICIES)
    streams = linked(event)
    if not streams:
        return opaque
    mark = "read:" if event.sub.kind == "acc" else ""
    return tuple(dict.fromkeys((*opaque, *(f"{mark}{each}" for each in streams))))


def _listed(event: Event) -> tuple[str, ...]:
    # The instance dictionary, since attribute access on a model without the member is slow.
    return cast("tuple[str, ...]", event.dat.__dict__.get("holdings", ()))
