# SPDX-License-Identifier: Apache-2.0
"""Personal data over HTTP: only for a purpose, only what the policy opens, and never unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.registrar import Act, perform
from audit.proof.envelope.opening import read_stored
from domain.catalogue import CATALOGUE
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import born, identifier, signed
from tests.integration.http.conftest import FOREIGN, REASON, Served
from tests.unit.domain.least.component import COMPONENT

NAME = "Ødegård, Žofie Marie"
DOCUMENT = "AB-7654321"
OTHER = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e55"
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


def test_erasures_are_listed_for_who_answers_for_them_with_those_who_were_given_the_data(
    served: Served, index: int
) -> None:
    assert served.machine("STW").get("/v1/erasures").json() == {"erasures": []}
    assert served.machine("TRC").get("/v1/erasures").status_code == 404
    abroad = {**REASON, "Muniment-Recipient": "XB"}
    shown = served.machine("TRC").get(f"/v1/events/{index}/disclosures", reason=abroad).json()
    ((_, raw),) = served.office.personal.entries([shown["eid"]])
    act = Act(
        evt="erasure.proposed",
        dat={"record": str(read_stored(raw, CATALOGUE).sub), "scope": "all", "basis": "ordered",
             "reference": "COURT 7", "events": [shown["eid"]], "holdings": [HOLDING]},
        sub=parse_stream_id(identifier("ers.")),
    )  # fmt: skip
    perform(served.office, act, served.key)
    (listed,) = served.machine("STW").get("/v1/erasures").json()["erasures"]
    assert (listed["erasure"], listed["status"]) == (str(act.sub), "proposed")
    path = f"/v1/erasures/{act.sub}/recipients"
    answer = served.machine("STW").get(path).json()
    to_whom = {each["recipient"]: each for each in answer["recipients"] if each["certain"]}
    assert to_whom["XB"]["claims"] == ["holder_doc_no", "holder_name"]
    assert (to_whom["XB"]["purpose"], to_whom["XB"]["legal_basis"]) == ("tracing", "act_7")
    assert answer["notices"] == {}
    assert served.machine("TRC").get(path).status_code == 404
    elsewhere = served.machine("STW", authority=FOREIGN, place="XB")
    assert elsewhere.get("/v1/erasures").json() == {"erasures": []}
    assert elsewhere.get(path).json()["code"] == "erasure_unknown"
    unknown = served.machine("STW").get(f"/v1/erasures/{identifier('ers.')}/recipients")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "erasure_unknown")


def test_persons_behind_a_component_destroyed_long_ago_are_shown_no_more(served: Served) -> None:
    part = parse_stream_id(identifier("cmp."))
    persons = {"holder_name": NAME, "holder_doc_no": "EF-7654321"}
    known = Act(
        evt="component.registered", dat={**COMPONENT["component.registered"], "hld": OTHER},
        sub=part, occ="1988", disclosures=persons,
    )  # fmt: skip
    index = perform(served.office, known, served.key).index
    path = f"/v1/events/{index}/disclosures"
    assert served.machine("TRC").get(path).json()["disclosures"] == persons
    melted = COMPONENT["component.destroyed"]
    gone = Act(evt="component.destroyed", dat=melted, sub=part, occ="1990-05-01")
    perform(served.office, gone, served.key, endorsers=[served.second])
    answer = served.machine("TRC").get(path)
    assert answer.json()["code"] == "access_ended"
    assert NAME not in answer.text
