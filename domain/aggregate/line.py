# SPDX-License-Identifier: Apache-2.0
"""One event type of an aggregate, in one line of its table.

A new event type is one schema, its effect, its rules, and one line (domain facts, section
5). Rules see the state of the event's own stream; checks also see other streams, persons and
mandates, and are asked once, before the event is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from domain.aggregate.objection import Objection
from domain.aggregate.scene import Scene
from domain.schema import ClaimForm, Closed, DigestCount, EventType

S = TypeVar("S")
D = TypeVar("D", bound=Closed)

NOBODY: Final[Mapping[str, ClaimForm]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Generic[S, D]):
    """One event type.

    Attributes:
        evt: Stable public name, ``<subject>.<past participle>``.
        source: Instrument and article that the event implements.
        dat: Closed schema of its data.
        roles: Codes of the roles that may append it, separated by spaces.
        effect: What it changes.
        rules: What the state of its own stream must allow.
        checks: What other streams, persons and the record must allow.
        links: Members of its data that name other streams, one each or several.
        named_by: Kinds of streams, its own or those that it names, of which its checks ask who
            names them, each with the family of events that do, for example ``trace.``; ``hld``
            asks so of the holdings that it lists.
        claims: What may be disclosed of persons.
        digests: Number of digests, decoys included.
        ver: Version of the schema.
        subject: Kind of the stream it belongs to.
    """

    evt: str
    source: str
    dat: type[D]
    roles: str
    effect: Callable[[S, D], S]
    rules: tuple[Callable[[S, D], Objection | None], ...] = ()
    checks: tuple[Callable[[Scene, D], Objection | None], ...] = ()
    links: tuple[str, ...] = ()
    named_by: tuple[tuple[str, str], ...] = ()
    claims: Mapping[str, ClaimForm] = field(default_factory=lambda: NOBODY)
    digests: DigestCount = 4
    ver: int = 1
    subject: str = "arm"

    @property
    def type(self) -> EventType:
        """The line of the catalogue."""
        return EventType(
            evt=self.evt,
            source=self.source,
            ver=self.ver,
            subject=self.subject,
            dat=self.dat,
            roles=frozenset(self.roles.split()),
            claims=self.claims,
            digests=self.digests,
            links=self.links,
            named_by=self.named_by,
        )
