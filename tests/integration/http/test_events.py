# SPDX-License-Identifier: Apache-2.0
"""Events over HTTP: recorded once, refused in words, read back with what proves them."""

from __future__ import annotations

from audit.proof.inclusion import parse_tlog_proof, verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.note import parse_verifier_key
from audit.signer.identity import read_verifier
from tests.integration.append.desk import AUDIENCE, born, following, signed
from tests.integration.http.conftest import Served


def test_a_new_event_is_created_with_a_receipt_that_a_stranger_verifies(served: Served) -> None:
    submission = signed(born(), served.key)
    answer = served.post(submission)
    assert answer.status_code == 201
    told = answer.json()
    assert told["eid"] == submission.eid
    assert answer.headers["location"] == f"/v1/events/{told['index']}"
    vkey = parse_verifier_key(read_verifier(served.office.settings.signer_folder))
    proof = parse_tlog_proof(told["proof"].encode())
    verify_tlog_proof(proof, leaf_hash(submission.jws), keys=[vkey], origin=AUDIENCE)


def test_the_same_event_again_gives_its_first_place(served: Served) -> None:
    submission = signed(born(), served.key)
    first, again = served.post(submission), served.post(submission)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["index"] == again.json()["index"]
    assert again.json()["repeated"]


def test_a_stale_event_is_a_conflict_with_the_head_in_words(served: Served) -> None:
    draft, told = served.recorded()
    served.recorded(following(draft, told["eid"]))
    late = served.post(signed(following(draft, told["eid"]), served.key))
    assert late.status_code == 409
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["code"] == "seq_conflict"
    assert "sequence 2" in late.json()["detail"]
