# SPDX-License-Identifier: Apache-2.0
"""Reading an event as a correction says it should have been.

Implements Corrected of the domain facts, section 5 and rule 1. The signed event stays as
it is; ``amend`` gives a second value beside it, which must itself satisfy the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from domain.errors import MunimentError
from domain.event import Event, read_data
from domain.firearm.events.correcting import Change, Corrected
from domain.firearm.state import Entry, Firearm
from domain.occurrence import parse_occurrence
from domain.refusal import Refusal
from domain.schema import Known

WHEN: Final = "occ"
"""The field name that stands for the envelope's own time of the event."""

CLOCK_SKEW_MAX_SECONDS: Final = 300


def check_correction(firearm: Firearm, event: Event, *, dat: Corrected) -> Refusal | None:
    """Tell why a correction cannot be applied to the record as it stands."""
    target = next((each for each in firearm.entries if each.event.eid == dat.target), None)
    if target is None:
        return no_target("This firearm has no event of that id.", dat)
    if isinstance(target.event.dat, Corrected):
        return correction_corrected(target)
    if not target.stands:
        return _refusal(
            "target",
            "That event is reversed, or a reversal; record anew what is right.",
            found=_named(target),
            legal=("the event recorded anew",),
        )
    outcome = amend(target.effective, dat)
    return outcome if isinstance(outcome, Refusal) else in_the_future(outcome, event)


def no_target(sentence: str, dat: Corrected) -> Refusal:
    """Refuse a correction of what the record does not hold."""
    return _refusal("target", sentence, found=dat.target, legal=("an event id of this record",))


def correction_corrected(target: Entry) -> Refusal:
    """Refuse a correction of a correction."""
    return _refusal(
        "target",
        "A correction is put right by correcting its target again.",
        found=_named(target),
        legal=("the event that it corrects",),
    )


def in_the_future(outcome: Event, correction: Event) -> Refusal | None:
    """Refuse a correction by which the event would happen after it was corrected."""
    if outcome.occ.earliest <= correction.iat + CLOCK_SKEW_MAX_SECONDS:
        return None
    return _refusal(
        "result",
        "The corrected time lies in the future.",
        found=outcome.occ.text,
        legal=("a time before the correction is signed",),
    )


def amend(event: Event, dat: Corrected) -> Event | Refusal:
    """Give the event as corrected, or why it cannot be read so."""
    document: Any = {**event.dat.model_dump(mode="json", exclude_unset=True), WHEN: event.occ.text}
    for change in dat.changes:
        old, new = _plain(change.old), _plain(change.new)
        refusal = _check_change(document, change, old=old, new=new)
        if refusal:
            return refusal
        # Where everything was taken away, nothing is left to put a value into.
        document = _with(document, change.field.split("."), value=new) or {}
    return _read(event, document)


def _check_change(document: Any, change: Change, *, old: Any, new: Any) -> Refusal | None:
    if _same(old, new):
        return _refusal(
            "empty",
            f"The new value of {change.field} is the old one.",
            found=_told(new),
            legal=("another value",),
        )
    present = _at(document, change.field.split("."))
    if _same(present, old):
        return None
    return _refusal(
        "stale",
        f"The old value of {change.field} is not the one that counts at present.",
        found=_told(old),
        legal=(_told(present),),
    )


def _read(event: Event, document: Mapping[str, Any]) -> Event | Refusal:
    members = {name: value for name, value in document.items() if name != WHEN}
    when = document.get(WHEN)
    try:
        # Schemas see to it that members have their types; no schema sees the envelope's time.
        occ = parse_occurrence(when if isinstance(when, str) else "")
        return replace(event, occ=occ, dat=read_data(event.type, members))
    except MunimentError as error:
        return _refusal(
            "result",
            f"Corrected so, the event is not valid. {error.sentence}",
            found="a value that its schema does not admit",
            legal=(f"what `muniment events {event.evt}` lists",),
        )


def _plain(value: Any) -> Any:
    return {"known": value.known} if isinstance(value, Known) else value


def _same(first: Any, second: Any) -> bool:
    # True equals 1 in Python, and a correction from one to the other is a real one.
    return type(first) is type(second) and first == second


def _at(node: Any, path: Sequence[str]) -> Any:
    for part in path:
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
        else:
            return None
    return node


def _with(node: Any, path: Sequence[str], *, value: Any) -> Any:
    """Give the node with one value put in or, where it is absent, taken away."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if head.isdigit():
        return _with_item(node if isinstance(node, list) else [], path, value=value)
    members = node if isinstance(node, dict) else {}
    inner = _with(members.get(head), rest, value=value)
    others = {name: each for name, each in members.items() if name != head}
    return (others if inner is None else {**others, head: inner}) or None


def _with_item(items: list[Any], path: Sequence[str], *, value: Any) -> Any:
    # A gap stays visible as a null, which no schema admits.
    position, rest = int(path[0]), path[1:]
    padded = [*items, *[None] * (position - len(items))]
    before = padded[position] if position < len(padded) else None
    inner = _with(before, rest, value=value)
    kept = [] if inner is None else [inner]
    return [*padded[:position], *kept, *padded[position + 1 :]] or None


def _told(value: Any) -> str:
    """Say a value in a refusal."""
    plain = value.get("known") if isinstance(value, dict) else value
    if plain is None:
        return "absent" if value is None else "several members"
    return "several values" if isinstance(plain, list) else str(plain)


def _named(target: Entry) -> str:
    return f"entry {target.index}, {target.event.evt}"


def _refusal(what: str, sentence: str, *, found: str, legal: tuple[str, ...]) -> Refusal:
    return Refusal(
        rule=f"correction_{what}", sentence=sentence, axis="record", found=found, legal=legal
    )
