# SPDX-License-Identifier: Apache-2.0
"""What a bundle shows a court: that the newest event is in it, and of whom it tells, if asked."""

from __future__ import annotations

import zipfile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import COMMANDS, load
from api.tracing.evidence import gather_evidence
from audit.access.reading import open_access_log
from audit.proof.access.record import Access, read_record
from audit.proof.envelope.token import split_submission
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.report import Check, ExitCode, Report
from audit.vault.filestore import DATA_KEYS_FILE
from domain.errors import UsageError
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import born, following
from tests.integration.append.test_sealed_disclosures import HOLDING, PERSON, taken_over
from tests.integration.heads.conftest import Run, Scene

OTHER = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e55"
WHY = ("--purpose", "tracing", "--legal-basis", "act_7")
TO_COURT = (*WHY, "--recipient", "XB")


def traced(scene: Scene, sub: str, *options: str) -> tuple[Result, Path]:
    """Run ``muniment trace --bundle``."""
    path = scene.folder / "gun.zip"
    words = ["--id", sub, "--bundle", str(path), *options]
    settings = scene.desk.office.settings
    return CliRunner().invoke(load(COMMANDS["trace"]), words, obj=settings), path


def judged(scene: Scene, path: Path) -> Report:
    return verify_bundle(Request(path=path, trust=scene.trust()))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def test_a_bundle_carries_the_proof_that_it_shows_the_newest_event(scene: Scene, run: Run) -> None:
    answer, path = traced(scene, scene.guns[0])
    assert answer.exit_code == 0, answer.output
    assert "the log states no epoch yet" in answer.stderr
    assert check(judged(scene, path), "heads").state == "not checked"
    assert run("heads", "take", *scene.roots[2:]).exit_code == 0
    answer, path = traced(scene, scene.guns[0])
    assert answer.exit_code == 0, answer.output
    report = judged(scene, path)
    assert report.exit_code is ExitCode.OK
    assert check(report, "heads").state == "ok"
    assert f"event 2 ({newest(scene, scene.guns[0])})" in check(report, "heads").sentence


def newest(scene: Scene, sub: str) -> str:
    uuid = UUID(sub.partition(".")[2])
    return scene.desk.office.heads([uuid])[uuid][1]


def test_the_newest_epoch_is_the_one_that_is_shown(scene: Scene, run: Run) -> None:
    for _ in range(2):
        assert run("heads", "take", *scene.roots[2:]).exit_code == 0
        scene.desk.append(born())
    _, path = traced(scene, scene.guns[1])
    with zipfile.ZipFile(path) as archive:
        assert [name for name in archive.namelist() if name.startswith("heads/")] == [
            "heads/2.head-proof"
        ]


def test_what_was_recorded_after_the_epoch_breaks_nothing(scene: Scene, run: Run) -> None:
    assert run("heads", "take", *scene.roots[2:]).exit_code == 0
    gun = born(sub=scene.guns[1])
    scene.desk.append(following(gun, newest(scene, scene.guns[1])))
    _, path = traced(scene, scene.guns[1])
    report = judged(scene, path)
    assert report.exit_code is ExitCode.OK
    assert "event 1 " in check(report, "heads").sentence


@pytest.fixture
def held(scene: Scene) -> str:
    """Record firearms that two persons hold; give the first one's."""
    submissions = [
        taken_over(scene.desk),
        taken_over(scene.desk, {"holder_name": "Bob Exemplar"}, hld=OTHER),
    ]
    receipts = [scene.desk.office.append(each.to_bytes()) for each in submissions]
    with psycopg.connect(scene.database.admin) as connection:
        row = connection.execute(
            "select stream from ledger.event where idx = %s", (receipts[0].index,)
        ).fetchone()
    assert row
    return f"arm.{row[0]}"


def test_nothing_is_disclosed_unless_the_keeper_says_so(scene: Scene, held: str) -> None:
    answer, path = traced(scene, held)
    assert "PERSONAL DATA" not in answer.stderr
    assert b"Exemplar" not in path.read_bytes()
    assert check(judged(scene, path), "disclosures").state == "not checked"


def test_the_keeper_discloses_one_holding_and_is_told_so(scene: Scene, held: str) -> None:
    answer, path = traced(scene, held, "--disclose", HOLDING, *TO_COURT)
    assert answer.exit_code == 0, answer.output
    assert f"IT HOLDS PERSONAL DATA: {len(PERSON)} values of 1 entry," in answer.stderr
    assert "Exemplar" not in answer.output
    report = judged(scene, path)
    assert report.exit_code is ExitCode.OK
    assert check(report, "disclosures").state == "ok"
    presented = disclosed(path)
    assert len(split_submission(presented)[1]) == len(PERSON)
    traced(scene, held, "--disclose", HOLDING, *TO_COURT)
    assert disclosed(path) == presented


def test_nothing_is_disclosed_to_nobody(scene: Scene, held: str) -> None:
    answer, path = traced(scene, held, "--disclose", HOLDING, *WHY)
    assert (answer.exit_code, "recipient_missing" in answer.stderr) == (2, True)
    assert not path.exists()


def disclosed(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        (name,) = [each for each in archive.namelist() if each.startswith("disclosures/")]
        return archive.read(name)


@pytest.mark.parametrize("named", ["arm.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54", OTHER])
def test_a_holding_that_is_none_or_elsewhere_is_refused_and_nothing_is_written(
    scene: Scene, held: str, named: str
) -> None:
    answer, path = traced(scene, held, "--disclose", named, *TO_COURT)
    assert answer.exit_code == 2
    assert not path.exists()


def test_nothing_is_disclosed_without_a_purpose_and_what_is_stands_in_the_access_log(
    scene: Scene, held: str
) -> None:
    auditor = scene.desk.office.database.conninfo("ledger_auditor")
    with open_access_log(auditor) as log:
        before = log.extent().count
    answer, path = traced(scene, held, "--disclose", HOLDING)
    assert (answer.exit_code, "purpose_missing" in answer.stderr) == (3, True)
    assert not path.exists()
    traced(scene, held, "--disclose", HOLDING, *TO_COURT)
    with open_access_log(auditor) as log:
        refused, given = (read_record(each.raw) for each in log.records(start=before))
    assert isinstance(refused, Access)
    assert isinstance(given, Access)
    assert (refused.decision, refused.count, refused.claims) == ("purpose_missing", 0, ())
    assert (given.means, given.action, given.purpose) == ("host", "person.reveal", "tracing")
    assert (given.basis, given.recipient) == ("act_7", "XB")
    assert (given.allowed, given.count, given.claims) == (True, 1, tuple(sorted(PERSON)))


def test_disclosing_goes_into_a_bundle_only(scene: Scene, held: str) -> None:
    words = ["--id", held, "--disclose", HOLDING]
    answer = CliRunner().invoke(load(COMMANDS["trace"]), words, obj=scene.desk.office.settings)
    assert answer.exit_code == 2
    assert "disclose_what" in answer.stderr


def test_what_was_erased_is_not_disclosed(scene: Scene, held: str) -> None:
    office = scene.desk.office
    office.vault._keys.destroy([parse_stream_id(HOLDING).uuid])
    assert (office.settings.vault_folder / DATA_KEYS_FILE).exists()
    stream = parse_stream_id(held).uuid
    with pytest.raises(UsageError, match="or none any more"):
        gather_evidence(office, stream, disclose=[parse_stream_id(HOLDING).uuid])
