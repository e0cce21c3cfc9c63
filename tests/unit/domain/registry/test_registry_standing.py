# SPDX-License-Identifier: Apache-2.0
"""Suspending, reinstating and revoking keys; granting and withdrawing roles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.registry.describe import describe
from domain.registry.standing import GRANTS_MAX
from tests.unit.domain.registry.registry_book import (
    NOW,
    Book,
    digest,
    endorsements,
    officer,
)


@pytest.fixture
def book() -> Book:
    return Book.staffed()


@pytest.mark.parametrize("evt", ["key.suspended", "key.revoked"])
@pytest.mark.parametrize(
    ("by", "rule"),
    [
        ("ada", None),
        ("sue", None),
        ("r3", None),
        ("pol-2", None),
        ("pol", "approver_same_person"),
        ("oda", "role_denied"),
        ("cop", "role_denied"),
    ],
)
def test_a_key_is_stopped_by_a_guardian_or_by_another_key_of_its_holder(
    book: Book, evt: str, by: str, rule: str | None
) -> None:
    book.enrol("pol-2", officer=officer("pol"))
    book.enrol("cop")
    dat = {"reason": "lost"} if evt == "key.revoked" else {}
    assert book.rule(book.about(evt, "pol", by=by, **dat)) == rule


def test_a_suspended_key_signs_nothing_until_it_is_reinstated(book: Book) -> None:
    first = book.add(book.about("key.suspended", "pol", by="sue"))
    assert book.rule(book.sight(by="pol")) == "key_not_valid"
    last = book.add(book.about("key.reinstated", "pol", by="ada"))
    assert book.rule(book.sight(by="pol")) is None
    key = book.registry.keys[digest("pol")]
    states = [key.state_at(index) for index in (first, first + 1, last, last + 1)]
    assert states == ["valid", "suspended", "suspended", "valid"]


@pytest.mark.parametrize(
    ("by", "rule"),
    [("sue", "approver_same_person"), ("sue-2", "approver_same_person"), ("ada", None)],
)
def test_a_key_is_reinstated_by_another_person(book: Book, by: str, rule: str | None) -> None:
    book.enrol("sue-2", roles=["registry-admin"], officer=officer("sue"))
    book.add(book.about("key.suspended", "pol", by="sue"))
    assert book.rule(book.about("key.reinstated", "pol", by=by)) == rule


def test_a_key_is_not_reinstated_by_its_holder(book: Book) -> None:
    book.enrol("ada-2", roles=["registry-admin"], by=("bea", "sue"), officer=officer("ada"))
    book.add(book.about("key.suspended", "ada", by="sue"))
    assert book.rule(book.about("key.reinstated", "ada", by="ada-2")) == "approver_same_person"


def test_a_guardian_of_another_authority_reinstates_nothing(book: Book) -> None:
    book.add(book.about("key.suspended", "pol", by="sue"))
    assert book.rule(book.about("key.reinstated", "pol", by="oda")) == "role_denied"


def test_changes_that_do_not_fit_the_state_say_what_they_found(book: Book) -> None:
    refusal = book.judge(book.about("key.reinstated", "pol", by="ada"))
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == ("key_state", "valid", ("suspended",))
    book.add(book.about("key.suspended", "pol", by="sue"))
    assert book.rule(book.about("key.suspended", "pol", by="ada")) == "key_state"


def test_a_revoked_key_stays_revoked(book: Book) -> None:
    index = book.add(book.about("key.revoked", "pol", by="ada", reason="ceased"))
    for evt, dat in (
        ("key.suspended", {}),
        ("key.reinstated", {}),
        ("key.revoked", {"reason": "lost"}),
        ("role.granted", {"role": "CUS", "jurisdictions": ["XA"]}),
    ):
        assert book.rule(book.about(evt, "pol", by="sue" if "key" in evt else "ada", **dat)) == (
            "key_state"
        )
    assert book.registry.keys[digest("pol")].ended == index


def test_a_key_ended_when_it_was_first_ended_whatever_is_found_out_later(book: Book) -> None:
    book.add(book.about("key.revoked", "pol", by="ada", reason="ceased"))
    found = book.about("key.revoked", "pol", by="ada", reason="compromised")
    book.add(replace(found, iat=NOW + 9))
    assert book.registry.keys[digest("pol")].ended_at == NOW


def test_a_compromise_disputes_the_entries_in_between_and_unmakes_none(book: Book) -> None:
    before = book.add(book.sight(by="pol"))
    after = book.add(book.sight(by="pol"))
    facts = {"reason": "compromised", "compromised_since": after}
    end = book.add(book.about("key.revoked", "pol", by="ada", **facts))
    kid = digest("pol")
    disputed = [book.registry.disputed(kid, index) for index in (before, after, end, end + 1)]
    assert disputed == [False, True, True, False]
    assert book.registry.key_at(kid, after)
    assert not book.registry.disputed(digest("ada"), after)
    assert "disputed" in describe(book.registry, kid, index=after)


def test_a_compromise_without_a_known_beginning_disputes_everything(book: Book) -> None:
    index = book.add(book.sight(by="pol"))
    book.add(book.about("key.revoked", "pol", by="ada", reason="compromised"))
    assert book.registry.disputed(digest("pol"), index)


def test_a_compromise_takes_the_keys_with_it_that_a_thief_rotated_to(book: Book) -> None:
    stolen = len(book.log)
    book.add(book.rotate("pol", "thief"))
    book.add(book.rotate("thief", "thief-2"))
    taken = book.add(book.sight(by="thief-2"))
    facts = {"reason": "compromised", "compromised_since": stolen}
    book.add(book.about("key.revoked", "pol", by="ada", **facts))
    assert book.rule(book.sight(by="thief-2")) == "key_not_valid"
    assert book.registry.disputed(digest("thief-2"), taken)


def test_a_compromise_after_a_rotation_leaves_the_new_key_alone(book: Book) -> None:
    book.add(book.rotate("pol", "pol-2"))
    facts = {"reason": "compromised", "compromised_since": len(book.log)}
    book.add(book.about("key.revoked", "pol", by="ada", **facts))
    assert book.rule(book.sight(by="pol-2")) is None


def test_an_earlier_beginning_of_a_compromise_can_be_found_later(book: Book) -> None:
    index = book.add(book.sight(by="pol"))
    for since, rule in ((index + 1, None), (index, None), (index, "key_state")):
        facts = {"reason": "compromised", "compromised_since": since}
        event = book.about("key.revoked", "pol", by="ada", **facts)
        assert book.rule(event) == rule
        if rule is None:
            book.add(event)
    assert book.registry.keys[digest("pol")].compromised_since == index


def test_a_finding_without_a_known_beginning_takes_in_everything_before(book: Book) -> None:
    facts: dict[str, Any] = {"reason": "compromised"}
    index = len(book.log)
    book.add(book.about("key.revoked", "pol", by="ada", compromised_since=index, **facts))
    book.add(book.about("key.revoked", "pol", by="ada", **facts))
    assert book.registry.keys[digest("pol")].compromised_since == 0


@pytest.mark.parametrize(
    ("reason", "since"), [("lost", 1), ("compromised", 1_000), ("superseded", 0)]
)
def test_an_unclear_compromise_is_refused(book: Book, reason: str, since: int) -> None:
    event = book.about("key.revoked", "pol", by="ada", reason=reason, compromised_since=since)
    assert book.rule(event) == "compromise_unclear"


def test_nobody_disowns_what_he_signed(book: Book) -> None:
    book.enrol("pol-2", officer=officer("pol"))
    event = book.about("key.revoked", "pol", by="pol-2", reason="compromised")
    assert book.rule(event) == "approver_same_person"


def test_a_root_key_is_stopped_by_a_quorum_of_roots_only(book: Book) -> None:
    for by, endorsers, rule in (
        ("ada", [], "four_eyes_required"),
        ("r2", [], "four_eyes_required"),
        ("r2", ["r2", "r2"], "four_eyes_required"),
        ("r2", ["r3"], None),
    ):
        dat = {"reason": "lost", "endorsements": endorsements(endorsers)}
        assert book.rule(book.about("key.revoked", "r1", by=by, **dat)) == rule


def test_a_revoked_root_no_longer_counts_towards_a_quorum(book: Book) -> None:
    dat = {"reason": "lost", "endorsements": endorsements(["r3"])}
    book.add(book.about("key.revoked", "r1", by="r2", **dat))
    event = book.about("key.suspended", "r3", by="r2", endorsements=endorsements(["r1"]))
    assert book.rule(event) == "four_eyes_required"


def test_a_suspended_root_comes_back_by_a_quorum_without_its_suspender(book: Book) -> None:
    stop = book.about("key.suspended", "r1", by="r2", endorsements=endorsements(["r3"]))
    book.add(stop)
    for by, endorsers, rule in (
        ("r2", ["r3"], "approver_same_person"),
        ("r3", [], "four_eyes_required"),
        ("r3", ["r2"], None),
    ):
        event = book.about("key.reinstated", "r1", by=by, endorsements=endorsements(endorsers))
        assert book.rule(event) == rule


@pytest.mark.parametrize(
    ("name", "by", "places", "rule"),
    [
        ("pol", "ada", ["XA"], None),
        ("pol", "r1", ["XA"], None),
        ("pol", "sue", ["XA"], "role_denied"),
        ("pol", "oda", ["XA"], "role_denied"),
        ("pol", "ada", ["XB"], "jurisdiction_denied"),
        ("ada", "ada", ["XA"], "approver_same_person"),
        ("r1", "ada", ["XA"], "role_denied"),
    ],
)
def test_roles_are_granted_by_an_admin_of_the_authority_to_somebody_else(
    book: Book, name: str, by: str, places: list[str], rule: str | None
) -> None:
    event = book.about("role.granted", name, by=by, role="CUS", jurisdictions=places)
    assert book.rule(event) == rule


def test_nobody_grants_a_role_to_his_other_key(book: Book) -> None:
    book.enrol("ada-2", by=("bea", "sue"), officer=officer("ada"))
    event = book.about("role.granted", "ada-2", by="ada", role="CUS", jurisdictions=["XA"])
    assert book.rule(event) == "approver_same_person"


def test_a_granted_role_counts_from_the_next_index_to_its_withdrawal(book: Book) -> None:
    book.enrol("cus", roles=["CUS"])
    book.add(book.about("role.granted", "cus", by="ada", role="POL", jurisdictions=["XA"]))
    assert book.rule(book.sight(by="cus", jur="XA-S")) is None
    book.add(book.about("role.withdrawn", "cus", by="bea", role="POL"))
    assert book.rule(book.sight(by="cus")) == "role_denied"
    assert book.rule(book.about("role.withdrawn", "cus", by="bea", role="POL")) == "role_not_held"


def test_a_role_with_a_last_day_ends_by_itself(book: Book) -> None:
    book.enrol("cus", roles=["CUS"])
    dat = {"role": "POL", "jurisdictions": ["XA"], "not_after": NOW}
    book.add(book.about("role.granted", "cus", by="ada", **dat))
    assert book.rule(book.sight(by="cus", iat=NOW)) is None
    assert book.rule(book.sight(by="cus", iat=NOW + 1)) == "role_denied"


def test_a_key_that_awaits_approval_is_given_no_further_roles(book: Book) -> None:
    book.add(book.propose("new", by="ada"))
    event = book.about("role.granted", "new", by="bea", role="CUS", jurisdictions=["XA"])
    assert book.rule(event) == "key_state"


def test_the_number_of_roles_of_a_key_is_limited(book: Book) -> None:
    key = book.registry.keys[digest("pol")]
    full = replace(key, grants=key.grants * GRANTS_MAX)
    book.registry = replace(book.registry, keys={**book.registry.keys, key.kid: full})
    event = book.about("role.granted", "pol", by="ada", role="CUS", jurisdictions=["XA"])
    assert book.rule(event) == "too_many_grants"


def test_an_event_about_a_key_stands_in_the_keys_own_stream(book: Book) -> None:
    event = book.about("key.suspended", "pol", by="ada")
    assert book.rule(replace(event, sub=book.about("key.suspended", "sue", by="ada").sub)) == (
        "stream_unknown"
    )
    stranger = event.dat.model_copy(update={"kid": digest("nobody")})
    assert book.rule(replace(event, dat=stranger)) == "key_unknown"


@pytest.mark.parametrize("evt", ["key.reinstated", "role.withdrawn", "key.revoked"])
def test_events_about_an_unknown_key_are_refused(book: Book, evt: str) -> None:
    facts = {"role.withdrawn": {"role": "POL"}, "key.revoked": {"reason": "lost"}}
    event = book.about(evt, "pol", by="ada", **facts.get(evt, {}))
    stranger = event.dat.model_copy(update={"kid": digest("nobody")})
    assert book.rule(replace(event, dat=stranger)) == "key_unknown"
