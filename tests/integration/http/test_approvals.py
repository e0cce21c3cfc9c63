# SPDX-License-Identifier: Apache-2.0
"""Events of high impact wait for the passkey of who signed them, if that person logs in here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cli.export import write_folder
from api.client.keyfile import FileKey
from api.client.signer import Submission
from api.people.desk import Desk
from api.people.passkeys.approving import approve, challenge_approval, keep_approval, party_of
from api.people.passkeys.store import remove
from api.registrar import Enrolment, draft_of, introduced, key_record, proposal
from api.service.settings import ServiceSettings
from audit.proof.approvals.assertion import Approval, verify_approval
from audit.proof.encoding import decode
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from tests.integration.append.desk import AUTHORITY, born, signed
from tests.integration.http.conftest import Served
from tests.integration.people.conftest import enrolled
from tests.unit.api.people.authenticator import Authenticator

BATCH = {"Content-Type": "application/vnd.muniment.submissions"}
NEEDED = (403, "approval_needed")


@pytest.fixture
def desk(served: Served) -> Iterator[Desk]:
    """The passkeys of the service, beside it."""
    office = served.office
    with Desk.opened(
        office.settings,
        ServiceSettings(origin=served.origin),
        database=office.database,
        ledger=office.ledger,
    ) as opened:
        yield opened


@pytest.fixture
def passkey(desk: Desk, served: Served) -> Authenticator:
    """A passkey of the officer who holds the first root key."""
    return enrolled(desk, _officer(served, served.roots[0]))


def _officer(served: Served, key: FileKey) -> str:
    return key_record(served.office, key.kid).officer


def _proposed(served: Served, key: FileKey | None = None) -> Submission:
    """Sign the proposal of a new key."""
    wanted = Enrolment(authority=AUTHORITY, roles=["MFR"], jurisdictions=["XA"])
    act = proposal(wanted, introduced(served.office, FileKey.create("Ed25519"), AUTHORITY))
    return signed(draft_of(served.office, act, AUTHORITY), key or served.roots[0])


def _approved(desk: Desk, officer: str, submission: Submission, passkey: Authenticator) -> None:
    signing_input = submission.jws.rpartition(b".")[0]
    options = challenge_approval(desk, officer, signing_input)
    approval = approve(desk, officer, signing_input, response=passkey.get(options))
    keep_approval(desk, officer, signing_input, approval=approval)


def _told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_an_event_of_high_impact_is_recorded_once_its_officer_has_approved_it(
    served: Served, desk: Desk, passkey: Authenticator
) -> None:
    submission, size = _proposed(served), served.office.ledger.size
    assert _told(served.post(submission)) == NEEDED
    served.office.ledger.catch_up()
    assert served.office.ledger.size == size
    _approved(desk, _officer(served, served.roots[0]), submission, passkey)
    assert served.post(submission).status_code == 201
    assert served.post(submission).status_code == 200


def test_the_evidence_stands_beside_the_event_and_verifies_offline(
    served: Served, desk: Desk, passkey: Authenticator
) -> None:
    submission, officer = _proposed(served), _officer(served, served.roots[0])
    _approved(desk, officer, submission, passkey)
    index = served.post(submission).json()["index"]
    event = served.machine("AUD").get(f"/v1/events/{index}").json()
    evidence = event["approval"]
    assert evidence.pop("officer") == officer
    approval = Approval(**{name: decode(each.encode()) for name, each in evidence.items()})
    signing_input = event["jws"].rpartition(".")[0].encode()
    assert verify_approval(approval, signing_input, party_of(desk)) > 0


def test_an_approval_by_another_person_is_none_and_stands_in_nobodys_way(
    served: Served, desk: Desk, passkey: Authenticator
) -> None:
    submission, other = _proposed(served), _officer(served, served.second)
    _approved(desk, other, submission, enrolled(desk, other))
    assert _told(served.post(submission)) == NEEDED
    officer = _officer(served, served.roots[0])
    _approved(desk, officer, submission, passkey)
    index = served.post(submission).json()["index"]
    event = served.machine("AUD").get(f"/v1/events/{index}").json()
    assert event["approval"]["officer"] == officer


def test_whoever_is_no_person_of_this_service_is_asked_for_no_approval(served: Served) -> None:
    assert served.post(_proposed(served, served.roots[1])).status_code == 201


def test_an_export_for_auditors_carries_the_approvals_that_count(
    served: Served, desk: Desk, passkey: Authenticator, tmp_path: Path
) -> None:
    submission, officer = _proposed(served), _officer(served, served.roots[0])
    other = _officer(served, served.second)
    _approved(desk, other, submission, enrolled(desk, other))
    _approved(desk, officer, submission, passkey)
    index = served.post(submission).json()["index"]
    write_folder(served.office, tmp_path, approvals=True)
    report = verify_directory(Request(path=tmp_path, assume_trust=True, jobs=1))
    (told,) = (each for each in report.checks if each.name == "approvals")
    assert told.state == "ok"
    assert officer in told.sentence
    assert other not in told.sentence
    assert (tmp_path / f"approvals/{index}.json").exists()


@pytest.mark.usefixtures("passkey")
def test_events_of_less_impact_need_no_approval(served: Served, desk: Desk) -> None:
    enrolled(desk, _officer(served, served.key))
    assert served.post(signed(born(), served.key)).status_code == 201


@pytest.mark.usefixtures("passkey")
def test_in_a_batch_only_what_lacks_its_approval_waits(served: Served) -> None:
    fine, waits, also = signed(born(), served.key), _proposed(served), signed(born(), served.key)
    content = b"\n".join(each.to_bytes() for each in (fine, waits, also))
    answer = served.client.post("/v1/events/batch", content=content, headers=BATCH).json()
    assert [each["status"] for each in answer["results"]] == [201, 403, 201]
    assert answer["results"][1]["problem"]["code"] == "approval_needed"


def test_removing_the_passkey_does_not_open_the_way(
    served: Served, desk: Desk, passkey: Authenticator
) -> None:
    submission, officer = _proposed(served), _officer(served, served.roots[0])
    _approved(desk, officer, submission, passkey)
    remove(desk, officer, passkey.identifier)
    assert served.post(submission).status_code == 201
    assert _told(served.post(_proposed(served))) == NEEDED


@pytest.mark.usefixtures("passkey")
def test_what_was_recorded_by_another_way_gets_its_receipt_again(served: Served) -> None:
    submission = _proposed(served)
    receipt = served.office.append(submission.to_bytes())
    answer = served.post(submission)
    assert (answer.status_code, answer.json()["index"]) == (200, receipt.index)
