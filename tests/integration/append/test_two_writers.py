# SPDX-License-Identifier: Apache-2.0
"""Several processes write one log: no gap, no fork, the loser of the head tries again."""

from __future__ import annotations

import sys
from functools import partial
from subprocess import PIPE, Popen

import pytest

from api.bootstrap import Office
from audit.appending.sequencer import Receipt
from domain.errors import ConflictError
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    following,
    receipts,
    signed,
)
from tests.integration.append.writer import CHECKOUT, PROGRAM, order

CALLERS = 16
EACH = 6
PROCESSES = 3
EVENTS = 40


def test_two_offices_that_race_leave_no_gap_and_no_fork(
    desk: Desk, office: Office, second_office: Office
) -> None:
    submissions = [signed(born(), desk.key) for _ in range(CALLERS * EACH)]

    def call(caller: int) -> list[Receipt]:
        door = (office, second_office)[caller % 2]
        return [door.append(each.to_bytes()) for each in submissions[caller::CALLERS]]

    answers = at_once([partial(call, caller) for caller in range(CALLERS)])
    found = [receipt for answer in answers if isinstance(answer, list) for receipt in answer]
    stop = FOUNDING_EVENTS + len(submissions)
    assert sorted(each.index for each in found) == list(range(FOUNDING_EVENTS, stop))
    by_eid = {each.eid: each for each in submissions}
    for receipt in found:
        desk.verify(receipt, by_eid[receipt.eid])
    assert len(desk.rows()) == stop


def test_the_loser_judges_again_at_the_new_head(
    desk: Desk, office: Office, second_office: Office
) -> None:
    first = born()
    birth = desk.append(first)
    rivals = [signed(following(first, birth.eid), desk.key).to_bytes() for _ in range(2)]
    answers = at_once([partial(office.append, rivals[0]), partial(second_office.append, rivals[1])])
    assert len(receipts(answers)) == 1
    assert len(desk.rows()) == FOUNDING_EVENTS + 2


def test_a_stream_that_another_process_continued_is_not_refused_from_a_stale_cache(
    desk: Desk, office: Office, second_office: Office
) -> None:
    first = born()
    birth = desk.append(first)
    seizure = following(first, birth.eid)
    seized = second_office.append(signed(seizure, desk.key).to_bytes())
    mark = {"kind": "import", "text": {"known": "XA 1"}, "country": "XA", "condition": "legible"}
    marked = following(seizure, seized.eid, evt="firearm.marked", dat={"mark": mark})
    assert office.append(signed(marked, desk.key).to_bytes()).index == FOUNDING_EVENTS + 2


def test_a_refusal_names_the_head_that_another_process_made(
    desk: Desk, office: Office, second_office: Office
) -> None:
    first = born()
    birth = desk.append(first)
    seized = second_office.append(signed(following(first, birth.eid), desk.key).to_bytes())
    with pytest.raises(ConflictError, match=f"sequence 2, event {seized.eid}"):
        office.append(signed(following(first, birth.eid), desk.key).to_bytes())


@pytest.mark.slow
def test_three_processes_that_race_leave_no_gap_and_no_fork(desk: Desk) -> None:
    command = [sys.executable, "-c", PROGRAM]
    text = order(desk, events=EVENTS)
    writers = [Popen(command, cwd=CHECKOUT, stdin=PIPE, stdout=PIPE) for _ in range(PROCESSES)]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write(text)
        writer.stdin.close()
    told = [line.split() for writer in writers for line in writer.stdout or ()]
    for writer in writers:
        assert writer.wait(60) == 0
        assert writer.stdout
        writer.stdout.close()
    stop = FOUNDING_EVENTS + PROCESSES * EVENTS
    assert sorted(int(index) for index, _ in told) == list(range(FOUNDING_EVENTS, stop))
    assert len(desk.rows()) == stop
