# SPDX-License-Identifier: Apache-2.0
"""What the ledger asks of the place where events are recorded.

``LedgerRecorder`` widens the recorder interface of the eventsourcing library by what
one decision needs at one head (design decision D1): the histories of the streams, the
requests that are already known and the markings that are already claimed. Adapters
live in ``audit``; one contract suite holds for all of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent

from domain.errors import ConflictError
from domain.event import Event

Request: TypeAlias = tuple[str, UUID]
"""Authority and ``jti``: the identity of a submission, unique for ever."""


class Admitted(Protocol):
    """A signed event that passed every check which does not need the head of the log."""

    @property
    def event(self) -> Event:
        """What the authority says happened."""

    @property
    def jws(self) -> bytes:
        """The signed bytes, verbatim."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an event stands in the log."""

    index: int
    eid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What one batch is judged against, all read at one head.

    Attributes:
        histories: Stored events of the known streams, oldest first; their ``id`` is index + 1.
        requests: Those of the requests asked for that are in the log.
        claims: Which stream holds each of the markings asked for.
    """

    histories: Mapping[UUID, Sequence[Notification]]
    requests: Mapping[Request, Recorded]
    claims: Mapping[str, UUID]


NOTHING: Final = Context(histories={}, requests={}, claims={})
"""A context in which nothing was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What one transaction commits besides the event rows.

    Attributes:
        expected_size: Size of the log that the batch was judged at.
        admitted: The accepted events, in the order of the rows.
        tags: Pairs of a tag and the number of its event in the batch, from 0.
        claims: Pairs of a marking key and the number of its event in the batch, from 0.
    """

    expected_size: int
    admitted: Sequence[Admitted]
    tags: Sequence[tuple[str, int]] = ()
    claims: Sequence[tuple[str, int]] = ()


class StaleHeadError(ConflictError):
    """Another writer has appended; nothing of this batch was recorded."""

    slug = "stale_head"


class CollisionError(ConflictError):
    """A stream position, a request or a marking of the batch is taken; nothing was recorded."""

    slug = "collision"


class Prover(Protocol):
    """Verifies stored rows anew; the ledger believes no key that only a row says is enrolled."""

    def prove(
        self, stored_event: StoredEvent, keys: Callable[[str], Mapping[str, str] | None]
    ) -> Event:
        """Give the event of a row whose signature verifies.

        Raises:
            EnvelopeError: A check fails.
        """


class LedgerRecorder(ApplicationRecorder):
    """Where events are recorded: durable, gapless, in one order, never changed.

    ``insert_events(stored_events, commitment=...)`` records a whole batch or nothing.
    It returns only after the batch is durable, gives positions counted from 1, and
    raises ``StaleHeadError`` when the log has another size than expected and
    ``CollisionError`` when something in it exists already. Where the answer to a commit
    was lost it raises ``StaleHeadError`` too, since only judging anew tells what is there.
    """

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of events in the log, as far as this recorder knows."""

    @abstractmethod
    def refresh(self) -> int:
        """Read the size of the log anew and give it."""

    @abstractmethod
    def context(
        self, *, streams: Sequence[UUID], requests: Sequence[Request], claims: Sequence[str]
    ) -> Context:
        """Read what a batch is judged against, in one round trip."""

    @abstractmethod
    def newest_reference(self, tag: str) -> int | None:
        """Give the index of the newest event that refers to something, if any does."""

    @abstractmethod
    def referring(self, tag: str, family: str) -> Sequence[Notification]:
        """Give the events that refer to something, oldest first.

        Args:
            tag: What they refer to.
            family: What the names of their types begin with, for example ``trace.``.
        """

    @abstractmethod
    def registry_events(self, start: int) -> Iterator[Notification]:
        """Give the registry's events from an index on, in log order."""
