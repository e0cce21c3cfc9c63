# SPDX-License-Identifier: Apache-2.0
"""Following the log: what was recorded before, then every event as it comes."""

from __future__ import annotations

from eventsourcing.persistence import PersistenceError
from eventsourcing.postgres import PostgresSubscription
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

WAIT_SECONDS_MAX = 0.1


class LedgerSubscription(PostgresSubscription):
    """Gives notifications in log order without an end; leaving its block stops it.

    The library pulls once and listens from then on, on two threads: an event that is
    committed between the two was told to nobody and came with the next event only. Here
    listening, once it has begun, is itself a reason to pull.
    """

    def _listen(self) -> None:
        try:
            with self._recorder.datastore.get_connection() as connection:
                self._follow(connection)
        except PersistenceError as error:
            self._thread_error = self._thread_error or error
        finally:
            self.stop()

    def _follow(self, connection: Connection[DictRow]) -> None:
        channel = Identifier(self._recorder.channel_name)
        connection.execute(SQL("listen {}").format(channel))
        self._has_been_notified.set()
        while not self._has_been_stopped:
            for _ in connection.notifies(timeout=WAIT_SECONDS_MAX, stop_after=1):
                self._has_been_notified.set()
