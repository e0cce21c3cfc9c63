# SPDX-License-Identifier: Apache-2.0
"""The state of a firearm: five independent axes, and the entries that led to them.

Implements design section 5. ``State`` is what the world looks like after some entries;
``Firearm`` adds the entries themselves in the order of the world. Both are values; how
they change is the concern of ``effects`` and ``aggregate``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from domain.aggregate.recorded import Contradiction, Entry
from domain.authorization.border import ImportDue, Stay
from domain.codes import Alert, Custody, GunKind, HolderClass, MarkState, Technical
from domain.component.parts import PartKind
from domain.firearm.axes.combinations import Axes
from domain.firearm.events.alerting import AlertPublished
from domain.firearm.events.common import Description, Observation
from domain.firearm.events.disposing import Discrepancy, DisposalAuthorised, Forfeited
from domain.firearm.events.losing import Diversion
from domain.firearm.events.trading import CustodyTask
from domain.firearm.identity import UNDOUBTED, Identity
from domain.licence.codes import Category
from domain.markings import Marking, legible_marks

__all__ = (
    "BEFORE_ALL",
    "BLANK",
    "Contradiction",
    "Entry",
    "Firearm",
    "Handover",
    "State",
)

BEFORE_ALL: Final = -(2**53)
"""Earlier than every occurrence, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A change of hands that one side reported and the other has not, though it must.

    Attributes:
        evt: The event by which the one side reported it.
        awaits: The side whose report is missing.
        holder: Class of the receiver.
        holding: Opaque holding of the receiver, where stated.
        described: The firearm as the one side described it.
    """

    evt: str
    awaits: Literal["giver", "receiver"]
    holder: HolderClass
    holding: str | None = None
    described: Observation | None = None


@dataclass(frozen=True, kw_only=True)
class State:
    """What is true of a firearm after the entries folded so far.

    Attributes:
        technical: Axis T, what it is technically.
        holder: Axis H, the class of its holder.
        custody: Axis C, where it physically is.
        alerts: Axis A, the open flags; none means clear.
        marks: Axis M, the state of its marks.
        country: Country in which it is, where known.
        description: How its origin event describes it, as conversions changed it since.
        markings: Every mark ever stated, oldest first; an old mark stays searchable.
        custodian: Agency, unit or person's role that has it in hand.
        holding: Opaque holding that answers for it.
        seals: Numbers of the seals on it.
        deposit_no: Number under which it is deposited.
        handover: The change of hands that one side has still to report.
        entrusted: What a business has it in hand for, while custody is repair or proof.
        identity: Its leading part, links to other records, and doubts about its marks.
        category: Category by law, as the newest event states it.
        licence: Licence under which its holder has it, where the event of that named one.
        deactivating: Parts made inoperable, while nobody has verified it.
        recovered: Which listed flags it came to hand under since they were opened.
        published: Entries in other systems that were not withdrawn.
        forfeiture: The order by which it was forfeited, while that stands.
        disposal: What was authorised to become of it, until that is done.
        lot: Lot in which it is to be destroyed, or was.
        discrepancy: What a count found wrong, until a later one or an event explains it.
        shipment: Shipment in which it is on its way.
        stay: A stay abroad for a time, while it lasts.
        import_due: Marks that its import makes due, until they are cut.
        diversion: Where it left the lawful circuit, established without a trace.
        holds: Numbers of the holds that keep its persons from being erased.
    """

    technical: Technical = "complete"
    holder: HolderClass = "unknown"
    custody: Custody = "unknown"
    alerts: frozenset[Alert] = frozenset()
    marks: MarkState = "unknown"
    country: str | None = None
    description: Description | None = None
    markings: tuple[Marking, ...] = ()
    custodian: str | None = None
    holding: str | None = None
    seals: tuple[str, ...] = ()
    deposit_no: str | None = None
    handover: Handover | None = None
    entrusted: CustodyTask | None = None
    identity: Identity = UNDOUBTED
    category: Category | None = None
    licence: str | None = None
    deactivating: tuple[PartKind, ...] = ()
    recovered: frozenset[Alert] = frozenset()
    published: tuple[AlertPublished, ...] = ()
    forfeiture: Forfeited | None = None
    disposal: DisposalAuthorised | None = None
    lot: str | None = None
    discrepancy: Discrepancy | None = None
    shipment: str | None = None
    stay: Stay | None = None
    import_due: ImportDue | None = None
    diversion: Diversion | None = None
    holds: tuple[str, ...] = ()

    @property
    def axes(self) -> Axes:
        """The axes that contradict each other in some combinations."""
        return Axes(self.technical, self.holder, self.custody, self.alerts)

    @property
    def confiscation_due(self) -> bool:
        """Whether the mark of its confiscation is due: forfeited, and none is legible on it.

        MOSAIC 05.30 names permanent confiscation as one of five moments of marking.
        """
        return "forfeited" in self.alerts and not legible_marks(self.markings, "confiscation")


BLANK: Final = State()
"""Before anything is known: every axis that can be unknown is."""


def kind_of(state: State) -> GunKind:
    """Give the kind of gun, as conversions changed it since its origin."""
    return state.description.kind if state.description else "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Firearm:
    """One firearm: its present state and the entries behind it.

    Attributes:
        state: The state after all entries, corrections applied.
        entries: The entries in world order.
        contradictions: What does not fit, in world order.
        horizon: The latest first second of any entry; an event that may reach up to it
            goes to the end.
    """

    state: State = BLANK
    entries: tuple[Entry, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    horizon: int = BEFORE_ALL
