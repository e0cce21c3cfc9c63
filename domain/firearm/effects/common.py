# SPDX-License-Identifier: Apache-2.0
"""How marks and places change, for the effects of every group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from domain.aggregate.changing import changed
from domain.authorization.border import LACKS_UNIQUE_MARK
from domain.circulation.things import Circulating
from domain.codes import Alert, DuplicateReason, HolderClass, MarkState
from domain.firearm.events.alerting import LISTED
from domain.firearm.events.common import Fact
from domain.firearm.handover import open_after
from domain.firearm.state import State
from domain.markings import Marking, Serial
from domain.schema import value_of


def country_of(state: Circulating, dat: Fact) -> str | None:
    """Give the country in which it is after the event."""
    return dat.jur[:2] if dat.jur else state.country


def changed_hands(
    state: State,
    dat: Fact,
    *,
    holder: HolderClass,
    holding: str | None,
    custodian: str | None = None,
) -> State:
    """Give the state with whoever answers for it from now on, and who has still to report."""
    return changed(
        state,
        holder=holder,
        custody="holder",
        country=country_of(state, dat),
        custodian=custodian,
        holding=holding,
        licence=getattr(dat, "licence", None),
        handover=open_after(state, dat),
        entrusted=None,
    )


def in_hand(state: Circulating) -> frozenset[Alert]:
    """Give the listed flags under which it has now come to hand."""
    return state.alerts & LISTED


def joined(state: Circulating, markings: Iterable[Marking]) -> tuple[Marking, ...]:
    """Give every mark ever stated, the new ones last."""
    new = tuple(mark for mark in markings if mark not in state.markings)
    return (*state.markings, *new) if new else state.markings


def marks_as_described(serial: Serial, markings: tuple[Marking, ...]) -> MarkState:
    """Give the state of the marks as an origin event describes them."""
    if value_of(serial):
        return marks_as_seen("adequate", markings)
    return marks_as_seen("unmarked" if serial == "none" else "unknown", markings)


def marks_as_seen(before: MarkState, markings: tuple[Marking, ...]) -> MarkState:
    """Give the state of the marks after somebody looked at them."""
    conditions = {mark.condition for mark in markings if mark.kind == "manufacture"}
    if before == "re_marked" or not conditions:
        return before
    if "obliterated" in conditions:
        return "obliterated"
    if "partial" in conditions:
        return "partly_obliterated"
    return "unmarked" if conditions == {"none"} else before


def marks_after(before: MarkState, mark: Marking) -> MarkState:
    """Give the state of the marks after one was applied; it counts once it can be read."""
    if mark.condition != "legible":
        return before
    if mark.kind == "import":
        return "adequate" if before == "import_mark_due" else before
    if mark.kind == "admin_serial":
        return "re_marked"
    if mark.kind == "manufacture":
        return "adequate" if before in ("unmarked", "unknown") else before
    return before


def described_by(state: State, marks: MarkState) -> State:
    """Give the state with the marks that an origin event describes.

    What an import made due stays due: the older record may tell of a time after the import.
    """
    if state.import_due is None:
        return changed(state, marks=marks)
    due = replace(state.import_due, unique_mark=marks in LACKS_UNIQUE_MARK, then=marks)
    return changed(
        state,
        marks="import_mark_due" if due.open else marks,
        import_due=due if due.open else None,
    )


def suspected(state: State) -> State:
    """Give the state under suspicion of a duplicate, unless its marks are in a worse one."""
    if state.marks not in ("adequate", "unknown"):
        return state
    identity = changed(state.identity, undisputed=state.marks)
    return changed(state, marks="duplicate_suspected", identity=identity)


def numbered_again(state: State, reason: DuplicateReason | None) -> State:
    """Give the state of what is on record although its maker and serial occur already."""
    if reason is None:
        return state
    doubted = suspected(state)
    return changed(doubted, identity=changed(doubted.identity, duplicate_reason=reason))


def marked_by(state: State, mark: Marking, marks: MarkState) -> State:
    """Give the state once a mark was cut; what an import made due stays due until it is cut.

    Args:
        state: The state before.
        mark: The mark.
        marks: State of the marks as it would be without an import.
    """
    if state.import_due is None:
        return changed(state, marks=marks)
    due = state.import_due.after(mark, marks)
    if not due.open:
        cleared = due.then if state.marks == "import_mark_due" else marks
        return changed(state, marks=cleared, import_due=None)
    hidden = state.marks != "import_mark_due" and marks in LACKS_UNIQUE_MARK
    return changed(state, marks=marks if hidden else "import_mark_due", import_due=due)
