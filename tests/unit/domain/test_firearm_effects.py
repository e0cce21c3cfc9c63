# SPDX-License-Identifier: Apache-2.0
"""What each event changes on the five axes, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from domain.firearm.state import BLANK, State
from tests.unit.domain.lives import HOLDING, MARK, OTHER_HOLDING, happened, life

KNOWN = happened("registered", "2016", holder="civilian", custody="holder", hld=HOLDING)


def axes(state: State) -> tuple[str, str, str, set[str], str]:
    return (state.technical, state.holder, state.custody, set(state.alerts), state.marks)


def test_a_life_from_manufacture_to_evidence_passes_over_every_axis() -> None:
    firearm = life(happened("manufactured", "2015", jur="XA"))
    assert axes(firearm.state) == ("complete", "maker", "holder", set(), "adequate")
    sold = happened("transferred", "2016", hld=OTHER_HOLDING, holder="dealer")
    firearm = life(happened("manufactured", "2015"), sold)
    assert axes(firearm.state) == ("complete", "dealer", "holder", set(), "adequate")
    assert firearm.state.holding == OTHER_HOLDING
    firearm = life(KNOWN, happened("transferred", "2017"), happened("stolen-reported", "2018"))
    assert axes(firearm.state) == ("complete", "civilian", "unknown", {"stolen"}, "adequate")
    firearm = life(KNOWN, happened("stolen-reported", "2018"), happened("found", "2019"))
    assert firearm.state.custody == "official_safekeeping"
    assert (firearm.state.custodian, set(firearm.state.alerts)) == ("STATION 7", {"stolen"})
    seized = happened("seized", "2020", station="STATION 1")
    firearm = life(KNOWN, happened("lost-reported", "2018"), seized)
    assert axes(firearm.state) == (
        "complete",
        "civilian",
        "evidence",
        {"lost", "seized"},
        "adequate",
    )


def test_stock_goes_out_and_comes_back_as_government_property() -> None:
    stock = happened("registered", "2016", holder="state_stock", serial="unknown")
    issued = life(stock, happened("stock-issued", "2017"))
    assert axes(issued.state) == ("complete", "state_stock", "holder", set(), "unknown")
    assert issued.state.custodian == "POLICE XA"
    returned = life(stock, happened("stock-issued", "2017"), happened("stock-received", "2018"))
    assert (returned.state.holder, returned.state.custodian) == ("state_stock", "DEPOT 1")


def test_a_move_of_evidence_changes_custodian_seals_and_deposit_only() -> None:
    before = life(KNOWN, happened("seized", "2018"))
    move = happened(
        "custody-moved", "2019", seals=["S1", "S2"], deposit_no="2437", deposit_year=2019
    )
    after = life(KNOWN, happened("seized", "2018"), move).state
    assert axes(after) == axes(before.state)
    assert (after.custodian, after.seals, after.deposit_no) == ("LAB", ("S1", "S2"), "2437")


def test_a_legacy_record_sets_only_what_it_says() -> None:
    state = life(happened("registered", make="unknown", serial="unknown")).state
    assert axes(state) == axes(BLANK)
    assert (state.country, state.custodian, state.holding) == (None, None, None)


def test_a_legacy_record_may_say_everything() -> None:
    says = {"holder": "museum", "custody": "holder", "technical": "deactivated", "presence": "XB"}
    state = life(happened("registered", custodian="MUSEUM", **says)).state
    assert axes(state) == ("deactivated", "museum", "holder", set(), "adequate")
    assert (state.country, state.custodian) == ("XB", "MUSEUM")


@pytest.mark.parametrize(
    ("serial", "condition", "marks"),
    [
        ({"known": "1"}, None, "adequate"),
        ("none", None, "unmarked"),
        ("unknown", None, "unknown"),
        ("unknown", "obliterated", "obliterated"),
        ("unknown", "partial", "partly_obliterated"),
        ("unknown", "none", "unmarked"),
    ],
)
def test_the_marks_of_a_legacy_record_are_what_was_seen(
    serial: Any, condition: str | None, marks: str
) -> None:
    text = "none" if condition == "none" else "unknown"
    seen = [{"kind": "manufacture", "text": text, "condition": condition}]
    event = happened("registered", serial=serial, markings=seen if condition else "absent")
    assert life(event).state.marks == marks


@pytest.mark.parametrize("evt", ["found", "seized"])
def test_marks_seen_later_change_the_marks_axis(evt: str) -> None:
    seen = [{"kind": "manufacture", "text": "unknown", "condition": "obliterated"}]
    state = life(KNOWN, happened(evt, "2018", markings=seen)).state
    assert state.marks == "obliterated"
    again = life(KNOWN, happened(evt, "2018", markings=[MARK])).state
    assert again.marks == "adequate"


def test_an_old_mark_stays_and_is_not_listed_twice() -> None:
    first = happened("registered", "2016", serial="none", markings=[{**MARK, "kind": "owner"}])
    admin = {**MARK, "kind": "admin_serial", "text": {"known": "XA-1"}}
    events = (first, happened("marked", "2017", mark=admin), happened("marked", "2018", mark=admin))
    state = life(*events).state
    assert state.marks == "re_marked"
    assert [mark.kind for mark in state.markings] == ["owner", "admin_serial"]


def test_a_first_manufacture_mark_makes_the_marks_adequate() -> None:
    bare = happened("registered", "2016", serial="none")
    assert life(bare, happened("marked", "2017")).state.marks == "adequate"


def test_an_import_mark_changes_nothing_that_was_not_due() -> None:
    mark = {**MARK, "kind": "import", "country": "XB"}
    bare = happened("registered", "2016", serial="none")
    assert life(bare, happened("marked", "2017", mark=mark)).state.marks == "unmarked"


def test_the_country_of_presence_follows_the_place_of_the_last_event() -> None:
    events = (
        happened("registered", "2016", jur="XA-NW"),
        happened("seized", "2018", jur="XB"),
        happened("custody-moved", "2019"),
    )
    assert life(*events[:1]).state.country == "XA"
    assert life(*events).state.country == "XB"
