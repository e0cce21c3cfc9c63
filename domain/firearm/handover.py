# SPDX-License-Identifier: Apache-2.0
"""Both ends of a hand-over: what stands open after one side's report, and what closes it.

Implements "both parties report" of the domain facts, section 5 (27 CFR 478.125: both licensees
keep a book; WaffG 37a, 37b: both sides notify). Whichever side reports first opens it, since
late reports are lawful; the other side closes it. How long it has been open is for readers:
``domain.firearm.history.since`` tells since when.
"""

from __future__ import annotations

from typing import Final

from domain.codes import HolderClass
from domain.firearm.events.holding import StockReceived, Transferred
from domain.firearm.events.trading import DealerAcquired, DealerDisposed, ReceiptConfirmed
from domain.firearm.state import Handover, State
from domain.schema import Closed

BOOKKEEPERS: Final[tuple[HolderClass, ...]] = ("dealer", "maker")
"""Classes of receivers that must record what they acquire, whoever hands it over."""


def open_after(state: State, dat: Closed) -> Handover | None:
    """Give the hand-over that stands open after a report of a change of hands."""
    report = report_of(state, dat)
    if report is None or answers(state.handover, report) or not _needs_answer(report, dat):
        return None
    return report


def answers(before: Handover | None, report: Handover) -> bool:
    """Tell whether a report is the one that an open hand-over waits for."""
    if before is None or before.awaits == report.awaits:
        return False
    return before.holder == report.holder


def report_of(state: State, dat: Closed) -> Handover | None:
    """Read an event as one side's report of a change of hands; nothing if it is none."""
    match dat:
        case Transferred():
            return _given("firearm.transferred", dat, holder=dat.holder or "civilian")
        case DealerDisposed():
            return _given("firearm.dealer-disposed", dat, holder=dat.holder)
        case DealerAcquired():
            return Handover(
                evt="firearm.dealer-acquired",
                awaits="giver",
                holder="dealer",
                holding=dat.to_hld,
                described=dat.described,
            )
        case ReceiptConfirmed():
            return _confirmed(state, dat)
        case StockReceived():
            return Handover(evt="firearm.stock-received", awaits="giver", holder="state_stock")
    return None


def receiver_class(state: State, dat: ReceiptConfirmed) -> HolderClass:
    """Give the class of a receiver: as stated, else as the giver reported it."""
    announced = state.handover.holder if state.handover else "civilian"
    return dat.holder or announced


def _needs_answer(report: Handover, dat: Closed) -> bool:
    """Tell whether the other side has to report as well."""
    match dat:
        case DealerDisposed(to_report=None) | Transferred(to_report=None):
            return report.holder in BOOKKEEPERS
        case DealerDisposed() | Transferred():
            return dat.to_report is True
        case DealerAcquired():
            return dat.from_licence is not None
    return isinstance(dat, ReceiptConfirmed)


def _given(evt: str, dat: Transferred | DealerDisposed, *, holder: HolderClass) -> Handover:
    return Handover(
        evt=evt, awaits="receiver", holder=holder, holding=dat.hld, described=dat.described
    )


def _confirmed(state: State, dat: ReceiptConfirmed) -> Handover:
    return Handover(
        evt="firearm.receipt-confirmed",
        awaits="giver",
        holder=receiver_class(state, dat),
        holding=dat.hld,
        described=dat.described,
    )
