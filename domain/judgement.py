# SPDX-License-Identifier: Apache-2.0
"""Judging one batch of events at one head of the log.

A pure fold: each event is accepted or refused against the state that the accepted
ones before it left (envelope specification, sections 4.6 end and 4.7). Nothing is
recorded here; ``domain.application`` commits what was accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from domain.aggregate.naming import asked, linked, looked_at, references
from domain.aggregate.recorded import RecordState
from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES
from domain.errors import ConflictError, MunimentError
from domain.event import Event
from domain.firearm.claims import claim_key, claimed_elsewhere, counterparts
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.hits import Hit, hit_tags, hits_among, touched
from domain.firearm.state import Firearm
from domain.identifiers import FIRST_PREV, REGISTRY_KINDS, StreamId
from domain.licence.state import is_limited
from domain.ports import Admitted, Commitment, Context, Recorded, Request
from domain.refusal import Refusal
from domain.registry.aggregate import decide as decide_registry
from domain.registry.aggregate import evolve as evolve_registry
from domain.registry.authorise import authorise
from domain.registry.state import Registry

_AFTER_ALL: Final = 1 << 62
"""An index behind all of a log, for what may never get one."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event that is in the log.

    Attributes:
        index: Its position, from 0.
        eid: Its event id.
        repeated: Whether it was there before this call.
        hits: Alerts that were open on the firearms and components it touches.
        after: The head that it left, where it is new.
    """

    index: int
    eid: str
    repeated: bool = False
    hits: tuple[Hit, ...] = ()
    after: Stream | None = field(default=None, compare=False, repr=False)

    def findings(self) -> tuple[Refusal, ...]:
        """Tell what was recorded with a new event as not fitting; that folds its stream."""
        return noted_at(self.after.state if self.after else None, self.index)


Outcome = Accepted | MunimentError


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would become of an event that nobody has signed yet.

    Attributes:
        refusal: Why it would be refused, if it would be.
        notes: What would be recorded with it as not fitting.
    """

    refusal: Refusal | None = None
    notes: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class Stream:
    """The head of one stream.

    Attributes:
        seq: Sequence number of its newest event.
        eid: Event id of that event.
        kind: What it is a stream of; nothing while it is empty.
    """

    seq: int = 0
    eid: str = FIRST_PREV
    kind: str | None = None
    _state: Any = None
    _newest: tuple[Event, int] | None = None

    @property
    def state(self) -> Any:
        """What the stream's aggregate makes of it; folded when somebody asks for it.

        Most events of a day are the only ones of their firearm, and nobody asks again.
        """
        if self._newest is not None:
            evolve = AGGREGATES[str(self.kind)].evolve
            self._state, self._newest = evolve(self._state, *self._newest), None
        return self._state

    def advance(self, event: Event, index: int) -> Stream:
        """Give the head after one more event."""
        if event.sub.kind in REGISTRY_KINDS:
            return Stream(event.seq, event.eid, event.sub.kind)
        return Stream(event.seq, event.eid, event.sub.kind, self.state, (event, index))


def put_right(events: Sequence[Event], streams: Mapping[UUID, Stream]) -> Iterator[Stream]:
    """Give what a batch makes of the streams in which it puts something right, step by step.

    A reversal brings a doubt back, and a correction another number: of records that later
    events of the batch touch by that, nobody knows before.
    """
    righted = {event.sub.uuid for event in events if isinstance(event.dat, Corrected | Reversed)}
    heads = {stream: streams[stream] for stream in righted}
    for number, event in enumerate(events, start=1):
        head = heads.get(event.sub.uuid)
        if head and head.kind in (None, event.sub.kind):
            heads[event.sub.uuid] = after = head.advance(event, _AFTER_ALL + number)
            yield after


@dataclass(slots=True, kw_only=True)
class Judgement:
    """The running state of one batch, thrown away if the head turns out to be stale.

    Attributes:
        size: Size of the log that everything here was read at.
        registry: Authorities and keys, evolving with the batch.
        context: Requests and claims that the log already holds.
        streams: Heads of the streams that the batch touches or names, and of the counterparts of
            the firearms among them, evolving with it.
        namers: Streams that name the streams of which the rules ask that, evolving with the batch.
        named: Newest position at which another record named a stream; before the batch it
            is known for those streams alone of which something is to be reversed.
        outcomes: One an event taken so far.
        accepted: The events to record, in order.
    """

    size: int
    registry: Registry
    context: Context
    streams: dict[UUID, Stream]
    namers: dict[UUID, set[UUID]] = field(default_factory=dict)
    named: dict[UUID, int] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    accepted: list[Admitted] = field(default_factory=list)
    _requests: dict[Request, Recorded] = field(default_factory=dict)
    _claims: dict[str, tuple[UUID, int]] = field(default_factory=dict)
    _listings: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether anything taken so far was refused."""
        return any(isinstance(outcome, MunimentError) for outcome in self.outcomes)

    def take(self, admitted: Admitted) -> None:
        """Judge the next event and keep its outcome."""
        event = admitted.event
        known = self._known((event.iss, event.jti))
        if known:
            self.outcomes.append(_repeat(event, known))
            return
        key = claim_key(event)
        problem = self._problem(event, key)
        if problem:
            self.outcomes.append(problem)
        else:
            self._accept(admitted, key)

    def foresee(self, event: Event) -> Foresight:
        """Tell what would become of an event; its signer and its place are not looked at.

        Raises:
            ConflictError: Its identifier belongs to a stream of another kind.
        """
        stream = self.streams[event.sub.uuid]
        if stream.kind not in (None, event.sub.kind):
            raise _taken(stream)
        refusal = self._decide(event, stream) or self._claimed(event, claim_key(event))
        if refusal or event.sub.kind in REGISTRY_KINDS:
            return Foresight(refusal)
        after = stream.advance(event, self.size + len(self.accepted)).state
        return Foresight(notes=_notes(after, stream.state))

    def commitment(self) -> Commitment:
        """Give what one transaction has to commit."""
        return Commitment(
            expected_size=self.size,
            admitted=self.accepted,
            tags=[
                (tag, number)
                for number, each in enumerate(self.accepted)
                for tag in (*references(each.event), *self._listings.get(number, ()))
            ],
            claims=[(key, number) for key, (_, number) in self._claims.items()],
        )

    def _known(self, request: Request) -> Recorded | None:
        return self._requests.get(request) or self.context.requests.get(request)

    def _problem(self, event: Event, key: str | None) -> MunimentError | None:
        refusal = authorise(self.registry, event, self.size + len(self.accepted))
        if refusal:
            return refusal.error()
        stream = self.streams[event.sub.uuid]
        if stream.kind not in (None, event.sub.kind):
            return _taken(stream)
        if event.seq != stream.seq + 1:
            return _moved_on("seq_conflict", stream)
        if event.prev != stream.eid:
            return _moved_on("prev_mismatch", stream)
        refusal = self._decide(event, stream) or self._claimed(event, key)
        return refusal.error() if refusal else None

    def _decide(self, event: Event, stream: Stream) -> Refusal | None:
        index = self.size + len(self.accepted)
        if event.sub.kind in REGISTRY_KINDS:
            return decide_registry(self.registry, event, index)
        state = stream.state
        named = looked_at(event, state)
        counted = (*asked(event), *self._limited(named))
        scene = Scene(
            event=event,
            index=index,
            state=state,
            others={each.uuid: self.streams[each.uuid].state for each in named},
            registry=self.registry,
            counterparts=self._counterparts(event.sub.uuid),
            namers={stream.uuid: self._namers(stream.uuid) for stream in counted},
            named=self.named.get(event.sub.uuid, -1),
        )
        return AGGREGATES[event.sub.kind].decide(scene)

    def _limited(self, named: Iterable[StreamId]) -> list[StreamId]:
        return [each for each in named if is_limited(self.streams[each.uuid].state)]

    def _claimed(self, event: Event, key: str | None) -> Refusal | None:
        if key is None:
            return None
        return claimed_elsewhere(event, self._holder(key))

    def _holder(self, key: str) -> UUID | None:
        return self._claims[key][0] if key in self._claims else self.context.claims.get(key)

    def _counterparts(self, stream: UUID) -> tuple[object, ...]:
        """Give the states of the other records that are, or may be, a firearm."""
        others = counterparts(self.streams[stream].state, self._holder)
        if not others:
            return ()
        read = (each for each in others - {stream} if each in self.streams)
        return tuple(self.streams[each].state for each in read)

    def _namers(self, stream: UUID) -> tuple[object, ...]:
        """Give the states of the streams whose events name a stream."""
        return tuple(self.streams[each].state for each in sorted(self.namers.get(stream, ())))

    def _state_of(self, stream: UUID) -> object:
        return self.streams[stream].state if stream in self.streams else None

    def _accept(self, admitted: Admitted, key: str | None) -> None:
        event = admitted.event
        number = len(self.accepted)
        index = self.size + number
        stream = self.streams[event.sub.uuid]
        found = hits_among(touched(event, key, state=self._state_of, holder=self._holder))
        self.streams[event.sub.uuid] = after = stream.advance(event, index)
        if event.sub.kind in REGISTRY_KINDS:
            self.registry = evolve_registry(self.registry, event, index)
        if key and key not in self._claims and key not in self.context.claims:
            self._claims[key] = (event.sub.uuid, number)
        self._requests[event.iss, event.jti] = Recorded(index, event.eid)
        if found:
            self._listings[number] = hit_tags(found)
        if event.sub.kind != "acc":
            for other in linked(event):
                self.named[other.uuid] = index
                self.namers.setdefault(other.uuid, set()).add(event.sub.uuid)
        self.accepted.append(admitted)
        self.outcomes.append(Accepted(index, event.eid, hits=found, after=after))


def noted_at(state: Firearm | RecordState | None, index: int) -> tuple[Refusal, ...]:
    """Tell what does not fit in a state since one entry."""
    found = state.contradictions if state else ()
    return tuple(each.refusal for each in found if each.index == index)


def _notes(
    after: Firearm | RecordState, before: Firearm | RecordState | None
) -> tuple[Refusal, ...]:
    """Give what does not fit since an event."""
    known = before.contradictions if before else ()
    return tuple(each.refusal for each in after.contradictions if each not in known)


def _repeat(event: Event, known: Recorded) -> Outcome:
    if known.eid == event.eid:
        return Accepted(known.index, known.eid, repeated=True)
    return ConflictError(
        "This authority already used that event identifier (jti) for another event.",
        slug="jti_conflict",
        next_step="Draw a new identifier, sign again and retry.",
    )


def _taken(stream: Stream) -> ConflictError:
    """Refuse a stream that shares its UUID with one of another kind; no chain would hold both."""
    return ConflictError(
        f"That identifier belongs to a stream of kind {stream.kind}.",
        next_step="Draw a new identifier for the stream, sign again and retry.",
    )


def _moved_on(slug: str, stream: Stream) -> ConflictError:
    return ConflictError(
        f"The stream's head is sequence {stream.seq}, event {stream.eid}.", slug=slug
    )
