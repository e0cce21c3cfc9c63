# SPDX-License-Identifier: Apache-2.0
"""A real ledger written out and verified by a stranger, and what an export refuses."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from api.tracing.evidence import gather_evidence
from audit.database import Database
from audit.export.founding import trust_of
from audit.export.log import Exported, export_log
from audit.link import Link
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import ExitCode
from audit.proof.verify.trust import Trust
from domain.errors import ProofError, UnsafeError, UsageError
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import Desk, born, following, opened_desk, settings_of
from tests.unit.audit.verify.log_builder import small_log


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(settings_of(tmp_path / "ledger", database.admin)) as opened:
        yield opened


def live(desk: Desk, count: int) -> str:
    """Record some firearms, each made and seized; give the stream of the last one."""
    draft = born()
    for _ in range(count):
        draft = born()
        desk.append(following(draft, desk.append(draft).eid))
    return draft.sub


def trust(desk: Desk) -> Trust:
    office = desk.office
    with closing(Link(office.database.conninfo("ledger_reader"))) as link:
        return trust_of(
            link,
            audience=office.name.audience,
            origin=office.name.origin,
            vkey=str(desk.vkey),
        )


def export(desk: Desk, directory: Path) -> Exported:
    _, note = desk.office.notary.checkpoint()
    conninfo = desk.office.database.conninfo("ledger_reader")
    return export_log(conninfo, directory, note=note, trust=trust(desk))


def result(directory: Path) -> ExitCode:
    return verify_directory(Request(path=directory, assume_trust=True, jobs=1)).exit_code


def test_a_stranger_verifies_the_export_of_a_real_ledger(desk: Desk, tmp_path: Path) -> None:
    live(desk, 3)
    done = export(desk, tmp_path / "out")
    report = verify_directory(Request(path=tmp_path / "out", trust=trust(desk), jobs=1))
    assert report.exit_code is ExitCode.OK
    assert report.size == report.examined == done.size


def test_running_it_again_adds_what_is_new_and_changes_nothing_else(
    desk: Desk, tmp_path: Path
) -> None:
    live(desk, 2)
    first = export(desk, tmp_path / "out")
    kept = (tmp_path / "out" / "checkpoint").read_bytes()
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "tile").rglob("*")}
    assert export(desk, tmp_path / "out") == Exported(size=first.size, before=first.size)
    assert times == {path: path.stat().st_mtime_ns for path in times}
    live(desk, 1)
    assert export(desk, tmp_path / "out") == Exported(size=first.size + 2, before=first.size)
    given = Request(path=tmp_path / "out", trust=trust(desk), saved=kept, jobs=1)
    report = verify_directory(given)
    assert report.exit_code is ExitCode.OK


def test_an_export_that_was_cut_off_is_finished_by_running_it_again(
    desk: Desk, tmp_path: Path
) -> None:
    live(desk, 1)
    export(desk, tmp_path / "out")
    (tmp_path / "out" / "checkpoint").unlink()
    next((tmp_path / "out" / "tile" / "entries").rglob("*.p/*")).unlink()
    assert result(tmp_path / "out") is ExitCode.INCOMPLETE
    export(desk, tmp_path / "out")
    assert result(tmp_path / "out") is ExitCode.OK


def test_a_directory_of_another_log_is_refused_and_left_alone(desk: Desk, tmp_path: Path) -> None:
    other = small_log(1)
    other.export(tmp_path / "out")
    with pytest.raises(UsageError, match="holds the log"):
        export(desk, tmp_path / "out")
    assert result(tmp_path / "out") is ExitCode.OK


def test_a_directory_of_something_else_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("Dear auditor,")
    with pytest.raises(UsageError, match="holds no export"):
        export(desk, tmp_path / "letters")


def test_a_published_file_is_never_overwritten(desk: Desk, tmp_path: Path) -> None:
    live(desk, 1)
    export(desk, tmp_path / "out")
    path = next((tmp_path / "out" / "tile" / "entries").rglob("*.p/*"))
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ProofError, match="never overwritten"):
        export(desk, tmp_path / "out")


def test_an_entry_edited_in_the_database_is_not_published_as_signed(
    desk: Desk, tmp_path: Path
) -> None:
    live(desk, 1)
    _, note = desk.office.notary.checkpoint()
    with psycopg.connect(desk.office.database.admin, autocommit=True) as connection:
        connection.execute("alter table ledger.event disable trigger no_change")
        connection.execute("update ledger.event set raw = raw || 'x' where idx = 4")
    conninfo = desk.office.database.conninfo("ledger_reader")
    with pytest.raises(UnsafeError, match="do not give the root"):
        export_log(conninfo, tmp_path / "out", note=note, trust=trust(desk))
    assert not (tmp_path / "out" / "checkpoint").exists()


def test_a_ledger_that_lost_its_tail_does_not_replace_what_proves_it(
    desk: Desk, tmp_path: Path
) -> None:
    _, older = desk.office.notary.checkpoint()
    live(desk, 1)
    export(desk, tmp_path / "out")
    conninfo = desk.office.database.conninfo("ledger_reader")
    with pytest.raises(UnsafeError, match="rolled back"):
        export_log(conninfo, tmp_path / "out", note=older, trust=trust(desk))


def test_the_evidence_about_one_firearm_verifies_offline(desk: Desk, tmp_path: Path) -> None:
    live(desk, 20)
    stream = live(desk, 1)
    shown = gather_evidence(desk.office, parse_stream_id(stream).uuid)
    write_bundle(tmp_path / "evidence.zip", shown)
    report = verify_bundle(Request(path=tmp_path / "evidence.zip", trust=trust(desk)))
    assert report.exit_code is ExitCode.OK
    assert report.examined == 3 + 2


def test_there_is_no_evidence_about_an_unknown_firearm(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no events of that firearm"):
        gather_evidence(desk.office, uuid4())
    assert not (tmp_path / "evidence.zip").exists()
