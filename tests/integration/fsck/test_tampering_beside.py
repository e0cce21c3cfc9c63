# SPDX-License-Identifier: Apache-2.0
"""Tampering beside the rows: tiles, head, checkpoints, vault, signer and published copy."""

from __future__ import annotations

import shutil

import pytest

from audit.proof.tiles import bundle_path
from audit.proof.verify.report import ExitCode
from domain.errors import UnsafeError
from tests.integration.fsck.conftest import OLDER, SIZE, Ledger, edited, finding, found, state

# Tiles, head and checkpoints are tampered with.


def test_a_tampered_leaf_hash_in_a_tile_is_told_apart_from_a_tampered_row(ledger: Ledger) -> None:
    ledger.falsify(
        "update ledger.tile set hashes = overlay(hashes placing %s from 33)"
        " where level = 0 and n = 2",
        b"h" * 32,
    )
    report = ledger.fsck()
    assert ("tiles", "leaf_differs", 33) in found(report)
    assert "the row, whose bytes are" in finding(report, "tiles", "leaf_differs").next_step
    assert {state(report, name) for name in ("head", "signer", "checkpoints")} == {"ok"}


def test_a_tampered_upper_tile_is_named(ledger: Ledger) -> None:
    ledger.falsify(
        "update ledger.tile set hashes = overlay(hashes placing %s from 1) where level = 1",
        b"h" * 32,
    )
    assert found(ledger.fsck()) == {("tiles", "tile_differs", 0)}


def test_a_deleted_tile_is_named(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.tile where level = 0 and n = 3")
    assert found(ledger.fsck()) == {("tiles", "tile_missing", 48)}


def test_a_head_of_another_root_is_named(ledger: Ledger) -> None:
    ledger.falsify("update ledger.head set root = %s", b"r" * 32)
    assert found(ledger.fsck()) == {("head", "head_differs", None)}


def test_a_head_of_another_frontier_is_named(ledger: Ledger) -> None:
    ledger.falsify("update ledger.head set frontier = overlay(frontier placing %s from 1)", b"h")
    assert found(ledger.fsck()) == {("head", "frontier_differs", None)}


def test_a_head_of_an_absurd_size_is_named_at_once(ledger: Ledger) -> None:
    ledger.falsify("alter table ledger.head drop constraint head_check")
    ledger.falsify("update ledger.head set size = %s", 2**50)
    report = ledger.fsck()
    assert {("head", "head_differs", SIZE), ("rows", "row_missing", SIZE)} <= found(report)


def test_a_row_before_the_first_entry_is_named(ledger: Ledger) -> None:
    ledger.falsify("alter table ledger.event drop constraint event_idx_check")
    ledger.falsify("update ledger.event set idx = -1 where idx = 50")
    report = ledger.fsck()
    assert found(report) == {("rows", "row_beyond_head", None), ("rows", "row_missing", 50)}


def test_a_removed_head_row_is_named(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.head")
    assert found(ledger.fsck()) == {("head", "head_missing", None)}


def test_a_forged_checkpoint_is_named(ledger: Ledger) -> None:
    ledger.falsify("update ledger.checkpoint set note = %s where size = %s", b"forged", OLDER)
    report = ledger.fsck()
    assert {check for check, _, _ in found(report)} == {"checkpoints"}


def test_a_checkpoint_under_the_size_of_another_is_named(ledger: Ledger) -> None:
    ledger.falsify("update ledger.checkpoint set size = 270 where size = %s", OLDER)
    assert ("checkpoints", "checkpoint_size", None) in found(ledger.fsck())


# A row of the vault is edited: the disclosure's digest.


def test_an_edited_vault_row_is_named_by_the_event_it_belongs_to(ledger: Ledger) -> None:
    ledger.falsify(
        "update vault.disclosure set ciphertext = overlay(ciphertext placing %s from 1)"
        " where eid = (select eid from ledger.event where idx = %s)",
        b"x",
        SIZE - 1,
    )
    report = ledger.fsck()
    assert found(report) == {("vault", "vault_tampered", SIZE - 1)}
    assert "it was changed or moved" in finding(report, "vault", "vault_tampered").sentence


def test_a_vault_row_moved_to_another_event_is_named(ledger: Ledger) -> None:
    ledger.falsify(
        "update vault.disclosure set eid = (select eid from ledger.event where idx = 50)"
        " where eid = (select eid from ledger.event where idx = %s)",
        SIZE - 1,
    )
    report = ledger.fsck()
    assert found(report) == {("vault", "vault_tampered", 50)}
    assert "none that its event promised" in finding(report, "vault", "vault_tampered").sentence


def test_a_vault_row_of_no_event_is_named(ledger: Ledger) -> None:
    ledger.falsify(
        "update vault.disclosure set eid = %s where eid in"
        " (select eid from ledger.event where idx = %s)",
        b"e" * 32,
        SIZE - 1,
    )
    assert found(ledger.fsck()) == {("vault", "vault_tampered", None)}


def test_without_the_vaults_keys_its_rows_are_not_called_ok(ledger: Ledger) -> None:
    shutil.rmtree(ledger.settings.vault_folder)
    assert state(ledger.fsck(), "vault") == "not checked"
    assert not ledger.settings.vault_folder.exists()


# What lies outside the database.


def test_a_tampered_published_entry_is_told_apart_from_a_tampered_row(ledger: Ledger) -> None:
    path = ledger.published / bundle_path(0)
    raw = ledger.raw(40)
    path.write_bytes(path.read_bytes().replace(raw, edited(raw)))
    report = ledger.fsck(published=True)
    assert found(report) == {("published", "published_differs", 40)}
    assert "the row" in finding(report, "published", "published_differs").next_step


def test_a_missing_published_bundle_is_a_gap(ledger: Ledger) -> None:
    (ledger.published / bundle_path(0)).unlink()
    report = ledger.fsck(published=True)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert found(report) == {("published", "bundle_missing", 0)}


def test_a_published_copy_of_another_log_does_not_hold(ledger: Ledger) -> None:
    note = (ledger.published / "checkpoint").read_bytes()
    (ledger.published / "checkpoint").write_bytes(note.replace(b"ledger.xa", b"ledger.xb"))
    report = ledger.fsck(published=True)
    assert {check for check, _, _ in found(report)} == {"published"}


def test_a_lost_signer_state_is_never_made_up_from_the_database(ledger: Ledger) -> None:
    (ledger.settings.signer_folder / "state").unlink()
    report = ledger.fsck()
    assert report.exit_code is ExitCode.INCOMPLETE
    lost = finding(report, "signer", "signer_state_lost")
    assert "Nothing in the database can replace it" in lost.sentence
    assert "witnesses" in lost.next_step
    with pytest.raises(UnsafeError, match="missing or damaged"):
        ledger.sign()


@pytest.mark.parametrize("published", [True, False])
def test_a_signers_state_put_back_to_an_older_one_is_noticed(
    ledger: Ledger, published: bool
) -> None:
    (ledger.settings.signer_folder / "state").write_bytes(ledger.sound.older_state)
    report = ledger.fsck(published=published)
    assert found(report) == {("signer", "signed_elsewhere", OLDER)}
    assert "Stop the signer" in finding(report, "signer", "signed_elsewhere").next_step


def test_without_the_signers_folder_what_it_signed_is_not_called_ok(ledger: Ledger) -> None:
    shutil.rmtree(ledger.settings.signer_folder)
    report = ledger.fsck()
    assert state(report, "checkpoints") == "not checked"
    assert report.exit_code is ExitCode.INCOMPLETE
