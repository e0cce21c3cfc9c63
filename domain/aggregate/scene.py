# SPDX-License-Identifier: Apache-2.0
"""What a rule about the record may look at beyond its own stream.

Implements "rules across streams are decided against state read at one head" (design decision
D1) and the two-person rules of the domain facts, section 5. Everything here is as of the
position that the event would take in the log, earlier events of its batch included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from domain.event import Event
from domain.identifiers import parse_stream_id
from domain.registry.authorise import counts, holds
from domain.registry.state import KeyRecord, Registry

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An event at the position that it would take.

    Attributes:
        event: The event.
        index: Its position.
        state: State of its own stream before it; nothing for the first event.
        others: States of the streams that it names, by identifier.
        registry: Who may sign.
        counterparts: States of the other records that are, or may be, its firearm.
        namers: States of the streams whose events name one of the streams of which the checks
            ask who names them, by that stream's identifier; a licence of a number of firearms is
            always one.
        named: Newest position at which another record named its stream, asked for where
            something is to be reversed; -1 where none did.
    """

    event: Event
    index: int
    state: object
    others: Mapping[UUID, object]
    registry: Registry
    counterparts: tuple[object, ...] = ()
    namers: Mapping[UUID, tuple[object, ...]] = field(default_factory=dict)
    named: int = -1

    def other(self, identifier: str, kind: type[S]) -> S | None:
        """Give the state of a stream that the event names; nothing if the ledger has none."""
        state = self.others.get(parse_stream_id(identifier).uuid)
        return state if isinstance(state, kind) else None

    def naming(self, identifier: str, kind: type[S]) -> tuple[S, ...]:
        """Give the states of one kind that name a stream of which the checks ask that."""
        found = self.namers.get(parse_stream_id(identifier).uuid, ())
        return tuple(each for each in found if isinstance(each, kind))

    def second_person(self, *roles: str) -> bool:
        """Tell whether another person than the signer, in one of some roles, stands for it.

        It may be an officer of another authority, whose mandate is judged like the signer's. Two
        keys of one officer are one person (envelope specification, section 9, row 11).
        """
        signer = self.registry.keys.get(self.event.kid)
        others = (self.registry.keys.get(kid) for kid in self.event.attested)
        return signer is not None and any(
            other is not None
            and other.officer != signer.officer
            and counts(self.registry, other, moment=self.event.iat, index=self.index)
            and self._holds(other, roles)
            for other in others
        )

    def signer_holds(self, *roles: str) -> bool:
        """Tell whether the signer acts in one of some roles."""
        signer = self.registry.keys.get(self.event.kid)
        return signer is not None and self._holds(signer, roles)

    def _holds(self, key: KeyRecord, roles: Sequence[str]) -> bool:
        return holds(self.registry, key, self.event, roles=roles, index=self.index)
