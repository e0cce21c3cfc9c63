# SPDX-License-Identifier: Apache-2.0
"""Requests, duties, licences, authorizations, lots and holdings as pages and as files."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest

from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.lists.nation import HOLDER, Nation, told

LISTS = ("duties?policy=example-state", "licences", "authorizations", "lots", "holdings")


@pytest.fixture(scope="module")
def nation(console: Console) -> Nation:
    """Record a bit of everything."""
    made = Nation(console.desk)
    told(made)
    made.did("lot.scheduled", _named(made, "lot", "PLANNED"), "2025-01-10", place="STEELWORKS 2",
             basis="forfeiture", firearms=[made["SOON1"]])  # fmt: skip
    return made


@pytest.fixture
def tracer(console: Console, nation: Nation) -> Person:
    del nation
    return console.person("TRC").says()


def _named(nation: Nation, kind: str, name: str) -> str:
    nation.new(kind, name)
    return name


def _shown(person: Person, path: str) -> str:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return text_of(answer)


def _rows(person: Person, path: str) -> list[dict[str, str]]:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(answer.text)))


def test_requests_lie_in_their_boxes_with_numbers(tracer: Person, nation: Nation) -> None:
    incoming = _shown(tracer, "/requests")
    assert "Incoming (1)" in incoming
    assert "Outgoing (1)" in incoming
    assert "Closed (1)" in incoming
    assert f"/requests/{nation['IN']}" in tracer.get("/requests").text
    assert f"/requests/{nation['OUT']}" in tracer.get("/requests?box=outgoing").text
    assert f"/requests/{nation['CLOSED']}" in tracer.get("/requests?box=closed").text


def test_a_request_tells_how_late_it_is_and_what_may_be_meant(tracer: Person) -> None:
    shown = _shown(tracer, "/requests")
    assert "Urgent" in shown
    assert re.search(r"\d+ days late", shown.replace(",", ""))
    assert "as announced" in shown


def test_a_request_that_is_answered_is_late_no_longer(tracer: Person, nation: Nation) -> None:
    assert "days late" in _shown(tracer, f"/requests/{nation['IN']}")
    assert "days late" not in _shown(tracer, f"/requests/{nation['OUT']}")
    assert "days late" not in _shown(tracer, "/requests?box=outgoing")


def test_a_filter_narrows_the_boxes_and_their_numbers(tracer: Person) -> None:
    shown = _shown(tracer, "/requests?text=no-such-case")
    assert "Incoming (0)" in shown
    assert "There are none." in shown


def test_a_request_offers_what_its_state_and_the_roles_allow(
    console: Console, tracer: Person, nation: Nation
) -> None:
    page = tracer.get(f"/requests/{nation['IN']}").text
    ways = re.findall(r"/record/(trace\.[a-z-]+)\?stream=[^&\"]+\"", page)
    assert ways == [
        "trace.more-info-asked", "trace.forwarded", "trace.responded", "trace.restricted",
        "trace.refused", "trace.point-of-diversion-established", "trace.closed",
        "trace.hold-placed",
    ]  # fmt: skip
    closed = tracer.get(f"/requests/{nation['CLOSED']}").text
    assert re.findall(r"/record/(trace\.[a-z-]+)\?stream=", closed) == [
        "trace.reopened",
        "trace.onward-disclosed",
        "trace.hold-placed",
    ]
    police = console.person("POL").says().get(f"/requests/{nation['IN']}").text
    assert re.findall(r"/record/(trace\.[a-z-]+)\?stream=", police) == [
        "trace.point-of-diversion-established",
        "trace.hold-placed",
    ]
    auditor = console.person("AUD").says(purpose="audit", basis="act_7")
    assert "/record/trace" not in auditor.get(f"/requests/{nation['CLOSED']}").text.replace(
        "/record/trace.requested", ""
    )


def test_each_step_of_a_request_is_an_entry_with_its_proof(tracer: Person, nation: Nation) -> None:
    answer = tracer.get(f"/requests/{nation['OUT']}")
    entries = re.findall(r'id="entry-(\d+)"', answer.text)
    assert len(entries) == 4
    assert all(f'href="/audit/entry/{each}"' in answer.text for each in entries)
    assert text_of(answer).count("checkpointed") == 5
    assert "Answered" in text_of(answer)


def test_firearms_that_may_be_meant_come_with_reasons(tracer: Person, nation: Nation) -> None:
    nation.gun("000042", "2014")
    answer = tracer.get(f"/requests/{nation['IN']}")
    assert f"/firearms/{nation['000042']}" in answer.text
    assert "Why alike" in text_of(answer)


def test_whoever_may_not_search_still_sees_the_request(console: Console, nation: Nation) -> None:
    auditor = console.person("POL").says(purpose="criminal_investigation", basis="act_7")
    assert "Possible firearms" in _shown(auditor, f"/requests/{nation['IN']}")
    court = console.person("CRT", place="XA").says(purpose="court", basis="act_7")
    assert "Possible firearms" in _shown(court, f"/requests/{nation['IN']}")


def test_without_a_purpose_no_request_is_shown(console: Console, nation: Nation) -> None:
    for path in ("/requests", f"/requests/{nation['IN']}"):
        answer = console.person("TRC").get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/purpose?next=%2Frequests")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_shown_and_given_as_a_file(tracer: Person, path: str) -> None:
    shown = tracer.get(f"/{path}")
    assert shown.status_code == 200, shown.text
    (address,) = re.findall(r'href="([^"]*as=csv)"', shown.text)
    rows = _rows(tracer, address.replace("&amp;", "&"))
    assert rows
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())


def test_a_long_list_goes_on_where_its_page_ends(tracer: Person, nation: Nation) -> None:
    for number in range(60):
        nation.gun(f"PAGE{number}", "2013")
    first = tracer.get("/holdings?holder=maker")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = tracer.get(following.replace("&amp;", "&"))
    whole = {row["firearm"] for row in _rows(tracer, "/holdings?holder=maker&as=csv")}
    pages = [re.findall(r'href="/firearms/(arm\.[^"]+)"', each.text) for each in (first, second)]
    assert len(pages[0]) == 50
    assert not set(pages[0]) & set(pages[1])
    assert {*pages[0], *pages[1]} <= whole


def test_duties_are_told_under_a_policy_with_the_way_to_meet_them(tracer: Person) -> None:
    answer = tracer.get("/duties?policy=example-state")
    shown = text_of(answer)
    assert "Overdue" in shown
    assert "Done by:" in shown
    assert re.search(r'href="/record/[a-z.-]+\?stream=arm\.', answer.text)
    assert "ITI 18" in _shown(tracer, "/duties?policy=example-state&who=TRC")
    assert tracer.get("/duties?policy=none-such").status_code == 400


def test_what_was_held_under_a_revoked_licence_is_to_be_placed(
    tracer: Person, nation: Nation
) -> None:
    page = tracer.get("/holdings/to-place?policy=example-state").text
    assert f"/firearms/{nation['UNDER']}" in page


def test_a_licence_is_shown_with_every_decision(console: Console, nation: Nation) -> None:
    clerk = console.person("LIC").says(purpose="licensing", basis="act_7")
    listed = clerk.get("/licences")
    assert f"/licences/{nation['LICENCE']}" in listed.text
    answer = clerk.get(f"/licences/{nation['LICENCE']}")
    shown = text_of(answer)
    assert "Revoked" in shown
    assert "Licence: taken over from an older record" in shown
    assert f"/holdings?holding={HOLDER}" in answer.text
    assert "licence.ban-imposed" in answer.text
    assert "/record/licence.suspended" not in answer.text
    assert "/record/licence.reinstated" in answer.text


def test_an_authorization_shows_what_was_used_and_what_never_arrived(
    tracer: Person, nation: Nation
) -> None:
    answer = tracer.get(f"/authorizations/{nation['EXPORT']}")
    shown = text_of(answer)
    assert "Expired" in shown
    assert "receipt missing" in shown
    arrived = _shown(tracer, f"/authorizations/{nation['IMPORT']}")
    assert "Open, used" in arrived or "Used up" in arrived
    assert "Short (1)" in arrived
    kept = tracer.get("/authorizations?unmatched=yes").text
    assert nation["EXPORT"] in kept
    assert nation["WAITING"] not in kept


def test_a_lot_shows_both_signatures_or_who_has_to_give_them(
    console: Console, nation: Nation
) -> None:
    body = console.person("DST")
    assert nation["LOT"] in body.get("/lots").text
    done = _shown(body, f"/lots/{nation['LOT']}")
    assert "Signed second by" in done
    assert "Witnessed" in done
    waiting = body.get(f"/lots/{nation['PLANNED']}")
    assert "Second, another person: destruction body or police" in text_of(waiting)
    assert "/record/lot.reconciled" in waiting.text
    assert "/record/lot.destroyed" not in waiting.text


def test_holdings_are_told_by_class_place_and_day(tracer: Person, nation: Nation) -> None:
    assert nation["ELSEWHERE"] in tracer.get(f"/holdings?holding={_dealer(nation)}").text
    assert "There are none." in _shown(tracer, "/holdings?country=XB")
    assert "There are none." in _shown(tracer, "/holdings?on=1980-01-01")
    assert tracer.get("/holdings?holder=nobody").status_code == 400


def _dealer(nation: Nation) -> str:
    del nation
    return "hld.5f0c3b1e-8a77-4c1d-9b2e-00000000b003"


@pytest.mark.parametrize("kind", ["trc", "lic", "aut", "lot"])
def test_a_record_that_is_none_looks_like_one_out_of_reach(tracer: Person, kind: str) -> None:
    pages = {"trc": "requests", "lic": "licences", "aut": "authorizations", "lot": "lots"}
    for uuid in ("01a2076b-4018-7111-8222-00000000dead", "x", "..%2f..%2fetc"):
        assert tracer.get(f"/{pages[kind]}/{kind}.{uuid}").status_code in (400, 404)


@pytest.mark.parametrize("path", LISTS)
def test_what_cannot_be_asked_of_a_list_is_told(tracer: Person, path: str) -> None:
    joined = "&" if "?" in path else "?"
    assert tracer.get(f"/{path}{joined}on=tomorrow").status_code == 400
    assert tracer.get(f"/{path}{joined}cursor=AAAA").status_code == 400
