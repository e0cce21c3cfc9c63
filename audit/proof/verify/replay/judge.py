# SPDX-License-Identifier: Apache-2.0
"""Judging each event of a log again, by the rules, at its own place.

Implements "domain rules replay" of the log specification, section 2.9. Every event is judged
as the ledger judged it: against its stream, the streams it names, the registry and the
markings as of its index. What a rule would have refused is reported and still takes effect,
since the log holds it. Signatures, mandates and chains are checked elsewhere; an entry that
cannot be read or that its key may not sign is left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from audit.proof.envelope.opening import read_stored
from audit.proof.verify.findings import Finding
from audit.proof.verify.replay.memory import Head, Memory
from domain.aggregate.naming import asked, linked, looked_at
from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.errors import MunimentError
from domain.event import Event
from domain.firearm.claims import claim_key, claimed_elsewhere, counterparts
from domain.firearm.events.correcting import Reversed
from domain.identifiers import REGISTRY_KINDS, StreamId
from domain.licence.state import is_limited
from domain.refusal import Refusal
from domain.registry.aggregate import decide, evolve
from domain.registry.authorise import authorise
from domain.registry.state import Registry

RULES: Final = "rules"

_NEXT: Final = (
    "Ask the ledger's keeper why it was recorded; a ledger that applies its rules refuses it."
)


class Replay:
    """Judges a log from its first entry on, one entry after another.

    Attributes:
        judged: Events that the rules were applied to.
        left_out: Entries that another check has to answer for.
    """

    def __init__(self, memory: Memory) -> None:
        """Start before the first entry."""
        self.judged = 0
        self.left_out = 0
        self._memory = memory
        self._registry = Registry.empty()

    def go_on(self, *, judged: int, left_out: int) -> None:
        """Go on after what its memory holds, which another run put there."""
        self.judged, self.left_out = judged, left_out
        for index, event in self._memory.registry_events():
            self._heed(index, event)

    def judge(self, index: int, jws: bytes) -> Finding | None:
        """Judge the next entry; say which rule of its time would have refused it, if one."""
        event = self._read(index, jws)
        if event is None:
            self.left_out += 1
            return None
        refusal = self._problem(event, index)
        self._take_effect(event, index, jws)
        self.judged += 1
        return _finding(event, index, refusal) if refusal else None

    def _read(self, index: int, jws: bytes) -> Event | None:
        """Read an entry, if it is an event that its key may sign at all."""
        try:
            event = read_stored(jws, CATALOGUE)
        except MunimentError:
            return None
        return None if authorise(self._registry, event, index) else event

    def _problem(self, event: Event, index: int) -> Refusal | None:
        head = self._memory.head(event.sub.uuid)
        if head.kind not in (None, event.sub.kind):
            return _taken(head)
        if event.sub.kind in REGISTRY_KINDS:
            return None  # judged where the registry was folded
        state = head.state
        named = looked_at(event, state)
        alike = counterparts(state, self._memory.holder) - {event.sub.uuid}
        counted = (*asked(event), *self._limited(named))
        scene = Scene(
            event=event,
            index=index,
            state=state,
            others={each.uuid: self._memory.head(each.uuid).state for each in named},
            registry=self._registry,
            counterparts=tuple(self._memory.head(other).state for other in alike),
            namers={stream.uuid: self._namers(stream.uuid) for stream in counted},
            named=self._memory.named(event.sub.uuid) if isinstance(event.dat, Reversed) else -1,
        )
        return AGGREGATES[event.sub.kind].decide(scene) or self._claimed(event)

    def _limited(self, named: Iterable[StreamId]) -> list[StreamId]:
        return [each for each in named if is_limited(self._memory.head(each.uuid).state)]

    def _namers(self, stream: UUID) -> tuple[object, ...]:
        return tuple(self._memory.head(each).state for each in self._memory.namers(stream))

    def _claimed(self, event: Event) -> Refusal | None:
        key = claim_key(event)
        return claimed_elsewhere(event, self._memory.holder(key)) if key else None

    def _take_effect(self, event: Event, index: int, jws: bytes) -> None:
        self._heed(index, event)
        self._memory.keep(index, event, jws)
        key = claim_key(event)
        if key:
            self._memory.keep_claim(key, event.sub.uuid)
        if event.sub.kind != "acc":  # nothing rests on a look
            named = (each.uuid for each in linked(event))
            self._memory.keep_names(index, event.sub.uuid, named)

    def _heed(self, index: int, event: Event) -> None:
        """Let an event about who may sign take effect, if it is legal."""
        if event.sub.kind in REGISTRY_KINDS and not decide(self._registry, event, index):
            self._registry = evolve(self._registry, event, index)


def _taken(head: Head) -> Refusal:
    return Refusal(
        rule="seq_conflict",
        sentence=f"Its identifier belongs to a stream of kind {head.kind}.",
        axis="record",
        found=str(head.kind),
        legal=("a new identifier",),
    )


def _finding(event: Event, index: int, refusal: Refusal) -> Finding:
    return Finding(
        check=RULES,
        code=refusal.rule,
        sentence=f"Event {event.sub} seq {event.seq}, {event.evt}: {refusal.sentence}",
        index=index,
        evidence=f"found: {refusal.found}; legal: {', '.join(refusal.legal)}",
        next_step=_NEXT,
    )
