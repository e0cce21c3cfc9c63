# SPDX-License-Identifier: Apache-2.0
"""The feed: nothing is missed and nothing comes twice, and a wait ends with the next append."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.service.arrivals import LOOK_SECONDS
from projections.catalogue import PROJECTIONS
from tests.integration.http.conftest import Machine, Served

WAIT = 20
Item = dict[str, Any]


@pytest.fixture
def desk(served: Served) -> Machine:
    return served.machine("TRC")


def _size(served: Served) -> int:
    return int(served.client.get("/v1/registry").json()["log_size"])


def _rest(desk: Machine, name: str = "events", limit: int = 3) -> tuple[list[Item], str | None]:
    """Follow a feed to its end; give all of it and its last cursor."""
    items: list[Item] = []
    after: str | None = None
    while True:
        given = f"&after={after}" if after else ""
        told = desk.get(f"/v1/feed/{name}?limit={limit}{given}").json()
        items += told["items"]
        if not told["items"]:
            return items, after
        after = told["after"]
        assert after == told["items"][-1]["cursor"]


def test_the_events_come_in_the_order_of_the_log_each_once(served: Served, desk: Machine) -> None:
    served.recorded()
    items, _ = _rest(desk)
    assert [each["index"] for each in items] == list(range(_size(served)))


def test_whoever_goes_on_with_a_cursor_gets_what_follows(served: Served, desk: Machine) -> None:
    items, end = _rest(desk)
    _, told = served.recorded()
    following = desk.get(f"/v1/feed/events?after={end}").json()["items"]
    assert [each["index"] for each in following] == [told["index"]]
    again = desk.get(f"/v1/feed/events?after={items[1]['cursor']}&limit=2").json()["items"]
    assert again == items[2:4]


@pytest.mark.parametrize("name", [each.name for each in PROJECTIONS])
def test_every_projection_can_be_followed(served: Served, desk: Machine, name: str) -> None:
    served.recorded()
    _, end = _rest(desk, name, limit=500)
    told = desk.get(f"/v1/feed/{name}?limit=500" + (f"&after={end}" if end else ""))
    assert told.json() == {"items": [], "after": end}


def test_an_append_ends_the_wait_at_once(served: Served, desk: Machine) -> None:
    _, end = _rest(desk, limit=500)
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(desk.get, f"/v1/feed/events?after={end}&wait={WAIT}")
        _, told = served.recorded()
        answer = waiting.result()
    assert [each["index"] for each in answer.json()["items"]] == [told["index"]]
    assert time.monotonic() - begun < LOOK_SECONDS


def test_a_wait_ends_with_nothing_when_its_time_is_over(desk: Machine) -> None:
    _, end = _rest(desk, limit=500)
    told = desk.get(f"/v1/feed/events?after={end}&wait=1").json()
    assert told == {"items": [], "after": end}


def test_many_who_wait_hold_up_nobody_else(served: Served, desk: Machine) -> None:
    _, end = _rest(desk, limit=500)
    path = f"/v1/feed/events?after={end}&wait={WAIT}"
    with ThreadPoolExecutor(12) as pool:
        waiting = [pool.submit(desk.get, path) for _ in range(12)]
        assert served.client.get("/v1/log/checkpoint").status_code == 200
        _, told = served.recorded()
        found = [each.result().json()["items"] for each in waiting]
    assert {items[0]["index"] for items in found} == {told["index"]}


def test_a_stranger_is_not_waited_for(served: Served) -> None:
    begun = time.monotonic()
    answer = served.client.get(f"/v1/feed/events?wait={WAIT}")
    assert answer.status_code == 401
    assert time.monotonic() - begun < WAIT / 2


@pytest.mark.parametrize("role", ["DLR", "LAB"])
def test_whoever_may_not_follow_is_not_waited_for(served: Served, role: str) -> None:
    machine = served.machine(role)
    begun = time.monotonic()
    answer = machine.get(f"/v1/feed/events?after=&wait={WAIT}")
    assert answer.status_code in (400, 403)
    assert time.monotonic() - begun < WAIT / 2


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("events?after=nothing", 400),
        ("events?after=", 400),
        ("events?limit=0", 400),
        ("events?limit=501", 400),
        ("events?wait=31", 400),
        ("events?wait=-1", 400),
        ("nothing", 404),
        ("EVENTS", 400),
    ],
)
def test_what_cannot_be_followed_is_refused(desk: Machine, query: str, status: int) -> None:
    answer = desk.get(f"/v1/feed/{query}")
    assert answer.status_code == status, answer.text


def test_a_cursor_of_another_feed_is_refused(desk: Machine) -> None:
    _, end = _rest(desk, limit=500)
    answer = desk.get(f"/v1/feed/{PROJECTIONS[0].name}?after={end}")
    assert answer.status_code == 400
