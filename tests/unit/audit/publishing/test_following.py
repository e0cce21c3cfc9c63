# SPDX-License-Identifier: Apache-2.0
"""A publisher that goes on: what it waits for, what stops it, and when it is called late."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from api.cli.publishing.command import Step, follow
from audit.publishing.choosing import Choice
from audit.publishing.publisher import Published
from audit.witness.collecting import Lag
from domain.errors import UnreachableError, UnsafeError

pytestmark = pytest.mark.slow  # waits for the clock


@pytest.fixture(autouse=True)
def _same_signals_afterwards() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def step_of(size: int | None, lag: Lag | None = None) -> Step:
    checkpoint = None if size is None else b"note"
    return Step(
        Published(size=size, before=0), Choice(newest=b"note", checkpoint=checkpoint, lag=lag)
    )


@pytest.mark.parametrize(
    ("size", "lag", "alarm"),
    [
        (5, None, False),
        (5, Lag(entries=0, seconds=0), False),
        (5, Lag(entries=3, seconds=600), False),
        (5, Lag(entries=3, seconds=601), True),
        (5, Lag(entries=3, seconds=None), True),
        (None, Lag(entries=3, seconds=None), True),
    ],
)
def test_witnesses_that_are_far_behind_are_an_alarm(
    size: int | None, lag: Lag | None, alarm: bool
) -> None:
    assert step_of(size, lag).alarm is alarm


def test_what_is_away_is_waited_for_and_what_is_wrong_stops_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said: list[int | None] = []
    comes: Iterator[Step | Exception] = iter(
        [step_of(5), UnreachableError("Away."), step_of(5), UnsafeError("Wrong.")]
    )

    def step() -> Step:
        found = next(comes)
        if isinstance(found, Exception):
            raise found
        return found

    with pytest.raises(UnsafeError, match="Wrong"):
        follow(step, lambda each: said.append(each.done.size), every=1)
    assert said == [5]
    assert capsys.readouterr().err.startswith("unreachable: Away.")
