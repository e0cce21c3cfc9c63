# SPDX-License-Identifier: Apache-2.0
"""A sound ledger under fsck: what it says when all is well, and how the command says it."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from api.cli.checking.fsck import check_ledger, fsck
from api.settings import Settings
from audit.database import Database
from audit.vault.filestore import DATA_KEYS_FILE
from tests.integration.append.desk import Desk, born, opened_desk, settings_of
from tests.integration.fsck.conftest import OLDER, SIZE, Ledger, finding, found, state


def test_a_sound_ledger_agrees_with_itself_and_with_its_published_copy(ledger: Ledger) -> None:
    report = ledger.fsck(published=True)
    assert found(report) == set()
    assert report.exit_code == 0
    assert report.size == report.examined == SIZE
    assert {each.state for each in report.checks} == {"ok"}


def test_without_a_published_copy_that_check_is_not_called_ok(ledger: Ledger) -> None:
    assert state(ledger.fsck(), "published") == "not checked"


def test_a_head_ahead_of_the_signer_is_told_and_signed_forward(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.checkpoint where size > %s", OLDER)  # none was kept yet
    (ledger.settings.signer_folder / "state").write_bytes(ledger.sound.older_state)
    report = ledger.fsck()
    assert report.exit_code == 0
    notice = finding(report, "signer", "unsigned")
    assert (notice.severity, notice.index) == ("notice", OLDER)
    assert "signs forward" in notice.next_step
    ledger.sign()
    assert ledger.fsck().findings == ()


def test_an_erased_disclosure_is_in_order(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.settings.vault_folder / DATA_KEYS_FILE)) as keys, keys:
        keys.execute("delete from data_key")
    assert state(ledger.fsck(), "vault") == "ok"


def test_appends_going_on_meanwhile_are_not_mistaken_for_damage(
    database: Database, tmp_path: Path
) -> None:
    with opened_desk(settings_of(tmp_path / "ledger", database.admin)) as desk:
        ended = threading.Event()
        writer = threading.Thread(target=_append_until, args=(desk, ended))
        writer.start()
        try:
            reports = [check_ledger(desk.office.settings, None) for _ in range(10)]
        finally:
            ended.set()
            writer.join()
    assert [found(report) for report in reports] == [set()] * 10


def _append_until(desk: Desk, ended: threading.Event) -> None:
    while not ended.is_set():
        desk.append(born())


def run(settings: Settings, *arguments: str) -> Result:
    """Run ``muniment fsck``."""
    app = typer.Typer()
    app.command()(fsck)
    return CliRunner().invoke(app, arguments, obj=settings)


def test_the_command_says_ok_with_0(ledger: Ledger) -> None:
    done = run(ledger.settings, "--published", str(ledger.published))
    assert done.exit_code == 0
    assert "ok          rows" in done.stdout
    assert done.stderr == f"OK: {SIZE} entries agree with everything that was checked.\n"


def test_the_command_says_what_to_restore_with_1(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.event where idx = 100")
    done = run(ledger.settings, "--published", str(ledger.published))
    assert done.exit_code == 1
    assert "violation: rows: Index 100: The row is gone." in done.stdout
    assert "next: Restore it from" in done.stdout
    assert done.stderr.startswith("VIOLATED: Index 100")


def test_the_command_gives_the_findings_as_json(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.event where idx = 100")
    told = json.loads(run(ledger.settings, "--json").stdout)
    assert (told["subject"], told["result"], told["size"]) == ("ledger", "violated", SIZE)
    (finding,) = told["findings"]
    assert {name: finding[name] for name in ("check", "code", "index", "severity")} == {
        "check": "rows",
        "code": "row_missing",
        "index": 100,
        "severity": "violation",
    }
    assert finding["evidence"].startswith("signed leaf ")
    assert finding["next_step"].startswith("Restore it from")


def test_a_folder_that_holds_no_published_log_is_a_usage_error(
    ledger: Ledger, tmp_path: Path
) -> None:
    done = run(ledger.settings, "--published", str(tmp_path))
    assert done.exit_code == 2
    assert "published_missing" in done.stderr


def test_a_ledger_whose_database_is_away_is_unreachable(ledger: Ledger) -> None:
    done = run(settings_of(ledger.home, "host=/nonexistent dbname=none"))
    assert done.exit_code == 4
