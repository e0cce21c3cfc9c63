# SPDX-License-Identifier: Apache-2.0
"""Killed with -9 under load: the writer, the database and the signer, each at random moments.

What was acknowledged is there and verifies, nothing is there twice, and nobody has to
repair anything by hand.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen

import psycopg
import pytest

from api.bootstrap import Office, open_office
from api.client.signer import Submission
from audit.appending.sequencer import Receipt
from audit.proof.envelope.token import event_id
from audit.signer.client import SignerClient
from audit.signer.files import socket_path
from domain.errors import UnreachableError
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    opened_desk,
    settings_of,
    signed,
)
from tests.integration.append.writer import CHECKOUT, PROGRAM, order

pytestmark = pytest.mark.slow
WRITERS = 8
ACKNOWLEDGED = 60
ROUNDS = 4
ENDLESS = 100_000


@pytest.fixture
def own_desk() -> Iterator[Desk]:
    """Give a ledger with an embedded server of its own, to be killed."""
    home = Path(tempfile.mkdtemp(prefix="muniment-kill-"))
    home.chmod(0o711)
    try:
        with opened_desk(settings_of(home)) as opened:
            yield opened
    finally:
        shutil.rmtree(home)


def test_a_writer_killed_at_random_moments_loses_no_acknowledged_event(desk: Desk) -> None:
    chance = random.Random(2_026)
    told: dict[int, str] = {}
    for _ in range(ROUNDS):
        told |= _killed_writer(desk, after=chance.randrange(1, 80))
        stored = {index: event_id(raw[: raw.rindex(b".")]) for index, raw in desk.rows()}
        assert told.items() <= stored.items()
        submission = signed(born(), desk.key)
        receipt = desk.office.append(submission.to_bytes())
        assert receipt.index >= len(stored), "the last transaction of the killed may still end"
        assert desk.verify(receipt, submission) > receipt.index
    assert len(told) >= ROUNDS


def test_the_database_killed_under_load_loses_no_acknowledged_event(own_desk: Desk) -> None:
    for _ in range(2):
        before = own_desk.office.ledger.size
        load = Load(own_desk)
        answered, failed = load.until_killed(lambda: _kill_database(own_desk.office))
        assert failed, "the kill came too late to hurt"
        with open_office(own_desk.office.settings) as again:
            _all_there_once(own_desk, again, answered, failed, before=before)
        assert own_desk.append(born()).index == before + len(answered) + len(failed)


def test_the_signer_killed_under_load_keeps_what_was_committed(desk: Desk) -> None:
    answered, failed = Load(desk).until_killed(lambda: _kill_signer(desk.office))
    assert {error.slug for _, error in failed} == {"signer_unreachable"}
    committed = {raw for _, raw in desk.rows()}
    assert {submission.jws for submission, _ in failed} <= committed
    with open_office(desk.office.settings) as again:
        _all_there_once(desk, again, answered, failed, before=FOUNDING_EVENTS)


class Load:
    """Threads that append until one of them hits a failure that they all will hit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._answered: list[tuple[Submission, Receipt]] = []
        self._failed: list[tuple[Submission, UnreachableError]] = []

    def until_killed(
        self, kill: Callable[[], None]
    ) -> tuple[list[tuple[Submission, Receipt]], list[tuple[Submission, UnreachableError]]]:
        """Append from many threads, kill something meanwhile, and give what was answered."""

        def strike() -> None:
            assert self._enough.wait(60)
            kill()

        at_once([*[self._write] * WRITERS, strike])
        return self._answered, self._failed

    def _write(self) -> None:
        while True:
            submission = signed(born(), self._desk.key)
            try:
                receipt = self._desk.office.append(submission.to_bytes())
            except UnreachableError as error:
                self._failed.append((submission, error))
                return
            self._answered.append((submission, receipt))
            if len(self._answered) > ACKNOWLEDGED:
                self._enough.set()


def _all_there_once(
    desk: Desk,
    office: Office,
    answered: list[tuple[Submission, Receipt]],
    failed: list[tuple[Submission, UnreachableError]],
    *,
    before: int,
) -> None:
    stored = dict(desk.rows())
    for submission, receipt in answered:
        assert stored[receipt.index] == submission.jws
        desk.verify(receipt, submission)
    for submission, _ in failed:
        desk.verify(office.append(submission.to_bytes()), submission)
    mine = [submission.jws for submission, _ in (*answered, *failed)]
    assert sorted(raw for _, raw in desk.rows()[before:]) == sorted(mine)


def _killed_writer(desk: Desk, *, after: int) -> dict[int, str]:
    """Let a process append, kill it after some receipts, and give those it told of."""
    with Popen([sys.executable, "-c", PROGRAM], cwd=CHECKOUT, stdin=PIPE, stdout=PIPE) as writer:
        assert writer.stdin
        assert writer.stdout
        writer.stdin.write(order(desk, events=ENDLESS))
        writer.stdin.close()
        lines = [writer.stdout.readline() for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
    words = [line.split() for line in lines if line.endswith(b"\n")]
    return {int(index): eid.decode() for index, eid in words}


def _kill_database(office: Office) -> None:
    with psycopg.connect(office.database.admin) as connection:
        row = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    postmaster = int(row[0].split()[0])
    text = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text()
    for process in (postmaster, *map(int, text.split())):
        with suppress(ProcessLookupError):  # without its postmaster a child ends by itself
            os.kill(process, signal.SIGKILL)


def _kill_signer(office: Office) -> None:
    with SignerClient(socket_path(office.settings.signer_folder)) as client:
        os.kill(client.status().pid, signal.SIGKILL)
