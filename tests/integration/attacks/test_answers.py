# SPDX-License-Identifier: Apache-2.0
"""Answers are falsified, withheld or made impossible: what shows it and what not (log.md 2.10).

Rows of the table: "falsify read models/reports", "serve a stale head of one firearm", "drop a
submission before acknowledging", "destroy everything"; envelope.md 9, attack 24.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api.registrar import Act, perform
from api.tracing.inquiry import Inquiry, Trace, open_queries, trace
from audit.export.evidence import gather
from audit.heads.taking import newest_epoch, prove_head, take_epoch
from audit.link import Link
from audit.proof.heads.head import read_head
from audit.proof.heads.proof import check_head, compare_head
from audit.proof.inclusion import verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.report import ExitCode, Report
from audit.signer.keys.lines import ED25519_LINE
from domain.errors import MunimentError, UnreachableError
from domain.identifiers import StreamId, parse_stream_id
from projections.runner import rebuild
from tests.integration.append.desk import AUDIENCE, Desk, born, signed
from tests.integration.attacks.scene import (
    BORN,
    HELD,
    SEIZED,
    SIZE,
    Scene,
    Theft,
    proof_states,
    reasons,
)
from tests.integration.fsck.conftest import found, state


def arm_of(scene: Scene) -> StreamId:
    """Give the firearm of the attacks."""
    return parse_stream_id(scene.ground.arm.sub)


@pytest.fixture
def desk(scene: Scene) -> Iterator[Desk]:
    """Open the service and have it answer, so that its read models are built."""
    with scene.opened() as opened:
        assert proof_states(scene.told(opened)) == ["checkpointed", "checkpointed"]
        yield opened


def rebuilt(scene: Scene) -> dict[str, int]:
    """Build the read models anew from the log; tell how many rows of which had differed."""
    done = rebuild(scene.ledger.database.conninfo("ledger_projector"))
    rows = {name: sum(each.rows for each in found or ()) for name, found in done.differing.items()}
    return {name: number for name, number in rows.items() if number}


def searched(scene: Scene, desk: Desk) -> list[StreamId]:
    """Search for the serial of the firearm; give what is found."""
    serial = scene.ground.arm.dat["serial"]["known"]
    with open_queries(desk.office) as queries:
        told = trace(queries, Inquiry(serial=serial))
    return [told.firearm] if isinstance(told, Trace) else [each.firearm for each in told.possible]


# A read model is falsified: every entry of an answer brings its proof.


def test_a_falsified_line_of_an_answer_fails_with_its_reason(scene: Scene, desk: Desk) -> None:
    for assignment in ("idx = idx + 1", "kind = 'firearm.found/1'", "seq = seq + 7"):
        scene.ledger.falsify(
            f"update projection.timeline set {assignment} where kind = 'firearm.seized/1'"
        )
        told = scene.told(desk)
        assert told.headline == "failed"
        assert "name different events" in reasons(told)
        rebuilt(scene)
        assert proof_states(scene.told(desk)) == ["checkpointed", "checkpointed"]


def test_a_first_line_that_is_withheld_breaks_the_chain_of_the_answer(
    scene: Scene, desk: Desk
) -> None:
    scene.ledger.falsify("delete from projection.timeline where idx = %s", BORN)
    told = scene.told(desk)
    assert told.headline == "failed"
    assert "missing" in reasons(told)


def test_a_newest_line_that_is_withheld_is_missed_by_the_answer_and_named_by_fsck(
    scene: Scene, desk: Desk
) -> None:
    scene.ledger.falsify("delete from projection.timeline where idx = %s", SEIZED)
    assert proof_states(scene.told(desk)) == ["checkpointed"], "possible: nothing shown is false"
    assert found(scene.ledger.fsck(published=True)) == {("projections", "timeline_differs", SEIZED)}
    assert rebuilt(scene) == {"timeline": 1}
    assert proof_states(scene.told(desk)) == ["checkpointed", "checkpointed"]


def test_a_firearm_that_is_hidden_from_searching_is_named_by_fsck_and_found_after_a_rebuild(
    scene: Scene, desk: Desk
) -> None:
    assert searched(scene, desk) == [arm_of(scene)]
    scene.ledger.falsify("delete from projection.marking where stream = %s", arm_of(scene).uuid)
    assert searched(scene, desk) == [], "possible in answers"
    assert found(scene.ledger.fsck()) == {("projections", "marking_differs", BORN)}
    assert rebuilt(scene) == {"marking_search": 1}
    assert searched(scene, desk) == [arm_of(scene)]


def test_a_firearm_that_is_hidden_from_every_answer_is_named_by_fsck(
    scene: Scene, desk: Desk
) -> None:
    for table in ("timeline", "marking", "particulars"):
        scene.ledger.falsify(
            f"delete from projection.{table} where stream = %s", arm_of(scene).uuid
        )
    with pytest.raises(MunimentError) as refusal:
        scene.told(desk)
    assert refusal.value.slug == "firearm_unknown"
    assert {(check, index) for check, _, index in found(scene.ledger.fsck())} == {
        ("projections", BORN)
    }
    assert rebuilt(scene) == {"timeline": 2, "marking_search": 2}
    assert proof_states(scene.told(desk)) == ["checkpointed", "checkpointed"]


def test_references_by_which_events_are_found_are_named_where_they_were_falsified(
    scene: Scene,
) -> None:
    scene.ledger.falsify("delete from ledger.event_ref where idx = %s", HELD)
    scene.ledger.falsify("delete from ledger.marking_claim where idx = %s", BORN)
    assert found(scene.ledger.fsck()) == {
        ("references", "event_ref_differs", HELD),
        ("references", "marking_claim_differs", BORN),
    }


# A light client is shown an older head of one firearm.


def evidence(scene: Scene, note: bytes) -> Path:
    """Write the bundle of the firearm up to a checkpoint."""
    trust = scene.trust
    with closing(Link(scene.ledger.database.conninfo("ledger_reader"))) as link:
        gathered = gather(
            link, arm_of(scene).uuid, checkpoint=(trust.open(note), note), trust=trust
        )
    write_bundle(scene.folder / "evidence.zip", gathered)
    return scene.folder / "evidence.zip"


def test_a_stale_head_passes_for_a_light_client_who_is_told_what_it_does_not_prove(
    scene: Scene,
) -> None:
    stale = scene.ground.acknowledged[BORN][1].proof.checkpoint_note
    report = checked(replace(scene, theft=Theft((), (ED25519_LINE,))), evidence(scene, stale))
    assert (report.exit_code, report.size) == (ExitCode.OK, BORN + 1)
    assert state(report, "completeness") == "not checked"
    kept = checked(scene, evidence(scene, stale))
    assert found(kept) == {("checkpoint", "log_line_missing", None)}, "who knows both keys asks on"


def test_a_stale_head_cannot_pass_under_the_newest_checkpoint(scene: Scene) -> None:
    trust = scene.trust
    whole = checked(scene, evidence(scene, scene.ground.note))
    assert (whole.exit_code, whole.size) == (ExitCode.OK, SIZE)
    assert scene.verified(scene.ledger.published).size == trust.open(scene.ground.note).size
    entries = b"".join(
        each.read_bytes() for each in (scene.ledger.published / "tile").rglob("*.p/*")
    )
    assert scene.ground.acknowledged[SEIZED][0].jws in entries, "and a monitor holds every entry"


def test_an_epoch_of_newest_events_names_a_stale_head(scene: Scene) -> None:
    arm, trust = arm_of(scene), scene.trust
    with scene.opened() as desk:
        reader = desk.office.database.conninfo("ledger_reader")
        checkpoint, _ = desk.office.notary.checkpoint()
        dat = take_epoch(reader, desk.office.registry, checkpoint)
        assert desk.office.registry.log is not None
        act = Act(evt="log.heads", dat=dat, sub=StreamId("log", desk.office.registry.log))
        receipt = perform(desk.office, act, desk.roots[0])
        epoch = newest_epoch(desk.office.registry)
        entry = scene.rows()[receipt.index]
        proof = prove_head(reader, epoch, str(arm), entry=entry, receipt=receipt.proof)
    verdict = check_head(proof.encode(), trust=trust)
    shown = {index: scene.ground.acknowledged[index][0] for index in (BORN, SEIZED)}
    heads = {index: head for index, each in shown.items() if (head := read_head(each.jws))}
    assert compare_head(verdict, heads) is None
    stale = compare_head(verdict, {BORN: heads[BORN]})
    assert stale is not None
    assert (stale.code, stale.severity, verdict.size) == ("head_stale", "violation", SIZE)


def checked(scene: Scene, path: Path) -> Report:
    """Verify a bundle with the auditor's trust file."""
    return verify_bundle(Request(path=path, trust=scene.trust))


# A submission is dropped before it is acknowledged, or its receipt never arrives.


def test_a_dropped_submission_has_no_receipt_and_is_sent_again(scene: Scene) -> None:
    submission = signed(born(), scene.ground.key)
    dropped = submission.to_bytes()
    with scene.opened() as desk:
        assert desk.office.ledger.size == SIZE, "nobody can prove that it was ever sent"
        first = desk.office.append(dropped)
    with scene.opened() as elsewhere:
        again = elsewhere.office.append(dropped)
    assert (first.index, again.index, again.repeated) == (SIZE, SIZE, True)
    key = scene.trust.verifier_keys(SIZE)[0]
    verify_tlog_proof(again.proof, leaf_hash(submission.jws), keys=[key], origin=AUDIENCE)


def test_what_was_acknowledged_cannot_be_dropped_unseen(scene: Scene) -> None:
    with scene.opened() as desk:
        receipt = desk.append(born())
    scene.ledger.restore_backup(SIZE)
    assert ("signer", "rolled_back", SIZE) in found(scene.ledger.fsck())
    report = scene.verified(scene.ledger.published, saved=receipt.proof.checkpoint_note)
    assert found(report) == {("consistency", "rolled_back", None)}, "by whoever holds it"


# Everything is destroyed: evidence survives elsewhere, service does not.


def _drop_tables(scene: Scene) -> None:
    scene.ledger.falsify("drop schema ledger cascade")


def _remove_signer(scene: Scene) -> None:
    shutil.rmtree(scene.ledger.settings.signer_folder)


def _remove_state(scene: Scene) -> None:
    (scene.ledger.settings.signer_folder / "state").unlink()


@pytest.mark.parametrize("destroy", [_drop_tables, _remove_signer, _remove_state])
def test_a_destroyed_ledger_does_not_serve_and_what_was_published_still_proves(
    scene: Scene, destroy: Callable[[Scene], None]
) -> None:
    destroy(scene)
    with pytest.raises(MunimentError) as refusal, scene.opened() as desk:
        desk.append(born())
    assert refusal.value.next_step or isinstance(refusal.value, UnreachableError)
    report = scene.verified(scene.ledger.published, saved=scene.ground.old_note, rules=True)
    assert (report.exit_code, report.size) == (ExitCode.OK, SIZE)
    key = scene.trust.verifier_keys(SIZE)[0]
    for submission, receipt in scene.ground.acknowledged.values():
        verify_tlog_proof(receipt.proof, leaf_hash(submission.jws), keys=[key], origin=AUDIENCE)
