# SPDX-License-Identifier: Apache-2.0
"""The complete table role x event x jurisdiction, walked through ``authorise``.

Roles and mandates of the domain facts, section 5: every event type is signed by exactly the roles
of its line, inside the jurisdictions of the grant, between its dates, by a key that stands.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.describing.roles import HELD, NOT_HELD, ROLE_NAMES, role_rows, roles_by_name
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.identifiers import FIRST_PREV, StreamId
from domain.occurrence import UNKNOWN
from domain.registry.authorise import authorise
from domain.registry.members import ANY_ROLE, ROLES
from domain.registry.state import Grant, Interval, KeyRecord, Registry, Suspension
from domain.schema import EventType
from tests.unit.api.cli.terminal import muniment
from tests.unit.every import for_every

KINDS = list(CATALOGUE)
PLACED = [kind for kind in KINDS if "jur" in kind.dat.model_fields]
HOME = "auth.xa"
KEY = "k" * 43
NOW = 1_795_420_800
DAY = 86_400
APPROVED, GRANTED, WITHDRAWN = 10, 20, 40
HELD_AT = 30

INSIDE = {"XA": ("XA", "XA-NW", "XA-1"), "XA-NW": ("XA-NW",)}
OUTSIDE = {"XA": ("XB", "XB-NW", "X"), "XA-NW": ("XA", "XA-N", "XA-NO", "XB")}


def key(*grants: Grant, **facts: Any) -> Registry:
    """Give a registry with one key."""
    record = KeyRecord(
        kid=KEY, alg="Ed25519", jwk={}, key_class="event", authority=HOME, officer="off.1",
        stream=None, proposed=5, proposal=FIRST_PREV, proposer="off.2",
        not_before=NOW - DAY, not_after=NOW + DAY, approved=APPROVED, grants=grants,
    )  # fmt: skip
    return Registry(keys={KEY: replace(record, **facts)})


def grant(role: str, *places: str, not_after: int | None = None) -> Grant:
    """Give a role in some places, XA by default, between two positions of the log."""
    during = Interval(GRANTED, WITHDRAWN)
    return Grant(role=role, jurisdictions=places or ("XA",), during=during, not_after=not_after)


def event(kind: EventType, place: str = "XA") -> Event:
    """Give an event of a type; only its type and its place matter to a mandate."""
    members: dict[str, Any] = {"jur": place} if kind in PLACED else {}
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
        places = (HELD_AT - 1, HELD_AT, HELD_AT + 1)
        assert [refused(suspended, event(kind), at) for at in places] == [
            None,
            "key_not_valid",
            None,
        ]
        assert [refused(ended, event(kind), at) for at in places] == [None, None, "key_not_valid"]
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
