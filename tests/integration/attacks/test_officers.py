# SPDX-License-Identifier: Apache-2.0
"""Officers and readers attack: alone, with a stolen key, or after an erasure (envelope.md 9).

Attacks 9 (stolen officer key), 11 (single insider), 14 (reader of the log), 15 (older backup after
an erasure), 19 (swapped disclosures) and 23 (quantum adversary), as far as they concern the log.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from api.client.keyfile import FileKey
from api.registrar import Enrolment, approve, change_key, enrol, propose
from audit.proof.inclusion import TlogProof, verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.verify.report import ExitCode
from audit.signer.keys.lines import ED25519_LINE, ML_DSA_44_LINE
from audit.vault.filestore import DATA_KEYS_FILE
from domain.errors import MunimentError, ProofError
from tests.integration.append.desk import AUDIENCE, AUTHORITY, Desk, born, signed
from tests.integration.attacks.forging import insert
from tests.integration.attacks.scene import HELD, SIZE, Scene, Theft, inclusion
from tests.integration.fsck.conftest import PERSON, found, state

ENROLMENT = Enrolment(authority=AUTHORITY, roles=["MFR"], jurisdictions=["XA"])


def refused(desk: Desk) -> str:
    """Record with the officer's key, in vain; give the reason."""
    with pytest.raises(MunimentError) as refusal:
        desk.append(born())
    return refusal.value.slug


def test_a_stolen_key_is_stopped_from_the_next_entry_on_and_what_it_did_stays(
    scene: Scene,
) -> None:
    with scene.opened() as desk:
        assert desk.append(born()).index == SIZE
        about = {"kid": desk.key.kid}
        change_key(desk.office, "key.suspended", about, signers=[desk.roots[0]])
        assert refused(desk) == "key_not_valid"
        note = desk.office.notary.checkpoint()[1]
    assert scene.verified(scene.export(note), rules=True).exit_code is ExitCode.OK
    insert(scene, signed(born(), scene.ground.key), at=SIZE + 2)
    report = scene.verified(scene.export(scene.ledger.sign()))
    assert found(report) == {("mandate", "key_not_valid", SIZE + 2)}


def test_entries_between_compromise_and_revocation_are_in_the_log_for_all_to_see(
    scene: Scene,
) -> None:
    with scene.opened() as desk:
        desk.append(born())
        about = {"kid": desk.key.kid, "reason": "compromised", "compromised_since": SIZE}
        change_key(desk.office, "key.revoked", about, signers=desk.roots)
        assert refused(desk) == "key_not_valid"
        note = desk.office.notary.checkpoint()[1]
    report = scene.verified(scene.export(note), rules=True)
    assert (report.exit_code, report.size) == (ExitCode.OK, SIZE + 2)


def test_one_person_alone_enrols_no_key_with_whatever_key(scene: Scene) -> None:
    with scene.opened() as desk:
        alone = desk.roots[0]
        with pytest.raises(MunimentError) as refusal:
            enrol(desk.office, ENROLMENT, FileKey.create("Ed25519"), proposer=alone, approver=alone)
        assert refusal.value.slug == "approver_same_person"
        mine = FileKey.create("Ed25519")
        propose(desk.office, ENROLMENT, mine, proposer=alone)
        with pytest.raises(MunimentError) as refusal:
            approve(desk.office, mine.kid, approver=alone)
        assert refusal.value.slug == "approver_same_person"
        with pytest.raises(MunimentError) as refusal:
            desk.office.append(signed(born(), mine).to_bytes())
        assert refusal.value.slug == "key_not_valid"


def test_nothing_of_a_person_can_be_read_or_guessed_from_the_log(scene: Scene) -> None:
    words = [str(value).encode() for value in PERSON.values()]
    published = [each for each in scene.ledger.published.rglob("*") if each.is_file()]
    assert published
    for octets in [*scene.rows(), *[each.read_bytes() for each in published]]:
        assert not [word for word in words if word in octets]


def test_an_older_backup_does_not_bring_back_what_was_erased(restored: Scene) -> None:
    submission = restored.ground.acknowledged[HELD][0]
    folder = restored.ledger.settings.vault_folder
    with closing(sqlite3.connect(folder / DATA_KEYS_FILE)) as keys, keys:
        assert keys.execute("delete from data_key").rowcount
    assert restored.restore().exit_code == 0
    assert restored.rows()[HELD] == submission.jws
    assert state(restored.ledger.fsck(), "vault") == "ok"


def test_after_an_erasure_every_proof_still_holds(scene: Scene) -> None:
    folder = scene.ledger.settings.vault_folder
    with closing(sqlite3.connect(folder / DATA_KEYS_FILE)) as keys, keys:
        keys.execute("delete from data_key")
    assert found(scene.ledger.fsck(published=True)) == set()
    report = scene.verified(scene.ledger.published, saved=scene.ground.old_note, rules=True)
    assert report.exit_code is ExitCode.OK


def test_with_ed25519_broken_the_other_line_still_proves_what_was_included_before(
    scene: Scene,
) -> None:
    """An adversary forges any Ed25519 signature, so nobody believes one any more."""
    trust = scene.listing((ML_DSA_44_LINE,))
    key, rows = trust.verifier_keys(SIZE)[0], scene.rows()
    assert trust.open(scene.ground.note, lasting=True).size == SIZE
    for index, raw in enumerate(rows):
        shown = TlogProof(
            index=index, path=inclusion(rows, index), checkpoint_note=scene.ground.note
        )
        proved = verify_tlog_proof(shown, leaf_hash(raw), keys=[key], origin=AUDIENCE)
        assert proved.size == SIZE
    forged = replace(scene, theft=Theft((ED25519_LINE,), (ML_DSA_44_LINE,))).forged_note()
    with pytest.raises(ProofError) as refusal:
        trust.open(forged)
    assert refusal.value.slug == "note_unsigned"
