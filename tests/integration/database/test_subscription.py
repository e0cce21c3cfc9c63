# SPDX-License-Identifier: Apache-2.0
"""A follower of the log misses nothing, however late it begins to listen."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from audit.database import Database
from audit.recorder import PostgresLedgerRecorder
from audit.subscription import LedgerSubscription
from tests.contract.test_ledger_recorder import insert
from tests.unit.domain.signed_ledger import Pen, admitted

READ_SECONDS_MAX = 60


class LateListener(LedgerSubscription):
    """Reads what is there at once, and listens only when it is told to."""

    told: threading.Event

    def _listen(self) -> None:
        assert self.told.wait(READ_SECONDS_MAX)
        super()._listen()


@pytest.fixture
def recorder(database: Database) -> Iterator[PostgresLedgerRecorder]:
    """Give a recorder of an empty ledger."""
    made = PostgresLedgerRecorder(database.conninfo("ledger_api"))
    yield made
    made.close()


def test_an_event_committed_before_the_listening_began_is_given_without_a_further_one(
    recorder: PostgresLedgerRecorder,
) -> None:
    pen = Pen()
    before, between = (admitted(pen.born(serial)) for serial in ("S1", "S2"))
    insert(recorder, before)
    LateListener.told = threading.Event()
    with LateListener(recorder) as following:
        assert bytes(next(following).state) == before.jws
        insert(recorder, between)
        stop = threading.Timer(READ_SECONDS_MAX, following.stop)
        stop.start()
        LateListener.told.set()
        assert bytes(next(following).state) == between.jws
        stop.cancel()
