# SPDX-License-Identifier: Apache-2.0
"""Keys come in by two persons, prove themselves and are rotated by their holder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.registry.registry_book import (
    HOME,
    NOW,
    OTHER,
    Book,
    digest,
    material,
    officer,
    uuid7,
)


@pytest.fixture
def book() -> Book:
    return Book.staffed()


def test_a_key_is_valid_only_after_the_index_of_its_approval(book: Book) -> None:
    book.add(book.propose("new", by="ada"))
    assert book.rule(book.sight(by="new")) == "key_not_valid"
    index = book.add(book.approve("new", by="bea"))
    key = book.registry.keys[digest("new")]
    assert not key.valid_at(index)
    assert key.valid_at(index + 1)
    assert book.rule(book.sight(by="new")) is None


@pytest.mark.parametrize(
    ("by", "rule"),
    [
        ("ada", "approver_same_person"),
        ("bea", None),
        ("sue", None),
        ("r1", None),
        ("oda", "role_denied"),
        ("pol", "role_denied"),
        ("stranger", "kid_unknown"),
    ],
)
def test_a_key_is_approved_by_another_guardian_of_its_authority(
    book: Book, by: str, rule: str | None
) -> None:
    book.add(book.propose("new", by="ada"))
    assert book.rule(book.approve("new", by=by)) == rule


def test_a_second_key_of_the_proposer_does_not_make_a_second_person(book: Book) -> None:
    roles = ["registry-admin"]
    book.enrol("ada-2", roles=roles, by=("r1", "bea"), officer=officer("ada"))
    book.add(book.propose("new", by="ada"))
    assert book.rule(book.approve("new", by="ada-2")) == "approver_same_person"


def test_the_holder_of_a_new_key_does_not_approve_it(book: Book) -> None:
    book.add(book.propose("bea-2", by="ada", officer=officer("bea")))
    assert book.rule(book.approve("bea-2", by="bea")) == "approver_same_person"


def test_a_root_does_not_approve_what_it_proposed(book: Book) -> None:
    book.add(book.propose("new", by="r1"))
    assert book.rule(book.approve("new", by="r1")) == "approver_same_person"


def test_an_approval_names_exactly_the_proposal_in_its_stream(book: Book) -> None:
    book.add(book.propose("one", by="ada"))
    book.add(book.propose("two", by="ada"))
    approval = book.approve("one", by="bea")
    assert book.rule(replace(approval, sub=book.approve("two", by="bea").sub)) == "key_not_pending"


def test_a_key_is_approved_once(book: Book) -> None:
    assert book.rule(book.approve("pol", by="sue")) == "key_not_pending"


def test_a_revoked_proposal_cannot_be_approved(book: Book) -> None:
    book.add(book.propose("new", by="ada"))
    book.add(book.about("key.revoked", "new", by="bea", reason="ceased"))
    assert book.rule(book.approve("new", by="bea")) == "key_not_pending"


@pytest.mark.parametrize("name", ["pol", "r1", "oda"])
def test_a_known_key_is_not_enrolled_again_in_any_class_or_authority(book: Book, name: str) -> None:
    again: dict[str, Any] = {"officer": officer("x"), "class": "http"}
    event = book.propose(name, by="ada", sub=f"key.{uuid7('fresh')}", **again)
    assert book.rule(event) == "key_known"


def test_a_key_ended_for_good_is_not_enrolled_again(book: Book) -> None:
    book.add(book.about("key.revoked", "pol", by="ada", reason="lost"))
    assert book.rule(book.propose("pol", by="ada", sub=f"key.{uuid7('fresh')}")) == "key_known"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"authority": "auth.zz"}, "authority_unknown"),
        ({"authority": OTHER, "jurisdictions": ["XB"]}, "role_denied"),
        ({"jurisdictions": ["XA", "XB"]}, "jurisdiction_denied"),
        ({"jurisdictions": ["XA-NW", "XA-S"]}, None),
        ({"not_after": NOW - 31_536_000}, "key_dates"),
        ({"attested": frozenset()}, "possession_unproved"),
        ({"jwk": material("n", "ES256")["jwk"]}, "alg_mismatch"),
        ({"sub": f"key.{uuid7('stream pol')}"}, "stream_taken"),
        ({"class": "http", "roles": []}, None),
    ],
)
def test_a_proposal_is_judged(book: Book, changes: dict[str, Any], rule: str | None) -> None:
    assert book.rule(book.propose("new", by="ada", **changes)) == rule


def test_an_admin_gives_out_no_jurisdiction_beyond_his_own(book: Book) -> None:
    book.enrol("local", roles=["registry-admin"], places=["XA-NW"])
    assert book.rule(book.propose("new", by="local")) == "jurisdiction_denied"
    assert book.rule(book.propose("new", by="local", jurisdictions=["XA-NW"])) is None


def test_a_jurisdiction_that_an_admin_held_for_a_time_is_not_given_out_later(book: Book) -> None:
    book.enrol("local", roles=["registry-admin"], places=["XA-NW"])
    dat = {"role": "registry-admin", "jurisdictions": ["XA"], "not_after": NOW - 1}
    book.add(book.about("role.granted", "local", by="ada", **dat))
    assert book.rule(book.propose("new", by="local")) == "jurisdiction_denied"


def test_a_rotation_ends_the_old_key_and_hands_over_its_mandate(book: Book) -> None:
    index = book.add(book.rotate("pol", "pol-2"))
    keys = book.registry.keys
    assert (keys[digest("pol")].ended, keys[digest("pol")].ended_at) == (index, NOW)
    assert (keys[digest("pol-2")].ended, keys[digest("pol-2")].ended_at) == (None, None)
    assert keys[digest("pol")].successor == digest("pol-2")
    assert keys[digest("pol-2")].not_after == keys[digest("pol")].not_after
    assert book.rule(book.sight(by="pol")) == "key_not_valid"
    assert book.rule(book.sight(by="pol-2", jur="XA-NW")) is None
    assert book.rule(book.sight(by="pol-2", jur="XA")) == "jurisdiction_denied"


def test_withdrawn_roles_do_not_come_back_with_a_rotation(book: Book) -> None:
    book.add(book.about("role.granted", "pol", by="ada", role="CUS", jurisdictions=["XA"]))
    book.add(book.about("role.withdrawn", "pol", by="ada", role="POL"))
    book.add(book.rotate("pol", "pol-2"))
    assert book.rule(book.sight(by="pol-2")) == "role_denied"
    assert {each.role for each in book.registry.keys[digest("pol-2")].grants} == {"CUS"}


def test_a_key_rotates_only_itself_in_its_own_stream(book: Book) -> None:
    event = book.rotate("pol", "pol-2", by="ada")
    assert book.rule(event) == "stream_unknown"


def test_a_suspended_key_cannot_rotate_itself_out_of_suspension(book: Book) -> None:
    book.add(book.about("key.suspended", "pol", by="sue"))
    assert book.rule(book.rotate("pol", "pol-2")) == "key_not_valid"


def test_a_rotation_needs_a_new_key_that_proved_itself(book: Book) -> None:
    assert book.rule(book.rotate("pol", "ada")) == "key_known"
    unproved = replace(book.rotate("pol", "pol-2"), attested=frozenset())
    assert book.rule(unproved) == "possession_unproved"


def test_a_root_key_rotates_and_keeps_its_power(book: Book) -> None:
    book.add(book.rotate("r1", "r1-2"))
    book.add(book.rotate("r1-2", "r1-3"))
    assert book.rule(book.propose("new", by="r1-3")) is None
    assert book.rule(book.propose("new", by="r1")) == "key_not_valid"


def test_a_root_key_does_not_open_a_stream_that_is_taken(book: Book) -> None:
    stream = f"key.{uuid7('stream pol')}"
    assert book.rule(book.rotate("r1", "r1-2", sub=stream)) == "stream_unknown"


def test_a_root_enrols_keys_of_any_authority(book: Book) -> None:
    for authority, places in ((HOME, ["XA"]), (OTHER, ["XB"])):
        event = book.propose(f"new {authority}", by="r1", authority=authority, jurisdictions=places)
        assert book.rule(event) is None
