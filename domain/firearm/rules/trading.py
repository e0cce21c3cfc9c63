# SPDX-License-Identifier: Apache-2.0
"""Rules of the trade, of trade custody and of both ends of a hand-over.

Implements the preconditions of the domain facts, section 5, for what dealers, estates and
stock authorities record (27 CFR 478.125, Firearms Act 1968 Schedule 4, WaffG 37 to 37e), and
rule 4 of section 9. That the two sides differ is noted, not refused.
"""

from __future__ import annotations

from typing import Final, Protocol

from domain.aggregate.correcting import entry_of
from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.codes import Custody, HolderClass
from domain.firearm.events.common import Observation
from domain.firearm.events.trading import (
    CustodyReceived,
    CustodyReturned,
    DealerDisposed,
    ReceiptConfirmed,
    ReleasedToCivilian,
)
from domain.firearm.handover import BOOKKEEPERS, answers, receiver_class, report_of
from domain.firearm.rules.common import alert_open, is_released, other_holding, same_text
from domain.firearm.rules.holding import transfer_mark_missing, transfer_mark_present
from domain.firearm.rules.seizing import description_differs, other_custodian, values_agree
from domain.firearm.state import Firearm, Handover, State
from domain.markings import Marking, stated_marks
from domain.schema import Closed, Stated

TRADE_CUSTODY: Final[tuple[Custody, ...]] = ("repair", "proof")

PRIVATE: Final[tuple[HolderClass, ...]] = (
    "maker",
    "dealer",
    "civilian",
    "estate",
    "museum",
    "unknown",
)
"""Holders whose firearms pass by death or insolvency; government stock does not, nor what is
forfeited."""


class Described(Protocol):
    """Data that may describe the firearm as somebody saw it."""

    @property
    def described(self) -> Observation | None:
        """The firearm as described, where it was."""


class OfHolding(Protocol):
    """Data that may name the holding of the owner."""

    @property
    def hld(self) -> str | None:
        """The holding."""


def acquisition_open(state: State, dat: DealerDisposed) -> Objection | None:
    """What leaves a dealer's book was entered in that same book before (27 CFR 478.125(e))."""
    if _is_answer(state, dat):
        return None
    if state.holder not in BOOKKEEPERS:
        return _not_acquired(state.holder)
    if state.handover is not None and state.handover.awaits == "receiver":
        return _not_acquired(f"{state.holder}, receipt not reported")
    if state.holding in (None, dat.from_hld):
        return None
    return blocked(
        "acquisition_of_another",
        "By the record another business has it in stock.",
        axis="H",
        found=dat.from_hld or "no holding stated",
        legal=(str(state.holding), "firearm.dealer-acquired"),
    )


def sides_agree(state: State, dat: Closed) -> Objection | None:
    """Both sides of one hand-over describe one firearm and one receiver."""
    if state.handover is None:
        return None
    report = report_of(state, dat)
    if report is None or not answers(state.handover, report):
        return None
    differing = differing_sides(state.handover, report)
    if not differing:
        return None
    return note(
        "handover_differs",
        f"The two sides do not agree: {', '.join(differing)}.",
        axis="H",
        found=f"another {' and '.join(differing)}",
        legal=(f"as {state.handover.evt} states",),
    )


def handover_settled(state: State, dat: Closed) -> Objection | None:
    """A hand-over that one side has not reported yet is settled before the next one."""
    if state.handover is None or _is_answer(state, dat):
        return None
    return note(
        "handover_open",
        f"An earlier hand-over was never reported by its {state.handover.awaits}.",
        axis="H",
        found=f"{state.handover.evt}, unanswered",
        legal=(f"the report of its {state.handover.awaits}",),
    )


def released_before_receipt(state: State, dat: ReceiptConfirmed) -> Objection | None:
    """Government stock is received by others only with a civil transfer mark (rule 4)."""
    if receiver_class(state, dat) == "state_stock":
        return None
    return transfer_mark_present(state, dat)


def alerts_noted(state: State, _: Closed) -> Objection | None:
    """Where a firearm under an alert turns up is worth knowing: recorded, with a note (rule 13)."""
    return Objection(alert_open(state), blocks=False) if state.alerts else None


def described_as_registered(state: State, dat: Described) -> Objection | None:
    """What changes hands looks like what was registered."""
    return description_differs(state.description, dat.described)


def not_entrusted_already(state: State, _: CustodyReceived) -> Objection | None:
    """What a business has in hand comes back before another has it (WaffG 37e)."""
    if state.custody not in TRADE_CUSTODY:
        return None
    return note(
        "return_not_recorded",
        "It was with a business, and no return was recorded.",
        axis="C",
        found=state.custody,
        legal=("firearm.custody-returned",),
    )


def in_trade_custody(state: State, _: CustodyReturned) -> Objection | None:
    """Only what a business has in hand is given back by it."""
    if state.custody in TRADE_CUSTODY:
        return None
    if state.custody == "unknown":
        return note(
            "custody_unknown",
            "Nobody recorded that a business had it.",
            axis="C",
            found="unknown",
            legal=TRADE_CUSTODY,
        )
    return blocked(
        "custody_state",
        "Only a firearm in the hands of a business or proof house is given back by one.",
        axis="C",
        found=state.custody,
        legal=TRADE_CUSTODY,
    )


def somebody_owns_it(state: State, _: CustodyReturned) -> Objection | None:
    """What nobody owns, since it was forfeited or destroyed, is given back to nobody."""
    if state.holder != "none":
        return None
    return blocked(
        "nobody_to_return_to",
        "Nobody has this firearm by the record, so it is given back to nobody.",
        axis="H",
        found="none",
        legal=("firearm.forfeited", "firearm.corrected"),
    )


def returned_by_who_had_it(state: State, dat: CustodyReturned) -> Objection | None:
    """It is given back by the business that had it."""
    if dat.custodian is None or state.custodian is None:
        return None
    if same_text(dat.custodian, state.custodian):
        return None
    return other_custodian(dat.custodian, known=state.custodian)


def owner_agrees(state: State, dat: OfHolding) -> Objection | None:
    """Custody changes no owner: the holding is the one recorded last."""
    if dat.hld is None:
        return None
    sentence = "Another holding was recorded last, and custody changes none."
    return other_holding(sentence, dat.hld, known=state.holding)


def state_mark_legible(state: State, dat: ReleasedToCivilian) -> Objection | None:
    """The old State mark is struck, but can still be read (AWaffV 21(6); rule 4)."""
    if dat.struck is not None and dat.struck.kind != "state_stock":
        return _state_mark(dat.struck.kind)
    known = tuple(mark for mark in state.markings if mark.kind == "state_stock")
    newest: Marking | None = dat.struck or (known[-1] if known else None)
    if newest is None or newest.condition == "legible":
        return None
    return _state_mark(newest.condition)


def state_mark_struck(state: State, dat: ReleasedToCivilian) -> Objection | None:
    """A State mark on record is struck before the release; that none is known, is noted."""
    if dat.struck is not None:
        return None
    if not any(mark.kind == "state_stock" for mark in state.markings):
        return note(
            "state_mark_unknown",
            "No mark of the State whose stock it was is on record.",
            axis="M",
            found="no state_stock mark",
            legal=("struck",),
        )
    return blocked(
        "state_mark_unstruck",
        "The mark of the State whose stock it was is struck before the release.",
        axis="M",
        found="not stated as struck",
        legal=("struck",),
    )


def release_mark_present(state: State, dat: ReleasedToCivilian) -> Objection | None:
    """A mark identifies the transferring State (Firearms Protocol, article 8(1)(c); rule 4)."""
    return None if is_released(state, dat, state.markings) else transfer_mark_missing(state, dat)


def release_mark_on_record(scene: Scene, dat: ReleasedToCivilian) -> Objection | None:
    """The event that is named recorded that mark on this firearm."""
    firearm = scene.state if isinstance(scene.state, Firearm) else Firearm()
    entry = entry_of(firearm.entries, dat.mark_event)
    marks = stated_marks(entry.effective.dat) if entry and entry.stands else ()
    if is_released(firearm.state, dat, marks):
        return None
    return blocked(
        "mark_event_unknown",
        "That event recorded no civil transfer mark of this firearm.",
        axis="M",
        found=dat.mark_event,
        legal=("the event id of the firearm.marked with that mark",),
    )


def differing_sides(before: Handover, now: Handover) -> list[str]:
    """Name the members in which two reports cannot be of one hand-over."""
    differing = ["holding"] if before.holding and now.holding not in (None, before.holding) else []
    first, second = before.described, now.described
    if first is None or second is None:
        return differing
    pairs: tuple[tuple[str, Stated | None, Stated | None], ...] = (
        ("make", first.make, second.make),
        ("model", first.model, second.model),
        ("calibre", first.calibre, second.calibre),
        ("serial", first.serial, second.serial),
    )
    return [*differing, *(name for name, one, other in pairs if not _agree(one, other))]


def _is_answer(state: State, dat: Closed) -> bool:
    """Tell whether an event is the report that an open hand-over waits for."""
    if state.handover is None:
        return False
    report = report_of(state, dat)
    return report is not None and answers(state.handover, report)


def _agree(one: Stated | None, other: Stated | None) -> bool:
    return one is None or other is None or values_agree(one, other)


def _not_acquired(found: str) -> Objection:
    return blocked(
        "acquisition_missing",
        "No dealer has it in stock by the record, so none disposes of it.",
        axis="H",
        found=found,
        legal=("firearm.dealer-acquired", "firearm.receipt-confirmed"),
    )


def _state_mark(found: str) -> Objection:
    return blocked(
        "state_mark_illegible",
        "The mark of the State whose stock it was stays legible.",
        axis="M",
        found=found,
        legal=("state_stock mark, legible",),
    )
