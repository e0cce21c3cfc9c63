# SPDX-License-Identifier: Apache-2.0
"""What an officer may do by the registry: valid event keys at the next place in the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.access.standing import Standing
from api.people.rights import Rights, Roster, newest_stop, rights_of
from tests.unit.domain.registry.registry_book import HOME, NOW, OTHER, YEAR, Book, digest, officer

POL = officer("pol")


@pytest.fixture
def book() -> Book:
    return Book.staffed()


def _rights(book: Book, who: str = POL, *, moment: int = NOW) -> Rights | None:
    keys = Roster().keys(book.registry, who)
    return rights_of(keys, Standing(registry=book.registry, index=len(book.log), now=moment))


def _stop(book: Book, who: str = POL) -> int:
    return newest_stop(Roster().keys(book.registry, who))


def test_an_officer_has_the_roles_of_a_valid_key(book: Book) -> None:
    assert _rights(book) == Rights(officer=POL, authority=HOME, mandates=(("POL", ("XA-NW",)),))


def test_a_role_reaches_where_it_was_given_and_not_where_another_was(book: Book) -> None:
    book.add(book.about("role.granted", "pol", by="ada", role="CUS", jurisdictions=["XA"]))
    found = _rights(book)
    assert found is not None
    assert found.mandates == (("CUS", ("XA",)), ("POL", ("XA-NW",)))
    assert found.roles == {"CUS", "POL"}
    assert found.jurisdictions == ("XA", "XA-NW")


def test_nobody_has_the_rights_of_an_unknown_officer(book: Book) -> None:
    assert _rights(book, officer("nobody")) is None


def test_a_key_that_was_only_proposed_gives_nothing(book: Book) -> None:
    book.add(book.propose("new", by="ada"))
    assert _rights(book, officer("new")) is None


@pytest.mark.parametrize("reason", ["compromised", "lost", "ceased"])
def test_asvs_8_3_2_a_revoked_key_gives_nothing_at_the_next_index(book: Book, reason: str) -> None:
    book.add(book.about("key.revoked", "pol", by="sue", reason=reason))
    assert _rights(book) is None
    assert _stop(book) == len(book.log) - 1


def test_asvs_8_3_2_a_suspended_key_gives_nothing_until_it_is_reinstated(book: Book) -> None:
    book.add(book.about("key.suspended", "pol", by="sue"))
    assert _rights(book) is None
    book.add(book.about("key.reinstated", "pol", by="ada"))
    assert _rights(book) is not None


def test_a_suspension_that_was_lifted_is_still_a_stop(book: Book) -> None:
    assert _stop(book) == -1
    suspended = book.add(book.about("key.suspended", "pol", by="sue"))
    book.add(book.about("key.reinstated", "pol", by="ada"))
    assert _stop(book) == suspended


def test_a_rotated_key_is_no_stop_and_its_successor_gives_the_rights(book: Book) -> None:
    book.add(book.rotate("pol", "pol-2"))
    assert _stop(book) == -1
    found = _rights(book)
    assert found is not None
    assert found.roles == {"POL"}


def test_a_withdrawn_role_is_gone_at_the_next_index(book: Book) -> None:
    book.add(book.about("role.withdrawn", "pol", by="ada", role="POL"))
    found = _rights(book)
    assert found is not None
    assert not found.roles
    assert not found.jurisdictions


def test_a_key_outside_its_dates_gives_nothing(book: Book) -> None:
    assert _rights(book, moment=NOW + YEAR) is not None
    assert _rights(book, moment=NOW + YEAR + 1) is None
    assert _rights(book, moment=NOW - YEAR - 1) is None


def test_a_key_of_a_closed_algorithm_gives_nothing(book: Book) -> None:
    book.enrol("eve", alg="ES256")
    book.add(book.close("ES256", endorsers=["r2"]))
    assert _rights(book, officer("eve")) is None


@pytest.mark.parametrize("key_class", ["http", "trace", "enc", "service"])
def test_a_key_of_another_class_logs_nobody_in(book: Book, key_class: str) -> None:
    book.add(book.propose("machine", by="ada", **{"class": key_class}))
    book.add(book.approve("machine", by="bea"))
    assert _rights(book, officer("machine")) is None


def test_roles_of_one_authority_are_not_used_for_another(book: Book) -> None:
    book.enrol(
        "pol-xb", roles=["CUS"], places=["XB"], authority=OTHER, by=("r1", "r2"), officer=POL
    )
    found = _rights(book)
    assert found is not None
    assert (found.authority, found.roles, found.jurisdictions) == (
        OTHER,
        frozenset({"CUS"}),
        ("XB",),
    )


def test_the_keys_of_a_new_registry_are_seen_and_those_of_the_old_one_are_not_mixed_in(
    book: Book,
) -> None:
    roster, old = Roster(), book.registry
    assert len(roster.keys(old, POL)) == 1
    book.enrol("pol-2", officer=POL)
    assert [key.kid for key in roster.keys(book.registry, POL)] == [digest("pol"), digest("pol-2")]
    assert len(roster.keys(old, POL)) == 1
    assert roster.keys(replace(old, keys={}), POL) == ()
