# SPDX-License-Identifier: Apache-2.0
"""Whoever consults the record says what for; who was kept from it was shown nothing."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.events import Accessed
from domain.access.table import ACCESS, Access
from domain.aggregate.naming import references
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.event import read_data
from tests.unit.domain.access.looking import ARM, LOOK, judged, looked, shown
from tests.unit.domain.lives import happened, life, reversal

MADE = happened("manufactured", "2015")
DESTROYED = happened("destroyed", "2020-02-29")
GONE = life(MADE, DESTROYED)


def test_a_look_is_stated_once_and_stands_alone() -> None:
    state = ACCESS.evolve(None, looked(), 7)
    assert isinstance(state, Access)
    assert state.stated == Accessed.model_validate(LOOK)
    assert judged(looked()) is None
    assert judged(looked(), before=state) == "origin_repeated"


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"granted": False, "answers": 0}, None),
        ({"granted": False}, "access_contradictory"),
        ({"granted": False, "answers": 0, "claims": ["holder_name"]}, "access_contradictory"),
        ({"claims": ["holder_name"]}, None),
    ],
)
def test_who_was_kept_from_the_record_was_shown_nothing(
    dat: dict[str, Any], rule: str | None
) -> None:
    assert judged(looked(**dat)) == rule


def test_what_was_consulted_is_in_this_ledger() -> None:
    assert judged(looked(firearm=ARM), of=life(MADE)) is None
    assert judged(looked(firearm=ARM)) == "reference_unknown"
    assert judged(looked(licence=ARM.replace("arm", "lic"))) == "reference_unknown"
    assert judged(looked(request=ARM.replace("arm", "trc"))) == "reference_unknown"


def test_without_a_purpose_nobody_states_an_access() -> None:
    for without in LOOK:
        dat = {name: value for name, value in LOOK.items() if name != without}
        with pytest.raises(EnvelopeError, match=without):
            read_data(CATALOGUE.find("record.accessed", 1), dat)


def test_a_look_is_found_by_what_was_looked_at_and_told_apart_from_what_rests_on_it() -> None:
    assert references(looked(firearm=ARM)) == (f"read:{ARM}",)


@pytest.mark.parametrize(
    ("date", "by", "rule"),
    [
        ("2030-02-28", "LIC", None),
        ("2030-03-02", "LIC", "access_ended"),
        ("2030-03-02", "POL", None),
        ("2050-02-28", "CRT", None),
        ("2050-03-02", "CRT", "access_ended"),
    ],
)
def test_access_to_persons_ends_by_role_some_years_after_the_destruction(
    date: str, by: str, rule: str | None
) -> None:
    assert shown(date, of=GONE, by=by) == rule


def test_the_record_without_persons_stays_open() -> None:
    assert judged(looked(iat=4_000_000_000, firearm=ARM), of=GONE) is None


def test_no_clock_runs_before_a_destruction_or_after_it_was_reversed() -> None:
    undone = life(MADE, DESTROYED, reversal(DESTROYED))
    for firearm in (life(MADE), undone):
        assert shown("2099-01-01", of=firearm, by="LIC") is None


def test_a_destruction_of_unknown_day_counts_from_when_it_was_stated() -> None:
    firearm = life(MADE, happened("destroyed"))
    assert shown("2036-11-22", of=firearm, by="LIC") is None
    assert shown("2036-11-25", of=firearm, by="LIC") == "access_ended"
