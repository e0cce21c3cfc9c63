# SPDX-License-Identifier: Apache-2.0
"""`muniment findings`: one list of what fsck, epochs, witnesses and reports found."""

from __future__ import annotations

import json

from api.registrar import Act, perform
from audit.proof.timestamps.files import StampName
from domain.identifiers import StreamId
from tests.integration.heads.conftest import Run, Scene, lines
from tests.unit.audit.timestamps.local_authority import new_root


def false_epoch(scene: Scene) -> int:
    """Let a root state an epoch that is not the log's; give its index."""
    office = scene.desk.office
    dat = {
        "epoch": 1, "size": office.ledger.size, "streams": 2, "root": "A" * 43,
        "algorithm": "heads-rfc6962-sha256-1",
    }  # fmt: skip
    assert office.registry.log
    act = Act(evt="log.heads", dat=dat, sub=StreamId("log", office.registry.log))
    return perform(office, act, scene.desk.roots[0]).index


def test_a_sound_ledger_has_gaps_in_its_record_alone_and_says_what_was_not_looked_at(
    run: Run,
) -> None:
    answer = run("findings")
    assert answer.exit_code == 0, answer.output
    assert "0 violations, 2 gaps, 4 notices" in answer.output
    assert answer.stdout.count("gap: record: contradiction (entitlement_not_shown): Index ") == 2
    assert answer.stdout.count("notice: log: lateness (occ_late): Index ") == 3
    assert answer.stdout.count("notice: record: silence (silence): Index ") == 1
    for source in ("verification", "witnesses", "time"):
        assert f"not looked at: {source}: " in answer.stderr


def test_a_false_epoch_is_a_violation_with_its_index(scene: Scene, run: Run) -> None:
    index = false_epoch(scene)
    answer = run("findings", "--json")
    found, *notices = lines(answer)
    assert answer.exit_code == 1
    of_proofs = [each for each in notices if each["source"] != "record"]
    assert {each["severity"] for each in of_proofs} == {"notice"}
    assert (found["code"], found["index"], found["severity"]) == (
        "heads_differ",
        index,
        "violation",
    )
    assert found["next_step"]
    assert "heads_differ" in run("findings").stdout


def test_a_falsified_row_is_found_by_fsck_and_listed_first(scene: Scene, run: Run) -> None:
    scene.falsify("update ledger.event set iss = 'auth.other' where idx = 4")
    answer = run("findings", "--json")
    assert answer.exit_code == 1
    first = lines(answer)[0]
    assert (first["source"], first["index"], first["severity"]) == ("fsck", 4, "violation")


def test_a_forged_registry_row_is_doubted_and_nobody_sees_a_traceback(
    scene: Scene, run: Run
) -> None:
    scene.falsify(
        "update ledger.event set raw = (select raw from ledger.event where idx = 3) where idx = 1"
    )
    answer = run("findings", "--json")
    assert answer.exit_code == 1
    assert "registry_doubtful" in {each["code"] for each in lines(answer)}


def test_reports_and_witnesses_are_taken_in(scene: Scene, run: Run) -> None:
    check = {"name": "root", "state": "not checked", "sentence": "No.", "failures": 0}
    finding = {"check": "root", "code": "x", "severity": "gap", "sentence": "s", "index": 2}
    report = {"subject": "export", "ledger": "l", "checks": [check], "findings": [finding]}
    file = scene.folder / "report.json"
    file.write_text(json.dumps(report), "utf-8")
    evidence = scene.folder / "witness" / "evidence" / "0123456789abcdef"
    evidence.mkdir(parents=True)
    (evidence / "fork-5-0123456789abcdef.note").touch()
    options = [
        "--report",
        str(file),
        "--fsck",
        str(file),
        "--witness",
        str(scene.folder / "witness"),
    ]
    answer = run("findings", "--quick", "--json", *options)
    codes = [(each["source"], each["code"]) for each in lines(answer)]
    assert codes == [("witness", "witness_fork"), ("report report.json", "x")]
    assert answer.exit_code == 1
    assert "not looked at: report report.json: root: No." in answer.output
    assert "left out by --quick" in answer.output


def test_time_stamps_are_looked_at_where_authorities_are_named(scene: Scene, run: Run) -> None:
    home = scene.desk.office.settings.home
    (home / "timestamps.toml").write_text("x = 1", "utf-8")
    (found,) = lines(run("findings", "--quick", "--json"))
    assert (found["source"], found["code"], found["severity"]) == ("time", "tsa_settings", "gap")
    text = ""
    for name in ("alpha", "beta"):
        (home / f"{name}.pem").write_bytes(new_root(name).pem)
        text += f'[[authority]]\nname = "{name}"\nurl = "http://x.invalid"\n'
        text += f'roots = "{name}.pem"\n'
    (home / "timestamps.toml").write_text(text, "utf-8")
    assert lines(run("findings", "--quick", "--json")) == []
    stamp = home / "timestamps" / StampName(6, "alpha").path("tsr")
    stamp.parent.mkdir(parents=True)
    stamp.write_bytes(b"no token")
    (found,) = lines(run("findings", "--quick", "--json"))
    assert (found["check"], found["source"]) == ("time", "time")


def test_a_file_that_is_no_report_is_refused(scene: Scene, run: Run) -> None:
    file = scene.folder / "report.json"
    file.write_text("{", "utf-8")
    answer = run("findings", "--report", str(file))
    assert answer.exit_code == 2
    assert "report_malformed" in answer.output
