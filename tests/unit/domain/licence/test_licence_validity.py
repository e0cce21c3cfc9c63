# SPDX-License-Identifier: Apache-2.0
"""What a licence is worth on a date, and what each event makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.licence.codes import Category
from domain.occurrence import parse_occurrence
from tests.unit.domain.licence.licences import HOLDING, decided, licence

SCHEME: dict[str, Any] = {"scheme": "eu_2021_555", "as_of": "2021"}
APPLIED = decided("applied", firearms=2, application_no="17", hld=HOLDING)
ISSUED = decided("issued", valid_from="2020-01-01", valid_to="2024-12-31")
SUSPENDED = decided("suspended", effective_on="2021-03-01", place_by="2021-04-01")
BACK = decided("reinstated", effective_on="2021-06-01")


def standing(date: str, *events: Event) -> str:
    return licence(APPLIED, *events).standing_on(parse_occurrence(date))


@pytest.mark.parametrize(
    ("date", "worth"),
    [
        ("2019-12-31", "not_yet_valid"),
        ("2020-01-01", "valid"),
        ("2020", "valid"),
        ("2021-02-28", "valid"),
        ("2021-03-01", "suspended"),
        ("2021-03-01T10:00:00Z", "suspended"),
        ("2021-05-31", "suspended"),
        ("2021-06-01", "valid"),
        ("2024-12-31T23:59:59Z", "valid"),
        ("2025-01-01", "expired"),
        ("unknown", "valid"),
    ],
)
def test_a_licence_is_worth_what_counted_on_that_day(date: str, worth: str) -> None:
    assert standing(date, ISSUED, SUSPENDED, BACK) == worth


@pytest.mark.parametrize("evt", ["suspended", "revoked", "expired"])
def test_a_decision_counts_from_its_day_and_also_where_the_day_is_not_certain(evt: str) -> None:
    ended = decided(evt, effective_on="2022-05-10")
    assert standing("2022-05-09", ISSUED, ended) == "valid"
    for date in ("2022-05-10", "2022-05", "2022", "2023", "unknown"):
        assert standing(date, ISSUED, ended) == evt
    undated = decided(evt, effective_on="unknown")
    assert standing("2020-01-02", ISSUED, undated) == evt


def test_a_revocation_that_reaches_back_undoes_what_was_valid() -> None:
    assert standing("2020-06-01", ISSUED, decided("revoked", effective_on="2020-01-01")) == (
        "revoked"
    )


def test_a_renewal_leaves_a_gap_where_it_comes_late() -> None:
    late = decided("renewed", valid_from="2025-03-01", valid_to="2029-12-31")
    assert standing("2025-02-01", ISSUED, late) == "expired"
    assert standing("2025-03-01", ISSUED, late) == "valid"
    assert standing("2024-06-01", ISSUED, late) == "valid"
    assert standing("2030-01-01", ISSUED, late) == "expired"
    assert standing("2030-01-01", ISSUED, decided("renewed", valid_from="2025")) == "valid"


def test_before_any_term_a_licence_is_worth_its_status() -> None:
    assert standing("2020") == "applied"
    assert standing("2020", decided("refused")) == "refused"
    assert standing("2020", ISSUED, decided("business-ceased", effective_on="2020")) == "ceased"


def test_a_ban_counts_before_everything_else_while_it_lasts() -> None:
    ban = decided("ban-imposed", effective_on="2021-01-01")
    lift = decided("ban-lifted", effective_on="2022-01-01")
    assert standing("2020-12-31", ISSUED, ban, lift) == "valid"
    assert standing("2021-06-01", ISSUED, ban, lift) == "banned"
    assert standing("2022-01-02", ISSUED, ban, lift) == "valid"
    assert standing("2022-01-02", ISSUED, ban) == "banned"
    assert licence(APPLIED, ISSUED, ban).banned
    assert not licence(APPLIED, ISSUED, ban, lift).banned
    assert not licence(APPLIED, lift).banned


@pytest.mark.parametrize(
    ("scope", "code", "covered"),
    [
        ("B", "B4", True),
        ("B", "B", True),
        ("B4", "B4", True),
        ("A1", "A10", False),
        ("B", "C1", False),
        ("B", "BX", False),
    ],
)
def test_a_scope_covers_its_category_and_a_letter_its_numbers(
    scope: str, code: str, *, covered: bool
) -> None:
    issued = decided("issued", categories=[{**SCHEME, "code": scope}])
    state, date = licence(APPLIED, issued), parse_occurrence("2021")
    assert state.admits(Category(**SCHEME, code=code), date) is covered
    older = Category(scheme="eu_2021_555", as_of="2008", code=code)
    assert not state.admits(older, date)


def test_a_licence_without_a_stated_scope_covers_every_category() -> None:
    category = Category(**SCHEME, code="B4")
    assert licence(APPLIED, ISSUED).admits(category, parse_occurrence("2021"))
    assert licence(APPLIED).admits(category, parse_occurrence("2021"))


def test_a_variation_changes_the_scope_from_its_day_on_and_nothing_else() -> None:
    b, c = ({**SCHEME, "code": code} for code in "BC")
    issued = decided("issued", categories=[b], conditions=["keep_in_safe"], valid_to="2024")
    varied = decided("varied", effective_on="2022-01-01", categories=[c], firearms=5)
    state = licence(APPLIED, issued, varied)
    category = Category(**SCHEME, code="B1")
    assert state.admits(category, parse_occurrence("2021-12-31"))
    assert not state.admits(category, parse_occurrence("2022-01-01"))
    assert (state.status, state.firearms, state.conditions) == ("valid", 5, ("keep_in_safe",))
    assert state.standing_on(parse_occurrence("2025")) == "expired"
    longer = decided("varied", valid_to="2026", conditions=["none_abroad"])
    state = licence(APPLIED, issued, longer)
    assert state.valid_on(parse_occurrence("2025"))
    assert (state.firearms, state.conditions) == (2, ("none_abroad",))


def test_what_was_applied_for_and_decided_is_kept() -> None:
    state = licence(APPLIED)
    assert (state.kind, state.holding, state.firearms) == ("acquisition", HOLDING, 2)
    assert state.application_no == "17"
    state = licence(APPLIED, decided("refused", ground="medical", appeal="lodged"))
    assert (state.ground, state.appeal) == ("medical", "lodged")
    state = licence(APPLIED, ISSUED, SUSPENDED)
    assert (state.ground, state.place_by, state.holding) == ("other", "2021-04-01", HOLDING)
    assert licence(APPLIED, ISSUED, SUSPENDED, BACK).place_by is None
    ceased = decided("business-ceased", authority="auth.xa")
    assert licence(APPLIED, ISSUED, ceased).register_authority == "auth.xa"


def test_an_older_record_is_taken_over_as_it_says() -> None:
    says: dict[str, Any] = {
        "kind": "dealer",
        "valid_from": "2010",
        "valid_to": "2020",
        "firearms": 4,
    }
    state = licence(decided("registered", **says))
    assert (state.status, state.kind, state.firearms) == ("valid", "dealer", 4)
    assert [state.valid_on(parse_occurrence(each)) for each in ("2009", "2015", "2021")] == [
        False, True, False,
    ]  # fmt: skip
    undated = licence(decided("registered", status="revoked"))
    assert undated.standing_on(parse_occurrence("1999")) == "revoked"
    assert licence(decided("registered", status="none")).terms == ()
