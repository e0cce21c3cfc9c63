# SPDX-License-Identifier: Apache-2.0
"""An older database is put in the place of the present one: nothing is written onto it.

Rows of the table (log.md 2.10): "delete or truncate the tail; restore an old backup", and the
restart rule of 2.4. One entry there would take the place of one that was signed, for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from json import loads

import psycopg
import pytest

from api.bootstrap import Office, open_office
from audit.appending.barrier import SILENCE_SECONDS_MAX, Barrier
from audit.recorder import PostgresLedgerRecorder
from audit.signer.launch import stop_process
from domain.errors import MunimentError, UnreachableError, UnsafeError
from tests.integration.append.desk import Desk, born, signed
from tests.integration.attacks.scene import OLD, SIZE, Scene, proof_states

Act = Callable[[Office, bytes], object]

DOORS: Sequence[Act] = (
    lambda office, each: office.append(each),
    lambda office, each: office.append_all([each]),
    lambda office, each: office.record([office.open(each)]),
)
"""Every way in which something is recorded: one event, several, and an import."""


@pytest.mark.parametrize("act", DOORS, ids=["append", "append_all", "record"])
def test_nothing_is_recorded_after_an_older_backup_was_restored(restored: Scene, act: Act) -> None:
    with restored.opened() as desk:
        for _ in range(2):
            assert refused(desk, act).slug == "signer_rollback"
    assert len(restored.rows()) == OLD
    with restored.opened() as desk:
        error = refused(desk, act)
    assert "muniment restore --from" in error.next_step
    assert "never reset the signer" in error.next_step
    assert len(restored.rows()) == OLD


def test_nothing_is_recorded_onto_a_backup_that_grew_again(restored: Scene) -> None:
    grown = restored.regrown(SIZE - OLD + 1)
    with restored.opened() as desk:
        error = refused(desk, DOORS[0])
    assert error.slug == "signer_fork"
    assert "muniment fsck --published" in error.next_step
    assert restored.rows() == grown


def test_nothing_is_recorded_where_the_newest_entry_was_exchanged(scene: Scene) -> None:
    with scene.opened() as desk:
        desk.append(born())
        scene.ledger.restore_backup(SIZE)
        exchanged = scene.regrown(1)
        assert refused(desk, DOORS[0]).slug == "signer_fork"
    assert scene.rows() == exchanged


def test_a_head_that_is_rolled_back_under_an_open_ledger_is_not_written_to(scene: Scene) -> None:
    with scene.opened() as desk:
        desk.append(born())
        scene.ledger.restore_backup(SIZE - 5)
        for act in DOORS:
            assert refused(desk, act).slug == "signer_rollback"
    assert len(scene.rows()) == SIZE - 5


def test_a_head_rolled_back_to_where_this_process_left_it_is_not_written_to(scene: Scene) -> None:
    with scene.opened() as desk:
        left = desk.append(born()).index + 1
        others_append(scene, 3)
        scene.ledger.restore_backup(left)
        barrier_of(desk)._monotonic = lambda: time.monotonic() + SILENCE_SECONDS_MAX
        assert refused(desk, DOORS[0]).slug == "signer_rollback"
    assert len(scene.rows()) == left


def test_behind_a_broken_connection_the_signer_is_asked_at_once(scene: Scene) -> None:
    with scene.opened() as desk:
        left = desk.append(born()).index + 1
        others_append(scene, 3)
        scene.ledger.restore_backup(left)
        disconnect(scene)
        assert refused(desk, DOORS[0]).slug == "signer_rollback"
    assert len(scene.rows()) == left


def test_a_restart_of_the_database_alone_stops_nobody(scene: Scene) -> None:
    with scene.opened() as desk:
        desk.append(born())
        disconnect(scene)
        assert desk.append(born()).index == SIZE + 1


def test_without_a_word_of_the_signer_nothing_is_recorded_for_long(scene: Scene) -> None:
    with scene.opened() as desk:
        left = desk.append(born()).index + 1
        stop_process(scene.ledger.settings.signer_folder)
        barrier_of(desk)._monotonic = lambda: time.monotonic() + SILENCE_SECONDS_MAX
        with pytest.raises(UnreachableError) as away:
            desk.append(born())
    assert away.value.slug == "signer_unreachable"
    assert len(scene.rows()) == left


def test_along_its_own_appends_a_writer_asks_the_signer_for_receipts_alone(scene: Scene) -> None:
    with scene.opened() as desk:
        desk.append(born())
        barrier = barrier_of(desk)
        asked: list[int] = []
        begin = barrier._signer.begin

        def counted(at_least: int, *lines: object) -> Callable[[], bytes]:
            asked.append(at_least)
            return begin(at_least, *lines)  # type: ignore[arg-type]

        barrier._signer.begin = counted  # type: ignore[method-assign, assignment]
        indexes = [desk.append(born()).index for _ in range(5)]
    assert asked == [index + 1 for index in indexes]


# What only reads goes on, and says what is the matter.


def test_a_rolled_back_ledger_is_still_read_and_its_answers_say_why_they_prove_less(
    restored: Scene,
) -> None:
    found = restored.traced()
    assert proof_states(found) == ["checkpointed", "checkpointed"]
    assert found.proof.remark is not None
    assert f"the head is at {OLD}, after {SIZE} was signed" in found.proof.remark


@pytest.mark.parametrize("json", [False, True], ids=["words", "json"])
def test_status_says_that_a_ledger_is_rolled_back_and_what_to_do(
    restored: Scene, *, json: bool
) -> None:
    done = restored.command("status", *["--json"] * json)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"signer_rollback: The signer refuses: the head is at {OLD}")
    assert "muniment restore --from DIR" in done.stderr
    if json:
        found = loads(done.stdout)
        assert (found["size"], found["signer"]["size"], found["signer"]["behind"]) == (OLD, SIZE, 0)
        assert [each["error"] for each in found["problems"]] == ["signer_rollback"]
    else:
        assert f"signed up to size {SIZE}, {SIZE - OLD} more than the database holds" in done.stdout


def test_status_says_that_a_ledger_is_forked(restored: Scene) -> None:
    restored.regrown(SIZE - OLD)
    done = restored.command("status")
    assert (done.exit_code, done.stderr.partition(":")[0]) == (1, "signer_fork")
    assert "signs nothing more" in done.stdout


def test_status_says_that_a_head_row_was_changed(scene: Scene) -> None:
    scene.ledger.falsify("update ledger.head set root = sha256('other')")
    done = scene.command("status")
    assert (done.exit_code, done.stderr.partition(":")[0]) == (1, "tree_damaged")
    assert "muniment fsck" in done.stderr


def test_status_says_that_a_ledger_is_rolled_back_even_where_rows_are_missing_too(
    restored: Scene,
) -> None:
    restored.ledger.falsify("delete from ledger.event where idx = %s", OLD - 1)
    done = restored.command("status")
    slugs = [line.partition(":")[0] for line in done.stderr.splitlines()]
    assert (done.exit_code, slugs) == (1, ["signer_rollback", "tree_damaged"])


def test_status_says_that_a_head_row_is_gone(scene: Scene) -> None:
    scene.ledger.falsify("delete from ledger.head")
    done = scene.command("status")
    assert (done.exit_code, done.stderr.partition(":")[0]) == (1, "tree_damaged")
    assert "muniment fsck" in done.stderr


def test_status_says_that_a_running_signer_has_stopped_signing(scene: Scene) -> None:
    with scene.opened() as desk:
        desk.append(born())
        scene.ledger.falsify("create table kept as select * from ledger.head")
        scene.ledger.falsify("update ledger.head set root = sha256('other')")
        assert refused(desk, DOORS[0]).slug == "signer_fork"
        scene.ledger.falsify("update ledger.head set root = kept.root from kept")
        done = scene.command("status")
    assert (done.exit_code, done.stderr.partition(":")[0]) == (1, "signer_refuses")
    assert "judges anew when it starts" in done.stderr


def test_of_a_sound_ledger_status_has_nothing_to_complain_of(scene: Scene) -> None:
    done = scene.command("status")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"signed up to size {SIZE}, up to date" in done.stdout


def refused(desk: Desk, act: Act) -> MunimentError:
    """Record an event and give why that was refused."""
    with pytest.raises(UnsafeError) as refusal:
        act(desk.office, signed(born(), desk.key).to_bytes())
    return refusal.value


def others_append(scene: Scene, number: int) -> None:
    """Append events through the door of another process."""
    with open_office(scene.ledger.settings) as office:
        other = Desk(office=office, roots=scene.ground.roots, key=scene.ground.key)
        for _ in range(number):
            other.append(born())


def barrier_of(desk: Desk) -> Barrier:
    """Give what stands before the commits of an open ledger."""
    recorder = desk.office.ledger.recorder
    assert isinstance(recorder, PostgresLedgerRecorder)
    assert recorder.barrier is not None
    return recorder.barrier


def disconnect(scene: Scene) -> None:
    """Break every connection to the database, as its restart does."""
    with psycopg.connect(scene.ledger.database.admin, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
