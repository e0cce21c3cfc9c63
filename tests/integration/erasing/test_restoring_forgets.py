# SPDX-License-Identifier: Apache-2.0
"""A restored backup forgets again: backup, erase, restore, and nothing opens (threat 15)."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from api.bootstrap import open_office
from api.erasing.worker import _say
from audit.database import Database
from audit.vault.filestore import DATA_KEYS_FILE
from audit.vault.vault import SealedDisclosure
from domain.errors import RefusedError, UnsafeError
from tests.integration.append.desk import born, settings_of, signed
from tests.integration.erasing.conftest import (
    DOCUMENT,
    Application,
    Stage,
    opened_stage,
    reopened,
)

SAVED = "saved_disclosure"


def save_rows(stage: Stage) -> None:
    """Back the vault up inside the database, as a dump would."""
    _run(
        stage,
        f"create table public.{SAVED} as table vault.disclosure",
        "create table public.saved_forgotten as table vault.forgotten",
    )


def restore_rows(stage: Stage) -> None:
    """Bring the vault back to how it was, and the memory of what it had forgotten with it."""
    _run(
        stage,
        "set session_replication_role = replica",
        "alter table vault.erased_holding disable trigger all",
        "alter table vault.erased_event disable trigger all",
        "alter table vault.disclosure disable trigger all",
        "delete from vault.erased_holding",
        "delete from vault.erased_event",
        "delete from vault.disclosure",
        f"insert into vault.disclosure select * from public.{SAVED}",
        "update vault.forgotten set size = (select size from public.saved_forgotten)",
        "alter table vault.erased_holding enable always trigger no_change",
        "alter table vault.erased_event enable always trigger no_change",
        "alter table vault.disclosure enable always trigger no_change",
    )


def save_keys(stage: Stage) -> Path:
    """Back the key folder up, as a file copy would."""
    folder = stage.folder / "saved-keys"
    shutil.copytree(stage.settings.vault_folder, folder)
    return folder


def restore_keys(stage: Stage, saved: Path) -> None:
    """Bring the key folder back to how it was."""
    for each in stage.settings.vault_folder.iterdir():
        each.unlink()
    shutil.copytree(saved, stage.settings.vault_folder, dirs_exist_ok=True)


def _run(stage: Stage, *statements: str) -> None:
    with psycopg.connect(stage.office.database.admin) as connection:
        for each in statements:
            connection.execute(each.encode())


def _erased(stage: Stage) -> tuple[Application, list[SealedDisclosure]]:
    gone = stage.refused_licence()
    sealed = [row for row in stage.rows() if row.hld == gone.hld]
    return gone, sealed


def _nothing_opens(stage: Stage, gone: Application, sealed: list[SealedDisclosure]) -> None:
    with reopened(stage) as office:
        assert office.vault.open_all(sealed) == [None] * len(sealed)
        assert office.personal.holdings_of(DOCUMENT) == ()
        with pytest.raises(RefusedError, match="proves it"):
            office.personal.reveal(gone.eid)
    assert gone.hld not in {row.hld for row in stage.rows()}


def test_a_restored_database_forgets_again(stage: Stage) -> None:
    gone, sealed = _erased(stage)
    save_rows(stage)
    stage.approved(gone)
    stage.executed()
    restore_rows(stage)
    assert gone.hld in {row.hld for row in stage.rows()}, "the backup brings the rows back"
    _nothing_opens(stage, gone, sealed)


def test_a_restored_key_store_forgets_again(stage: Stage) -> None:
    gone, sealed = _erased(stage)
    saved = save_keys(stage)
    stage.approved(gone)
    stage.executed()
    restore_keys(stage, saved)
    _nothing_opens(stage, gone, sealed)


def test_when_both_are_restored_both_forget_again(stage: Stage) -> None:
    gone, sealed = _erased(stage)
    kept = stage.refused_licence(document="CD-7654321")
    saved = save_keys(stage)
    save_rows(stage)
    stage.approved(gone)
    stage.executed()
    restore_rows(stage)
    restore_keys(stage, saved)
    _nothing_opens(stage, gone, sealed)
    with reopened(stage) as office:
        found = {each.name: each.value for each in office.personal.reveal(kept.eid)}
    assert found == kept.person


def test_of_a_log_that_is_behind_its_signer_nothing_about_persons_is_shown(
    server: Database, database: Database, tmp_path: Path
) -> None:
    """The backup is older than the erasure, and the newest entries are not put back yet."""
    settings = settings_of(tmp_path / "ledger", database.admin)
    with opened_stage(settings, tmp_path) as stage:
        gone = stage.refused_licence()
        saved = save_keys(stage)
    name = conninfo_to_dict(database.admin)["dbname"]
    _administer(server, f"create database {name}_saved template {name}")
    with open_office(settings) as office:
        stage = replace(stage, office=office)
        stage.approved(gone)
        stage.executed()
    _administer(server, f"drop database {name} with (force)")
    _administer(server, f"alter database {name}_saved rename to {name}")
    restore_keys(stage, saved)
    with open_office(settings) as office:
        for _ in range(2):
            with pytest.raises(UnsafeError):
                office.personal.holdings_of(DOCUMENT)
            with pytest.raises(UnsafeError):
                office.personal.reveal(gone.eid)


def _administer(server: Database, statement: str) -> None:
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_what_a_running_process_did_not_see_executed_is_carried_out_by_its_worker(
    stage: Stage,
) -> None:
    """The steward says it was executed, and nobody had done anything."""
    gone, sealed = _erased(stage)
    stage.approved(gone)
    (order,) = stage.office.eraser.waiting()
    assert _say(stage.office, order, stage.keys["steward"]).outcome == "executed"
    assert None not in stage.office.vault.open_all(sealed)
    stage.executed()
    assert stage.office.vault.open_all(sealed) == [None] * len(sealed)


def test_a_forged_execution_stops_the_opening_and_destroys_nothing(stage: Stage) -> None:
    gone, sealed = _erased(stage)
    stage.approved(gone)
    stage.executed()
    saved = stage.settings.vault_folder / DATA_KEYS_FILE
    assert saved.exists()
    _run(
        stage,
        "alter table ledger.event disable trigger all",
        "update ledger.event set raw = overlay(raw placing 'AAAA'::bytea from length(raw) - 20)"
        " where kind = 'erasure.approved/1'",
        "update vault.forgotten set size = 0",
    )
    with pytest.raises(UnsafeError) as refused, reopened(stage):
        pass
    assert refused.value.slug == "erasure_unfit"
    assert stage.office.vault.open_all(sealed) == [None] * len(sealed)


def test_opening_again_looks_at_nothing_twice(stage: Stage) -> None:
    gone, _ = _erased(stage)
    stage.approved(gone)
    stage.executed()
    assert stage.office.eraser.forget_again() == 1
    assert stage.office.eraser.forget_again() == 0
    with reopened(stage) as office:
        assert office.eraser.forget_again() == 0
        assert office.append(_signed(stage)).index > 0


def _signed(stage: Stage) -> bytes:
    return signed(born(), stage.keys["clerk"]).to_bytes()
