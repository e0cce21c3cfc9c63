# SPDX-License-Identifier: Apache-2.0
"""Token buckets let nobody through more often than published, and tell how long to wait."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.caller import STRANGER, Caller
from api.access.quotas import COUNTED, LIMITS, Quotas, limits, refuse_wildcards
from api.access.table import ACTIONS, Action
from audit.access.buckets import Draw, MemoryBuckets
from domain.errors import RefusedError, ThrottledError
from tests.unit.api.access.conftest import Clock

POLICE = Caller(means="machine", authority="police.xa", key="kid 1", officer="off 1")
COLLEAGUE = replace(POLICE, key="kid 2", officer="off 2")
ELSEWHERE = replace(POLICE, authority="police.xb", key="kid 3", officer="off 3")


@pytest.fixture
def quotas(clock: Clock) -> Quotas:
    return Quotas(own=MemoryBuckets(), shared=MemoryBuckets(), clock=clock)


@pytest.mark.parametrize(
    ("action", "burst", "wait"),
    [
        ("event.append", 200, 1),
        ("marking.search", 60, 60),
        ("requests.read", 60, 60),
        ("person.reveal", 200, 432),
        ("person.file", 200, 432),
        ("erasure.approve", 50, 1_728),
    ],
)
def test_beyond_its_burst_everybody_waits_for_the_next_token(
    quotas: Quotas, clock: Clock, action: Action, burst: int, wait: int
) -> None:
    for _ in range(burst):
        quotas.spend(POLICE, action)
    with pytest.raises(ThrottledError) as told:
        quotas.spend(POLICE, action)
    assert (told.value.slug, told.value.retry_after) == ("quota_exceeded", wait)
    clock.now += told.value.retry_after
    quotas.spend(POLICE, action)


def test_an_authority_counts_for_all_its_officers_and_another_one_by_itself(quotas: Quotas) -> None:
    for _ in range(30):
        quotas.spend(POLICE, "marking.search")
        quotas.spend(COLLEAGUE, "marking.search")
    for asking in (POLICE, COLLEAGUE):
        with pytest.raises(ThrottledError):
            quotas.spend(asking, "marking.search")
    quotas.spend(ELSEWHERE, "marking.search")


def test_an_officer_is_counted_with_whatever_key_and_a_key_with_whatever_officer() -> None:
    for other in (replace(ELSEWHERE, officer="off 1"), replace(ELSEWHERE, key="kid 1")):
        quotas = Quotas(own=MemoryBuckets(), shared=MemoryBuckets(), clock=Clock())
        for _ in range(60):
            quotas.spend(POLICE, "marking.search")
        with pytest.raises(ThrottledError):
            quotas.spend(other, "marking.search")


def test_what_is_refused_costs_nothing(quotas: Quotas) -> None:
    quotas.spend(POLICE, "event.append", times=150)
    with pytest.raises(ThrottledError):
        quotas.spend(POLICE, "event.append", times=51)
    quotas.spend(POLICE, "event.append", times=50)


def test_a_batch_beyond_the_burst_takes_all_of_it(quotas: Quotas) -> None:
    quotas.spend(POLICE, "event.append", times=1_000)
    with pytest.raises(ThrottledError):
        quotas.spend(POLICE, "event.append")


def test_processes_share_what_each_counts_by_itself(clock: Clock) -> None:
    one = Quotas(own=MemoryBuckets(), shared=MemoryBuckets(), clock=clock, processes=4)
    one.spend(POLICE, "event.append", times=50)
    with pytest.raises(ThrottledError):
        one.spend(POLICE, "event.append")
    for _ in range(60):
        one.spend(POLICE, "marking.search")
    with pytest.raises(ThrottledError):
        one.spend(POLICE, "marking.search")


def test_other_actions_and_strangers_have_no_limit_here(quotas: Quotas) -> None:
    for action in ACTIONS:
        for _ in range(201):
            quotas.spend(STRANGER, action)
            if action not in COUNTED:
                quotas.spend(POLICE, action)


def test_what_a_bucket_remembers_is_bounded(clock: Clock) -> None:
    buckets = MemoryBuckets(buckets_max=10)
    for number in range(100):
        buckets.spend((Draw(name=f"{number}", capacity=1, refill=1),), 1, clock())
    assert len(buckets) == 10
    assert buckets.spend((Draw(name="99", capacity=1, refill=1),), 1, clock()) == 1
    assert buckets.spend((Draw(name="0", capacity=1, refill=1),), 1, clock()) == 0


@given(steps=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 3)), max_size=60))
def test_nobody_ever_gets_more_than_the_burst_and_the_rate(steps: list[tuple[float, int]]) -> None:
    buckets, draw = MemoryBuckets(), (Draw(name="x", capacity=5, refill=2),)
    now, got = 0.0, 0
    for pause, cost in steps:
        now += pause
        wait = buckets.spend(draw, cost, now)
        if wait == 0:
            got += cost
        else:
            assert buckets.spend(draw, cost, now) == wait
        assert got <= 5 + 2 * now + 1e-6


def test_a_clock_that_goes_back_gives_nobody_more(quotas: Quotas, clock: Clock) -> None:
    for _ in range(59):
        quotas.spend(POLICE, "marking.search")
    clock.now -= 10_000
    quotas.spend(POLICE, "marking.search")
    clock.now += 10_000
    with pytest.raises(ThrottledError):
        quotas.spend(POLICE, "marking.search")


def test_the_published_limits_are_those_that_hold() -> None:
    published = limits()
    assert set(published) == set(LIMITS) == set(COUNTED.values())
    assert published["head"] == {
        "amount": 50,
        "period_seconds": 1,
        "burst": 200,
        "per": ["key", "officer", "authority"],
        "actions": ["event.append"],
    }
    assert [published[name]["amount"] for name in ("trace", "reveal", "erasure")] == [60, 200, 50]


@pytest.mark.parametrize("value", ["*", "Mil*", "M?ller", "%", "[a-z]", "", "  ", "a\\"])
def test_persons_are_not_searched_for_by_parts(value: str) -> None:
    with pytest.raises(RefusedError) as refused:
        refuse_wildcards({"doc_no": "X1", "name": value})
    assert refused.value.slug == "selector_wildcard"
    assert refused.value.sentence == "Persons are searched for by a whole name, not by parts of it."


def test_persons_are_searched_for_by_whole_values() -> None:
    refuse_wildcards({"name": "O'Neill-M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller, Jr."})
    refuse_wildcards({"doc_no": "X_1.2/3"})
