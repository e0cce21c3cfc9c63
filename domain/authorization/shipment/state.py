# SPDX-License-Identifier: Apache-2.0
"""The state of a shipment: what was declared, where it passed, what arrived, what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from domain.aggregate.recorded import RecordState
from domain.authorization.codes import FindingCode, Outcome, ShipmentStatus
from domain.authorization.terms import Counted, Item
from domain.codes import GunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not agree; it stays visible.

    Attributes:
        code: What it is.
        line: Line of goods that it is about.
        quantity: How many are short, over or not listed.
        firearm: Firearm that it is about.
        country: State that it is about.
    """

    code: FindingCode
    line: int | None = None
    quantity: int | None = None
    firearm: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A border that it passed.

    Attributes:
        country: State that it entered.
        point: Place where it passed.
    """

    country: str
    point: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment(RecordState):
    """One shipment.

    Attributes:
        status: How far it has come.
        authorizations: Authorizations that it drew on, the one it leaves under first.
        items: Goods declared.
        firearms: Firearms named as in it.
        route: States on its way.
        exit_point: Place of exit.
        exit_on: Day of exit.
        crossings: Borders passed, in the order of the record.
        counts: What the receiver counted.
        findings: What does not agree, in the order of the record.
        outcome: How it ended.
    """

    status: ShipmentStatus = "declared"
    authorizations: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    firearms: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    exit_point: str = ""
    exit_on: str = ""
    crossings: tuple[Crossing, ...] = ()
    counts: tuple[Counted, ...] = ()
    findings: tuple[Finding, ...] = ()
    outcome: Outcome | None = None

    @property
    def total(self) -> int:
        """Quantity declared, over all lines."""
        return sum(item.quantity for item in self.items)

    @property
    def firearms_declared(self) -> int:
        """Number of firearms declared, named or not."""
        return firearms_in(self.items)


def firearms_in(items: Iterable[Item]) -> int:
    """Give how many firearms are in some lines."""
    return sum(item.quantity for item in items if item.goods == "firearm")


def beyond(items: Iterable[Item], kinds: Iterable[GunKind]) -> Mapping[str, int]:
    """Tell how many firearms of which kinds do not fit into some lines, whatever order they come.

    A line that states no kind takes any, and what nobody knows the kind of goes into any line.

    Args:
        items: The lines.
        kinds: The kind of each firearm.
    """
    lines = [item for item in items if item.goods == "firearm"]
    room = Counter[str]()
    for item in lines:
        room[item.kind or "unknown"] += item.quantity
    over = Counter[str](each for each in kinds if each != "unknown") - room
    return {} if over.total() <= room["unknown"] else over


NOT_DECLARED: Final = Shipment()
"""Before the declaration."""
