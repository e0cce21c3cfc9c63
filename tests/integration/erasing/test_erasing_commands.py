# SPDX-License-Identifier: Apache-2.0
"""The commands: what is due is proposed, approved and erased on schedule; a person gets a file."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from api.bootstrap import open_office
from audit.access.reading import open_access_log
from audit.proof.access.record import Access, read_record
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import identifier
from tests.integration.erasing.conftest import DOCUMENT, FOR, PASSPHRASE, WHY, Application, Stage

POLICY = ("--policy", "example-state")
DAY = 86_400
YEARS_10_AGO = 10


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in text.splitlines()]


def due(stage: Stage) -> list[str]:
    answer = stage.run("erasure", "due", *POLICY, "--json")
    assert answer.exit_code == 0, answer.output
    return [each["record"] for each in lines(answer.stdout)]


def append(stage: Stage, submissions: str) -> None:
    path = stage.folder / "submissions.txt"
    path.write_text(submissions)
    answer = stage.run("append", str(path))
    assert answer.exit_code == 0, answer.output


def work_off(stage: Stage) -> list[dict[str, Any]]:
    """Propose and approve everything that is due, and carry it out, by the commands alone."""
    proposed = stage.run("erasure", "propose", *POLICY, "--key", stage.key_file("steward"))
    assert proposed.exit_code == 0, proposed.output
    append(stage, proposed.stdout)
    waiting = [
        each["erasure"]
        for each in lines(stage.run("erasure", "status", "--json").stdout)
        if each["status"] == "proposed"
    ]
    if waiting:
        key = stage.key_file("approver")
        approved = stage.run("erasure", "approve", *waiting, "--key", key)
        assert approved.exit_code == 0, approved.output
        append(stage, approved.stdout)
    done = stage.run("erasure", "execute", "--key", stage.key_file("service"))
    assert done.exit_code == 0, done.output
    return lines(done.stdout)


def ten_years_before(moment: float) -> str:
    """Give the day ten years before a moment."""
    then = time.gmtime(moment)
    return f"{then.tm_year - YEARS_10_AGO}-{then.tm_mon:02}-{then.tm_mday:02}"


def test_what_is_due_is_erased_on_schedule_and_what_is_held_is_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    old = stage.refused_licence("2011-02-01")
    soon = stage.refused_licence(ten_years_before(now + 20 * DAY))
    held = stage.refused_licence("2011-02-01")
    stage.did("licence.hold-placed", held.stream, "2026-11-01")
    assert due(stage) == [str(old.stream)]
    assert [each["record"] for each in work_off(stage)] == [str(old.stream)]
    assert work_off(stage) == []
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 30 * DAY)
    with open_office(stage.settings) as office:
        later = Stage(office=office, folder=stage.folder, keys=stage.keys)
        assert [each["record"] for each in work_off(later)] == [str(soon.stream)]
        assert readable(later, held)
        assert not readable(later, soon)
        assert not readable(later, old)


def readable(stage: Stage, application: Application) -> bool:
    return bool(stage.office.personal.of_events([application.eid]))


def test_without_a_key_the_events_are_given_for_the_steward_to_sign(stage: Stage) -> None:
    gone = stage.refused_licence()
    answer = stage.run("erasure", "propose", *POLICY)
    (act,) = lines(answer.stdout)
    assert (act["evt"], act["dat"]["record"]) == ("erasure.proposed", str(gone.stream))
    path = stage.folder / "events.jsonl"
    path.write_text(answer.stdout)
    signed = stage.run("sign", str(path), "--key", stage.key_file("steward"))
    assert signed.exit_code == 0, signed.output
    append(stage, signed.stdout)
    (standing,) = lines(stage.run("erasure", "status", "--json").stdout)
    assert (standing["status"], standing["record"]) == ("proposed", str(gone.stream))
    assert stage.run("erasure", "propose", *POLICY).stdout == "", "it is under way"
    (act,) = lines(stage.run("erasure", "approve", standing["erasure"]).stdout)
    assert (act["evt"], act["sub"]) == ("erasure.approved", standing["erasure"])


def test_what_is_stopped_is_told_with_the_rule_and_an_exit_code(stage: Stage) -> None:
    held = stage.refused_licence()
    stage.approved(held)
    stage.did("licence.hold-placed", held.stream, "2026-11-01")
    answer = stage.run("erasure", "execute", "--key", stage.key_file("service"))
    assert answer.exit_code == 3
    (told,) = lines(answer.stdout)
    assert (told["outcome"], told["rule"]) == ("stopped", "hold_active")


def test_the_service_key_is_found_by_its_setting(stage: Stage) -> None:
    stage.approved(stage.refused_licence())
    stage.keys["service"].save(stage.settings.service_key, PASSPHRASE)
    answer = stage.run("erasure", "execute")
    assert answer.exit_code == 0, answer.output
    assert [each["outcome"] for each in lines(answer.stdout)] == ["executed"]


def test_an_erasure_that_nobody_proposed_cannot_be_approved(stage: Stage) -> None:
    unknown = "ers.01a2076b-4018-7111-8222-444444444444"
    answer = stage.run("erasure", "approve", unknown)
    assert answer.exit_code == 2
    assert "erasure_unknown" in answer.stderr


def test_a_person_gets_everything_that_is_held_and_is_told_what_is_erased(stage: Stage) -> None:
    kept, gone = stage.refused_licence(), stage.refused_licence()
    answer = stage.run("person", "file", *WHY, given=f" {DOCUMENT.lower()}\n")
    assert answer.exit_code == 0, answer.output
    (found,) = lines(answer.stdout)
    assert (found["ledger"], found["size"]) == (stage.office.audience, stage.office.ledger.size)
    assert {each["holding"] for each in found["holdings"]} == {kept.holding, gone.holding}
    applied = {each["events"][0]["eid"]: each["events"][0] for each in found["holdings"]}
    assert applied[kept.eid]["disclosed"] == kept.person
    assert applied[kept.eid]["record"] == str(kept.stream)
    assert applied[kept.eid]["data"]["hld"] == kept.holding
    stage.approved(gone)
    stage.executed()
    (found,) = lines(stage.run("person", "file", *WHY, given=DOCUMENT).stdout)
    assert [each["holding"] for each in found["holdings"]] == [kept.holding]


def test_an_event_that_is_erased_of_a_holding_that_stays_is_told_with_its_proof(
    stage: Stage,
) -> None:
    kept = stage.refused_licence()
    stream = parse_stream_id(identifier("lic."))
    person = {"holder_name": "Ada"}
    other = stage.did("licence.applied", stream, "2012", person=person, hld=kept.holding)
    wrong = Application(stream, kept.holding, other.eid, person)
    erasure = stage.approved(wrong, holdings=[])
    (done,) = stage.executed()
    (found,) = lines(stage.run("person", "file", *WHY, given=DOCUMENT).stdout)
    (holding,) = found["holdings"]
    told = {each["eid"]: each for each in holding["events"]}
    assert told[kept.eid]["erased"] is None
    assert told[other.eid]["disclosed"] == {}
    assert told[other.eid]["erased"]["index"] == done.index
    assert told[other.eid]["erased"]["erasure"] == str(erasure)


def test_holdings_are_found_by_a_document_that_stands_in_no_argument(
    stage: Stage, tmp_path: Path
) -> None:
    document = tmp_path / "document.txt"
    document.write_text(f"{DOCUMENT}\n")
    arm = stage.registered(DOCUMENT)
    stage.registered("ZZ-0000000")
    for words, given in ((str(document), ""), ("-", DOCUMENT)):
        answer = stage.run("holdings", "--person", words, "--json", *FOR, given=given)
        assert answer.exit_code == 0, answer.output
        assert [each["firearm"] for each in lines(answer.stdout)] == [str(arm)]
        assert DOCUMENT not in answer.output
    answer = stage.run("holdings", "--person", "-", *FOR, given="QQ-1")
    assert answer.exit_code == 0
    assert "0 firearms" in answer.stderr


def recorded(stage: Stage, *words: str) -> tuple[Result, list[Access]]:
    """Run a command about the person; give what it left in the access log."""
    auditor = stage.office.database.conninfo("ledger_auditor")
    with open_access_log(auditor) as log:
        before = log.extent().count
    answer = stage.run(*words, given=DOCUMENT)
    with open_access_log(auditor) as log:
        found = [read_record(each.raw) for each in log.records(start=before)]
    return answer, [each for each in found if isinstance(each, Access)]


def test_a_read_by_a_command_stands_in_the_access_log_like_one_over_http(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", "1234")
    kept, arm = stage.refused_licence(), stage.registered(DOCUMENT)
    answer, (file,) = recorded(stage, "person", "file", *WHY)
    assert answer.exit_code == 0, answer.output
    assert (file.means, file.officer) == ("host", f"uid.{os.getuid()} sudo.1234")
    assert (file.action, file.purpose, file.basis, file.case) == (
        *("person.file", "data_subject_request", "act_9", "22-7"),
    )
    assert kept.eid in file.events
    assert set(kept.person) <= set(file.claims)
    answer, (held,) = recorded(stage, "holdings", "--person", "-", "--json", *FOR)
    assert [each["firearm"] for each in lines(answer.stdout)] == [str(arm)]
    assert (held.action, held.allowed, held.count, held.claims) == ("person.reveal", True, 1, ())
    assert file.selectors == held.selectors != ()
    assert DOCUMENT not in str((file, held))


@pytest.mark.parametrize("command", [("person", "file"), ("holdings", "--person", "-")])
def test_without_a_purpose_that_fits_a_command_shows_no_person(
    stage: Stage, command: tuple[str, ...]
) -> None:
    stage.refused_licence()
    other = ("--purpose", "statistics", "--legal-basis", "act_7")
    for words, code in (((), "purpose_missing"), (other, "purpose_denied")):
        answer, (refused,) = recorded(stage, *command, *words)
        assert (answer.exit_code, answer.stdout) == (3, "")
        assert code in answer.stderr
        assert (refused.decision, refused.count, refused.events) == (code, 0, ())
    answer, none = recorded(stage, *command, "--purpose", "licensing")
    assert (answer.exit_code, none) == (2, [])
    assert "reason_invalid" in answer.stderr


def test_where_the_access_cannot_be_recorded_a_command_shows_no_person(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.access.log._APPEND", "select access.gone(%b, %b)")
    stage.refused_licence()
    answer = stage.run("person", "file", *WHY, given=DOCUMENT)
    assert answer.exit_code != 0
    assert answer.stdout == ""


@pytest.mark.parametrize("command", [("person", "file", *WHY), ("holdings", *FOR, "--person")])
def test_a_document_that_cannot_be_read_is_never_repeated(
    stage: Stage, command: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    answer = stage.run(*command, str(tmp_path / "bad.txt"))
    assert (answer.exit_code, "document_unreadable" in answer.stderr) == (2, True)
    answer = stage.run(*command, "-", given="--/--")
    assert "document_invalid" in answer.stderr
