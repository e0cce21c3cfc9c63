# SPDX-License-Identifier: Apache-2.0
"""The ledger: the only door to the aggregates.

``Ledger.record`` judges a batch against the state read at one head and appends what
is legal only if the head is still that one (design sections 3 and 4, decision D1).
Bytes, signatures and clocks are checked before an event comes here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import RLock
from typing import Any, Final, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Notification, StoredEvent

from domain.aggregate.naming import asked, linked, looked_at
from domain.errors import EnvelopeError, MunimentError, UnreachableError, UnsafeError
from domain.event import Event
from domain.firearm.claims import claim_key, claims_in_doubt, counterparts
from domain.firearm.events.correcting import Corrected, Reversed
from domain.identifiers import REGISTRY_KINDS, StreamId
from domain.judgement import Accepted, Foresight, Judgement, Outcome, Stream, noted_at, put_right
from domain.licence.state import is_limited
from domain.ports import (
    NOTHING,
    Admitted,
    CollisionError,
    Context,
    LedgerRecorder,
    Prover,
    StaleHeadError,
)
from domain.refusal import Refusal
from domain.registry.aggregate import decide as decide_registry
from domain.registry.aggregate import evolve as evolve_registry
from domain.registry.authorise import authorise
from domain.registry.state import Registry

CACHED_STREAMS_MAX: Final = 4_096
ATTEMPTS_MAX: Final = 100


class Ledger(Application[UUID]):
    """Records signed events of one ledger, in one order."""

    name = "muniment"

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        """Open the ledger and read its registry.

        Args:
            env: Settings of the eventsourcing library; ``PERSISTENCE_MODULE`` names the
                factory whose recorder is a ``LedgerRecorder``.
        """
        super().__init__(dict(env or {}))
        self._lock = RLock()
        self._streams: OrderedDict[UUID, Stream] = OrderedDict()
        self._registry = Registry.empty()
        self._registry_size = 0
        with suppress(UnsafeError):  # nothing is recorded then; whoever only reads, still can
            self._catch_up()

    @property
    def store(self) -> LedgerRecorder:
        """The recorder, under the wider interface that the ledger needs."""
        return cast("LedgerRecorder", self.recorder)

    @property
    def size(self) -> int:
        """Number of events in the log, as far as this process knows."""
        return self.store.size

    @property
    def registry(self) -> Registry:
        """Authorities, keys and mandates as of the last event this process saw."""
        return self._registry

    def record(self, batch: Sequence[Admitted]) -> list[Outcome]:
        """Judge each event on its own and append the legal ones in one transaction.

        Returns:
            One outcome an event, in order: its place in the log, or why it was refused.

        Raises:
            UnreachableError: The database is away or other writers kept winning the
                head. Only if its connection broke under the commit may the batch have
                been recorded, as a whole; the same batch again finds out.
        """
        with self._lock:
            for attempt in range(ATTEMPTS_MAX):
                careful = attempt > 0
                judgement = self._judge(batch, careful=careful)
                if (careful or not judgement.refused) and self._commit(judgement):
                    return judgement.outcomes
        raise UnreachableError("Other writers kept appending first.", slug="stale_head")

    def restore(self, batch: Sequence[Admitted], index: int) -> None:
        """Record events anew that were lost with the end of the log, each at its old place.

        They are judged as they were when they were new; all of them are recorded, or none.

        Args:
            batch: The events as they followed each other.
            index: Where the first of them stood.

        Raises:
            UnsafeError: ``restore_unfit``, the rules refuse one or the log has another end;
                ``restore_collision``, something of theirs lies beyond the end of the log.
            UnreachableError: The database is away; the batch was recorded as a whole, or not.
        """
        with self._lock:
            judgement = self._judge(batch, careful=True)
            problem = _misfit(judgement, index)
            if problem:
                raise problem
            try:
                self._append(judgement)
            except CollisionError as error:
                raise leftover(index) from error
            except StaleHeadError as error:
                raise UnreachableError(error.sentence, slug="outcome_unknown") from error

    def foresee(self, event: Event) -> Foresight:
        """Tell what would become of an event at the head as it is now; nothing is recorded.

        The rules and the states are those that ``record`` judges by. Who signs the event and
        its place in its stream are not looked at.

        Raises:
            ConflictError: Its identifier belongs to a stream of another kind.
            UnreachableError: The database does not answer.
        """
        with self._lock:
            self.catch_up()
            return self._judgement([event], careful=True).foresee(event)

    def state(self, stream: StreamId) -> Any:
        """Give what a stream is now, as its aggregate tells it; nothing where it has no events.

        Raises:
            UnreachableError: The database does not answer.
        """
        with self._lock:
            return self._heads([stream.uuid])[stream.uuid].state

    def noted(self, stream: StreamId, index: int) -> tuple[Refusal, ...]:
        """Tell what was recorded as not fitting with one entry of a stream.

        Raises:
            UnreachableError: The database does not answer.
        """
        return noted_at(None if stream.kind in REGISTRY_KINDS else self.state(stream), index)

    def heads(self, streams: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
        """Give sequence number and event id of the newest event of each known stream."""
        histories = self.store.context(streams=streams, requests=(), claims=()).histories
        newest = {stream: self._event(events[-1]) for stream, events in histories.items()}
        return {stream: (event.seq, event.eid) for stream, event in newest.items()}

    def holds(self, event: Event) -> bool:
        """Tell whether this very event is in the log."""
        request = (event.iss, event.jti)
        known = self.store.context(streams=(), requests=[request], claims=()).requests.get(request)
        return known is not None and known.eid == event.eid

    def catch_up(self) -> Registry:
        """Read what other writers appended, if anything; give the registry as it is now."""
        if self._is_behind():
            with self._lock:
                self._catch_up()
        return self._registry

    def _is_behind(self) -> bool:
        return (self.store.max_notification_id() or 0) != self._registry_size

    def _catch_up(self) -> None:
        size = self.store.refresh()
        self._streams.clear()
        for stored in self.store.registry_events(self._registry_size):
            if stored.id > size:
                break  # appended after the look at the size; the next look takes it
            self._registry = self._enrolled(self._registry, stored)
            self._registry_size = stored.id
        self._registry_size = size

    def _enrolled(self, registry: Registry, stored: Notification) -> Registry:
        """Let a registry event take effect that is proved and legal where it stands.

        Whoever can write rows could otherwise enrol a key of his own.

        Raises:
            UnsafeError: The row contradicts the rows before it.
        """
        index = stored.id - 1
        prover = cast("Prover", self.mapper)
        try:
            event = prover.prove(stored, lambda kid: _jwk_of(registry, kid))
        except EnvelopeError as error:
            raise _contradicts(index, error.sentence) from error
        refusal = authorise(registry, event, index) or decide_registry(registry, event, index)
        if refusal:
            raise _contradicts(index, refusal.sentence)
        return evolve_registry(registry, event, index)

    def _judge(self, batch: Sequence[Admitted], *, careful: bool) -> Judgement:
        judgement = self._judgement([each.event for each in batch], careful=careful)
        for each in batch:
            judgement.take(each)
        return judgement

    def _judgement(self, events: Sequence[Event], *, careful: bool) -> Judgement:
        """Read what events are judged against."""
        if self._registry_size != self.store.size:
            self._catch_up()  # an earlier look at the log was cut short
        context = self._context(events, careful=careful)
        streams = {stream: self._head(stream, context) for stream in _streams_of(events)}
        streams |= self._heads(_behind(events, streams) - streams.keys())
        heads = (*streams.values(), *put_right(events, streams))
        context = replace(context, claims={**context.claims, **self._doubted(heads, context)})
        namers = self._namers(events, streams)
        further = _counterparts(heads, context).union(*namers.values())
        return Judgement(
            size=self.store.size,
            registry=self._registry,
            context=context,
            streams=streams | self._heads(further - streams.keys()),
            namers=namers,
            named=self._named(events),
        )

    def _namers(
        self, events: Sequence[Event], streams: Mapping[UUID, Stream]
    ) -> dict[UUID, set[UUID]]:
        """Tell which streams name those of which the rules ask that."""
        families = dict(_limited(events, streams))
        for event in events:
            families.update(asked(event))
        return {
            stream.uuid: {
                cast("UUID", each.originator_id)
                for each in self.store.referring(str(stream), family)
            }
            for stream, family in families.items()
        }

    def _doubted(self, heads: Iterable[Stream], context: Context) -> Mapping[str, UUID]:
        """Tell who holds the claims that firearms among some streams share with others."""
        claims = {each for head in heads for each in claims_in_doubt(head.state)}
        unread = sorted(claims - context.claims.keys())
        return self.store.context(streams=(), requests=(), claims=unread).claims if unread else {}

    def _heads(self, streams: Iterable[UUID]) -> dict[UUID, Stream]:
        """Read further streams."""
        wanted = list(streams)
        unread = [stream for stream in wanted if stream not in self._streams]
        context = self.store.context(streams=unread, requests=(), claims=()) if unread else NOTHING
        return {stream: self._head(stream, context) for stream in wanted}

    def _named(self, events: Sequence[Event]) -> dict[UUID, int]:
        """Tell where other records last named the streams of which something is reversed."""
        streams = {event.sub for event in events if isinstance(event.dat, Reversed)}
        newest = {each.uuid: self.store.newest_reference(str(each)) for each in streams}
        return {stream: index for stream, index in newest.items() if index is not None}

    def _context(self, events: Sequence[Event], *, careful: bool) -> Context:
        """Read what the batch is judged against; at first only what nothing else can tell.

        That a stream is new, and a request or a marking unused, the constraints of the
        database tell at no extra cost. Only where they or a rule object is all of it read.
        """
        old = {event.sub.uuid for event in events if careful or event.seq > 1}
        named = {other.uuid for event in events for other in linked(event)}
        streams = [stream for stream in old | named if stream not in self._streams]
        if not careful and not streams:
            return NOTHING
        return self.store.context(
            streams=streams,
            requests=[(event.iss, event.jti) for event in events] if careful else (),
            claims=[key for each in events if (key := claim_key(each))] if careful else (),
        )

    def _head(self, stream: UUID, context: Context) -> Stream:
        if stream in self._streams:
            return self._streams[stream]
        head = Stream()
        for stored in context.histories.get(stream, ()):
            head = head.advance(self._event(stored), stored.id - 1)
        return head

    def _event(self, stored: Notification) -> Event:
        return cast("Event", self.mapper.to_domain_event(stored))

    def _commit(self, judgement: Judgement) -> bool:
        """Record what was accepted; tell whether it was judged against what is the case."""
        if judgement.accepted:
            try:
                self._append(judgement)
            except (StaleHeadError, CollisionError):
                self._catch_up()
                return False
        elif judgement.refused and self._is_behind():
            self._catch_up()  # no append proved that the refusals were judged at the head
            return False
        return True

    def _append(self, judgement: Judgement) -> None:
        rows = [self._row(each) for each in judgement.accepted]
        self.store.insert_events(rows, commitment=judgement.commitment())
        self._registry = judgement.registry
        self._registry_size = judgement.size + len(judgement.accepted)
        self._remember(judgement.streams.items())

    def _row(self, admitted: Admitted) -> StoredEvent:
        """Map the signed bytes as they are; the mapper never re-encodes them."""
        return self.mapper.to_stored_event(cast("DomainEventProtocol[UUID]", admitted))

    def _remember(self, heads: Iterable[tuple[UUID, Stream]]) -> None:
        for stream, head in heads:
            self._streams[stream] = head
            self._streams.move_to_end(stream)
        while len(self._streams) > CACHED_STREAMS_MAX:
            self._streams.popitem(last=False)


def _jwk_of(registry: Registry, kid: str) -> Mapping[str, str] | None:
    key = registry.keys.get(kid)
    return key.jwk if key else None


def _counterparts(heads: Iterable[Stream], context: Context) -> set[UUID]:
    """Name the records that are, or may be, the firearms among some streams."""
    alike = (counterparts(head.state, context.claims.get) for head in heads)
    return set(context.claims.values()).union(*alike)


def _behind(events: Sequence[Event], streams: Mapping[UUID, Stream]) -> set[UUID]:
    """Name the streams that corrections look at beyond those that they name themselves."""
    corrections = (event for event in events if isinstance(event.dat, Corrected))
    looked = (looked_at(event, streams[event.sub.uuid].state) for event in corrections)
    return {other.uuid for each in looked for other in each}


def _limited(
    events: Sequence[Event], streams: Mapping[UUID, Stream]
) -> Iterator[tuple[StreamId, str]]:
    """Name the licences of a number of firearms, or that may become such, and what counts."""
    changing = {event.sub.uuid for event in events if event.sub.kind == "lic"}
    for event in events:
        for each in looked_at(event, streams[event.sub.uuid].state):
            if each.uuid in changing or is_limited(streams[each.uuid].state):
                yield each, "firearm."


def _contradicts(index: int, sentence: str) -> UnsafeError:
    return UnsafeError(
        f"Entry {index} says who may sign, and contradicts the log: {sentence}",
        slug="registry_contradicts",
        next_step="Keep the database as evidence, run `muniment fsck`, and restore that row.",
    )


def _misfit(judgement: Judgement, index: int) -> UnsafeError | None:
    """Say why events are not recorded at their old places; nothing if they may be."""
    for place, outcome in enumerate(judgement.outcomes, start=index):
        reason = outcome.sentence if isinstance(outcome, MunimentError) else None
        if isinstance(outcome, Accepted) and (outcome.repeated or outcome.index != place):
            reason = f"it would be entry {outcome.index} of this log."
        if reason:
            return UnsafeError(
                f"Entry {place} of the copy does not fit the log: {reason}",
                slug="restore_unfit",
                next_step="Keep both as evidence and compare them with `muniment fsck`.",
            )
    return None


def leftover(index: int) -> UnsafeError:
    """Say that the end of the log was cut off, but not everything that belongs to it."""
    return UnsafeError(
        f"Beyond the end of its log the database still holds something of entry {index} or of one "
        "after it.",
        slug="restore_collision",
        next_step="Its rows were cut by hand. Put a backup of the whole database in its place and "
        "run `muniment restore` again.",
    )


def _streams_of(events: Sequence[Event]) -> set[UUID]:
    """Give the streams that events belong to or name."""
    named = {other.uuid for event in events for other in linked(event)}
    return named.union(event.sub.uuid for event in events)
