# SPDX-License-Identifier: Apache-2.0
"""The recorder: one transaction commits events, tree, claims and sealed disclosures.

Overrides the writing half of the eventsourcing library's PostgreSQL recorder (store
facts 3.2 and 7.1): one call of ``ledger.append`` with a compare-and-swap on the head,
no table lock, no pipeline block (it hangs on large batches) and no blind retry.
Reading stays the library's, over a view with its column names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock, RLock
from typing import Any, Final, cast
from uuid import UUID

from eventsourcing.persistence import (
    InterfaceError,
    Notification,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.utils import retry
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import SerializationFailure, UniqueViolation
from psycopg.rows import dict_row

from audit.appending.barrier import Barrier
from audit.batch import (
    CONTEXT,
    REGISTRY,
    append_statement,
    context_parameters,
    read_context,
)
from audit.link import Link, UnknownOutcomeError
from audit.proof.growth import Edge, grow
from audit.subscription import LedgerSubscription
from audit.tree import read_edge, read_size
from domain.ports import (
    CollisionError,
    Commitment,
    Context,
    LedgerRecorder,
    Request,
    StaleHeadError,
)

READERS_MAX: Final = 8
READ_ATTEMPTS_MAX: Final = 10


class PostgresLedgerRecorder(PostgresApplicationRecorder, LedgerRecorder):
    """Records into the tables of the first migration, as the role ``ledger_api``.

    Attributes:
        barrier: What lets a batch through to the head, or not; nothing where no signer follows.
    """

    def __init__(self, conninfo: str) -> None:
        """Connect; the schema must exist.

        Args:
            conninfo: Connection string of the role ``ledger_api``.
        """
        super().__init__(_datastore(conninfo), events_table_name="stored_event")
        self._lock = RLock()
        self._link = Link(conninfo)
        self._look_lock = Lock()
        self._look = Link(conninfo)  # so that a look at the head never waits for an append
        self._size = 0
        self._edge: Edge | None = None  # read when something is appended; it may be damaged
        self._breaks = 0
        self.barrier: Barrier | None = None

    @property
    def size(self) -> int:
        """Number of events in the log, as far as this recorder knows."""
        return self._size

    def refresh(self) -> int:
        """Read the size of the log anew."""
        with self._lock:
            self._size = read_size(self._link)
            self._forget()
            return self._size

    def context(
        self, *, streams: Sequence[UUID], requests: Sequence[Request], claims: Sequence[str]
    ) -> Context:
        """Read what a batch is judged against, in one round trip."""
        with self._lock:
            rows = self._link.read(CONTEXT, context_parameters(streams, requests, claims))
        return read_context(rows, claims)

    def newest_reference(self, tag: str) -> int | None:
        """Look up the newest event that refers to something."""
        with self._lock:
            ((index,),) = self._link.read(_NEWEST, (tag,))
        return cast("int | None", index)

    def referring(self, tag: str, family: str) -> Sequence[Notification]:
        """Look up the events that refer to something, oldest first."""
        with self._lock:
            rows = self._link.read(_REFERRING, (tag, family))
        return [
            Notification(stream, seq, kind, raw, idx + 1) for idx, stream, seq, kind, raw in rows
        ]

    def registry_events(self, start: int) -> Iterator[Notification]:
        """Give the registry's events from an index on, in log order."""
        with self._lock:
            rows = self._link.read(REGISTRY, (start,))
        for idx, stream, seq, kind, raw in rows:
            yield Notification(stream, seq, kind, raw, idx + 1)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append a batch at the head, or nothing.

        Raises:
            StaleHeadError: The log grew meanwhile, or the answer to the commit was lost.
            CollisionError: A stream position, request or marking of the batch is taken.
            UnreachableError: The database or the signer is away; nothing was recorded.
            UnsafeError: The database contradicts what was signed, or is damaged.
        """
        commitment: Commitment = kwargs["commitment"]
        with self._lock:
            before = self._head(commitment.expected_size)
            growth = grow(before, [each.signed.leaf for each in commitment.admitted])  # type: ignore[attr-defined]
            statement, parameters = append_statement(
                stored_events, commitment=commitment, before=before, growth=growth
            )
            self._append(statement, parameters)
            self._leave(growth.edge)
        return range(before.size + 1, growth.edge.size + 1)

    @retry((InterfaceError, OperationalError), max_attempts=READ_ATTEMPTS_MAX, wait=0.2)
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Page through the log by index, which the view's shifted number cannot use."""
        first = 0 if start is None else start - 1 + (not inclusive_of_start)
        last = 2**62 if stop is None else stop - 1
        with self.datastore.get_connection() as connection:
            rows = connection.execute(_PAGE, (first, last, not topics, list(topics), limit))
            return [Notification(**row) for row in rows.fetchall()]

    def max_notification_id(self) -> int | None:
        """Give the number of the newest event, counted from 1; nothing for an empty log."""
        with self._look_lock:
            return read_size(self._look) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LedgerSubscription:
        """Follow the log after a position, or from its beginning."""
        return LedgerSubscription(self, gt=gt, topics=topics)

    def close(self) -> None:
        """Close every connection."""
        self._link.close()
        self._look.close()
        self.datastore.close()

    def _head(self, size: int) -> Edge:
        """Give the head that a batch was judged at, once it may be appended to."""
        if self._breaks != self._link.breaks:
            self._forget()
        if self._edge is None:
            self._edge = read_edge(self._link)
        if self._edge.size != size:
            raise StaleHeadError("The batch was judged at another size of the log.")
        if self.barrier is not None:
            self.barrier.approach(self._edge)
        return self._edge

    def _leave(self, head: Edge) -> None:
        self._size, self._edge = head.size, head
        if self.barrier is not None:
            self.barrier.leave(head)

    def _forget(self) -> None:
        """Look at the head anew before the next append: a backup may have been restored."""
        self._edge, self._breaks = None, self._link.breaks
        if self.barrier is not None:
            self.barrier.leave(None)

    def _append(self, statement: str, parameters: tuple[Any, ...]) -> None:
        try:
            self._link.write(statement, parameters)
        except SerializationFailure as error:
            raise StaleHeadError("Another writer appended first.") from error
        except UniqueViolation as error:
            raise CollisionError("Something in the batch exists already.") from error
        except UnknownOutcomeError as error:
            # Each event may be there from this transaction, from another writer's or not yet,
            # so only judging all of them anew at the present head tells.
            raise StaleHeadError("The answer to a commit was lost.") from error


_REFERRING: Final = """
select e.idx, e.stream, e.seq, e.kind, e.raw
from ledger.event_ref r join ledger.event e using (idx)
where r.tag = %b::text and starts_with(e.kind, %b::text) order by e.idx
"""

_NEWEST: Final = "select max(idx) from ledger.event_ref where tag = %b::text"

_PAGE: Final = """
select idx + 1 as id, stream as originator_id, seq as originator_version, kind as topic,
       raw as state
from ledger.event
where idx between %s and %s and (%s or kind = any(%s)) order by idx limit %s
"""


def _datastore(conninfo: str) -> PostgresDatastore:
    """Build the library's pool; it knows five settings, so the rest is put in its place."""
    datastore = PostgresDatastore(
        "", "", "", "", "", schema="ledger", pool_size=1, max_overflow=READERS_MAX
    )
    datastore.pool.kwargs = {**conninfo_to_dict(conninfo), "row_factory": dict_row}
    return datastore
