# SPDX-License-Identifier: Apache-2.0
"""What a restored backup lost comes back from a copy, as it was, or not at all (log.md 2.4)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from typer.testing import Result

from api.bootstrap import open_office
from audit.proof.verify.evidence import pack_log
from audit.proof.verify.report import ExitCode
from audit.signer.state import STATE_FILE
from domain.application import Ledger
from domain.ports import Admitted
from tests.integration.append.desk import born, signed
from tests.integration.attacks.scene import HELD, OLD, SIZE, Scene, forged_note

LOST = range(OLD, SIZE)


def records(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def table(scene: Scene, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(scene.ledger.database.admin) as connection:
        return connection.execute(query.encode()).fetchall()


def all_but_times(scene: Scene) -> list[list[tuple[Any, ...]]]:
    """Read everything that an append writes, but when and the personal data."""
    return [
        table(scene, f"select {columns} from ledger.{name} order by {order}")
        for name, columns, order in (
            ("event", "idx, stream, seq, kind, iss, jti, eid, raw, leaf", "idx"),
            ("event_ref", "tag, idx", "tag, idx"),
            ("marking_claim", "marking, stream, idx", "marking"),
            ("tile", "level, n, hashes", "level, n"),
            ("head", "size, frontier, root", "size"),
        )
    ]


def test_what_was_lost_comes_back_as_it_was_and_is_signed_again(
    scene: Scene, restored: Scene
) -> None:
    done = restored.restore()
    assert done.exit_code == 0, done.output
    assert records(done)[-1] == {
        "before": OLD,
        "size": SIZE,
        "signed": SIZE,
        "copied": SIZE,
        "unsealed": 1,
        "missing": 0,
        "dry_run": False,
    }
    assert all_but_times(restored) == all_but_times(scene)
    trust = restored.ground.sound.trust
    assert trust.open(restored.ledger.sign()) == trust.open(restored.ground.note)
    assert restored.ledger.fsck(published=True).exit_code is ExitCode.OK
    with restored.opened() as desk:
        assert desk.append(born()).index == SIZE
        submission, receipt = restored.ground.acknowledged[SIZE - 1]
        again = desk.office.append(submission.to_bytes())
    assert (again.index, again.repeated) == (receipt.index, True)


def test_each_entry_that_may_lack_personal_data_is_named(restored: Scene) -> None:
    done = restored.restore()
    eid = restored.ground.acknowledged[HELD][0].eid
    assert records(done)[:-1] == [{"index": HELD, "eid": eid, "disclosures": "may be missing"}]
    assert "vault.disclosure" in done.stderr


def test_without_the_keys_of_the_vault_every_entry_that_may_disclose_is_named(
    restored: Scene,
) -> None:
    shutil.rmtree(restored.ledger.settings.vault_folder)
    named = [each["index"] for each in records(restored.restore())[:-1]]
    assert HELD in named


def test_a_dry_run_checks_everything_and_writes_nothing(restored: Scene) -> None:
    before = all_but_times(restored)
    done = restored.restore(None, "--dry-run")
    assert done.exit_code == 0
    assert records(done)[-1]["missing"] == len(LOST)
    assert f"the database lacks the newest {len(LOST)}" in done.stderr
    assert all_but_times(restored) == before
    spoil(restored, SIZE - 1)
    assert restored.restore(None, "--dry-run").exit_code == 1


def test_a_bundle_of_the_whole_log_serves_as_well(restored: Scene) -> None:
    bundle = restored.folder / "log.zip"
    pack_log(bundle, restored.ledger.published)
    done = restored.restore(bundle)
    assert done.exit_code == 0, done.stderr
    assert len(restored.rows()) == SIZE


def test_an_empty_database_is_filled_from_the_first_entry_on(scene: Scene) -> None:
    before = all_but_times(scene)
    for name in ("event", "event_ref", "marking_claim", "tile", "checkpoint"):
        scene.ledger.falsify(f"alter table ledger.{name} disable trigger all")
        scene.ledger.falsify(f"delete from ledger.{name}")
    scene.ledger.recompute()
    assert scene.rows() == []
    assert scene.restore().exit_code == 0
    assert all_but_times(scene) == before


def test_a_restoration_that_was_killed_goes_on_where_it_stopped(
    restored: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, calls = Ledger.restore, iter(range(3))

    def killed(self: Ledger, batch: Sequence[Admitted], index: int) -> None:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        record(self, batch, index)

    monkeypatch.setattr("audit.restoring.restoration.may_be_registry", lambda _: True)
    monkeypatch.setattr(Ledger, "restore", killed)
    assert restored.restore().exit_code != 0
    assert len(restored.rows()) == OLD + 3
    monkeypatch.undo()
    done = restored.restore()
    assert (done.exit_code, records(done)[-1]["before"]) == (0, OLD + 3)
    assert restored.ledger.fsck(published=True).exit_code is ExitCode.OK


def test_what_is_there_is_not_put_back_again(scene: Scene) -> None:
    done = scene.restore()
    assert done.exit_code == 0
    assert (records(done)[-1]["before"], records(done)[-1]["size"]) == (SIZE, SIZE)


def test_an_older_copy_brings_back_its_part_and_says_what_is_still_missing(
    scene: Scene, restored: Scene
) -> None:
    older = scene.export(forged_note(scene.rows()[: SIZE - 5], scene.stolen_keys()))
    done = restored.restore(older)
    assert done.exit_code == 1
    assert (records(done)[-1]["size"], records(done)[-1]["missing"]) == (SIZE - 5, 5)
    assert "name a newer copy" in done.stderr
    assert restored.restore().exit_code == 0
    assert restored.ledger.fsck(published=True).exit_code is ExitCode.OK


def test_a_signer_that_was_put_back_as_well_is_told_and_signs_what_comes_back(
    restored: Scene,
) -> None:
    state = restored.ledger.settings.signer_folder / STATE_FILE
    state.write_bytes(restored.ground.sound.older_state)
    done = restored.restore()
    assert done.exit_code == 0
    assert "remembers 20 entries only" in done.stderr
    assert restored.ledger.fsck(published=True).exit_code is ExitCode.OK


# Refused, with nothing written: whatever does not fit what was signed.


def test_a_copy_with_another_entry_is_refused(restored: Scene) -> None:
    spoil(restored, SIZE - 2)
    done = restored.restore()
    assert (done.exit_code, slug(done)) == (1, "restore_differs")
    assert len(restored.rows()) == OLD


def test_a_copy_with_a_checkpoint_of_a_stolen_key_is_refused_by_what_the_signer_remembers(
    restored: Scene,
) -> None:
    grown = restored.regrown(SIZE - OLD)
    forged = restored.export(restored.forged_note())
    assert len(grown) == SIZE
    restored.ledger.restore_backup(OLD)
    done = restored.restore(forged)
    assert (done.exit_code, slug(done)) == (1, "restore_differs")
    assert "than the signer remembers" in done.stderr
    assert len(restored.rows()) == OLD


def test_a_database_that_grew_again_is_not_built_upon(restored: Scene) -> None:
    grown = restored.regrown(1)
    done = restored.restore()
    assert (done.exit_code, slug(done)) == (1, "restore_differs")
    assert restored.rows() == grown


def test_a_database_of_the_signed_size_with_another_history_is_not_built_upon(
    restored: Scene,
) -> None:
    grown = restored.regrown(SIZE - OLD)
    done = restored.restore()
    assert (done.exit_code, slug(done)) == (1, "restore_differs")
    assert restored.rows() == grown


def test_a_copy_of_another_log_is_refused(restored: Scene) -> None:
    note = restored.ledger.published / "checkpoint"
    note.write_bytes(note.read_bytes().replace(b"\n40\n", b"\n41\n"))
    done = restored.restore()
    assert (done.exit_code, slug(done)) == (1, "copy_foreign")


def test_a_folder_without_a_log_and_a_copy_with_a_hole_are_told_apart(restored: Scene) -> None:
    empty = restored.folder / "empty"
    empty.mkdir()
    assert (restored.restore(empty).exit_code, slug(restored.restore(empty))) == (2, "copy_missing")
    shutil.rmtree(restored.ledger.published / "tile" / "entries")
    done = restored.restore()
    assert (done.exit_code, slug(done)) == (4, "copy_incomplete")
    assert len(restored.rows()) == OLD


LEFT: dict[str, str] = {
    "an entry": "insert into ledger.event select * from kept",
    "a tile": "insert into ledger.tile select 0, 1, hashes from ledger.tile where level = 0",
}


@pytest.mark.parametrize("statement", LEFT.values(), ids=LEFT)
def test_what_is_left_beyond_a_head_that_was_cut_by_hand_is_told(
    scene: Scene, statement: str
) -> None:
    scene.ledger.falsify("create table kept as select * from ledger.event where idx = %s", OLD)
    scene.ledger.falsify("delete from ledger.event where idx >= %s", OLD)
    scene.ledger.recompute()
    scene.ledger.falsify(statement)
    done = scene.restore()
    assert (done.exit_code, slug(done)) == (1, "restore_collision")
    assert "cut by hand" in done.stderr


def test_while_a_program_uses_the_ledger_nothing_is_put_back(restored: Scene) -> None:
    with open_office(restored.ledger.settings):
        done = restored.restore()
    assert (done.exit_code, slug(done)) == (1, "signer_running")
    assert "Close every program" in done.stderr
    assert len(restored.rows()) == OLD


def slug(done: Result) -> str:
    return done.stderr.partition(":")[0]


def spoil(scene: Scene, index: int) -> None:
    """Put another genuine event of the officer into the published copy."""
    (bundle,) = (scene.ledger.published / "tile" / "entries").rglob(str(SIZE))
    raw, other = scene.ground.acknowledged[index][0].jws, signed(born(), scene.ground.key).jws
    before, _, after = bundle.read_bytes().partition(len(raw).to_bytes(2, "big") + raw)
    bundle.write_bytes(before + len(other).to_bytes(2, "big") + other + after)
