# SPDX-License-Identifier: Apache-2.0
"""What is accepted stands in the log without a gap, proved; what is refused leaves nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from api.client.keyfile import FileKey
from audit.appending.sequencer import Receipt
from domain.errors import MunimentError
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    following,
    receipts,
    signed,
    slugs,
)

CALLERS = 64
EACH = 4


def test_an_accepted_event_has_a_receipt_that_a_stranger_verifies(desk: Desk) -> None:
    draft = born()
    submission = signed(draft, desk.key)
    receipt = desk.office.append(submission.to_bytes())
    assert receipt.index == FOUNDING_EVENTS
    assert not receipt.repeated
    assert desk.verify(receipt, submission) == FOUNDING_EVENTS + 1


def test_what_64_callers_append_at_once_is_contiguous_and_every_receipt_verifies(
    desk: Desk,
) -> None:
    submissions = [signed(born(), desk.key) for _ in range(CALLERS * EACH)]

    def call(caller: int) -> list[Receipt]:
        mine = submissions[caller::CALLERS]
        return [desk.office.append(submission.to_bytes()) for submission in mine]

    answers = at_once([partial(call, caller) for caller in range(CALLERS)])
    found = [receipt for answer in answers if isinstance(answer, list) for receipt in answer]
    stop = FOUNDING_EVENTS + len(submissions)
    assert sorted(receipt.index for receipt in found) == list(range(FOUNDING_EVENTS, stop))
    by_eid = {submission.eid: submission for submission in submissions}
    for receipt in found:
        desk.verify(receipt, by_eid[receipt.eid])
    assert dict(desk.rows())[found[0].index] == by_eid[found[0].eid].jws


def test_a_refused_event_never_fails_its_neighbours(desk: Desk) -> None:
    good = [signed(born(), desk.key) for _ in range(CALLERS // 2)]
    bad = [
        signed(born(seq=2), desk.key).to_bytes(),
        signed(born(prev="B" * 43), desk.key).to_bytes(),
        signed(born(), FileKey.create("Ed25519")).to_bytes(),
        b"not an envelope~",
    ] * (CALLERS // 8)
    everything = [each.to_bytes() for each in good] + bad
    answers = at_once([partial(desk.office.append, each) for each in everything])
    assert len(receipts(answers)) == len(good)
    assert {"seq_conflict", "prev_mismatch", "kid_unknown"} < set(slugs(answers))
    assert len(desk.rows()) == FOUNDING_EVENTS + len(good)


def test_a_batch_is_recorded_in_its_order_and_answered_one_by_one(desk: Desk) -> None:
    first = born()
    birth = signed(first, desk.key)
    seizure = signed(following(first, birth.eid), desk.key)
    stray = signed(following(first, birth.eid, seq=9), desk.key)
    batch = [each.to_bytes() for each in (birth, stray, seizure)]
    answers = desk.office.append_all(batch)
    assert slugs(answers) == ["seq_conflict"]
    made, seized = receipts(answers)
    assert (made.index, seized.index) == (FOUNDING_EVENTS, FOUNDING_EVENTS + 1)
    assert desk.verify(made, birth) == desk.verify(seized, seizure) == FOUNDING_EVENTS + 2


def test_a_long_batch_finishes_and_its_receipts_verify(desk: Desk) -> None:
    submissions = [signed(born(), desk.key) for _ in range(1_000)]
    batch = [each.to_bytes() for each in submissions]
    found = receipts(desk.office.append_all(batch))
    assert len(found) == len(submissions)
    for receipt, submission in list(zip(found, submissions, strict=True))[::97]:
        desk.verify(receipt, submission)
    assert len(desk.rows()) == FOUNDING_EVENTS + len(submissions)


def test_an_old_event_is_proved_again_from_stored_tiles(desk: Desk) -> None:
    submission = signed(born(), desk.key)
    first = desk.office.append(submission.to_bytes())
    desk.office.record([desk.office.open(signed(born(), desk.key).to_bytes()) for _ in range(600)])
    again = desk.office.append(submission.to_bytes())
    assert (again.index, again.repeated) == (first.index, True)
    assert desk.verify(again, submission) == FOUNDING_EVENTS + 601


def test_what_is_to_be_done_meanwhile_is_done_once_whether_or_not_the_signer_is_asked(
    desk: Desk,
) -> None:
    notary, done = desk.office.notary, list[str]()
    receipt = desk.append(born())
    notary._kept = None
    notary.prove([receipt.index], meanwhile=lambda: done.append("signed anew"))
    notary.checkpoint()
    notary.prove([receipt.index], meanwhile=lambda: done.append("kept"))
    assert done == ["signed anew", "kept"]


def test_a_receipt_tells_what_does_not_fit_also_when_it_is_given_again(desk: Desk) -> None:
    submission = signed(born(), desk.key).to_bytes()  # shows neither a licence nor an exemption
    receipt, again = desk.office.append(submission), desk.office.append(submission)
    assert (receipt.repeated, again.repeated) == (False, True)
    assert [each.rule for each in receipt.findings] == ["entitlement_not_shown"]
    assert again.findings == receipt.findings


def test_whoever_asks_for_the_newest_checkpoint_again_keeps_no_signer_busy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    notary, now = desk.office.notary, [0.0]
    monkeypatch.setattr(notary, "_monotonic", lambda: now[0])
    notary._kept = None
    receipt = desk.append(born())
    signed_then = notary.checkpoint()[1]
    with monkeypatch.context() as away:
        away.delattr(notary, "_signer")
        assert notary.checkpoint()[1] == signed_then
        proof = notary.prove([receipt.index])[receipt.index]
        assert proof.checkpoint_note == signed_then
        now[0] += 1.0
        with pytest.raises(AttributeError):
            notary.checkpoint()
    assert notary.checkpoint()[0].size == FOUNDING_EVENTS + 1
    grown = desk.append(born())
    assert notary.checkpoint()[0].size == grown.index + 1


def test_the_stream_of_one_firearm_cannot_be_taken_for_another_kind_of_stream(desk: Desk) -> None:
    record = desk.office.registry.keys[desk.key.kid]
    assert record.stream is not None
    seq, prev = desk.office.heads([record.stream])[record.stream]
    draft = born(sub=f"arm.{record.stream}", seq=seq + 1, prev=prev)
    with pytest.raises(MunimentError, match="stream of kind key"):
        desk.append(draft)
    with pytest.raises(MunimentError, match="stream of kind key"):
        desk.append(replace(draft, seq=1, prev=born().prev))
    assert len(desk.rows()) == FOUNDING_EVENTS
