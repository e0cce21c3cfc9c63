# SPDX-License-Identifier: Apache-2.0
"""What a policy must not get wrong: events, members, values, roles and codes that exist.

A name that the catalogue lacks would make a duty that is never due or never met, and nobody
would notice (domain facts, section 8: policy, not code). Forms alone are the concern of the
schema in ``model``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic.fields import FieldInfo

from domain.identifiers import KINDS
from domain.policy.members import admits, holds_date, members_at
from domain.policy.model import (
    ANY_EVENT,
    EVENT_ID,
    ITSELF,
    OCCURRED,
    SIGNED,
    Closing,
    DutyRule,
    Occasion,
    Policy,
)
from domain.registry.members import ROLES
from domain.schema import Catalogue, EventType

_SAMPLE: Final = "00000000-0000-7000-8000-000000000000"
HOLDER: Final = "HLD"
"""A holder, who acts only through an authority, and so has no key (domain facts, section 5)."""


def problems(policy: Policy, catalogue: Catalogue) -> list[str]:
    """Tell everything that is wrong with a policy, each with the code of its duty."""
    types: dict[str, tuple[EventType, ...]] = {}
    for each in catalogue:
        types[each.evt] = (*types.get(each.evt, ()), each)
    repeated = [
        f"{part} {code}: the code occurs twice"
        for part, rules in (("duty", policy.duty), ("retention", policy.retention))
        for code, number in Counter(each.code for each in rules).items()
        if number > 1
    ]
    return repeated + [
        f"duty {duty.code}: {problem}" for duty in policy.duty for problem in _of(duty, types)
    ]


def _of(duty: DutyRule, types: Mapping[str, tuple[EventType, ...]]) -> Iterator[str]:
    if duty.who not in ROLES | {HOLDER}:
        yield f"there is no role {duty.who}"
    if duty.opens.event == ANY_EVENT:
        yield from _by_any_event(duty, types)
        return
    if duty.opens.event not in types:
        yield _unknown(duty.opens)
        return
    opener = types[duty.opens.event]
    yield from _conditions(duty.opens, opener)
    yield from _dates(duty, opener)
    subjects = {opener[0].subject, *_naming(duty.through, types), *_named(duty.naming, opener)}
    yield from _across(duty, types, opener)
    for closing in duty.closes:
        name = duty.opens.event if closing.event == ITSELF else closing.event
        if name not in types:
            yield _unknown(closing)
        elif types[name][0].subject not in subjects:
            yield f"{name} is not recorded in the stream of {duty.opens.event}"
        else:
            yield from _conditions(closing, types[name])
            yield from _alike(closing, types[name], opener)


def _across(
    duty: DutyRule, types: Mapping[str, tuple[EventType, ...]], opener: tuple[EventType, ...]
) -> Iterator[str]:
    """Tell what is wrong about how one stream is to open duties in another."""
    if duty.through is not None and not _naming(duty.through, types):
        yield f"no event names another stream by {duty.through}"
    if duty.naming is not None and not _named(duty.naming, opener):
        yield f"{opener[0].evt} names no other stream by {duty.naming}"
    if duty.holding is not None and duty.through is None:
        yield "a holding counts only beside through"


def _named(member: str | None, opener: tuple[EventType, ...]) -> set[str]:
    """Give the kinds of streams that the opening event names by a member."""
    if member is None or not any(member in each.links for each in opener):
        return set()
    found = _members(member, opener)
    return {kind for kind in KINDS for each in found if admits(each, f"{kind}.{_SAMPLE}")}


def _by_any_event(duty: DutyRule, types: Mapping[str, tuple[EventType, ...]]) -> Iterator[str]:
    """A duty that any noted event opens counts from its date, and ends by what names it."""
    if not duty.opens.noted:
        yield "any event opens it, so state the rules that are noted"
    dated = duty.due or duty.counts_from not in (OCCURRED, SIGNED)
    if dated or duty.opens.when or duty.through or duty.holding or duty.naming:
        yield "any event opens it, so it can ask for no member of that event"
    for closing in duty.closes:
        if closing.event not in types:
            yield _unknown(closing)
            continue
        yield from _conditions(closing, types[closing.event])
        for path, other in closing.same.items():
            yield from _absent(path, types[closing.event])
            if other != EVENT_ID:
                yield f"any event opens it, so {path} can be the same as its eid alone"


def _naming(member: str | None, types: Mapping[str, tuple[EventType, ...]]) -> set[str]:
    """Give the kinds of streams whose events name others by a member."""
    return {each.subject for found in types.values() for each in found if member in each.links}


def _alike(
    closing: Closing, closer: tuple[EventType, ...], opener: tuple[EventType, ...]
) -> Iterator[str]:
    for path, other in closing.same.items():
        yield from _absent(path, closer)
        if other != EVENT_ID:
            yield from _absent(other, opener)


def _conditions(occasion: Occasion, types: tuple[EventType, ...]) -> Iterator[str]:
    for path, values in occasion.when.items():
        yield from _absent(path, types)
        members = _members(path, types)
        for value in values if members else ():
            if not any(admits(member, value) for member in members):
                yield f"{path} of {types[0].evt} is never {value!r}"


def _dates(duty: DutyRule, types: tuple[EventType, ...]) -> Iterator[str]:
    counted = () if duty.counts_from in (OCCURRED, SIGNED) else (duty.counts_from,)
    for path in (*counted, *((duty.due,) if duty.due is not None else ())):
        yield from _absent(path, types)
        members = _members(path, types)
        if members and not all(map(holds_date, members)):
            yield f"{path} of {types[0].evt} holds no date"


def _absent(path: str, types: tuple[EventType, ...]) -> Iterator[str]:
    if not _members(path, types):
        yield f"{types[0].evt} has no member {path}"


def _members(path: str, types: tuple[EventType, ...]) -> tuple[FieldInfo, ...]:
    return tuple(member for each in types for member in members_at(each.dat, path.split(".")))


def _unknown(occasion: Occasion) -> str:
    return f"there is no event {occasion.event}"
