# SPDX-License-Identifier: Apache-2.0
"""Delivering notices to a real receiver: all, signed, again after failures, and given up."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, BrokenBarrierError, Event, Thread
from typing import Any

import pytest

from api.notices import planning
from api.notices.delivering import (
    ATTEMPTS_MAX,
    FAILING_SECONDS_MAX,
    PAUSE_SECONDS_MAX,
    Round,
    deliver,
    missed,
    pause,
    run,
)
from api.notices.posting import post
from api.notices.subscriptions import replay, subscriptions, unsubscribe
from tests.integration.notices.conftest import OTHER, Ground, Receiver, Time
from tests.integration.projections.conftest import AUTHORITY


def _log(ground: Ground) -> range:
    return range(ground.desk.office.ledger.size)


def test_whatever_is_new_is_told_once_and_in_order(ground: Ground, receiver: Receiver) -> None:
    made, _ = ground.subscribed(receiver.url)
    assert deliver(ground.mailroom) == Round()
    ground.desk.life("TW9-1")
    assert deliver(ground.mailroom) == Round(planned=6, delivered=1)
    assert [each["index"] for each in receiver.notices] == list(_log(ground))[made.position :]
    assert deliver(ground.mailroom) == Round()
    assert len(receiver.requests) == 1


def test_a_notice_says_what_the_log_says(ground: Ground, receiver: Receiver) -> None:
    ground.subscribed(receiver.url)
    arm = ground.desk.manufacture("TW9-1")
    deliver(ground.mailroom)
    (notice,) = receiver.notices
    assert set(notice) == {"index", "eid", "kind", "stream", "iss", "at"}
    assert (notice["kind"], notice["stream"], notice["iss"]) == (
        "firearm.manufactured/1",
        str(arm.uuid),
        AUTHORITY,
    )
    assert "TW9-1" not in json.dumps(notice)


def test_every_request_is_signed_with_its_own_time(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    _, secret = ground.subscribed(receiver.url)
    receiver.status = 500
    ground.desk.manufacture("TW9-1")
    deliver(ground.mailroom)
    time.passes(60)
    deliver(ground.mailroom)
    first, second = (headers for _, headers, _ in receiver.requests)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert receiver.believes(secret, ground.mailroom.now()) == receiver.identifiers


def test_only_what_it_is_about_is_told(ground: Ground, receiver: Receiver) -> None:
    ground.subscribed(receiver.url, "firearm.seized", "firearm.corrected")
    ground.desk.life("TW9-1")
    deliver(ground.mailroom)
    assert [each["kind"] for each in receiver.notices] == [
        "firearm.seized/1",
        "firearm.corrected/1",
    ]
    (found,) = subscriptions(ground.mailroom)
    assert found.position == ground.desk.office.ledger.size


def test_the_whole_log_is_told_in_bounded_parts(
    ground: Ground, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SCANNED_MAX", 5)
    monkeypatch.setattr(planning, "NOTICES_MAX", 2)
    ground.subscribed(receiver.url, after=-1)
    ground.desk.life("TW9-1")
    for _ in range(20):
        deliver(ground.mailroom)
    assert [each["index"] for each in receiver.notices] == list(_log(ground))
    assert max(len(json.loads(body)["notices"]) for _, _, body in receiver.requests) == 2
    assert len(set(receiver.identifiers)) == len(receiver.requests)


def test_a_receiver_that_is_away_does_not_fill_the_database(
    ground: Ground, receiver: Receiver, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "DELIVERIES_MAX", 2)
    monkeypatch.setattr(planning, "SCANNED_MAX", 1)
    receiver.status = 503
    ground.subscribed(receiver.url, after=-1)
    for _ in range(5):
        deliver(ground.mailroom)
        time.passes(1)
    assert subscriptions(ground.mailroom)[0].position == 2
    receiver.status = 200
    for _ in range(20):
        time.passes(3_600)
        deliver(ground.mailroom)
    told = [each["index"] for each in receiver.notices]
    assert sorted(set(told)) == list(_log(ground))


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 500, 503])
def test_any_other_status_is_a_failure_and_no_redirect_is_followed(
    ground: Ground, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    made, _ = ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    assert deliver(ground.mailroom) == Round(planned=1, failed=1)
    assert [path for path, _, _ in receiver.requests] == ["/hook"]
    (found,) = missed(ground.mailroom, AUTHORITY)
    assert found.record() == {
        "subscription": str(made.id),
        "first": made.position,
        "last": made.position,
        "attempts": 1,
        "problem": f"status {status}",
        "given_up": False,
    }


def test_pauses_double_up_to_their_cap(ground: Ground, receiver: Receiver, time: Time) -> None:
    receiver.status = 500
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    deliver(ground.mailroom)
    assert [pause(n) for n in (1, 2, 3, 4)] == [10, 20, 40, 80]
    assert pause(ATTEMPTS_MAX) == PAUSE_SECONDS_MAX
    for attempts in range(1, 5):
        time.passes(pause(attempts) - 1)
        assert deliver(ground.mailroom) == Round()
        time.passes(1)
        assert deliver(ground.mailroom).failed == 1


def test_after_the_last_attempt_a_notice_is_missed_and_the_next_one_goes_on(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    receiver.status = 500
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    for attempts in range(1, ATTEMPTS_MAX + 1):
        assert deliver(ground.mailroom).failed == 1
        time.passes(pause(attempts))
    (found,) = missed(ground.mailroom)
    assert (found.attempts, found.given_up) == (ATTEMPTS_MAX, True)
    time.passes(10 * PAUSE_SECONDS_MAX)
    assert deliver(ground.mailroom) == Round()
    receiver.status = 200
    ground.desk.manufacture("TW9-2")
    assert deliver(ground.mailroom).delivered == 1
    assert missed(ground.mailroom) == [found]
    assert subscriptions(ground.mailroom)[0].failing_since is None


def test_a_success_ends_a_series_of_failures(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    receiver.status = 500
    deliver(ground.mailroom)
    assert subscriptions(ground.mailroom)[0].failing_since == ground.mailroom.now()
    receiver.status = 200
    time.passes(10)
    deliver(ground.mailroom)
    assert subscriptions(ground.mailroom)[0].failing_since is None
    assert missed(ground.mailroom) == []


def _given_up(ground: Ground, receiver: Receiver, time: Time) -> None:
    receiver.status = 500
    ground.subscribed(receiver.url)
    while subscriptions(ground.mailroom)[0].disabled_at is None:
        ground.desk.manufacture(f"TW9-{time.now}")
        deliver(ground.mailroom)
        time.passes(24 * 60 * 60)


def test_a_subscription_that_fails_for_days_is_given_up_and_says_so(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    begun = ground.mailroom.now()
    _given_up(ground, receiver, time)
    (found,) = subscriptions(ground.mailroom)
    assert found.failing_since == begun
    assert found.disabled_at == begun + FAILING_SECONDS_MAX
    asked = len(receiver.requests)
    ground.desk.manufacture("TW9-9")
    assert deliver(ground.mailroom) == Round()
    assert len(receiver.requests) == asked
    assert all(each.given_up for each in missed(ground.mailroom))
    assert len(missed(ground.mailroom)) == 6


def test_what_was_missed_is_told_again_from_an_index_on(
    ground: Ground, receiver: Receiver, time: Time
) -> None:
    _given_up(ground, receiver, time)
    receiver.requests.clear()
    receiver.status = 200
    (found,) = subscriptions(ground.mailroom)
    first = missed(ground.mailroom)[0].first
    again = replay(ground.mailroom, found.id, after=first - 1, authority=AUTHORITY)
    assert (again.position, again.disabled_at, again.failing_since) == (first, None, None)
    assert missed(ground.mailroom) == []
    assert deliver(ground.mailroom).delivered == 1
    assert [each["index"] for each in receiver.notices] == list(_log(ground))[first:]


def test_a_replay_is_told_under_new_identifiers(ground: Ground, receiver: Receiver) -> None:
    made, _ = ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    deliver(ground.mailroom)
    replay(ground.mailroom, made.id, after=made.position - 1)
    deliver(ground.mailroom)
    first, second = receiver.requests
    assert first[2] == second[2]
    assert first[1]["webhook-id"] != second[1]["webhook-id"]


def test_one_that_is_away_holds_up_nobody_else(ground: Ground, receiver: Receiver) -> None:
    ground.subscribed("http://127.0.0.1:9/hook")
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    assert deliver(ground.mailroom) == Round(planned=2, delivered=1, failed=1)
    assert [each.problem for each in missed(ground.mailroom)] == ["ConnectError"]


def test_one_that_holds_another_logs_place_holds_up_nobody_else(
    ground: Ground, receiver: Receiver
) -> None:
    strange, _ = ground.subscribed(receiver.url)
    ground.subscribed(receiver.url)
    with ground.mailroom.store.transaction() as transaction:
        transaction.change(
            "update notices.subscription set seen = sha256('x') where id = %s", (strange.id,)
        )
    ground.desk.manufacture("TW9-1")
    assert deliver(ground.mailroom) == Round(planned=1, delivered=1)
    replay(ground.mailroom, strange.id, after=-1)
    assert deliver(ground.mailroom).delivered == 1


def test_a_sealed_secret_that_cannot_be_opened_is_a_failure_of_its_own(
    ground: Ground, receiver: Receiver
) -> None:
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    assert deliver(replace(ground.mailroom, key=bytes(32))) == Round(planned=1, failed=1)
    assert [each.problem for each in missed(ground.mailroom)] == ["webhook_secret"]
    assert receiver.requests == []


def test_several_processes_send_a_delivery_once_between_them(
    ground: Ground, receiver: Receiver
) -> None:
    for _ in range(3):
        ground.subscribed(receiver.url)
    together = Barrier(2)

    def at_once() -> None:
        try:
            together.wait(0.2)
        except BrokenBarrierError:
            return

    receiver.told = at_once
    ground.desk.manufacture("TW9-1")
    with ThreadPoolExecutor(4) as processes:
        rounds = list(processes.map(deliver, [ground.mailroom] * 4))
    rounds.append(deliver(ground.mailroom))
    assert sum(each.delivered for each in rounds) == 3
    assert len(set(receiver.identifiers)) == len(receiver.requests) == 3


def test_what_broke_off_after_it_was_sent_is_sent_again_under_its_identifier(
    ground: Ground, receiver: Receiver
) -> None:
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")

    def breaks(*given: Any, **words: Any) -> str | None:
        post(*given, **words)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(ground.mailroom, send=breaks)
    assert deliver(ground.mailroom).delivered == 1
    assert len(receiver.requests) == 2
    assert len(set(receiver.identifiers)) == 1


def test_an_end_while_something_is_sent_waits_for_it_and_leaves_nothing(
    ground: Ground, receiver: Receiver
) -> None:
    made, _ = ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    sent, go_on = Event(), Event()

    def slow() -> None:
        sent.set()
        go_on.wait(10)

    receiver.told = slow
    with ThreadPoolExecutor(2) as threads:
        delivery = threads.submit(deliver, ground.mailroom)
        assert sent.wait(10)
        end = threads.submit(unsubscribe, ground.mailroom, made.id)
        go_on.set()
        assert delivery.result(10).delivered == 1
        end.result(10)
    assert subscriptions(ground.mailroom) == []
    assert missed(ground.mailroom) == []


def test_the_service_goes_on_delivering_until_it_is_told_to_stop(
    ground: Ground, receiver: Receiver
) -> None:
    stop, told = Event(), Event()
    receiver.told = told.set
    ground.subscribed(receiver.url)
    worker = Thread(target=run, args=(ground.mailroom, stop))
    worker.start()
    ground.desk.manufacture("TW9-1")
    assert told.wait(10)
    stop.set()
    worker.join(10)
    assert not worker.is_alive()


def test_a_fault_of_the_program_ends_no_other_delivery(ground: Ground, receiver: Receiver) -> None:
    stop, told, faults = Event(), Event(), iter([ValueError])
    receiver.told = told.set

    def fails_once(*given: Any, **words: Any) -> str | None:
        for fault in faults:
            raise fault
        return post(*given, **words)

    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    worker = Thread(target=run, args=(ground.mailroom, stop), kwargs={"send": fails_once})
    worker.start()
    assert told.wait(20)
    stop.set()
    worker.join(20)
    assert len(receiver.requests) == 1


def test_others_do_not_see_what_an_authority_missed(ground: Ground, receiver: Receiver) -> None:
    receiver.status = 500
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    deliver(ground.mailroom)
    assert len(missed(ground.mailroom, AUTHORITY)) == 1
    assert missed(ground.mailroom, OTHER) == []
