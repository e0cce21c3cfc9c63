# SPDX-License-Identifier: Apache-2.0
"""Events over HTTP: recorded once, refused in words, read back with what proves them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from audit.proof.encoding import encode
from audit.proof.inclusion import parse_tlog_proof, verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.note import parse_verifier_key
from audit.signer.identity import read_verifier
from tests.integration.append.desk import AUDIENCE, AUTHORITY, born, following, signed
from tests.integration.http.conftest import Served
from tests.unit.domain.lives import DATA

BATCH = "application/vnd.muniment.submissions"
DRIVEN = {"Content-Type": "application/sd-jwt"}
NOBODY = "01a2076b-4018-7111-8222-00000000dead"


def _verified(served: Served, proof: str, jws: bytes) -> int:
    vkey = parse_verifier_key(read_verifier(served.office.settings.signer_folder))
    parsed = parse_tlog_proof(proof.encode())
    return verify_tlog_proof(parsed, leaf_hash(jws), keys=[vkey], origin=AUDIENCE).size


def test_a_new_event_is_created_with_a_receipt_that_a_stranger_verifies(served: Served) -> None:
    submission = signed(born(), served.key)
    answer = served.post(submission)
    assert answer.status_code == 201
    told = answer.json()
    assert told["eid"] == submission.eid
    assert answer.headers["location"] == f"/v1/events/{told['index']}"
    assert _verified(served, told["proof"], submission.jws) > told["index"]


def test_the_same_event_again_gives_its_first_place(served: Served) -> None:
    submission = signed(born(), served.key)
    first, again = served.post(submission), served.post(submission)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["index"] == again.json()["index"]
    assert first.headers["location"] == again.headers["location"]
    assert again.json()["repeated"]


def test_a_stale_event_is_a_conflict_with_the_head_in_words(served: Served) -> None:
    draft, told = served.recorded()
    served.recorded(following(draft, told["eid"]))
    late = served.post(signed(following(draft, told["eid"]), served.key))
    assert late.status_code == 409
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["code"] == "seq_conflict"
    assert "sequence 2" in late.json()["detail"]


def test_another_event_under_a_used_identifier_is_a_conflict(served: Served) -> None:
    draft, _ = served.recorded()
    other = served.post(signed(born(jti=draft.jti), served.key))
    assert (other.status_code, other.json()["code"]) == (409, "jti_conflict")


@pytest.mark.parametrize(
    ("version", "status"), [('"v1"', 201), ("*", 201), ('"v0"', 412), ('"v2"', 412), ("v1", 412)]
)
def test_an_event_continues_the_version_that_if_match_names(
    served: Served, version: str, status: int
) -> None:
    draft, told = served.recorded()
    body = signed(following(draft, told["eid"]), served.key).to_bytes()
    headers = {**DRIVEN, "If-Match": version}
    answer = served.client.post("/v1/events", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 412:
        assert answer.json()["code"] == "version_stale"
        assert served.post(body).status_code == 201  # nothing of it had been taken in


def test_a_hit_and_a_duty_stand_in_the_answer(served: Served) -> None:
    arm = served.desk.life("HIT-1")
    head = served.machine("TRC").get(f"/v1/streams/{arm}").json()
    draft = following(born(sub=str(arm), seq=head["seq"]), head["eid"])
    draft = replace(draft, evt="firearm.lost-reported", dat=DATA["firearm.lost-reported"])
    answer = served.post(signed(draft, served.key), "/v1/events?policy=example-state")
    assert answer.status_code == 201, answer.text
    assert [each["alert"] for each in answer.json()["hits"]] == ["stolen"]
    assert answer.json()["duties"]


def test_an_unknown_policy_or_parameter_is_refused_before_anything_is_recorded(
    served: Served,
) -> None:
    submission = signed(born(), served.key)
    many = "&".join(f"{each}=1" for each in "abcdefghij")
    for query, code in (
        ("policy=none", "policy_unknown"),
        ("wait=1", "request_invalid"),
        (many, "request_invalid"),
    ):
        answer = served.post(submission, f"/v1/events?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert served.post(submission).status_code == 201


def test_a_batch_answers_for_each_line_on_its_own(served: Served) -> None:
    fine, other = signed(born(), served.key), signed(born(), served.key)
    torn = other.to_bytes()[:-40]
    lines = [fine.to_bytes(), torn, fine.to_bytes(), other.to_bytes()]
    answer = served.client.post(
        "/v1/events/batch", content=b"\n".join(lines), headers={"Content-Type": BATCH}
    )
    assert answer.status_code == 200
    told = answer.json()
    assert (told["recorded"], told["refused"]) == (3, 1)
    assert [each["line"] for each in told["results"]] == [1, 2, 3, 4]
    assert [each["status"] for each in told["results"]] == [201, 400, 200, 201]
    assert told["results"][1]["problem"]["code"] == "sdjwt_syntax"
    assert told["results"][2]["receipt"]["index"] == told["results"][0]["receipt"]["index"]
    proof = told["results"][3]["receipt"]["proof"]
    assert _verified(served, proof, other.jws)


def test_a_batch_continues_a_stream_that_it_begins(served: Served) -> None:
    first = born()
    begun = signed(first, served.key)
    lines = [begun.to_bytes(), signed(following(first, begun.eid), served.key).to_bytes()]
    answer = served.client.post(
        "/v1/events/batch", content=b"\n".join(lines), headers={"Content-Type": BATCH}
    )
    assert [each["status"] for each in answer.json()["results"]] == [201, 201]


@pytest.mark.parametrize(("lines", "status"), [(0, 400), (257, 413)])
def test_a_batch_has_a_least_and_a_greatest_size(served: Served, lines: int, status: int) -> None:
    answer = served.client.post(
        "/v1/events/batch", content=b"e30~\n" * lines, headers={"Content-Type": BATCH}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_event_is_read_back_as_it_was_signed(served: Served) -> None:
    draft, told = served.recorded()
    machine = served.machine("TRC")
    read = machine.get(f"/v1/events/{told['index']}")
    found = machine.get(f"/v1/authorities/{AUTHORITY}/events/{draft.jti}")
    assert read.json() == found.json()
    assert (read.json()["eid"], read.json()["seq"]) == (told["eid"], 1)
    signing_input = read.json()["jws"].rpartition(".")[0].encode()
    assert encode(hashlib.sha256(signing_input).digest()).decode() == told["eid"]
    assert "private" in read.headers["cache-control"]
    assert "immutable" in read.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/events/99999999",
        f"/v1/authorities/{AUTHORITY}/events/{NOBODY}",
        f"/v1/authorities/auth.nobody/events/{NOBODY}",
    ],
)
def test_an_event_that_is_not_there_is_not_found(served: Served, path: str) -> None:
    answer = served.machine("TRC").get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "event_unknown")


def test_a_receipt_is_for_everybody_and_holds_no_event(served: Served) -> None:
    submission = signed(born(), served.key)
    index = served.post(submission).json()["index"]
    receipt = served.client.get(f"/v1/receipts/{index}")
    assert receipt.status_code == 200
    assert receipt.headers["content-type"].startswith("text/plain")
    assert _verified(served, receipt.text, submission.jws) > index
    assert served.client.get("/v1/receipts/99999999").json()["code"] == "event_unknown"


def test_the_head_of_a_stream_is_what_the_next_event_continues(served: Served) -> None:
    draft, told = served.recorded()
    machine = served.machine("TRC")
    head = machine.get(f"/v1/streams/{draft.sub}")
    assert head.json() == {"stream": draft.sub, "seq": 1, "eid": told["eid"]}
    assert head.headers["etag"] == '"v1"'
    unborn = machine.get(f"/v1/streams/arm.{NOBODY}")
    assert unborn.json()["seq"] == 0
