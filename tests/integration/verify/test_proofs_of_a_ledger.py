# SPDX-License-Identifier: Apache-2.0
"""A real ledger with what witnesses said: one file of the whole log, evidence, better receipts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.beside import ledger_trust
from api.cli.export import export_log, write_whole
from api.cli.receipting.command import receipt
from api.cli.witnessing.collecting import FOLDER
from api.settings import Settings
from api.tracing.evidence import gather_evidence
from audit.database import Database
from audit.export.said import what_was_said
from audit.link import Link
from audit.proof.policy.file import parse_policy
from audit.proof.timestamps.files import StampName
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.report import ExitCode, Report
from audit.proof.verify.trust import Trust
from audit.timestamps.shelf import Shelf
from audit.witness.history import CosignedHistory
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import Desk, born, following, opened_desk, settings_of
from tests.unit.audit.verify.wider.others import cosigned, policy_lines


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "ledger", database.admin)


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with opened_desk(settings) as opened:
        yield opened


def trust_of(desk: Desk) -> Trust:
    with closing(Link(desk.office.database.conninfo("ledger_reader"))) as link:
        return ledger_trust(desk.office, link)


def policy_of(desk: Desk) -> bytes:
    return policy_lines([f"log {desk.vkey}"])


def witness_now(desk: Desk) -> int:
    """Have the newest checkpoint cosigned and kept as a collector keeps it; give its size."""
    checkpoint, note = desk.office.notary.checkpoint()
    folder = desk.office.settings.home / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint").write_bytes(cosigned(note))
    return checkpoint.size


def judged(desk: Desk, path: Path) -> Report:
    policy = parse_policy(policy_of(desk))
    return verify_bundle(Request(path=path, trust=trust_of(desk), policy=policy, jobs=1))


def run(settings: Settings, *arguments: object) -> Result:
    return CliRunner().invoke(receipt, [str(each) for each in arguments], obj=settings)


def test_a_whole_ledger_in_one_file_verifies_with_its_witnesses(desk: Desk, tmp_path: Path) -> None:
    desk.append(born())
    witness_now(desk)
    write_whole(desk.office, tmp_path / "log.zip")
    assert judged(desk, tmp_path / "log.zip").exit_code is ExitCode.OK
    write_whole(desk.office, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "log.zip").read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_evidence_carries_an_older_witnessed_checkpoint_with_its_proof(
    desk: Desk, tmp_path: Path
) -> None:
    first = born()
    desk.append(following(first, desk.append(first).eid))
    size = witness_now(desk)
    desk.append(born())
    shown = gather_evidence(desk.office, parse_stream_id(first.sub).uuid)
    write_bundle(tmp_path / "evidence.zip", shown)
    report = judged(desk, tmp_path / "evidence.zip")
    assert report.exit_code is ExitCode.OK
    told = next(each.sentence for each in report.checks if each.name == "witnesses")
    assert told.startswith(f"The checkpoint of {size} entries has its quorum")


def test_a_receipt_is_upgraded_by_the_ledger_and_by_its_export(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    made = desk.append(born())
    desk.append(born())
    witness_now(desk)
    desk.append(born())
    file = tmp_path / f"{made.index}.tlog-proof"
    (tmp_path / "policy").write_bytes(policy_of(desk))
    (tmp_path / "trust.json").write_bytes(trust_of(desk).encode())
    options = ("--policy", tmp_path / "policy", "--trust", tmp_path / "trust.json", "--json")
    write_whole(desk.office, tmp_path / "log.zip")
    for source in ((), ("--from", tmp_path / "log.zip")):
        file.write_bytes(made.proof.encode())
        done = run(settings, "upgrade", file, *source, *options)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["level"] == "witnessed"
        (tmp_path / "entry").write_bytes(desk.submitted[made.index].to_bytes())
        done = run(settings, "verify", file, "--entry", tmp_path / "entry", *options)
        assert (done.exit_code, json.loads(done.stdout)["level"]) == (0, "witnessed")


def test_the_export_goes_into_a_folder_or_one_file_and_not_both(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    app = typer.Typer()
    app.command()(export_log)
    desk.append(born())
    assert CliRunner().invoke(app, [], obj=settings).exit_code == 2
    both = [str(tmp_path / "out"), "--bundle", str(tmp_path / "log.zip")]
    assert CliRunner().invoke(app, both, obj=settings).exit_code == 2
    done = CliRunner().invoke(app, [*both[1:], "--json"], obj=settings)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["bundle"] == str(tmp_path / "log.zip")
    assert CliRunner().invoke(app, both[:1], obj=settings).exit_code == 0
    assert (tmp_path / "out/checkpoint").exists()


def test_nothing_is_said_where_nobody_witnessed_or_stamped(desk: Desk, tmp_path: Path) -> None:
    said = what_was_said(tmp_path / "none", tmp_path / "absent", size=9)
    assert (said.notes, said.last, said.stamps) == ({}, {}, {})
    size = witness_now(desk)
    witnessed = desk.office.settings.home / FOLDER
    assert list(what_was_said(witnessed, tmp_path / "none", size=size).notes) == [size]
    assert what_was_said(witnessed, tmp_path / "none", size=size - 1).notes == {}


def test_of_one_size_the_cosigned_checkpoint_goes_before_the_one_that_was_dated(
    desk: Desk, tmp_path: Path
) -> None:
    size = witness_now(desk)
    shelf = Shelf(tmp_path / "shelf")
    dated = desk.office.notary.checkpoint()[1]
    shelf.keep_note(size, dated)
    shelf.keep(StampName(size, "alpha"), {"tsr": b"token"})
    witnessed = desk.office.settings.home / FOLDER
    found = what_was_said(witnessed, tmp_path / "shelf", size=size)
    assert found.notes == {size: (witnessed / "checkpoint").read_bytes()}
    assert found.stamps == {f"tsa/{size}.alpha.0.tsr": b"token", f"tsa/{size}.note": dated}


def test_a_checkpoint_that_was_dated_is_said_as_it_was_cosigned_though_newer_ones_were(
    tmp_path: Path,
) -> None:
    history, shelf = CosignedHistory(tmp_path / "witnesses"), Shelf(tmp_path / "shelf")
    shelf.keep_note(20, b"log\n20\n\ndated")
    shelf.keep(StampName(20, "alpha"), {"tsr": b"token"})
    for size in (20, 30, 40):
        history.keep(b"log\n%d\n\ncosigned" % size, size, size * 1_000)
    found = what_was_said(tmp_path / "witnesses", tmp_path / "shelf", size=50, around=[38])
    assert list(found.notes) == [20, 30, 40]
    assert found.notes[20].endswith(b"cosigned")
    assert found.stamps["tsa/20.note"].endswith(b"dated")


def test_what_stands_next_to_an_entry_is_said_with_the_newest(tmp_path: Path) -> None:
    history = CosignedHistory(tmp_path / "witnesses")
    for size in range(10, 90, 10):
        history.keep(b"log\n%d\n" % size, size, size * 1_000)
        history.keep(b"log\n%d\nagain" % size, size, size * 1_000 + 60)
    found = what_was_said(tmp_path / "witnesses", tmp_path / "none", size=70, around=[25, 30])
    assert list(found.notes) == list(found.last) == [20, 30, 40, 70]
    assert found.last[30].endswith(b"again")
    assert dict(found.files()).keys() == {
        f"checkpoints/{size}{last}.note" for size in (20, 30, 40, 70) for last in ("", ".last")
    }
