# SPDX-License-Identifier: Apache-2.0
"""Every event that names another record, and the ledger has none of that name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.describing.examples import example_of
from domain.aggregate.line import Line
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event, read_data
from domain.refusal import Refusal
from domain.schema import EventType
from tests.unit.domain.identity.scenes import component, part_event, scene, slug
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.lives import happened, life
from tests.unit.every import for_every

NAMING = [kind for kind in CATALOGUE if kind.links]
ARM = life(happened("registered", "2010", holder="civilian", custody="holder"))

BEGUN_BY_IT = {
    "firearm.leading-component-replaced": {"successor"},
    "authorization.drawn": {"shipment"},
}
"""What an event names before it begins; there the ledger demands that it is unknown."""

KNOWN_TO_IT = {
    "component.removed": {"firearm"},
    "authorization.draw-cancelled": {"shipment"},
    "lot.reconciled": {"found"},
    "shipment.received": {"missing"},
}
"""What the event's own stream must have named before; its rules compare the two."""


LEFT_OUT: dict[str, dict[str, Any]] = {
    "stocktake.recorded": {"surplus": ["arm.01a2076b-4018-7111-8222-333333333333"]},
}
"""What an example leaves out, since it speaks against something else in it."""


def whole(kind: EventType) -> dict[str, Any]:
    """Give data in which every record that the event can name is named."""
    return {**example_of(kind, full=True), **LEFT_OUT.get(kind.evt, {})}


def line_of(kind: EventType) -> Line[Any, Any]:
    return AGGREGATES[kind.subject].lines[kind.evt, kind.ver]


def naming(kind: EventType, link: str) -> Event:
    """Give an event that names a record nobody knows, and as few others as it can."""
    data = whole(kind)
    fields = kind.dat.model_fields
    spared = {each for each in kind.links if each != link and not fields[each].is_required()}
    wanted = {name: value for name, value in data.items() if name not in spared}
    event = happened("seized", "2026-11-01")
    return replace(event, type=kind, dat=read_data(kind, wanted), sub=_stream(kind))


def _stream(kind: EventType) -> Any:
    return replace(happened("seized").sub, kind=kind.subject)


def objections(event: Event) -> list[Refusal]:
    """Ask every check about an event in a ledger without any other record."""
    state = ARM if event.sub.kind == "arm" else None
    asked = (check(scene(event, state), event.dat) for check in line_of(event.type).checks)
    return [each.refusal for each in asked if each is not None and each.blocks]


@for_every(NAMING)
def test_a_reference_to_a_record_that_nobody_knows_is_refused(kind: EventType) -> None:
    settled = BEGUN_BY_IT.get(kind.evt, set()) | KNOWN_TO_IT.get(kind.evt, set())
    for link in sorted(set(kind.links) - settled):
        event = naming(kind, link)
        assert getattr(event.dat, link), link
        assert objections(event), link


@for_every(NAMING)
def test_a_reference_of_another_kind_is_refused_by_the_schema(kind: EventType) -> None:
    data = whole(kind)
    for link in kind.links:
        wrong = "case.01a2076b-4018-7111-8222-333333333333"
        changed = {**data, link: wrong if isinstance(data[link], str) else [wrong]}
        with pytest.raises(Exception, match=rf"dat\.{link}"):
            read_data(kind, changed)


def test_the_exceptions_are_members_of_the_table() -> None:
    links = {kind.evt: set(kind.links) for kind in NAMING}
    for evt, names in (*BEGUN_BY_IT.items(), *KNOWN_TO_IT.items()):
        assert names <= links[evt]


def test_a_component_is_removed_from_the_firearm_alone_that_it_is_in() -> None:
    built_in = part_event("installed", **COMPONENT["component.installed"])
    before = component(part_event("registered"), built_in)
    other = "arm.01a2076b-4018-7111-8222-999999999999"
    assert slug(part_event("removed"), before) is None
    assert slug(part_event("removed", firearm=other), before) is not None
