# SPDX-License-Identifier: Apache-2.0
"""The state of a component: what it is, the firearm that it is in, and its marks.

Implements the part streams of the domain facts, section 5, and rule 8 of section 9: the numbers
of parts are identifiers beside that of the firearm. While it is loose it has the axes of
whatever circulates (``domain.circulation``). The firearm's own record is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.aggregate.recorded import RecordState
from domain.codes import Alert, Custody, HolderClass
from domain.component.parts import PartKind, PartTechnical
from domain.firearm.events.disposing import Forfeited
from domain.markings import Marking, Serial
from domain.schema import Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Component(RecordState):
    """What is true of a component after the events folded so far.

    Attributes:
        part: What kind of part it is.
        technical: What it is technically.
        make: Manufacturer or brand as written in the source.
        model: Model or type that it is made for.
        calibre: Calibre as written in the source.
        serial: The number on it.
        firearm: The firearm that it is in; nothing while it is loose.
        firearms: Every firearm that it was ever in, the first one first.
        installed_before: Whether it was ever in a firearm; nothing where nobody knows.
        markings: Every mark ever stated, oldest first.
        holder: Axis H, the class of its holder.
        custody: Axis C, where it physically is while it is loose.
        alerts: Axis A, the open flags; none means clear.
        recovered: Which listed flags it came to hand under since they were opened.
        country: Country in which it is, where known.
        custodian: Agency or unit that has it.
        holding: Opaque holding that answers for it.
        shipment: Shipment in which it is on its way.
        forfeiture: The order by which it was forfeited, while that stands.
    """

    part: PartKind = "unknown"
    technical: PartTechnical = "unknown"
    make: Stated = "unknown"
    model: Stated = "unknown"
    calibre: Stated = "unknown"
    serial: Serial = "unknown"
    firearm: str | None = None
    firearms: tuple[str, ...] = ()
    installed_before: bool | None = None
    markings: tuple[Marking, ...] = ()
    holder: HolderClass = "unknown"
    custody: Custody = "unknown"
    alerts: frozenset[Alert] = frozenset()
    recovered: frozenset[Alert] = frozenset()
    country: str | None = None
    custodian: str | None = None
    holding: str | None = None
    shipment: str | None = None
    forfeiture: Forfeited | None = None
