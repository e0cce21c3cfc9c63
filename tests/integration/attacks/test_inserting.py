# SPDX-License-Identifier: Apache-2.0
"""Entries are put in, swapped or reordered, and keys replaced (log.md 2.10).

Rows of the table: "insert or backfill an event for a firearm", "swap a key or role row",
"register a small-order key to deny signatures later", "reorder across firearms inside one
batch"; envelope.md 9, attacks 1, 4, 7, 8 and 13.
"""

from __future__ import annotations

import json
import time
from typing import Final

import pytest

from api.client.keyfile import FileKey
from api.client.signer import Submission
from audit.appending.sequencer import Receipt
from audit.proof.encoding import canonical, decode, encode
from audit.proof.verify.report import ExitCode
from domain.errors import MunimentError, UnsafeError
from tests.integration.append.desk import born, identifier, signed
from tests.integration.append.desk import slugs as slugs_of
from tests.integration.attacks.forging import (
    enrol_by_force,
    insert,
    private_seed,
    proposal,
    refusal_to_sign,
    resigned,
    revoked,
    second_seizure,
    swap,
    weak_key,
)
from tests.integration.attacks.scene import BORN, SEIZED, SIZE, Scene
from tests.integration.fsck.conftest import found, state

HOUR_SECONDS: Final = 3_600
APPROVED: Final = 2
"""Index of the entry that made the officer's key valid."""


def test_an_event_that_no_enrolled_key_signed_is_named_by_the_verifier(scene: Scene) -> None:
    insert(scene, signed(born(), FileKey.create("Ed25519")))
    report = scene.verified(scene.export(scene.ledger.sign()))
    assert found(report) == {("mandate", "kid_unknown", SIZE)}


def test_no_private_key_of_an_officer_is_in_reach_of_the_server(scene: Scene) -> None:
    with scene.opened() as desk:
        desk.append(born())
    seed = private_seed(scene.ground.key)
    files = [path for path in scene.ledger.home.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if seed in path.read_bytes()]
    assert not [raw for raw in scene.rows() if seed in raw or encode(seed) in raw]


def test_an_event_backfilled_into_a_firearm_is_named_by_the_chain(scene: Scene) -> None:
    insert(scene, second_seizure(scene))  # signed with the officer's own, stolen key
    report = scene.verified(scene.export(scene.ledger.sign()))
    assert found(report) == {("chain", "seq_conflict", SIZE)}


def test_an_event_backfilled_between_entries_is_refused_by_the_signer(scene: Scene) -> None:
    scene.ledger.falsify("update ledger.event set idx = idx + 1000 where idx > %s", BORN)
    insert(scene, second_seizure(scene), at=SEIZED)
    scene.ledger.falsify("update ledger.event set idx = idx - 999 where idx >= 1000")
    scene.ledger.recompute()
    assert refusal_to_sign(scene) == "signer_fork"


def test_an_event_recorded_twice_is_named_by_request_and_chain(scene: Scene) -> None:
    insert(scene, scene.ground.acknowledged[SEIZED][0])
    report = scene.verified(scene.export(scene.ledger.sign()))
    assert found(report) == {("requests", "jti_conflict", SIZE), ("chain", "seq_conflict", SIZE)}


def test_an_event_of_another_ledger_is_named_by_its_audience(scene: Scene) -> None:
    insert(scene, signed(born(aud="ledger.xb-test"), scene.ground.key))
    report = scene.verified(scene.export(scene.ledger.sign()))
    assert ("envelope", "aud_mismatch", SIZE) in found(report)


def test_an_event_put_into_another_stream_loses_its_signature(scene: Scene) -> None:
    one = scene.ground.acknowledged[SEIZED][0].jws
    header, body, mark = one.split(b".")
    payload = {**json.loads(decode(body)), "sub": identifier("arm."), "seq": 1, "prev": "A" * 43}
    moved = b".".join((header, encode(canonical(payload)), mark))
    insert(scene, Submission(jws=moved, disclosures=()))
    report = scene.verified(scene.export(scene.ledger.sign()))
    assert ("signature", "sig_invalid", SIZE) in found(report)


def test_submissions_sent_again_change_nothing_in_any_order(scene: Scene) -> None:
    with scene.opened() as desk:
        answers = desk.office.append_all(
            [each.to_bytes() for each, _ in reversed(scene.ground.acknowledged.values())]
        )
    told = [answer.index for answer in answers if isinstance(answer, Receipt) and answer.repeated]
    assert told == sorted(scene.ground.acknowledged, reverse=True)
    assert len(scene.rows()) == SIZE


def test_a_backdated_signature_is_refused_and_a_late_one_of_an_ended_key_named(
    scene: Scene,
) -> None:
    early = born()
    with scene.opened() as desk:
        desk.office.admission._clock = lambda: time.time() + HOUR_SECONDS
        with pytest.raises(MunimentError) as refusal:
            desk.append(early)
        assert refusal.value.slug == "iat_window"
        desk.office.admission._clock = time.time
        revoked(desk)
        with pytest.raises(MunimentError) as refusal:
            desk.append(born())
        assert refusal.value.slug == "key_not_valid"
    insert(scene, signed(born(), scene.ground.key), at=SIZE + 1)
    report = scene.verified(scene.export(scene.ledger.sign()))
    assert found(report) == {("mandate", "key_not_valid", SIZE + 1)}


# Rows of keys and roles are swapped: the registry is built from signed entries alone.


def test_a_key_swapped_in_its_row_is_refused_by_the_signer_and_named_by_the_verifier(
    robbed: Scene,
) -> None:
    robbed.ledger.falsify(
        "update ledger.event set raw = %s where idx = %s",
        resigned(robbed.ledger.raw(APPROVED - 1), FileKey.create("Ed25519")),
        APPROVED - 1,
    )
    assert ("rows", "row_differs", APPROVED - 1) in found(robbed.ledger.fsck(published=True))
    robbed.ledger.recompute()
    assert refusal_to_sign(robbed) == "signer_fork"
    report = robbed.verified(robbed.export(robbed.forged_note()))
    assert {check for check, _, index in found(report) if index == APPROVED - 1} >= {"signature"}


def test_a_key_hidden_by_its_column_is_named_and_verifies_all_the_same(scene: Scene) -> None:
    scene.ledger.falsify(
        "update ledger.event set kind = 'firearm.found/1' where idx = %s", APPROVED
    )
    assert found(scene.ledger.fsck()) == {("rows", "column_differs", APPROVED)}
    with scene.opened() as desk, pytest.raises(MunimentError) as refusal:
        desk.append(born())
    assert refusal.value.slug == "key_not_valid"
    assert scene.verified(scene.export(scene.ground.note)).exit_code is ExitCode.OK


def test_a_key_enrolled_by_forged_rows_is_named_by_every_verifier(scene: Scene) -> None:
    thief = FileKey.create("Ed25519")
    enrol_by_force(scene, thief)
    insert(scene, signed(born(), thief), at=SIZE + 2)
    report = scene.verified(scene.export(scene.ledger.sign()))
    named = {(check, index) for check, _, index in found(report)}
    assert {("signature", SIZE), ("signature", SIZE + 1), ("mandate", SIZE + 2)} <= named
    told = scene.traced()
    assert told.headline == "failed"


def test_neither_service_nor_verifier_believes_a_forged_key_row(scene: Scene) -> None:
    thief = FileKey.create("Ed25519")
    with scene.opened() as desk:
        enrol_by_force(scene, thief)
        with pytest.raises(UnsafeError, match=f"Entry {SIZE} says who may sign") as refusal:
            desk.office.append(signed(born(), thief).to_bytes())
        assert refusal.value.slug == "registry_contradicts"
        note = desk.office.notary.checkpoint()[1]
    report = scene.verified(scene.export(note))
    assert ("signature", SIZE) in {(check, index) for check, _, index in found(report)}


@pytest.mark.parametrize("index", [0, 1])
def test_a_ledger_whose_founding_rows_were_changed_records_nothing(
    scene: Scene, index: int
) -> None:
    other = resigned(scene.ledger.raw(1), FileKey.create("Ed25519"))
    scene.ledger.falsify("update ledger.event set raw = %s where idx = %s", other, index)
    with scene.opened() as desk:
        with pytest.raises(UnsafeError, match=f"Entry {index} says who may sign"):
            desk.office.append(signed(born(), scene.ground.key).to_bytes())
        assert desk.office.ledger.size == SIZE


def test_a_key_of_small_order_is_never_enrolled(scene: Scene) -> None:
    points = [bytes([y, *bytes(30), sign]) for y in (0, 1) for sign in (0, 0x80)]
    with scene.opened() as desk:
        for point in points:
            draft = proposal(desk, weak_key(point))
            with pytest.raises(MunimentError) as refusal:
                desk.office.append(signed(draft, desk.roots[0]).to_bytes())
            assert refusal.value.slug == "key_weak"


# Entries of several firearms in another order.


def test_the_order_inside_one_batch_is_the_operators_choice_until_it_is_signed(
    scene: Scene,
) -> None:
    drafts = [born(), born()]
    submissions = [signed(draft, scene.ground.key).to_bytes() for draft in drafts]
    with scene.opened() as desk:
        answers = desk.office.append_all(submissions[::-1])
        note = desk.office.notary.checkpoint()[1]
    assert slugs_of(answers) == []
    report = scene.verified(scene.export(note), rules=True)
    assert (report.exit_code, state(report, "rules")) == (ExitCode.OK, "ok")
    swap(scene, SIZE, SIZE + 1)
    scene.ledger.recompute()
    assert refusal_to_sign(scene) == "signer_fork"


def test_swapped_entries_are_both_named(robbed: Scene) -> None:
    swap(robbed, SEIZED, SEIZED + 1)
    assert {("rows", "row_differs", SEIZED), ("rows", "row_differs", SEIZED + 1)} <= found(
        robbed.ledger.fsck(published=True)
    )
    robbed.ledger.recompute()
    assert refusal_to_sign(robbed) == "signer_fork"
    note = robbed.forged_note()
    report = robbed.verified(robbed.export(note), saved=robbed.ground.note)
    assert found(report) == {("consistency", "fork", None), ("fraud", "two_histories", None)}
