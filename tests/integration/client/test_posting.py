# SPDX-License-Identifier: Apache-2.0
"""An officer offline: what was recorded is sent in order once the service is there again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.asynchronous import AsyncClient
from api.client.calling.patience import World
from api.client.calling.posting import Sent
from api.client.calling.receipts import KeyedLedger, ReceiptError
from api.client.desk import Desk
from api.client.outbox import NEW, Head, Outbox
from api.client.service import Client
from audit.proof.note import verifier_key
from domain.errors import RefusedError, UnreachableError, UsageError
from tests.integration.append.desk import born, following, manufactured
from tests.integration.client.conftest import Line, no_port, through

SEIZURE = {"ground": "illicit_possession", "proceeding": "criminal"}


@pytest.fixture(name="outbox")
def outbox_fixture(desk: Desk, tmp_path: Path) -> Iterator[Outbox]:
    """Give an outbox under the officer's key."""
    with Outbox.open(tmp_path / "outbox", desk.event_key) as outbox:  # type: ignore[arg-type]
        yield outbox


def begun(officer: Client, outbox: Outbox, events: int = 1) -> str:
    """Record the life of a new firearm offline."""
    firearm = officer.new("arm")
    outbox.know(firearm, NEW)
    serial = f"SDK-{firearm[-12:]}"
    officer.note("firearm.manufactured", firearm, dat=manufactured(serial), occ="2015")
    for _ in range(events - 1):
        officer.note("firearm.seized", firearm, dat=SEIZURE, occ="2020-07-09")
    return firearm


def test_a_life_recorded_offline_is_sent_in_order_and_purged(desk: Desk, outbox: Outbox) -> None:
    offline = Client(replace(desk, address=no_port(), outbox=outbox), sleep=lambda _: None)
    firearm = begun(offline, outbox, events=4)
    held = offline.send()
    assert isinstance(held.held_back, UnreachableError)
    assert len(outbox.waiting()) == 4
    offline.close()
    with Client(replace(desk, outbox=outbox)) as online:
        sent = online.send()
        assert (sent.refused, sent.held_back) == ([], None)
        assert [each.index for each in sent.receipts.values()] == sorted(
            each.index for each in sent.receipts.values()
        )
        last = online.head(firearm)
    assert last.seq == 4
    assert outbox.waiting() == []
    assert outbox.head(firearm) == last


def test_what_goes_on_offline_needs_a_head_that_was_learned(desk: Desk, outbox: Outbox) -> None:
    with Client(desk) as plain:
        firearm = plain.new("arm")
        plain.append(born(sub=firearm))
    offline = replace(desk, address=no_port(), outbox=outbox)
    with Client(offline, sleep=lambda _: None) as officer:
        with pytest.raises(UnreachableError):
            officer.note("firearm.seized", firearm, dat=SEIZURE)
        with Client(replace(desk, outbox=outbox)) as online:
            online.remember(firearm)
        officer.note("firearm.seized", firearm, dat=SEIZURE)
    with Client(replace(desk, outbox=outbox)) as online:
        assert len(online.send().receipts) == 1


def test_an_answer_that_was_lost_leaves_the_event_waiting_and_it_is_recorded_once(
    desk: Desk, outbox: Outbox, line: Line
) -> None:
    impatient = replace(desk, outbox=outbox, patience=replace(desk.patience, attempts=1))
    with Client(impatient, through(line)) as officer:
        firearm = begun(officer, outbox)
        line.plan = ["answer lost"]
        assert officer.send().held_back is not None
        (sent,) = officer.send().receipts.values()
        assert sent.repeated
        assert officer.head(firearm) == Head(1, sent.eid)


def test_what_is_refused_stands_aside_with_what_was_signed_behind_it(
    desk: Desk, outbox: Outbox
) -> None:
    with Client(replace(desk, outbox=outbox, retry_stale=True)) as officer:
        wrong = officer.new("arm")
        outbox.know(wrong, NEW)
        officer.note("firearm.seized", wrong, dat=SEIZURE)
        officer.note("firearm.seized", wrong, dat=SEIZURE)
        right = begun(officer, outbox)
        sent = officer.send()
        assert [each.stream for each in sent.refused] == [wrong, wrong]
        assert officer.head(wrong).seq == 0
        assert officer.head(right).seq == 1
    first, second = outbox.refused()
    assert first.refusal["next_step"]
    assert second.refusal["code"] == "seq_conflict"
    outbox.discard(first)
    assert [each.number for each in outbox.refused()] == [second.number]


def test_what_was_signed_outside_the_time_is_signed_anew_in_order_where_the_desk_says_so(
    desk: Desk, outbox: Outbox
) -> None:
    wrong_clock = World(clock=lambda: time.time() + 3_600)
    with Client(replace(desk, outbox=outbox, world=wrong_clock)) as officer:
        firearm = begun(officer, outbox, events=3)
    with Client(replace(desk, outbox=outbox, retry_stale=True)) as officer:
        sent = officer.send()
        assert (len(sent.receipts), sent.refused) == (3, [])
        assert officer.head(firearm).seq == 3
    assert outbox.waiting() == []


def test_a_stream_that_moved_on_meanwhile_is_a_conflict_or_signed_anew(
    desk: Desk, outbox: Outbox
) -> None:
    def overtaken(*, retry_stale: bool) -> Sent:
        mine = replace(desk, outbox=outbox, retry_stale=retry_stale)
        with Client(desk) as other, Client(mine) as officer:
            draft = born(sub=other.new("arm"))
            receipt = other.append(draft)
            officer.remember(draft.sub)
            officer.note("firearm.seized", draft.sub, dat=SEIZURE)
            other.append(following(draft, receipt.eid))
            return officer.send()

    assert [each.refusal["code"] for each in overtaken(retry_stale=False).refused] == [
        "seq_conflict"
    ]
    assert len(overtaken(retry_stale=True).receipts) == 1
    assert len(outbox.refused()) == 1


def test_a_receipt_that_does_not_verify_purges_nothing(desk: Desk, outbox: Outbox) -> None:
    unknown = verifier_key(desk.ledger.audience, Ed25519PrivateKey.generate().public_key())
    foreign = KeyedLedger(desk.ledger.audience, unknown)
    with Client(replace(desk, outbox=outbox, ledger=foreign)) as officer:
        begun(officer, outbox)
        assert isinstance(officer.send().held_back, ReceiptError)
    assert len(outbox.waiting()) == 1


def test_recording_keeps_a_copy_until_the_receipt_is_there(desk: Desk, outbox: Outbox) -> None:
    with Client(replace(desk, outbox=outbox)) as officer:
        firearm = officer.new("arm")
        made = officer.record(
            "firearm.manufactured", firearm, dat=manufactured("SDK-K1"), occ="2015"
        )
        assert outbox.waiting() == []
        gone = replace(officer.desk, address=no_port())
        with Client(gone, sleep=lambda _: None) as offline, pytest.raises(UnreachableError):
            offline.record("firearm.seized", firearm, dat=SEIZURE)
        (kept,) = outbox.waiting()
        assert kept.stated()["prev"] == made.eid
        later = officer.record("firearm.seized", firearm, dat=SEIZURE)
        assert officer.head(firearm) == Head(3, later.eid)


def test_a_refusal_is_raised_and_kept(desk: Desk, outbox: Outbox) -> None:
    with Client(replace(desk, outbox=outbox)) as officer:
        firearm = officer.new("arm")
        with pytest.raises(RefusedError):
            officer.record("firearm.seized", firearm, dat=SEIZURE)
    (kept,) = outbox.refused()
    assert kept.stream == firearm


def test_without_an_outbox_nothing_is_kept(client: Client) -> None:
    with pytest.raises(UsageError) as caught:
        client.send()
    assert caught.value.slug == "outbox_missing"


def test_it_all_works_in_an_event_loop(desk: Desk, outbox: Outbox) -> None:
    async def work() -> None:
        async with AsyncClient(replace(desk, outbox=outbox)) as officer:
            firearm = officer.new("arm")
            outbox.know(firearm, NEW)
            dat = manufactured("SDK-A1")
            await officer.note("firearm.manufactured", firearm, dat=dat, occ="2015")
            await officer.note("firearm.seized", firearm, dat=SEIZURE)
            assert len((await officer.send()).receipts) == 2
            await officer.remember(firearm)
            receipt = await officer.record("firearm.seized", firearm, dat=SEIZURE)
            assert await officer.head(firearm) == Head(3, receipt.eid)

    asyncio.run(work())
    assert outbox.waiting() == []
