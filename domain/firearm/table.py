# SPDX-License-Identifier: Apache-2.0
"""The table of firearm events: one line a type, with its schema, roles, rules and effect.

Implements the catalogue of the domain facts, section 5, as far as it is built. A new
event type is one schema in ``events``, one effect, its rules, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from domain.firearm import effects, rules
from domain.firearm.events.correcting import Corrected
from domain.firearm.events.holding import StockIssued, StockReceived, Transferred
from domain.firearm.events.losing import Found, LostReported, StolenReported
from domain.firearm.events.making import Manufactured, Marked, Registered
from domain.firearm.events.seizing import CustodyMoved, Seized
from domain.firearm.rules import Objection
from domain.firearm.state import State
from domain.schema import ClaimForm, Closed, DigestCount, EventType

D = TypeVar("D", bound=Closed)

ORIGINS: Final = frozenset({"firearm.manufactured", "firearm.registered"})
"""The types with which a firearm's stream begins, and which occur only there."""

PERSON: Final[Mapping[str, ClaimForm]] = MappingProxyType(
    {
        "holder_birth_date": "string",
        "holder_doc_no": "string",
        "holder_name": "string",
        "permit_no": "string",
    }
)
"""What may be disclosed of a holder, under the holding of the event."""

REPORTER: Final[Mapping[str, ClaimForm]] = MappingProxyType(
    {"person_birth_date": "string", "person_doc_no": "string", "person_name": "string"}
)
"""What may be disclosed of a reporter, finder or possessor, under the ``hld`` of the event."""

NOBODY: Final[Mapping[str, ClaimForm]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Generic[D]):
    """One event type of a firearm.

    Attributes:
        evt: Stable public name.
        dat: Closed schema of its data.
        roles: Codes of the roles that may append it, separated by spaces.
        rules: What the state at its place must allow.
        effect: What it changes.
        claims: What may be disclosed of persons.
        digests: Number of digests, decoys included.
        ver: Version of the schema.
    """

    evt: str
    dat: type[D]
    roles: str
    rules: tuple[Callable[[State, D], Objection | None], ...]
    effect: Callable[[State, D], State]
    claims: Mapping[str, ClaimForm] = field(default_factory=lambda: NOBODY)
    digests: DigestCount = 4
    ver: int = 1

    @property
    def type(self) -> EventType:
        """The line of the catalogue."""
        return EventType(
            evt=self.evt,
            ver=self.ver,
            subject="arm",
            dat=self.dat,
            roles=frozenset(self.roles.split()),
            claims=self.claims,
            digests=self.digests,
        )


TABLE: Final[tuple[Line[Any], ...]] = (
    Line(
        evt="firearm.manufactured",
        dat=Manufactured,
        roles="MFR",
        rules=(rules.mark_complete, rules.serial_is_the_mark, rules.nothing_before),
        effect=effects.manufactured,
    ),
    Line(
        evt="firearm.registered",
        dat=Registered,
        roles="LIC STK DLR POL",
        rules=(rules.serial_is_the_mark,),
        effect=effects.registered,
        claims=PERSON,
    ),
    Line(
        evt="firearm.marked",
        dat=Marked,
        roles="MFR IMX STK POL VER LAB",
        rules=(rules.not_destroyed, rules.mark_identifies),
        effect=effects.marked,
    ),
    Line(
        evt="firearm.stock-issued",
        dat=StockIssued,
        roles="STK",
        rules=(
            rules.not_destroyed,
            rules.not_missing,
            rules.holder_in("state_stock", "unknown"),
            rules.release_recorded,
        ),
        effect=effects.stock_issued,
    ),
    Line(
        evt="firearm.stock-received",
        dat=StockReceived,
        roles="STK",
        rules=(
            rules.not_destroyed,
            rules.holder_in("maker", "dealer", "state_stock", "museum", "none", "unknown"),
            rules.missing_was_cleared,
            rules.release_recorded,
        ),
        effect=effects.stock_received,
    ),
    Line(
        evt="firearm.transferred",
        dat=Transferred,
        roles="LIC DLR",
        rules=(
            rules.not_destroyed,
            rules.alerts_clear,
            rules.transfer_mark_present,
            rules.marks_adequate,
            rules.holding_agrees,
        ),
        effect=effects.transferred,
        claims=PERSON,
        digests=8,
    ),
    Line(
        evt="firearm.lost-reported",
        dat=LostReported,
        roles="LIC POL DLR STK",
        rules=(rules.not_destroyed, rules.loss_dates, rules.not_reported_twice("lost")),
        effect=effects.lost_reported,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.stolen-reported",
        dat=StolenReported,
        roles="LIC POL DLR STK",
        rules=(rules.not_destroyed, rules.loss_dates, rules.not_reported_twice("stolen")),
        effect=effects.stolen_reported,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.found",
        dat=Found,
        roles="POL",
        rules=(rules.destroyed_is_not_seen_again, rules.release_recorded),
        effect=effects.found,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.seized",
        dat=Seized,
        roles="POL CUS",
        rules=(
            rules.destroyed_is_not_seen_again,
            rules.not_already_seized,
            rules.description_agrees,
        ),
        effect=effects.seized,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.custody-moved",
        dat=CustodyMoved,
        roles="EVC",
        rules=(rules.custody_is_official, rules.custodian_agrees),
        effect=effects.custody_moved,
    ),
    Line(
        evt="firearm.corrected",
        dat=Corrected,
        # "Original role or data steward": the role that fits the target is not known here.
        roles="STW MFR IMX STK POL VER LAB LIC DLR CUS EVC",
        rules=(),
        effect=effects.corrected,
    ),
)
"""Every event type of a firearm's stream, in the order of a firearm's life."""

LINES: Final[Mapping[tuple[str, int], Line[Any]]] = MappingProxyType(
    {(line.evt, line.ver): line for line in TABLE}
)

FIREARM_EVENTS: Final[tuple[EventType, ...]] = tuple(line.type for line in TABLE)
"""The catalogue's lines of a firearm's stream."""
