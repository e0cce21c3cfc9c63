# SPDX-License-Identifier: Apache-2.0
"""A mark that is missing, unreadable or of another State does what no mark would do (8(1) UNFP)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from tests.unit.domain.disposing.desk import ARMS, Desk, register
from tests.unit.domain.identity.scenes import slug
from tests.unit.domain.lives import MARK, contradicted, correction, happened, life, verdict

UNREAD = {"partial": MARK["text"], "obliterated": "unknown", "none": "none", "unknown": "unknown"}
STOCK = happened("registered", "2016", holder="state_stock", custody="holder", presence="XA")
STATE_MARK = {**MARK, "kind": "state_stock", "text": {"known": "POL-XA 17"}}
STAMPED = happened("registered", "2016", holder="state_stock", presence="XA", markings=[STATE_MARK])
LEAVING = ("transferred", "dealer-acquired", "receipt-confirmed", "released-to-civilian")
ARM = ARMS[0]


def cut(kind: str, condition: str = "legible", **says: Any) -> Event:
    """Build the event of a mark that was cut, and looks like that."""
    text = UNREAD.get(condition, MARK["text"])
    mark = {**MARK, "kind": kind, "condition": condition, "text": text, **says}
    return happened("marked", "2019", name=condition, mark=mark)


def civil(condition: str = "legible", country: str = "XA") -> dict[str, Any]:
    return {**MARK, "kind": "civil_transfer", "condition": condition, "country": country,
            "text": UNREAD.get(condition, MARK["text"])}  # fmt: skip


@pytest.mark.parametrize("condition", UNREAD)
def test_an_import_mark_that_cannot_be_read_stays_due(condition: str) -> None:
    arrived = happened("imported", "2018", country="XB")
    before = (happened("registered", "2016"), arrived)
    assert life(*before, cut("import", condition, country="XB")).state.marks == "import_mark_due"
    assert life(*before, cut("import", country="XC")).state.marks == "import_mark_due"
    assert life(*before, cut("import", country="XB")).state.marks == "adequate"


@pytest.mark.parametrize("condition", UNREAD)
@pytest.mark.parametrize("kind", ["manufacture", "admin_serial"])
def test_a_number_that_cannot_be_read_makes_no_firearm_identified(
    kind: str, condition: str
) -> None:
    blank = happened("registered", "2016", serial="none")
    arrived = happened("imported", "2018", country="XB")
    assert life(blank, cut(kind, condition)).state.marks == "unmarked"
    due = life(blank, arrived, cut(kind, condition)).state.import_due
    assert due is not None
    assert due.unique_mark
    assert life(blank, cut(kind)).state.marks in ("adequate", "re_marked")


def test_a_new_mark_that_was_corrected_to_be_unreadable_identifies_nothing() -> None:
    blank = happened("registered", "2016", serial="none")
    anew = happened("re-marked", "2019", reason="never_marked")
    assert life(blank, anew).state.marks == "re_marked"
    worn = {"field": "mark.condition", "old": "legible", "new": "partial"}
    assert life(blank, anew, correction(anew, worn)).state.marks == "unmarked"


@pytest.mark.parametrize("condition", ["none", "obliterated"])
def test_a_mark_that_is_gone_was_not_applied(condition: str) -> None:
    refusal = verdict((STOCK,), cut("owner", condition))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("mark_not_there", "M", condition)
    assert "firearm.obliteration-discovered" in refusal.legal


@pytest.mark.parametrize("evt", LEAVING)
@pytest.mark.parametrize(
    "mark",
    [*(civil(each) for each in UNREAD), civil(country="ZZ")],
    ids=lambda mark: f"{mark['condition']}-{mark['country']}",
)
def test_only_a_legible_mark_of_the_transferring_state_releases_its_stock(
    evt: str, mark: dict[str, Any]
) -> None:
    stock = happened("registered", "2016", holder="state_stock", presence="XA", markings=[mark])
    refusal = verdict((stock,), happened(evt, "2020"))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("transfer_mark_missing", "M")
    assert refusal.found == f"{mark['country']}, {mark['condition']}"
    assert "of XA" in refusal.legal[0]
    released = happened("registered", "2016", holder="state_stock", markings=[civil()])
    assert verdict((released,), happened(evt, "2020", jur="XA")) is None


def test_a_mark_that_names_no_state_releases_nothing_wherever_it_is() -> None:
    mark = {name: each for name, each in civil().items() if name != "country"}
    stock = happened("registered", "2016", holder="state_stock", markings=[mark])
    refusal = verdict((stock,), happened("transferred", "2020"))
    assert refusal
    assert (refusal.rule, refusal.found) == ("transfer_mark_missing", "no country, legible")
    assert refusal.legal[0].endswith("of the transferring State")


def test_the_state_that_transfers_is_the_one_in_which_it_happens() -> None:
    stock = happened("registered", "2016", holder="state_stock", presence="XA", markings=[civil()])
    refusal = verdict((stock,), happened("transferred", "2020", jur="XB-1"))
    assert refusal
    assert (refusal.rule, refusal.found) == ("transfer_mark_missing", "XA, legible")


def test_the_state_mark_on_record_is_struck_before_the_release() -> None:
    mark = happened("marked", "2019", mark=civil())
    refusal = verdict((STAMPED, mark), happened("released-to-civilian", "2020"))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("state_mark_unstruck", "M")
    struck = happened("released-to-civilian", "2020", struck=STATE_MARK)
    assert contradicted(life(STAMPED, mark, struck)) == []


def test_a_release_without_any_state_mark_on_record_is_noted() -> None:
    released = happened("released-to-civilian", "2020")
    events = (STOCK, happened("marked", "2019", mark=civil()), released)
    assert verdict(events[:-1], released) is None
    assert contradicted(life(*events)) == [(2, "state_mark_unknown")]


@pytest.mark.parametrize(
    ("named", "rule"),
    [("civil", None), ("owner", "mark_event_unknown"), ("elsewhere", "mark_event_unknown")],
)
def test_a_release_names_the_event_of_its_transfer_mark(named: str, rule: str | None) -> None:
    desk = register(holder="state_stock")
    eids = {"elsewhere": "Z" * 43, **{kind: marked(desk, kind) for kind in ("civil", "owner")}}
    released = desk.put("firearm.released-to-civilian", ARM, "2020", mark_event=eids[named])
    assert released == rule


def test_a_transfer_mark_that_was_reversed_releases_nothing() -> None:
    desk = register(holder="state_stock")
    stands, reversed_ = marked(desk, "civil"), marked(desk, "civil")
    desk._record(desk.build("firearm.reversed", ARM, "2019-08", target=reversed_))
    for eid, rule in ((reversed_, "mark_event_unknown"), (stands, None)):
        assert desk.put("firearm.released-to-civilian", ARM, "2020", mark_event=eid) == rule


def marked(desk: Desk, kind: str) -> str:
    """Record a mark; give its event id."""
    mark = civil() if kind == "civil" else {**MARK, "kind": kind}
    assert desk.put("firearm.marked", ARM, "2019-07", mark=mark) is None
    return desk.events[-1].eid


@pytest.mark.parametrize(
    ("stated", "rule"),
    [
        ({"country": "unknown"}, "mark_incomplete"),
        ({"country": "XA"}, None),
        ({"country": "unknown", "markings": [{"country": "XA"}]}, None),
    ],
    ids=str,
)
def test_symbols_and_a_code_identify_the_country(stated: dict[str, Any], rule: str | None) -> None:
    coded = {**MARK, "text": {"known": "66"}, "symbols": ["triangle"]}
    marks = [{**coded, **each} for each in stated.get("markings", [{}])]
    event = happened("manufactured", "2015", **{**stated, "serial": "none", "markings": marks})
    assert slug(event, None) == rule
