# SPDX-License-Identifier: Apache-2.0
"""Personal data over HTTP: only for a purpose, only what the policy opens, and never unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.append.desk import born, signed
from tests.integration.http.conftest import REASON, Served

NAME = "Ødegård, Žofie Marie"
DOCUMENT = "AB-7654321"
HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
SUBJECT = {"Muniment-Purpose": "data_subject_request", "Muniment-Legal-Basis": "act_9"}
AUDIT = {"Muniment-Purpose": "audit", "Muniment-Legal-Basis": "act_12"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def index(served: Served) -> int:
    """Record a firearm with its holder; give the index."""
    draft = born(evt="firearm.registered")
    source = {"register_code": "test_register", "as_of": "2018", "row": "17"}
    draft = born(evt="firearm.registered", dat={**draft.dat, "source": source, "hld": HOLDING})
    persons = {"holder_name": NAME, "holder_doc_no": DOCUMENT}
    answer = served.post(signed(draft, served.key, persons))
    assert answer.status_code == 201, answer.text
    return int(answer.json()["index"])


def test_persons_are_shown_to_who_may_see_them_for_a_purpose(served: Served, index: int) -> None:
    answer = served.machine("TRC").get(f"/v1/events/{index}/disclosures")
    assert answer.status_code == 200, answer.text
    assert answer.json()["disclosures"] == {"holder_name": NAME, "holder_doc_no": DOCUMENT}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("role", "reason", "code"),
    [
        ("TRC", {}, "purpose_missing"),
        ("TRC", AUDIT, "purpose_denied"),
        ("DST", REASON, "not_found"),
    ],
)
def test_without_purpose_or_role_nothing_is_shown(
    served: Served, index: int, *, role: str, reason: dict[str, str], code: str
) -> None:
    answer = served.machine(role).get(f"/v1/events/{index}/disclosures", reason=reason)
    assert (answer.status_code in (403, 404), answer.json()["code"]) == (True, code)
    assert NAME not in answer.text


def test_an_auditor_sees_no_holder_and_is_told_of_no_more(served: Served, index: int) -> None:
    answer = served.machine("AUD").get(f"/v1/events/{index}/disclosures", reason=AUDIT)
    assert answer.status_code == 200
    assert answer.json()["disclosures"] == {}


def test_a_persons_file_holds_what_is_held_about_them(served: Served, index: int) -> None:
    headers = {"Content-Type": "application/json"}
    answer = served.machine("STW").request(
        "POST",
        "/v1/persons/file",
        content=json.dumps({"document": DOCUMENT}).encode(),
        headers=headers,
        reason=SUBJECT,
    )
    assert answer.status_code == 200, answer.text
    (holding,) = answer.json()["holdings"]
    assert holding["holding"] == HOLDING
    assert [event["index"] for event in holding["events"]] == [index]
    assert holding["events"][0]["disclosed"]["holder_name"] == NAME


def test_parts_of_a_document_number_find_nobody(served: Served, index: int) -> None:
    del index
    answer = served.machine("STW").request(
        "POST",
        "/v1/persons/file",
        content=json.dumps({"document": "AB-*"}).encode(),
        headers={"Content-Type": "application/json"},
        reason=SUBJECT,
    )
    assert answer.json()["code"] == "selector_wildcard"


def test_every_look_stands_in_the_access_log_refused_or_not(served: Served, index: int) -> None:
    auditor = served.machine("AUD")
    before = auditor.get("/v1/access", reason=AUDIT).json()["count"]
    served.machine("TRC").get(f"/v1/events/{index}/disclosures")
    served.machine("TRC").get(f"/v1/events/{index}/disclosures", reason={})
    found = auditor.get(f"/v1/access?start={before}", reason=AUDIT).json()["records"]
    looks: list[dict[str, Any]] = [json.loads(each["record"]) for each in found]
    shown, refused = (each for each in looks if each["action"] == "person.reveal")
    assert (shown["decision"], shown["claims"]) == ("allowed", ["holder_doc_no", "holder_name"])
    assert (shown["purpose"], shown["case"]) == ("tracing", "22-1187")
    assert (refused["decision"], refused["claims"]) == ("purpose_missing", [])
    assert NAME not in json.dumps(looks, ensure_ascii=False)
    assert DOCUMENT not in json.dumps(looks)


def test_erasures_are_listed_for_who_answers_for_them(served: Served) -> None:
    assert served.machine("STW").get("/v1/erasures").json() == {"erasures": []}
    assert served.machine("TRC").get("/v1/erasures").status_code == 404
