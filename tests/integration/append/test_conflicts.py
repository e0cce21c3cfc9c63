# SPDX-License-Identifier: Apache-2.0
"""Callers that want the same thing at once: one gets it, the others are told why not."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.client.signer import Submission
from audit.proof.encoding import encode
from audit.proof.keys import P256_ORDER
from domain.errors import ConflictError, MunimentError, RefusedError
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    following,
    manufactured,
    receipts,
    signed,
    slugs,
)

CLIENTS = 50


def test_of_50_appends_at_one_seq_exactly_one_is_accepted(desk: Desk, office: Office) -> None:
    first = born()
    birth = desk.append(first)
    rivals = [signed(following(first, birth.eid), desk.key).to_bytes() for _ in range(CLIENTS)]
    answers = at_once([partial(office.append, each) for each in rivals])
    assert len(receipts(answers)) == 1
    assert slugs(answers) == ["seq_conflict"] * (CLIENTS - 1)
    assert len(desk.rows()) == FOUNDING_EVENTS + 2


def test_of_50_clients_with_one_marking_exactly_one_is_accepted(desk: Desk, office: Office) -> None:
    rivals = [signed(born(dat=manufactured("TW9-SAME")), desk.key) for _ in range(CLIENTS)]
    answers = at_once([partial(office.append, each.to_bytes()) for each in rivals])
    assert len(receipts(answers)) == 1
    assert slugs(answers) == ["marking_claimed"] * (CLIENTS - 1)


def test_a_second_firearm_of_one_marking_is_accepted_with_a_stated_reason(desk: Desk) -> None:
    desk.append(born(dat=manufactured("TW9-SAME")))
    with pytest.raises(RefusedError, match="maker and serial") as refused:
        desk.append(born(dat=manufactured("TW9-SAME")))
    assert refused.value.slug == "marking_claimed"
    for _ in range(2):
        reason = manufactured("TW9-SAME", duplicate_reason="maker_reused_number")
        assert desk.append(born(dat=reason)).index


def test_two_firearms_of_one_marking_in_one_batch_are_told_apart(
    desk: Desk, office: Office
) -> None:
    drafts = [born(dat=manufactured("TW9-SAME")) for _ in range(2)]
    drafts.append(born(dat=manufactured("TW9-SAME", duplicate_reason="maker_reused_number")))
    answers = office.append_all([signed(d, desk.key).to_bytes() for d in drafts])
    assert slugs(answers) == ["marking_claimed"]
    assert [each.index for each in receipts(answers)] == [FOUNDING_EVENTS, FOUNDING_EVENTS + 1]


def test_the_same_submission_twice_has_one_index(desk: Desk, office: Office) -> None:
    submission = signed(born(), desk.key)
    first = office.append(submission.to_bytes())
    second = office.append(submission.to_bytes())
    assert (second.index, second.eid, second.repeated) == (first.index, first.eid, True)
    desk.verify(second, submission)


def test_the_same_submission_from_50_clients_at_once_is_recorded_once(
    desk: Desk, office: Office, second_office: Office
) -> None:
    submission = signed(born(), desk.key)
    doors = [office, second_office] * (CLIENTS // 2)
    answers = receipts(at_once([partial(door.append, submission.to_bytes()) for door in doors]))
    assert {answer.index for answer in answers} == {FOUNDING_EVENTS}
    assert len(answers) == CLIENTS
    assert len(desk.rows()) == FOUNDING_EVENTS + 1
    for answer in answers:
        desk.verify(answer, submission)


def test_a_repeated_first_event_in_a_batch_does_not_lose_its_neighbours(
    desk: Desk, office: Office
) -> None:
    old = signed(born(), desk.key)
    place = office.append(old.to_bytes()).index
    new = signed(born(), desk.key)
    answers = office.append_all([each.to_bytes() for each in (old, new)])
    repeated, recorded = receipts(answers)
    assert (repeated.index, repeated.repeated) == (place, True)
    assert (recorded.index, recorded.repeated) == (place + 1, False)
    desk.verify(repeated, old)
    desk.verify(recorded, new)


def test_another_event_under_a_used_jti_is_a_conflict(desk: Desk) -> None:
    first = born()
    desk.append(first)
    with pytest.raises(ConflictError, match="already used that event identifier") as refused:
        desk.append(born(jti=first.jti))
    assert refused.value.slug == "jti_conflict"
    assert len(desk.rows()) == FOUNDING_EVENTS + 1


@pytest.mark.parametrize("seq", [1, 3, 2**53 - 1])
def test_a_wrong_seq_is_told_the_present_head(desk: Desk, seq: int) -> None:
    first = born()
    birth = desk.append(first)
    with pytest.raises(ConflictError, match=f"sequence 1, event {birth.eid}") as refused:
        desk.append(following(first, birth.eid, seq=seq))
    assert refused.value.slug == "seq_conflict"


def test_a_wrong_prev_is_told_the_present_head(desk: Desk) -> None:
    first = born()
    birth = desk.append(first)
    with pytest.raises(ConflictError, match=f"event {birth.eid}") as refused:
        desk.append(following(first, "B" * 43))
    assert refused.value.slug == "prev_mismatch"


def test_a_chain_of_events_in_one_batch_is_accepted_in_order(desk: Desk, office: Office) -> None:
    first = born()
    chain = [signed(first, desk.key)]
    for seq in range(2, 6):
        draft = following(first, chain[-1].eid, seq=seq, evt="firearm.marked")
        mark = {"kind": "import", "text": {"known": f"XA {seq}"}, "country": "XA"}
        chain.append(
            signed(replace(draft, dat={"mark": {**mark, "condition": "legible"}}), desk.key)
        )
    answers = office.append_all([each.to_bytes() for each in chain])
    assert [each.index for each in receipts(answers)] == list(range(3, 8)), slugs(answers)


def test_a_second_signature_over_one_event_is_the_same_event(desk: Desk, office: Office) -> None:
    key, first, second = _two_signatures()
    desk.enrol(key)
    assert first.eid == second.eid
    assert first.jws != second.jws
    answers = at_once([partial(office.append, each.to_bytes()) for each in (first, second) * 8])
    places = {receipt.index for receipt in receipts(answers)}
    assert len(receipts(answers)) == 16, slugs(answers)
    assert len(places) == 1
    stored = dict(desk.rows())[places.pop()]
    assert stored in (first.jws, second.jws)


def test_a_second_signature_over_an_event_that_is_not_proved_yet_spoils_no_proof(
    desk: Desk, office: Office
) -> None:
    key, first, second = _two_signatures()
    desk.enrol(key)
    office.record([office.open(first.to_bytes())])
    receipt = office.append(second.to_bytes())
    assert receipt.repeated
    desk.verify(receipt, first)


def test_a_second_signature_in_the_batch_of_the_first_is_dropped(
    desk: Desk, office: Office
) -> None:
    key, first, second = _two_signatures()
    desk.enrol(key)
    batch = [each.to_bytes() for each in (first, second)]
    one, other = receipts(office.append_all(batch))
    assert one.index == other.index
    assert dict(desk.rows())[one.index] == first.jws
    desk.verify(other, first)


def _two_signatures() -> tuple[FileKey, Submission, Submission]:
    """Sign one event twice with ES256, whose signatures may differ, both with the lower s."""
    private = ec.generate_private_key(ec.SECP256R1())
    key = FileKey.of(private)
    first = signed(born(), key)
    message = first.jws[: first.jws.rindex(b".")]
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(SHA256())))
    raw = b"".join(each.to_bytes(32) for each in (r, min(s, P256_ORDER - s)))
    return key, first, Submission(jws=message + b"." + encode(raw))


def test_whatever_is_refused_can_be_retried_once_it_is_legal(desk: Desk) -> None:
    first = born()
    birth = signed(first, desk.key)
    seizure = signed(following(first, birth.eid), desk.key)
    with pytest.raises(MunimentError, match="sequence 0"):
        desk.office.append(seizure.to_bytes())
    desk.office.append(birth.to_bytes())
    receipt = desk.office.append(seizure.to_bytes())
    assert not receipt.repeated
    assert desk.verify(receipt, seizure) == FOUNDING_EVENTS + 2
