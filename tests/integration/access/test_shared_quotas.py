# SPDX-License-Identifier: Apache-2.0
"""Quotas by the hour and day count across processes and restarts."""

from __future__ import annotations

from contextlib import closing
from functools import partial

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.access.caller import Caller
from api.access.quotas import Quotas
from audit.access.buckets import FULL_AFTER_SECONDS, Draw, MemoryBuckets, SharedBuckets
from audit.database import Database
from domain.errors import ThrottledError
from tests.integration.append.desk import at_once

NOW = 1_800_000_000.0
POLICE = Caller(means="session", authority="police.xa", officer="off 1")
STEPS = st.lists(
    st.tuples(st.floats(0, 5), st.integers(1, 3), st.sets(st.sampled_from("abc"), min_size=1)),
    max_size=25,
)


def shared(database: Database) -> SharedBuckets:
    return SharedBuckets(database.conninfo("ledger_api"))


def test_two_processes_and_a_restarted_one_count_together(database: Database) -> None:
    for spent in (30, 30):
        with closing(shared(database)) as buckets:
            quotas = Quotas(own=MemoryBuckets(), shared=buckets, clock=lambda: NOW)
            for _ in range(spent):
                quotas.spend(POLICE, "marking.search")
    with closing(shared(database)) as buckets:
        quotas = Quotas(own=MemoryBuckets(), shared=buckets, clock=lambda: NOW)
        with pytest.raises(ThrottledError) as told:
            quotas.spend(POLICE, "marking.search")
        assert told.value.retry_after == 60


def test_callers_that_race_never_get_more_than_there_is(database: Database) -> None:
    draws = tuple(Draw(name=name, capacity=10, refill=0.001) for name in ("a", "b"))
    with closing(shared(database)) as one, closing(shared(database)) as two:
        works = [partial((one, two)[n % 2].spend, draws, 1, NOW) for n in range(24)]
        assert at_once(works).count(0.0) == 10


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_database_counts_as_the_memory_does(
    database: Database, steps: list[tuple[float, int, set[str]]]
) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute("truncate access.bucket")
    memory, now = MemoryBuckets(), NOW
    with closing(shared(database)) as buckets:
        for pause, cost, names in steps:
            now += pause
            draws = tuple(Draw(name=each, capacity=5, refill=0.5) for each in sorted(names))
            assert buckets.spend(draws, cost, now) == pytest.approx(memory.spend(draws, cost, now))


def test_full_buckets_are_forgotten(database: Database) -> None:
    with closing(shared(database)) as buckets:
        buckets.spend((Draw(name="old", capacity=1, refill=1),), 1, NOW)
        buckets.spend((Draw(name="new", capacity=1, refill=1),), 1, NOW + FULL_AFTER_SECONDS + 1)
    with psycopg.connect(database.admin) as connection:
        assert connection.execute("select name from access.bucket").fetchall() == [("new",)]
