# SPDX-License-Identifier: Apache-2.0
"""Authorizations, tracing requests and retentions of a whole ledger, on days and as then known."""

from __future__ import annotations

from typing import Any

import pytest

from api.asking import open_snapshot
from api.policies.loading import load_policy
from api.tracing.inquiry import open_queries
from domain.errors import InvalidValueError, UsageError
from domain.occurrence import parse_occurrence
from projections.asking.authorizations import authorizations
from projections.asking.requests import Desk, requests
from projections.asking.retention import retentions
from tests.integration.lists.nation import Nation

Records = dict[str, dict[str, Any]]


def _authorizations(nation: Nation, on: str, known: str | None = None) -> Records:
    with open_snapshot(nation.desk.office.database, known) as snapshot:
        found = authorizations(snapshot, on=parse_occurrence(on))
        return {each["authorization"]: each for each in found}


def _requests(nation: Nation, on: str, known: str | None = None) -> list[dict[str, Any]]:
    with open_snapshot(nation.desk.office.database, known) as snapshot:
        return list(requests(snapshot, Desk(countries={"XA"}), on=parse_occurrence(on)))


def _retentions(nation: Nation, on: str, policy: str = "example-state") -> list[dict[str, Any]]:
    with open_snapshot(nation.desk.office.database) as snapshot:
        loaded, registry = load_policy(policy).policy, nation.desk.office.registry
        day = parse_occurrence(on)
        return list(retentions(snapshot, loaded, registry=registry, on=day))


def test_quantity_and_dates_used_are_told(nation: Nation) -> None:
    export = _authorizations(nation, "2023-03-10")[nation["EXPORT"]]
    assert export["quantities"] == {"firearm": {"authorized": 20, "drawn": 10, "left": 10}}
    assert (export["state"], export["days_left"]) == ("used_part", 327)
    assert [each["shipment"] for each in export["without_receipt"]] == [nation["SHIPMENT"]]


@pytest.mark.parametrize(
    ("on", "state", "drawn"),
    [
        ("2023-01-15", "applied", None),
        ("2023-02-15", "issued", 0),
        ("2023-03-01", "used_part", 10),
        ("2024-02-01", "expired", 10),
    ],
)
def test_on_a_day_it_is_what_it_was_by_then(
    nation: Nation, on: str, state: str, drawn: int | None
) -> None:
    export = _authorizations(nation, on)[nation["EXPORT"]]
    assert export["state"] == state
    assert export["quantities"].get("firearm", {}).get("drawn") == drawn


def test_one_that_was_applied_for_later_is_not_there_yet(nation: Nation) -> None:
    assert set(_authorizations(nation, "2023-01-15")) == {nation["EXPORT"]}
    assert nation["WAITING"] in _authorizations(nation, "2024-01-15")


def test_an_arrival_without_an_export_on_record_stands_out_and_a_receipt_does_not(
    nation: Nation,
) -> None:
    arrival = _authorizations(nation, "2023-06-20")[nation["IMPORT"]]
    assert [each["shipment"] for each in arrival["without_export"]] == [nation["ARRIVAL"]]
    assert arrival["without_receipt"] == []
    assert _authorizations(nation, "2023-06-15")[nation["IMPORT"]]["without_export"] == []


def test_as_known_on_an_entry_nothing_later_is_known(nation: Nation) -> None:
    first = next(iter(_requests(nation, "2024-06-15")))["index"]
    assert all(each["index"] < first for each in _requests(nation, "2024-06-15", str(first - 1)))
    every = _authorizations(nation, "2029-01-01")
    assert set(_authorizations(nation, "2029-01-01", str(first))) == set(every)
    assert _authorizations(nation, "2029-01-01", "2") == {}


def test_what_was_known_by_the_end_of_a_day_is_what_had_been_recorded(nation: Nation) -> None:
    assert _authorizations(nation, "2029-01-01", "2020-01-01") == {}
    assert len(_authorizations(nation, "2029-01-01", "9998-12-31")) == 3


@pytest.mark.parametrize("known", ["999999", "9" * 40])
def test_an_entry_that_is_not_there_yet_is_told(nation: Nation, known: str) -> None:
    with pytest.raises(UsageError, match="the index of the last one is"):
        _authorizations(nation, "2029-01-01", known)


@pytest.mark.parametrize("known", ["yesterday", "-1", "1; drop table", "\u0663"])
def test_what_is_neither_an_entry_nor_a_date_is_told(nation: Nation, known: str) -> None:
    with pytest.raises(InvalidValueError):
        _authorizations(nation, "2029-01-01", known)


def test_an_unknown_date_is_none(nation: Nation) -> None:
    with pytest.raises(UsageError, match="unknown date"):
        _authorizations(nation, "2029-01-01", "unknown")


def test_requests_lie_in_the_box_of_who_asked_or_was_asked(nation: Nation) -> None:
    found = {each["request"]: each for each in _requests(nation, "2024-06-15")}
    assert {name: found[nation[name]]["boxes"] for name in ("IN", "OUT", "CLOSED")} == {
        "IN": ["inbox"], "OUT": ["outbox"], "CLOSED": ["outbox"],
    }  # fmt: skip


def test_whose_authorities_keep_the_ledger_tells_which_requests_were_received(
    nation: Nation,
) -> None:
    with (
        open_queries(nation.desk.office) as queries,
        queries.statistics.opened() as counter,
    ):
        found = counter.count("trace-requests", by=("direction", "counterpart"))
    assert {each.group: each.denominator for each in found.rows} == {
        ("made", "XB"): 2,
        ("received", "XD"): 1,
    }


def test_a_request_tells_its_clock_its_answer_and_where_it_went_on(nation: Nation) -> None:
    found = {each["request"]: each for each in _requests(nation, "2024-06-15")}
    waiting, answered = found[nation["IN"]], found[nation["OUT"]]
    assert (waiting["requesting_state"], answered["requesting_state"]) == ("XD", None)
    assert (waiting["state"], waiting["due_on"], waiting["days_left"]) == (
        "acknowledged", "2024-06-01", -14,
    )  # fmt: skip
    assert (waiting["answer"], waiting["days_open"]) == (None, 45)
    assert (answered["trail"], answered["now_with"]) == (["XB", "XC"], "XC")
    assert answered["answer"]["last_status"] == "lawful_holder"
    assert answered["firearm"] == nation["SOON0"]
    closed = found[nation["CLOSED"]]
    assert (closed["open"], closed["outcome"], closed["days_left"]) == (
        False, "not_identified", None,
    )  # fmt: skip
    assert closed["days_open"] == 244


def test_open_requests_come_first_and_the_first_to_be_due_before_the_others(
    nation: Nation,
) -> None:
    order = [each["request"] for each in _requests(nation, "2024-06-15")]
    assert order == [nation["OUT"], nation["IN"], nation["CLOSED"]]


@pytest.mark.parametrize(
    ("desk", "boxes"),
    [
        (Desk(countries={"XA"}, authority="auth.xb"), ["inbox"]),
        (Desk(countries={"XB"}, authority="auth.xa"), ["outbox"]),
        (Desk(countries={"XA"}, authority="auth.xa"), ["inbox", "outbox"]),
    ],
)
def test_a_request_that_comes_back_lies_in_both_boxes(desk: Desk, boxes: list[str]) -> None:
    assert desk.boxes("auth.xa", ["XC", "XA"]) == boxes


def test_every_clock_tells_its_rule_its_policy_and_its_end(nation: Nation) -> None:
    found = {(each["record"], each["rule"]): each for each in _retentions(nation, "2046-10-02")}
    ended = found[nation["ENDED"], "persons_of_destroyed"]
    assert (ended["began_on"], ended["due_on"]) == ("2016-10-01", "2046-10-02")
    assert (ended["policy"], ended["version"]) == ("example-state", "1.0")
    assert (ended["state"], ended["holds"], ended["access_until"]) == (
        "held", ["H-1"], "2026-10-01",
    )  # fmt: skip
    assert found[nation["REFUSED"], "persons_of_refused"]["due_on"] == "2031-02-02"
    assert found[nation["BANNED"], "persons_of_banned"]["due_on"] == "2022-06-02"
    assert found[nation["LICENCE"], "persons_of_lapsed"]["due_on"] == "2040-06-02"
    assert (nation["LOST"], "persons_of_destroyed") not in found


def test_the_first_to_end_comes_first_and_each_day_has_its_states(nation: Nation) -> None:
    order = [each["due_on"] for each in _retentions(nation, "2025-01-01")]
    assert order == sorted(order)
    states = {each["record"]: each["state"] for each in _retentions(nation, "2025-01-01")}
    assert (states[nation["ENDED"]], states[nation["REFUSED"]]) == ("running", "running")
    assert states[nation["BANNED"]] == "due"


def test_the_protocol_alone_keeps_the_record_of_a_firearm(nation: Nation) -> None:
    found = _retentions(nation, "2025-01-01", "firearms-protocol-minimum")
    assert [(each["record"], each["due_on"]) for each in found] == [(nation["ENDED"], "2026-10-02")]
