# SPDX-License-Identifier: Apache-2.0
"""What the signer signs, and every rewriting of the database that it refuses to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from audit.proof.merkle import CompactRange, leaf_hash
from audit.signer.rows import PAGE_ROWS_MAX, CommittedRows
from audit.signer.service import CheckpointSigner
from domain.errors import UnreachableError, UnsafeError

if TYPE_CHECKING:
    from tests.integration.signer.conftest import Log, Process, SignerHome


def test_what_is_committed_is_signed_and_signed_forward(
    log: Log, home: SignerHome, process: Process
) -> None:
    for count in (1, 5, 12):
        tree = log.append(count)
        found = home.open(process.signer.sign(tree.size))
        assert (found.size, found.root) == (tree.size, tree.root())
    assert process.signer.signed.size == 18


def test_an_empty_log_has_a_checkpoint(log: Log, home: SignerHome, process: Process) -> None:
    assert log.tree.size == 0
    assert home.open(process.signer.sign(0)).size == 0


def test_one_signature_covers_several_batches(log: Log, home: SignerHome, process: Process) -> None:
    first = log.append(2)
    log.append(3)
    assert home.open(process.signer.sign(first.size)).size == 5


def test_an_equal_size_is_signed_again_with_the_same_root(log: Log, process: Process) -> None:
    log.append(7)
    assert process.signer.sign(7) == process.signer.sign(7)


def test_a_backlog_of_several_pages_is_signed(log: Log, home: SignerHome, process: Process) -> None:
    tree = log.append(2 * PAGE_ROWS_MAX + 3)
    assert home.open(process.signer.sign(0)).root == tree.root()


def test_what_was_signed_is_remembered_by_the_next_process(
    log: Log, home: SignerHome, process: Process
) -> None:
    tree = log.append(9)
    note = process.signer.sign(9)
    process.close()
    process.__init__(home)  # type: ignore[misc]
    assert process.signer.signed.size == 9
    assert process.state.tree == tree
    assert process.signer.sign(9) == note


def test_a_restored_backup_is_refused(log: Log, process: Process) -> None:
    old = log.append(3)
    log.append(2)
    process.signer.sign(5)
    log.restore(old)
    with pytest.raises(UnsafeError, match="head is at 3, after 5 was signed; 2 ent") as refusal:
        process.signer.sign(0)
    assert refusal.value.slug == "signer_rollback"


def test_a_history_regrown_over_a_restored_backup_is_refused(log: Log, process: Process) -> None:
    old = log.append(3)
    log.append(2)
    process.signer.sign(5)
    log.restore(old)
    log.append(6)
    with pytest.raises(UnsafeError, match="give another root") as refusal:
        process.signer.sign(9)
    assert refusal.value.slug == "signer_fork"


def test_another_root_of_the_signed_size_is_refused(log: Log, process: Process) -> None:
    old = log.append(3)
    log.append(2)
    process.signer.sign(5)
    log.restore(old)
    log.append(2)
    with pytest.raises(UnsafeError, match="give another root"):
        process.signer.sign(5)


def test_a_row_edited_before_it_was_signed_is_refused(log: Log, process: Process) -> None:
    log.append(4)
    log.tamper("update ledger.event set raw = %s where idx = 2", b"another event")
    with pytest.raises(UnsafeError, match="give another root"):
        process.signer.sign(4)


def test_a_leaf_hash_that_its_writer_got_wrong_is_refused(log: Log, process: Process) -> None:
    log.append(2)
    process.signer.sign(2)
    log.append(1, [leaf_hash(b"one bit differs")])
    with pytest.raises(UnsafeError, match="give another root"):
        process.signer.sign(3)


def test_a_missing_row_is_refused(log: Log, process: Process) -> None:
    log.append(6)
    log.tamper("delete from ledger.event where idx = %s", 3)
    with pytest.raises(UnsafeError, match="rows at and after 0 are missing"):
        process.signer.sign(6)


def test_a_row_edited_after_it_was_signed_changes_nothing_that_is_signed(
    log: Log, home: SignerHome, process: Process
) -> None:
    log.append(4)
    process.signer.sign(4)
    log.tamper("update ledger.event set raw = %s where idx = 2", b"another event")
    tree = log.append(4)
    assert home.open(process.signer.sign(8)).root == tree.root()


def test_a_removed_head_row_is_refused(log: Log, process: Process) -> None:
    log.append(1)
    log.tamper("delete from ledger.head where size = %s", 1)
    with pytest.raises(UnsafeError, match="head row of the log is gone"):
        process.signer.sign(1)


def test_once_refused_it_goes_on_refusing_until_restarted(
    log: Log, home: SignerHome, process: Process
) -> None:
    tree = log.append(5)
    process.signer.sign(5)
    log.set_head(CompactRange())
    with pytest.raises(UnsafeError, match="head is at 0"):
        process.signer.sign(5)
    log.set_head(tree)
    with pytest.raises(UnsafeError, match="head is at 0"):
        process.signer.sign(5)
    process.close()
    process.__init__(home)  # type: ignore[misc]
    assert home.open(process.signer.sign(5)).size == 5


def test_a_caller_who_says_more_is_committed_is_refused_but_not_for_good(
    log: Log, home: SignerHome, process: Process
) -> None:
    log.append(2)
    with pytest.raises(UnsafeError, match="3 events are said to be committed") as refusal:
        process.signer.sign(3)
    assert refusal.value.slug == "signer_head_short"
    log.append(1)
    assert home.open(process.signer.sign(3)).size == 3


def test_nothing_is_signed_before_its_state_is_saved(
    log: Log, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append(1)
    monkeypatch.setattr("os.fdatasync", _full_disk)
    with pytest.raises(UnreachableError, match="cannot save its state") as refusal:
        process.signer.sign(1)
    assert refusal.value.slug == "signer_disk"
    assert process.signer.signed.size == 0
    monkeypatch.undo()
    assert process.signer.sign(1)


def test_a_broken_connection_is_opened_again(log: Log, home: SignerHome, process: Process) -> None:
    log.append(1)
    process.signer.sign(1)
    log.tamper(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s"
        " and datname = current_database()",
        "ledger_reader",
    )
    log.append(1)
    assert home.open(process.signer.sign(2)).size == 2


def test_a_database_out_of_reach_is_told_as_such(process: Process) -> None:
    rows = CommittedRows("host=/nonexistent dbname=none")
    signer = CheckpointSigner(process.signer._identity, process.state, rows)
    with pytest.raises(UnreachableError, match="database cannot be reached"):
        signer.sign(0)


def test_the_signer_cannot_write_to_the_database(home: SignerHome) -> None:
    with (
        psycopg.connect(home.conninfo, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
    ):
        connection.execute("update ledger.head set size = 0")


def _full_disk(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
