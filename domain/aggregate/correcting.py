# SPDX-License-Identifier: Apache-2.0
"""Corrections in streams whose events count in the order of the log.

Implements Corrected of the domain facts, section 5 ("data steward, original role; target exists;
new event, never edit") and rule 1 of section 9. The events read as corrected are folded anew from
the first; that the rules then object to one of them is recorded as a contradiction. What the
corrected event says of other records must be what it could have said (``read_anew``); what those
name, and what was decided on the earlier reading, stays as it was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from domain.aggregate.line import Line
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.recorded import Entry
from domain.aggregate.scene import Scene
from domain.errors import InvalidValueError
from domain.event import Event
from domain.firearm.corrections import amend, correction_corrected, in_the_future, no_target
from domain.firearm.events.correcting import Corrected
from domain.identifiers import KINDS, REGISTRY_KINDS, StreamId, parse_stream_id
from domain.refusal import Refusal
from domain.schema import EventType

DATA_STEWARD: Final = "STW"
RECORDS: Final = KINDS - REGISTRY_KINDS - {"case", "hld", "off"}
"""Kinds of streams that events name; holdings, officers and cases have none here."""


def correction_line(
    evt: str, dat: type[Corrected], table: Iterable[Line[Any, Any]]
) -> Line[Any, Any]:
    """Give the line of a stream's corrections.

    Args:
        evt: Name of the event type.
        dat: Its schema.
        table: What it corrects: the other lines of the stream.
    """
    lines = tuple(table)
    roles = {DATA_STEWARD}.union(*(line.roles.split() for line in lines))
    return Line(
        evt=evt,
        source="ATF Ruling 2016-1; WaffRG 12",
        dat=dat,
        roles=" ".join(sorted(roles)),
        effect=unchanged,
        checks=(by_its_role, references_known),
        subject=lines[0].subject,
    )


def check_correction(entries: Sequence[Entry], event: Event, dat: Corrected) -> Refusal | None:
    """Tell why a correction cannot be applied to the record as it stands."""
    target = entry_of(entries, dat.target)
    if target is None:
        return no_target("This record has no event of that id.", dat)
    if isinstance(target.event.dat, Corrected):
        return correction_corrected(target)
    outcome = amend(target.effective, dat)
    return outcome if isinstance(outcome, Refusal) else in_the_future(outcome, event)


def read_anew(scene: Scene) -> tuple[Event, Event] | None:
    """Give the event that a correction is about, as it counts and as it would count."""
    dat = scene.event.dat
    if not isinstance(dat, Corrected):
        return None
    target = entry_of(entries_of(scene.state), dat.target)
    outcome = amend(target.effective, dat) if target else None
    return (target.effective, outcome) if target and isinstance(outcome, Event) else None


def corrected(entries: Iterable[Entry], correction: Entry, dat: Corrected) -> tuple[Entry, ...]:
    """Give entries in log order with one of them read anew, and the correction after them."""
    read = (
        _amended(each, correction, dat) if each.event.eid == dat.target else each
        for each in entries
    )
    return (*read, correction)


def by_its_role(scene: Scene, dat: Corrected) -> Objection | None:
    """Who corrects an event could have recorded it, or is a data steward; two, if it takes two."""
    return not_answered_for(scene, dat.target, also=DATA_STEWARD)


def not_answered_for(scene: Scene, target: str, *, also: str) -> Objection | None:
    """Refuse whoever could not have recorded an event, and one person where that takes two.

    Args:
        scene: The event that puts it right.
        target: Event id of what it puts right.
        also: A role that may do so whatever the target is.
    """
    entry = entry_of(entries_of(scene.state), target)
    roles = {also}.union(entry.event.type.roles if entry else ())
    if not scene.signer_holds(*roles):
        return blocked(
            "role_not_original",
            "An event is put right by a role that could have recorded it.",
            axis="role",
            found=entry.event.evt if entry else "no such event",
            legal=tuple(sorted(roles)),
        )
    if entry is None or not takes_two(entry.event.type) or scene.second_person(*roles):
        return None
    return blocked(
        "second_person_missing",
        "What it takes two persons to record, it takes two persons to put right.",
        axis="role",
        found="one person",
        legal=tuple(sorted(roles)),
    )


def takes_two(kind: EventType) -> bool:
    """Tell whether events of a type have room for a second person's signature."""
    return "endorsements" in kind.dat.model_fields


def references_known(scene: Scene, dat: Corrected) -> Objection | None:
    """A record that the corrected event would name is in the ledger."""
    unknown = [each for each in named_anew(dat) if scene.others.get(each.uuid) is None]
    if not unknown:
        return None
    return blocked(
        "correction_reference",
        "Corrected so, the event names a record that the ledger does not hold.",
        axis="record",
        found=str(unknown[0]),
        legal=("a record of this ledger",),
    )


def named_anew(dat: Corrected) -> tuple[StreamId, ...]:
    """Give the streams that a correction puts in the place of what its target named."""
    texts = (change.new for change in dat.changes if isinstance(change.new, str))
    return tuple(found for text in texts if (found := _record(text)) is not None)


def unchanged(state: Any, _: Corrected) -> Any:
    """Nothing of its own: the corrected event is read anew in its own place."""
    return state


def _record(text: str) -> StreamId | None:
    try:
        named = parse_stream_id(text)
    except InvalidValueError:
        return None
    return named if named.kind in RECORDS else None


def entries_of(state: object) -> Sequence[Entry]:
    """Give the entries of a stream's state, whatever it is a stream of."""
    return getattr(state, "entries", ())


def entry_of(entries: Iterable[Entry], eid: str) -> Entry | None:
    """Give the entry of an event id, if it is among them."""
    return next((each for each in entries if each.event.eid == eid), None)


def _amended(target: Entry, correction: Entry, dat: Corrected) -> Entry:
    outcome = amend(target.effective, dat)
    if isinstance(target.event.dat, Corrected) or not isinstance(outcome, Event):
        return target
    by = (*target.corrected_by, correction.index)
    return replace(target, amended=outcome, corrected_by=by)
