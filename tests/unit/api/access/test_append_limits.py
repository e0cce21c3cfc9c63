# SPDX-License-Identifier: Apache-2.0
"""How fast one key may have events recorded: a burst, then its rate, and nobody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.gate.appends import BURST_SECONDS, AppendLimits
from audit.access.buckets import BUCKETS_MAX
from domain.errors import ThrottledError
from tests.unit.api.access.conftest import Clock

RATE = 5
ONE, OTHER = b"one.payload.signature", b"other.payload.signature"


@pytest.fixture
def limits(clock: Clock) -> AppendLimits:
    return AppendLimits(RATE, monotonic=clock)


def recorded(limits: AppendLimits, submission: bytes) -> bool:
    """Record an event of a key, unless it has to wait."""
    try:
        limits.check([submission])
    except ThrottledError:
        return False
    limits.count([submission])
    return True


def test_a_key_that_used_up_its_burst_waits_and_is_told_how_long(
    limits: AppendLimits, clock: Clock
) -> None:
    limits.count([ONE] * RATE * (BURST_SECONDS + 3))
    with pytest.raises(ThrottledError, match="At most 5 events a second") as refused:
        limits.check([OTHER, ONE])
    assert refused.value.retry_after == 3
    clock.now += 3
    limits.check([ONE])


def test_another_key_does_not_wait_with_it(limits: AppendLimits) -> None:
    limits.count([ONE] * 1_000)
    limits.check([OTHER])


@given(st.lists(st.tuples(st.floats(0, 10), st.integers(0, 60)), max_size=20))
def test_in_the_long_run_no_key_gets_more_than_its_rate_and_one_burst(
    pauses: list[tuple[float, int]],
) -> None:
    clock = Clock()
    limits, begun, done = AppendLimits(RATE, monotonic=clock), clock.now, 0
    for pause, wanted in pauses:
        clock.now += pause
        done += sum(recorded(limits, ONE) for _ in range(wanted))
        assert done <= RATE * (clock.now - begun + BURST_SECONDS) + 1 + 1e-6


def test_whoever_comes_no_faster_than_the_rate_never_waits(
    limits: AppendLimits, clock: Clock
) -> None:
    for _ in range(200):
        assert recorded(limits, ONE)
        clock.now += 1 / RATE


def test_the_longest_unused_keys_are_forgotten_first(limits: AppendLimits) -> None:
    limits.count([ONE] * 1_000)
    limits.count(b"%d.payload" % number for number in range(BUCKETS_MAX))
    limits.check([ONE])
