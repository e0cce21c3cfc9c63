# SPDX-License-Identifier: Apache-2.0
"""The complete table role x event x jurisdiction, walked through ``authorise``.

Roles and mandates of the domain facts, section 5: every event type is signed by exactly the roles
of its line, inside the jurisdictions of the grant, between its dates, by a key that stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.describing.roles import HELD, NOT_HELD, ROLE_NAMES, role_rows, roles_by_name
from domain.aggregate.scene import Scene
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.identifiers import FIRST_PREV, StreamId
from domain.occurrence import UNKNOWN
from domain.registry.authorise import authorise
from domain.registry.members import ANY_ROLE, ROLES
from domain.registry.state import (
    Authority,
    Grant,
    Interval,
    KeyRecord,
    Registry,
    Suspension,
)
from domain.schema import EventType
from tests.unit.api.cli.terminal import muniment
from tests.unit.every import for_every

KINDS = list(CATALOGUE)
PLACED = [kind for kind in KINDS if "jur" in kind.dat.model_fields]
ATTESTED = [kind for kind in PLACED if "endorsements" in kind.dat.model_fields]
HOME = "auth.xa"
KEY = "k" * 43
SECOND = "s" * 43
NOW = 1_795_420_800
DAY = 86_400
APPROVED, GRANTED, WITHDRAWN = 10, 20, 40
HELD_AT = 30

NO_JUR = None
"""Stands for an event that states no place, and so speaks for all of XA, its authority's area."""

INSIDE = {"XA": ("XA", "XA-NW", "XA-1", NO_JUR), "XA-NW": ("XA-NW",)}
OUTSIDE = {"XA": ("XB", "XB-NW", "X"), "XA-NW": ("XA", "XA-N", "XA-NO", "XB", NO_JUR)}


def key(*grants: Grant, area: tuple[str, ...] = ("XA",), **facts: Any) -> Registry:
    """Give a registry with one authority, by default of all of XA, and one key."""
    authority = Authority(id=HOME, name="Registry", jurisdictions=area, registered=0)
    return Registry(authorities={HOME: authority}, keys={KEY: record(*grants, **facts)})


def record(*grants: Grant, **facts: Any) -> KeyRecord:
    """Give what the registry says of a key."""
    known = KeyRecord(
        kid=KEY, alg="Ed25519", jwk={}, key_class="event", authority=HOME, officer="off.1",
        stream=None, proposed=5, proposal=FIRST_PREV, proposer="off.2",
        not_before=NOW - DAY, not_after=NOW + DAY, approved=APPROVED, grants=grants,
    )  # fmt: skip
    return replace(known, **facts)


def grant(role: str, *places: str, not_after: int | None = None) -> Grant:
    """Give a role in some places, XA by default, between two positions of the log."""
    during = Interval(GRANTED, WITHDRAWN)
    return Grant(role=role, jurisdictions=places or ("XA",), during=during, not_after=not_after)


def event(kind: EventType, place: str | None = "XA") -> Event:
    """Give an event of a type; only its type and its place matter to a mandate."""
    members: dict[str, Any] = {"jur": place} if kind in PLACED and place else {}
    return Event(
        eid=FIRST_PREV, kid=KEY, iss=HOME, aud="ledger.xa-test",
        sub=StreamId(kind.subject, UUID(int=7)), seq=1, prev=FIRST_PREV, jti=UUID(int=8),
        iat=NOW, occ=UNKNOWN, type=kind, dat=kind.dat.model_construct(**members),
    )  # fmt: skip


def refused(registry: Registry, signed: Event, index: int = HELD_AT) -> str | None:
    """Name the rule that refuses a signer."""
    refusal = authorise(registry, signed, index)
    return refusal.rule if refusal else None


@for_every(KINDS)
def test_exactly_the_roles_of_its_line_record_an_event(kind: EventType) -> None:
    admitted = {role for role in ANY_ROLE if refused(key(grant(role)), event(kind)) is None}
    denied = {refused(key(grant(role)), event(kind)) for role in ANY_ROLE - admitted}
    assert admitted == kind.roles
    assert denied <= {"role_denied"}
    assert refused(key(), event(kind)) == "role_denied"


@for_every(KINDS)
def test_every_event_has_a_role_and_no_role_is_unknown(kind: EventType) -> None:
    assert kind.roles
    assert kind.roles <= ANY_ROLE


@for_every(PLACED)
def test_a_role_counts_inside_the_jurisdictions_of_its_grant(kind: EventType) -> None:
    for role, reach in product(sorted(kind.roles), INSIDE):
        registry = key(grant(role, reach))
        for place in INSIDE[reach]:
            assert refused(registry, event(kind, place)) is None, (role, reach, place)
        for place in OUTSIDE[reach]:
            assert refused(registry, event(kind, place)) == "jurisdiction_denied"


@for_every(PLACED)
def test_an_event_without_a_place_needs_all_the_places_of_its_authority(kind: EventType) -> None:
    """Whoever may act in a part alone has to say that it happened there."""
    areas = ("XA-1", "XA-2"), ("XA-1", "XB")
    for role, (one, other) in product(sorted(kind.roles), areas):
        both = {"area": (one, other)}
        for grants, rule in (
            ((grant(role, one, other),), None),
            ((grant(role, other, one),), None),
            ((grant(role, "XA", "XB"),), None),
            ((grant(role, one),), "jurisdiction_denied"),
            ((grant(role, one), grant(role, other)), "jurisdiction_denied"),
        ):
            assert refused(key(*grants, **both), event(kind, NO_JUR)) == rule, (role, grants)


@for_every([kind for kind in KINDS if kind not in PLACED])
def test_an_event_about_keys_is_of_no_place_and_its_reach_a_rule_of_the_registry(
    kind: EventType,
) -> None:
    for role in sorted(kind.roles):
        assert refused(key(grant(role, "XA-NW")), event(kind)) is None


def test_whoever_says_nothing_of_the_place_of_an_unknown_authority_is_refused() -> None:
    registry = replace(key(grant("POL")), authorities={})
    assert refused(registry, event(CATALOGUE.latest("firearm.found"), NO_JUR)) == (
        "jurisdiction_denied"
    )


def seconded(kind: EventType, place: str | None, *seconds: KeyRecord, role: str) -> bool:
    """Tell whether a second person in a role stands for an event, by one of some keys."""
    signer = key(grant("LIC"))
    keys = {each.kid: each for each in (signer.keys[KEY], *seconds)}
    attested = frozenset(each.kid for each in seconds)
    scene = Scene(
        event=replace(event(kind, place), attested=attested), index=HELD_AT, state=None,
        others={}, registry=replace(signer, keys=keys),
    )  # fmt: skip
    return scene.second_person(role)


def second(*grants: Grant, **facts: Any) -> KeyRecord:
    """Give the key of another person, of another authority."""
    return record(*grants, **{"kid": SECOND, "officer": "off.9", "authority": "auth.xb", **facts})


def places(table: dict[str, tuple[str | None, ...]]) -> Iterable[tuple[str, str | None]]:
    return ((reach, place) for reach, found in table.items() for place in found)


@for_every(ATTESTED)
def test_a_second_person_counts_inside_the_jurisdictions_of_the_grant(kind: EventType) -> None:
    for role in sorted(ANY_ROLE):
        for reach, place in places(INSIDE):
            assert seconded(kind, place, second(grant(role, reach)), role=role), (reach, place)
        for reach, place in places(OUTSIDE):
            assert not seconded(kind, place, second(grant(role, reach)), role=role), (reach, place)
        assert not seconded(kind, "XA", second(grant("AUD")), role="LIC")


@for_every(ATTESTED)
def test_a_second_person_has_a_key_that_could_sign_events_at_that_place_and_time(
    kind: EventType,
) -> None:
    pause = Suspension(during=Interval(HELD_AT - 1, HELD_AT), officer="off.3")
    for facts in (
        {"officer": "off.1"},
        {"key_class": "http"},
        {"approved": None},
        {"ended": HELD_AT - 1, "end_reason": "lost"},
        {"suspensions": (pause,)},
        {"not_after": NOW - 1},
        {"not_before": NOW + 1},
    ):
        assert not seconded(kind, "XA", second(grant("POL"), **facts), role="POL"), facts
    assert seconded(kind, "XA", second(grant("POL")), role="POL")


@for_every(PLACED)
def test_two_grants_are_not_one_grant(kind: EventType) -> None:
    """A role here and another role there are no mandate for the first role there."""
    for role in sorted(kind.roles):
        other = next(iter(sorted(ANY_ROLE - kind.roles)), None)
        if other is not None:
            registry = key(grant(role, "XA"), grant(other, "XB"))
            assert refused(registry, event(kind, "XB")) == "jurisdiction_denied"


@for_every(KINDS)
def test_a_role_counts_from_after_its_grant_to_its_withdrawal(kind: EventType) -> None:
    for role in sorted(kind.roles):
        registry = key(grant(role))
        outcomes = {
            index: refused(registry, event(kind), index)
            for index in (GRANTED, GRANTED + 1, WITHDRAWN, WITHDRAWN + 1)
        }
        assert list(outcomes.values()) == ["role_denied", None, None, "role_denied"]


@for_every(KINDS)
def test_a_role_counts_up_to_its_last_second(kind: EventType) -> None:
    for role in sorted(kind.roles):
        assert refused(key(grant(role, not_after=NOW)), event(kind)) is None
        assert refused(key(grant(role, not_after=NOW - 1)), event(kind)) == "role_denied"


@for_every(KINDS)
def test_a_key_signs_between_its_first_and_its_last_second(kind: EventType) -> None:
    for role in sorted(kind.roles):
        for moment, rule in (
            (NOW - DAY - 1, "key_not_valid"),
            (NOW - DAY, None),
            (NOW + DAY, None),
            (NOW + DAY + 1, "key_not_valid"),
        ):
            assert refused(key(grant(role)), replace(event(kind), iat=moment)) == rule


@for_every(KINDS)
def test_a_key_that_is_suspended_ended_or_not_yet_approved_signs_nothing(kind: EventType) -> None:
    pause = Suspension(during=Interval(HELD_AT - 1, HELD_AT), officer="off.3")
    for role in sorted(kind.roles):
        suspended = key(grant(role), suspensions=(pause,))
        ended = key(grant(role), ended=HELD_AT, end_reason="ceased")
        proposed = key(grant(role), approved=None)
        indexes = (HELD_AT - 1, HELD_AT, HELD_AT + 1)
        assert [refused(suspended, event(kind), at) for at in indexes] == [
            None,
            "key_not_valid",
            None,
        ]
        assert [refused(ended, event(kind), at) for at in indexes] == [None, None, "key_not_valid"]
        assert refused(proposed, event(kind)) == "key_not_valid"


@for_every(KINDS)
def test_a_key_signs_for_its_own_authority_alone(kind: EventType) -> None:
    for role in sorted(kind.roles):
        foreign = replace(event(kind), iss="auth.xb")
        assert refused(key(grant(role)), foreign) == "key_not_valid"


def test_every_event_of_the_world_names_its_place() -> None:
    """Only events about who may sign have none; their reach is a rule of the registry."""
    assert {kind.subject for kind in KINDS if kind not in PLACED} <= {"log", "auth", "key"}


def test_the_table_of_roles_names_them_all_as_the_glossary_does() -> None:
    glossary = Path("docs/glossary.md").read_text("utf-8")
    assert set(ROLE_NAMES) == ANY_ROLE
    for role in ROLES - {"registry-admin", "supervisor", "service"}:
        assert f"| {role} | {ROLE_NAMES[role]} |" in glossary


def test_the_printed_table_is_the_one_that_counts(capsys: pytest.CaptureFixture[str]) -> None:
    header, *rows = [
        line.split() for line in muniment(capsys, "events", "--roles").data.splitlines()
    ]
    assert header == ["event", *ROLE_NAMES]
    for kind, row in zip(KINDS, rows, strict=True):
        marks = zip(header[1:], row[1:], strict=True)
        held = frozenset(role for role, mark in marks if mark == HELD)
        assert (row[0], held) == (kind.kind, kind.roles)
        assert set(row[1:]) <= {HELD, NOT_HELD}


def test_the_documented_table_is_the_one_that_counts() -> None:
    page = Path("docs/events.md").read_text("utf-8").partition("## Who may record what")[2]
    cells = [re.findall(r"[^|\s`]+", line) for line in page.splitlines() if line[:1] == "|"]
    columns, rows = role_rows(CATALOGUE)
    assert [cells[0], *cells[2:]] == [columns, *rows]


def test_roles_are_told_in_full_and_in_the_order_of_the_table() -> None:
    kind = CATALOGUE.latest("firearm.seized")
    assert roles_by_name(kind) == "customs (CUS), police (POL)"
    assert roles_by_name(replace(kind, roles=ANY_ROLE)) == "any role"
