# SPDX-License-Identifier: Apache-2.0
"""Who may sign what: every role, event type and jurisdiction, and every state of a key."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from time import process_time
from timeit import repeat
from typing import Any, get_args

import pytest

from domain.registry.authorise import authorise
from domain.registry.members import ANY_ROLE, ROLES, ROOT, KeyClass
from domain.registry.state import Grant, Interval, covers
from domain.schema import EventType
from tests.unit.domain.registry.registry_book import (
    CATALOGUE,
    NOW,
    OTHER,
    YEAR,
    Book,
    Sighting,
    digest,
    officer,
)
from tests.unit.every import for_every

PLACES = ("XA", "XA-NW", "XA-N", "XB", "X")
FAR = 10_000


@pytest.fixture(scope="module")
def desk() -> Book:
    """One key for each role, everywhere in XA-NW; nobody is changed by these tests."""
    book = Book.staffed()
    for role in sorted(ROLES):
        book.enrol(f"key {role}", roles=[role], places=["XA-NW"])
    return book


def _signer(role: str) -> str:
    return "r1" if role == ROOT else f"key {role}"


@for_every(CATALOGUE)
def test_each_role_signs_exactly_the_events_that_name_it(desk: Book, kind: EventType) -> None:
    event = replace(desk.sight(by="pol"), type=kind)
    for role in sorted(ANY_ROLE):
        refusal = authorise(desk.registry, replace(event, kid=digest(_signer(role))), FAR)
        expected = None if role in kind.roles else "role_denied"
        assert (refusal.rule if refusal else None) == expected, role


@for_every(sorted(ROLES), "role")
@for_every(PLACES, "place")
def test_a_role_counts_only_inside_its_jurisdictions(desk: Book, role: str, place: str) -> None:
    kind = EventType(evt="x.done", subject="arm", dat=Sighting, roles=frozenset({role}))
    event = replace(desk.sight(by=_signer(role)), type=kind)
    placed = replace(event, dat=Sighting.model_construct(jur=place))
    refusal = authorise(desk.registry, placed, FAR)
    expected = None if place == "XA-NW" else "jurisdiction_denied"
    assert (refusal.rule if refusal else None) == expected


def test_an_officer_of_a_part_says_where_and_an_officer_of_the_whole_need_not(desk: Book) -> None:
    assert desk.rule(desk.sight(by="pol", jur="XA-NW")) is None
    refusal = desk.judge(desk.sight(by="pol", jur=None))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("jurisdiction_denied", ("a jur inside the mandate",))
    book = Book.staffed()
    book.enrol("all", places=["XA"])
    assert book.rule(book.sight(by="all", jur=None)) is None


@pytest.mark.parametrize(
    ("reach", "place", "expected"),
    [
        (("XA",), "XA", True),
        (("XA",), "XA-NW", True),
        (("XA-NW",), "XA", False),
        (("XA-N",), "XA-NW", False),
        (("XB", "XA-NW"), "XA-NW", True),
        ((), "XA", False),
    ],
)
def test_a_country_covers_its_parts_and_no_part_its_country(
    reach: tuple[str, ...], place: str, expected: bool
) -> None:
    assert covers(reach, place) is expected


def test_a_key_signs_only_for_its_own_authority(desk: Book) -> None:
    refusal = desk.judge(desk.sight(by="pol", iss=OTHER))
    assert refusal
    assert refusal.rule == "key_not_valid"
    assert "another authority" in refusal.sentence


@pytest.mark.parametrize("key_class", [each for each in get_args(KeyClass) if each != "event"])
def test_a_key_of_another_class_never_signs_an_event(key_class: str) -> None:
    book = Book.staffed()
    changes: dict[str, Any] = {"class": key_class}
    book.enrol("web", **changes)
    refusal = book.judge(book.sight(by="web"))
    assert refusal
    assert refusal.rule == "key_not_valid"
    assert f"class {key_class}" in refusal.sentence


@pytest.mark.parametrize(
    ("moment", "rule"),
    [
        (NOW - YEAR - 1, "key_not_valid"),
        (NOW - YEAR, None),
        (NOW + YEAR, None),
        (NOW + YEAR + 1, "key_not_valid"),
    ],
)
def test_a_key_signs_between_its_first_and_last_day(
    desk: Book, moment: int, rule: str | None
) -> None:
    assert desk.rule(desk.sight(by="pol", iat=moment)) == rule


def test_the_refusal_says_which_day_was_missed(desk: Book) -> None:
    early = desk.judge(desk.sight(by="pol", iat=1))
    late = desk.judge(desk.sight(by="pol", iat=NOW + 2 * YEAR))
    assert early
    assert late
    assert "before the key's first day" in early.sentence
    assert "after the key's last day" in late.sentence


def test_a_root_key_has_no_last_day(desk: Book) -> None:
    event = replace(desk.propose("new", by="r1"), iat=NOW + 100 * YEAR)
    assert authorise(desk.registry, event, FAR) is None


def test_a_service_key_is_no_way_around_the_class(desk: Book) -> None:
    key = replace(desk.registry.keys[digest("pol")], key_class="service")
    registry = replace(desk.registry, keys={**desk.registry.keys, key.kid: key})
    assert authorise(registry, desk.sight(by="pol"), FAR)


def test_no_event_is_authorised_before_the_approval_of_its_key(desk: Book) -> None:
    key = desk.registry.keys[digest("pol")]
    event = desk.sight(by="pol")
    assert key.approved is not None
    for index in range(key.approved + 1):
        refusal = authorise(desk.registry, event, index)
        assert refusal
        assert refusal.rule == "key_not_valid"
    assert authorise(desk.registry, event, key.approved + 1) is None


def test_a_refusal_never_repeats_what_was_sent(desk: Book) -> None:
    for facts in ({"by": "mal"}, {"by": "pol", "jur": "ZZ"}, {"by": "sue"}):
        refusal = desk.judge(desk.sight(**facts))
        assert refusal
        assert digest(facts["by"]) not in refusal.sentence
        assert "ZZ" not in refusal.sentence


def test_authorising_stays_quick_for_a_key_with_many_roles(desk: Book) -> None:
    key = desk.registry.keys[digest("pol")]
    others: tuple[Any, ...] = tuple(
        Grant(role=role, jurisdictions=("XA",), during=Interval(1)) for role in sorted(ROLES)
    )
    crowded = replace(key, grants=(*others[:12], *key.grants))
    registry = replace(desk.registry, keys={**desk.registry.keys, key.kid: crowded})
    for place in ("XA-NW", None):
        event = desk.sight(by="pol", jur=place)
        runs = repeat(
            partial(authorise, registry, event, FAR), timer=process_time, number=2_000, repeat=5
        )
        assert min(runs) / 2_000 < 50e-6


def test_the_signers_of_a_position_are_the_keys_that_stand_there(desk: Book) -> None:
    assert digest("pol") in {key.kid for key in desk.registry.signers(FAR)}
    assert desk.registry.signers(0) == ()
    assert officer("pol") in {key.officer for key in desk.registry.signers(FAR)}
