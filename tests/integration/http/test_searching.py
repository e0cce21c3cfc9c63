# SPDX-License-Identifier: Apache-2.0
"""The search by marking over HTTP: one question, a list, and what cannot be asked."""

from __future__ import annotations

import json
from time import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from audit.access.reading import open_access_log
from audit.proof.access.record import Access, read_record
from audit.proof.access.verifying import verify_access
from tests.integration.http.conftest import REASON, Machine, Served
from tests.integration.projections.searching.hostile import MIXED, NOTHING, REFUSED, SERIAL

ECHO_CHARS_MIN = 5
"""Shorter texts stand in sentences of the ledger's own."""

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def desk(served: Served) -> Machine:
    served.desk.life("TW9-777001")
    served.desk.life("TW9-777002")
    return served.machine("TRC")


def _list(desk: Machine, body: Any) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return desk.request("POST", "/v1/search", content=content, headers=JSON)


def test_a_number_as_read_leads_to_candidates_with_reasons(desk: Machine) -> None:
    told = desk.get("/v1/search?text=TW9-77700%3F&make=TESTWERK").json()
    assert len(told["candidates"]) == 2
    assert all(each["reasons"] for each in told["candidates"])
    assert len(desk.get("/v1/search?text=TW9-77700%3F&limit=1").json()["candidates"]) == 1


def test_a_list_is_answered_in_its_order_and_one_bad_question_holds_up_no_other(
    desk: Machine,
) -> None:
    questions = [{"text": "TW9-777001"}, {"text": "*"}, {"text": "TW9-777002", "year": 2015}]
    answers = _list(desk, {"questions": questions}).json()["answers"]
    assert len(answers) == 3
    assert answers[0]["candidates"]
    assert answers[1]["error"]
    assert answers[2]["candidates"]
    alone = desk.get("/v1/search?text=TW9-777001").json()
    assert answers[0]["candidates"] == alone["candidates"]


def test_a_corrected_serial_says_so_by_either_number(served: Served, desk: Machine) -> None:
    arm, entry = served.desk.read_wrongly("HTTP-1001", read="HTTP-1007", right="HTTP-1009")
    for text, side, other in (("1007", "before", "1009"), ("1009", "after", "1007")):
        (found,) = desk.get(f"/v1/search?text=HTTP-{text}").json()["candidates"]
        assert (found["firearm"], found["correction"]["index"]) == (str(arm), entry)
        assert (found["correction"]["side"], found["correction"]["other"]) == (
            side,
            f"HTTP-{other}",
        )
        assert found["reasons"][1].startswith(f"the text {side} a correction: entry {entry}, ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 6_000,
        b'{"questions":[]}',
        b'{"questions":[{"text":"A","serial":"B"}]}',
        b'{"questions":[{"text":1}]}',
        b'{"questions":[{"text":"A","year":"2015"}]}',
        b'{"questions":[{"text":"\xff"}]}',
        b'{"questions":[' + b",".join([b'{"text":"A1"}'] * 101) + b"]}",
    ],
)
def test_a_list_of_another_form_is_refused(desk: Machine, body: bytes) -> None:
    answer = _list(desk, body)
    assert answer.status_code in (400, 401), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"[", b'{"questions":[{"text":"TW9-1"}]}'])
def test_the_list_of_a_stranger_is_not_read(served: Served, body: bytes) -> None:
    answer = served.client.post("/v1/search", content=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_caller")


def test_a_list_of_another_media_type_is_refused(desk: Machine) -> None:
    headers = {"Content-Type": "text/json"}
    answer = desk.request("POST", "/v1/search", content=b'{"questions":[]}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")


@pytest.mark.parametrize("query", ["", "text=", "text=A&limit=0", "text=A&limit=501", "text=%2A"])
def test_a_question_that_cannot_be_asked_is_refused(desk: Machine, query: str) -> None:
    answer = desk.get(f"/v1/search?{query}")
    assert answer.status_code == 400, answer.text


def test_without_a_purpose_nothing_is_found(desk: Machine) -> None:
    none = desk.get("/v1/search?text=TW9-777001", reason={})
    assert (none.status_code, none.json()["code"]) == (403, "purpose_missing")
    wrong = desk.get("/v1/search?text=TW9-777001", reason={**REASON, "Muniment-Purpose": "audit"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "purpose_denied")


def test_what_was_searched_for_is_echoed_in_no_refusal(desk: Machine) -> None:
    answer = desk.get("/v1/search?text=MARKER-55&year=MARKER-56")
    assert answer.status_code == 400
    assert "MARKER" not in answer.text


@pytest.fixture(scope="module")
def hostile(served: Served) -> str:
    """Give the firearm that none of what follows may hide."""
    return str(served.desk.manufacture(SERIAL))


@pytest.mark.parametrize(("text", "slug"), [*REFUSED, ("A" * 1_001, "request_invalid")])
def test_a_hostile_text_is_refused_by_name(desk: Machine, *, text: str, slug: str) -> None:
    answer = desk.get(f"/v1/search?{urlencode({'text': text})}")
    assert (answer.status_code, answer.json()["code"]) == (400, slug)
    assert len(text) < ECHO_CHARS_MIN or text not in answer.text


def test_hostile_texts_of_a_list_hold_up_no_other(desk: Machine, hostile: str) -> None:
    texts = [*(text for text, _ in REFUSED), *NOTHING, *MIXED, SERIAL]
    answers = _list(desk, {"questions": [{"text": each} for each in texts]}).json()["answers"]
    told = [each.get("error") or [c["record"] for c in each["candidates"]] for each in answers]
    told_of: list[str | list[str]] = [slug for _, slug in REFUSED]
    told_of += [[] for _ in NOTHING] + [[hostile] for _ in [*MIXED, SERIAL]]
    assert told == told_of


@pytest.mark.parametrize("text", [*NOTHING, *MIXED])
def test_a_text_that_means_something_elsewhere_is_only_a_text(
    desk: Machine, hostile: str, text: str
) -> None:
    told = desk.get(f"/v1/search?{urlencode({'text': text, 'make': text, 'model': text})}").json()
    assert [each["record"] for each in told["candidates"]] == ([hostile] if text in MIXED else [])


def test_trap_16_a_forbidden_search_never_ran_and_the_access_log_shows_it(
    served: Served, hostile: str
) -> None:
    """A law may forbid a kind of question to somebody, and ask for proof that none was answered."""
    auditor = served.office.database.conninfo("ledger_auditor")
    with open_access_log(auditor) as log:
        start = log.extent().count
    dealer = served.machine("DLR")
    asked = [
        dealer.get(f"/v1/search?text={SERIAL}"),
        _list(dealer, {"questions": [{"text": SERIAL}]}),
    ]
    assert [(each.status_code, each.json()["code"]) for each in asked] == [(403, "role_denied")] * 2
    assert all(hostile not in each.text for each in asked)
    served.machine("TRC").get(f"/v1/search?text={SERIAL}")
    with open_access_log(auditor) as log:
        records, extent = list(log.records()), log.extent()
    told = [read_record(stored.raw) for stored in records[start:]]
    answers = [
        (each.decision, each.count)
        for each in told
        if isinstance(each, Access) and each.action == "marking.search"
    ]
    assert answers == [("role_denied", 0), ("role_denied", 0), ("allowed", 1)]
    assert verify_access(records, extent, [], now=int(time())).findings == ()
