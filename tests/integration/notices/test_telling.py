# SPDX-License-Identifier: Apache-2.0
"""How far the webhooks of an authority are with one entry: told, waiting, or given up."""

from __future__ import annotations

from api.notices.delivering import ATTEMPTS_MAX, deliver, pause
from api.notices.telling import notices_of
from tests.integration.notices.conftest import Ground, Receiver, Time
from tests.integration.projections.conftest import AUTHORITY

MADE = "firearm.manufactured"


def told(ground: Ground, serial: str) -> tuple[int, int]:
    """Record a firearm after whatever began before; give the entry's index and time."""
    ground.desk.manufacture(serial)
    return ground.desk.office.ledger.size - 1, ground.mailroom.now()


def test_an_entry_waits_until_a_webhook_has_taken_it(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    ground.subscribed(receiver.url, "firearm.*")
    index, at = told(ground, "TW9-1")
    assert notices_of(ground.mailroom, MADE, index=index, at=at) == {AUTHORITY: "waiting"}
    receiver.status = 503
    deliver(ground.mailroom)
    assert notices_of(ground.mailroom, MADE, index=index, at=at) == {AUTHORITY: "waiting"}
    receiver.status = 204
    time.passes(pause(1))
    deliver(ground.mailroom)
    assert notices_of(ground.mailroom, MADE, index=index, at=at) == {AUTHORITY: "sent"}


def test_what_was_given_up_is_missed_unless_another_webhook_took_it(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    ground.subscribed(receiver.url, MADE)
    index, at = told(ground, "TW9-1")
    receiver.status = 500
    for attempt in range(1, ATTEMPTS_MAX + 1):
        deliver(ground.mailroom)
        time.passes(pause(attempt))
    assert notices_of(ground.mailroom, MADE, index=index, at=at) == {AUTHORITY: "missed"}
    receiver.status = 204
    ground.subscribed(receiver.url, MADE, after=index - 1)
    assert notices_of(ground.mailroom, MADE, index=index, at=at) == {AUTHORITY: "waiting"}
    deliver(ground.mailroom)
    assert notices_of(ground.mailroom, MADE, index=index, at=ground.mailroom.now()) == {
        AUTHORITY: "sent"
    }


def test_of_other_kinds_and_of_what_was_before_it_a_webhook_tells_nothing(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    index, at = told(ground, "TW9-1")
    time.passes(1)
    ground.subscribed(receiver.url, "firearm.*")
    later, now = told(ground, "TW9-2")
    deliver(ground.mailroom)
    assert notices_of(ground.mailroom, MADE, index=index, at=at) == {}
    assert notices_of(ground.mailroom, MADE, index=later, at=now) == {AUTHORITY: "sent"}
    assert notices_of(ground.mailroom, "erasure.executed", index=later, at=now) == {}
