# SPDX-License-Identifier: Apache-2.0
"""Entries, vault rows and tiles are changed: what names them (log.md 2.10).

Rows of the table: "edit an entry or vault row", "tamper tiles"; envelope.md 9, attacks 12 and 19.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.proof.inclusion import verify_tlog_proof
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.tiles import bundle_path, tile_path
from audit.proof.verify.report import ExitCode
from domain.errors import ProofError, UnsafeError
from tests.integration.attacks.scene import HELD, SEIZED, SIZE, Scene, proof_states, reasons
from tests.integration.fsck.conftest import edited, finding, found, state

EDIT = "update ledger.event set raw = %s where idx = %s"


def test_the_sound_ledger_passes_every_check_that_the_attacks_are_held_against(
    scene: Scene,
) -> None:
    ledger = scene.ledger
    assert found(ledger.fsck(published=True)) == set()
    report = scene.verified(ledger.published, saved=scene.ground.old_note, rules=True)
    assert (report.exit_code, found(report), report.size) == (ExitCode.OK, set(), SIZE)
    assert proof_states(scene.traced()) == ["checkpointed", "checkpointed"]
    assert scene.witness().asked(scene.ground.note, scene.rows()).status == 200
    trust = scene.trust
    assert trust.open(ledger.sign()) == trust.open(scene.ground.note)


def test_an_edited_entry_is_named_by_fsck_and_its_answer_fails(scene: Scene) -> None:
    scene.ledger.falsify(EDIT, edited(scene.ledger.raw(SEIZED)), SEIZED)
    report = scene.ledger.fsck(published=True)
    assert ("rows", "row_differs", SEIZED) in found(report)
    assert f"entry {SEIZED}" in finding(report, "rows", "row_differs").next_step
    told = scene.traced()
    assert proof_states(told) == ["checkpointed", "failed"]
    assert "Check signature" in reasons(told)


def test_no_octet_of_a_recorded_event_can_change_under_its_receipt(scene: Scene) -> None:
    submission, receipt = scene.ground.acknowledged[SEIZED]
    key = scene.trust.verifier_keys(SIZE)[0]
    verify_tlog_proof(receipt.proof, leaf_hash(submission.jws), keys=[key], origin=key.name)
    checkpoint = scene.trust.open(receipt.proof.checkpoint_note)
    for at in range(len(submission.jws)):
        with pytest.raises(ProofError):
            verify_inclusion(
                leaf=leaf_hash(flipped(submission.jws, at)),
                index=receipt.index,
                size=checkpoint.size,
                path=receipt.proof.path,
                root=checkpoint.root,
            )


def test_an_edited_entry_is_refused_where_it_would_leave_the_ledger(scene: Scene) -> None:
    scene.ledger.falsify(EDIT, edited(scene.ledger.raw(SEIZED)), SEIZED)
    with pytest.raises(UnsafeError) as refusal:
        scene.export(scene.ground.note)
    assert refusal.value.slug == "root_mismatch"


def test_an_edited_entry_of_an_export_is_found_by_the_root(scene: Scene) -> None:
    _change(scene.ledger.published / bundle_path(0, width=SIZE), scene.ledger.raw(SEIZED))
    report = scene.verified(scene.ledger.published)
    assert ("root", "root_mismatch", None) in found(report)
    assert finding(report, "signature", "sig_invalid").index == SEIZED


# An edited row of the vault: the digest that the event promised.


def test_an_edited_disclosure_is_named_by_its_event(scene: Scene) -> None:
    scene.ledger.falsify(
        "update vault.disclosure set ciphertext = overlay(ciphertext placing %s from 1)", b"x"
    )
    report = scene.ledger.fsck(published=True)
    assert found(report) == {("vault", "vault_tampered", HELD)}
    assert scene.verified(scene.ledger.published).exit_code is ExitCode.OK, "proofs stay whole"


def test_a_disclosure_moved_to_another_event_is_none_that_its_event_promised(
    scene: Scene,
) -> None:
    scene.ledger.falsify(
        "update vault.disclosure set eid = (select eid from ledger.event where idx = %s)", SEIZED
    )
    wrong = finding(scene.ledger.fsck(), "vault", "vault_tampered")
    assert wrong.index == SEIZED
    assert "none that its event promised" in wrong.sentence


def test_a_deleted_disclosure_cannot_be_told_from_an_erased_one(scene: Scene) -> None:
    scene.ledger.falsify("delete from vault.disclosure")
    assert found(scene.ledger.fsck(published=True)) == set()


# Tampered tiles: readers authenticate them, and they are published again from the rows.


def test_a_tampered_stored_tile_fails_proofs_and_is_told_apart_from_the_rows(
    scene: Scene,
) -> None:
    scene.ledger.falsify(
        "update ledger.tile set hashes = overlay(hashes placing %s from %s)"
        " where level = 0 and n = 0",
        b"h" * 32,
        32 * SEIZED + 1,
    )
    report = scene.ledger.fsck(published=True)
    assert {(check, code) for check, code, index in found(report) if index == SEIZED} == {
        ("tiles", "leaf_differs"),
        ("rows", "leaf_differs"),
    }
    assert "the row, whose bytes are" in finding(report, "tiles", "leaf_differs").next_step
    told = scene.traced()
    assert told.headline == "failed"
    assert "Check inclusion" in reasons(told)
    again = scene.export(scene.ground.note)
    assert scene.verified(again).exit_code is ExitCode.OK, "tiles come again from the rows"


def test_a_tampered_published_tile_is_named_by_the_verifier(scene: Scene) -> None:
    tile = scene.ledger.published / tile_path(0, 0, width=SIZE)
    octets = tile.read_bytes()
    tile.write_bytes(octets[: 32 * SEIZED] + b"h" * 32 + octets[32 * (SEIZED + 1) :])
    report = scene.verified(scene.ledger.published)
    assert found(report) == {("tiles", "tile_differs", SEIZED)}
    assert state(report, "root") == "ok"


def flipped(octets: bytes, at: int) -> bytes:
    """Flip one bit of an octet."""
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def _change(path: Path, raw: bytes) -> None:
    """Change the signature of an entry in a published file."""
    octets = path.read_bytes()
    assert octets.count(raw) == 1
    path.write_bytes(octets.replace(raw, edited(raw)))
