# SPDX-License-Identifier: Apache-2.0
"""Entries vanish: deleted, the tail cut off, an older backup restored (log.md 2.10).

Rows of the table: "delete or truncate the tail; restore an old backup", and of the issue "drops
a stream's tail"; envelope.md 9, attacks 12 and 15.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from audit.database import Database
from audit.proof.inclusion import verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.verify.report import ExitCode
from domain.errors import MunimentError, ProofError, UnsafeError
from tests.integration.append.desk import born, signed
from tests.integration.attacks.conftest import copied
from tests.integration.attacks.scene import (
    BORN,
    OLD,
    SEIZED,
    SIZE,
    Ground,
    Scene,
    Theft,
    proof_states,
)
from tests.integration.fsck.conftest import finding, found


@pytest.fixture(scope="module")
def rolled_back_once(
    server: Database, ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Give a copy with the older database, to which nothing more is done."""
    with copied(server, ground, tmp_path_factory.mktemp("rolled"), older=True) as scene:
        yield scene


@pytest.fixture
def rolled_back(rolled_back_once: Scene, theft: Theft) -> Scene:
    """Give the older copy, with log keys in the hands of whoever restored it."""
    return replace(rolled_back_once, theft=theft)


def test_a_deleted_entry_is_named_by_fsck_and_leaves_its_place_in_the_answer(
    scene: Scene,
) -> None:
    assert proof_states(scene.traced()) == ["checkpointed", "checkpointed"]
    scene.ledger.falsify("delete from ledger.event where idx = %s", SEIZED)
    report = scene.ledger.fsck(published=True)
    assert ("rows", "row_missing", SEIZED) in found(report)
    assert f"entry {SEIZED}" in finding(report, "rows", "row_missing").next_step
    assert proof_states(scene.traced()) == ["checkpointed", "failed"]


def test_with_the_newest_row_deleted_status_tells_it_and_what_was_recorded_is_still_shown(
    scene: Scene,
) -> None:
    scene.ledger.falsify("delete from ledger.event where idx = %s", SIZE - 1)
    status = scene.command("status")
    assert (status.exit_code, status.stderr.partition(":")[0]) == (1, "tree_damaged")
    assert f"size           {SIZE} entries" in status.stdout
    traced = scene.command("trace", "--id", scene.ground.arm.sub)
    assert traced.exit_code in (0, 1)
    assert "pistol" in traced.stdout
    assert ("rows", "row_missing", SIZE - 1) in found(scene.ledger.fsck())


def test_with_the_newest_row_deleted_whatever_needs_the_tree_sends_its_user_to_fsck(
    scene: Scene,
) -> None:
    file = scene.folder / "event.txt"
    file.write_bytes(signed(born(), scene.ground.key).to_bytes())
    scene.ledger.falsify("delete from ledger.event where idx = %s", SIZE - 1)
    before = scene.rows()
    for words in (
        ("append", file),
        ("export", scene.folder / "out"),
        ("publish", scene.folder / "public", "--once"),
    ):
        done = scene.command(*words)
        assert done.exit_code == 1, done.output
        assert "muniment fsck" in done.stderr
        assert "fresh copy" not in done.stderr
    assert scene.rows() == before


def test_a_truncated_tail_stops_the_service(scene: Scene) -> None:
    scene.ledger.restore_backup(SIZE - 5)
    assert found(scene.ledger.fsck()) == {("signer", "rolled_back", SIZE - 5)}
    assert slug_of_an_append(scene) == "signer_rollback"


def test_a_restored_backup_is_behind_signer_and_published_copy(rolled_back_once: Scene) -> None:
    report = rolled_back_once.ledger.fsck(published=True)
    assert {("signer", "rolled_back", OLD), ("published", "rolled_back", OLD)} <= found(report)
    told = finding(report, "signer", "rolled_back")
    assert f"{OLD} to {SIZE - 1} are to be restored" in told.next_step
    assert "never reset the signer" in told.next_step


def test_with_a_stolen_log_key_a_witness_answers_409_to_the_older_head(rolled_back: Scene) -> None:
    witness = rolled_back.witness()
    answer = witness.asked(rolled_back.forged_note(), rolled_back.rows(), old=OLD)
    assert (answer.status, answer.body) == (409, f"{SIZE}\n".encode())
    assert witness.kept() == [("rollback", OLD)]


def test_with_a_stolen_log_key_any_later_checkpoint_shows_the_rollback(rolled_back: Scene) -> None:
    given = rolled_back.export(rolled_back.forged_note())
    report = rolled_back.verified(given, saved=rolled_back.ground.note)
    assert found(report) == {("consistency", "rolled_back", None)}
    receipt = rolled_back.ground.acknowledged[SIZE - 1][1]
    report = rolled_back.verified(given, saved=receipt.proof.checkpoint_note)
    assert report.exit_code is ExitCode.VIOLATED, "a receipt is such a checkpoint too"


def test_a_rollback_that_nobody_outside_remembers_is_not_detected(rolled_back: Scene) -> None:
    report = rolled_back.verified(rolled_back.export(rolled_back.forged_note()), rules=True)
    assert (report.exit_code, report.size) == (ExitCode.OK, OLD)


def test_a_published_copy_is_never_overwritten_by_an_older_log(rolled_back: Scene) -> None:
    with pytest.raises(MunimentError) as refusal:
        rolled_back.export(rolled_back.forged_note(), "published")
    assert refusal.value.slug == "export_ahead"


# The tail of one stream is dropped and the rest closed up, as if it had never been.


def test_a_dropped_tail_of_a_stream_is_refused_by_the_signer(scene: Scene) -> None:
    drop_the_seizure(scene)
    assert slug_of_an_append(scene) == "signer_rollback"


def test_a_dropped_tail_of_a_stream_has_no_proof_under_a_stolen_log_key(robbed: Scene) -> None:
    drop_the_seizure(robbed)
    note, rows = robbed.forged_note(), robbed.rows()
    assert robbed.witness().asked(note, rows, old=SIZE - 1).status == 409
    given = robbed.export(note)
    assert found(robbed.verified(given, saved=robbed.ground.old_note)) == {
        ("consistency", "not_a_prefix", None)
    }
    submission, receipt = robbed.ground.acknowledged[SEIZED]
    key = robbed.trust.verifier_keys(SIZE)[0]
    shown = receipt.proof
    forged = type(shown)(index=shown.index, path=shown.path, checkpoint_note=note)
    with pytest.raises(ProofError):
        verify_tlog_proof(forged, leaf_hash(submission.jws), keys=[key], origin=key.name)


def test_the_chain_does_not_show_a_dropped_tail_and_nobody_says_that_it_does(
    robbed: Scene,
) -> None:
    drop_the_seizure(robbed)
    report = robbed.verified(robbed.export(robbed.forged_note()), rules=True)
    assert report.exit_code is ExitCode.OK, "without anything kept outside, nothing is missed"


def test_a_dropped_middle_of_a_stream_is_found_by_the_chain(robbed: Scene) -> None:
    drop(robbed, BORN)
    report = robbed.verified(robbed.export(robbed.forged_note()))
    assert ("chain", "seq_conflict", SEIZED - 1) in found(report)


def drop_the_seizure(scene: Scene) -> None:
    """Drop the newest event of the firearm."""
    drop(scene, SEIZED)


def drop(scene: Scene, index: int) -> None:
    """Delete an entry, close the gap, and make everything stored fit."""
    scene.ledger.falsify("delete from ledger.event where idx = %s", index)
    scene.ledger.falsify("delete from ledger.checkpoint")
    scene.ledger.falsify("update ledger.event set idx = idx + 1000 where idx > %s", index)
    scene.ledger.falsify("update ledger.event set idx = idx - 1001 where idx >= 1000")
    scene.ledger.recompute()


def slug_of_an_append(scene: Scene) -> str:
    """Try to append an event, of which nothing may be recorded; tell why it was refused."""
    before = scene.rows()
    with scene.opened() as desk, pytest.raises(UnsafeError) as refusal:
        desk.append(born())
    assert scene.rows() == before
    return refusal.value.slug
