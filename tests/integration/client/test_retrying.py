# SPDX-License-Identifier: Apache-2.0
"""A line that breaks: the very same event is sent again, and recorded once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from api.client.desk import Desk
from api.client.service import Client
from domain.errors import UnreachableError
from tests.integration.append.desk import born
from tests.integration.client.conftest import Fate, Line, through

NONCE = re.compile(rb'nonce="([^"]+)"')


@pytest.mark.parametrize("fate", ["lost on the way", "answer lost", "busy"])
def test_an_event_is_sent_again_octet_for_octet_and_recorded_once(
    desk: Desk, line: Line, fate: Fate
) -> None:
    waits: list[float] = []
    with Client(desk, through(line), sleep=waits.append) as client:
        line.plan = [fate, fate]
        receipt = client.append(born())
        assert receipt.repeated == (fate == "answer lost")
        assert len(line.seen) == 3
        assert len(set(line.seen)) == 1
        assert len(waits) == 2
        assert client.head(born().sub).seq == 0


def test_each_attempt_is_signed_anew_since_a_service_believes_a_signature_once(
    desk: Desk, line: Line
) -> None:
    with Client(desk, through(line), sleep=lambda _: None) as client:
        line.plan = ["answer lost", "lost on the way"]
        assert client.head(client.new("arm")).seq == 0
    nonces = [NONCE.findall(head) for head in line.heads]
    assert len({nonce for (nonce,) in nonces}) == 3


def test_a_busy_service_is_left_alone_for_as_long_as_it_says(desk: Desk, line: Line) -> None:
    waits: list[float] = []
    with Client(desk, through(line), sleep=waits.append) as client:
        line.plan = ["busy", "busy"]
        client.checkpoint()
    assert waits == [3.0, 3.0]


def test_a_service_that_is_busy_for_long_is_not_waited_for(desk: Desk, line: Line) -> None:
    waits: list[float] = []
    with Client(desk, through(line), sleep=waits.append) as client:
        line.plan = ["busy for long"]
        with pytest.raises(UnreachableError):
            client.checkpoint()
    assert waits == []


def test_a_line_that_stays_broken_is_given_up(desk: Desk, line: Line) -> None:
    tried = replace(desk.patience, attempts=3)
    with Client(replace(desk, patience=tried), through(line), sleep=lambda _: None) as client:
        line.plan = ["lost on the way"] * 3
        with pytest.raises(UnreachableError):
            client.append(born())
    assert len(line.seen) == 3


def test_a_batch_that_was_recorded_unheard_is_answered_when_it_is_sent_again(
    desk: Desk, line: Line
) -> None:
    with Client(desk, through(line), sleep=lambda _: None) as client:
        line.plan = ["answer lost"]
        outcomes = list(client.append_all([client.sign(born()) for _ in range(5)]))
    assert all(getattr(each, "repeated", False) for each in outcomes)
