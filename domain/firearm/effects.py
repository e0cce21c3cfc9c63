# SPDX-License-Identifier: Apache-2.0
"""What each event changes, axis by axis; every function gives the next state.

Implements the result column of the domain facts, section 5. An effect never refuses: it
is also applied to facts that contradict each other, so it touches only the axes that its
event names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from domain.codes import Alert, MarkState
from domain.firearm.events.common import Fact
from domain.firearm.events.correcting import Corrected
from domain.firearm.events.holding import StockIssued, StockReceived, Transferred
from domain.firearm.events.losing import Found, LossReport, LostReported, StolenReported
from domain.firearm.events.making import Manufactured, Marked, Registered
from domain.firearm.events.seizing import CustodyMoved, Seized
from domain.firearm.state import State
from domain.markings import Marking, Serial
from domain.schema import value_of


def manufactured(state: State, dat: Manufactured) -> State:
    """Complete, in the hands of its maker."""
    return replace(
        state,
        technical="complete",
        holder="maker",
        custody="holder",
        marks=_marks_as_described(dat.serial, dat.markings),
        country=_country(state, dat),
        description=dat,
        markings=_joined(state, dat.markings),
    )


def registered(state: State, dat: Registered) -> State:
    """What the older record says, and nothing that it does not say."""
    return replace(
        state,
        technical=dat.technical or state.technical,
        holder=dat.holder or state.holder,
        custody=dat.custody or state.custody,
        marks=_marks_as_described(dat.serial, dat.markings),
        country=dat.presence or _country(state, dat),
        description=dat,
        markings=_joined(state, dat.markings),
        custodian=dat.custodian or state.custodian,
        holding=dat.hld or state.holding,
    )


def marked(state: State, dat: Marked) -> State:
    """One more mark; the old ones stay searchable."""
    return replace(
        state,
        marks=_marks_after(state.marks, dat.mark),
        country=_country(state, dat),
        markings=_joined(state, (dat.mark,)),
    )


def stock_issued(state: State, dat: StockIssued) -> State:
    """In the hands of an agency, still government stock."""
    return replace(
        state,
        holder="state_stock",
        custody="holder",
        country=_country(state, dat),
        custodian=dat.agency,
    )


def stock_received(state: State, dat: StockReceived) -> State:
    """In a government stock."""
    return replace(
        state,
        holder="state_stock",
        custody="holder",
        country=_country(state, dat),
        custodian=dat.stock,
        holding=None,
    )


def transferred(state: State, dat: Transferred) -> State:
    """In a new holding."""
    return replace(
        state,
        holder=dat.holder or "civilian",
        custody="holder",
        country=_country(state, dat),
        custodian=None,
        holding=dat.hld,
    )


def lost_reported(state: State, dat: LostReported) -> State:
    """Lost; nobody knows where it is."""
    return _missing(state, dat, alert="lost")


def stolen_reported(state: State, dat: StolenReported) -> State:
    """Stolen; nobody knows where it is."""
    return _missing(state, dat, alert="stolen")


def found(state: State, dat: Found) -> State:
    """In official safekeeping; an open alert stays open until it is cleared (rule 13)."""
    return replace(
        state,
        custody="official_safekeeping",
        marks=_marks_as_seen(state.marks, dat.markings),
        country=_country(state, dat),
        markings=_joined(state, dat.markings),
        custodian=dat.station,
    )


def seized(state: State, dat: Seized) -> State:
    """In evidence; a stolen firearm that is seized is both (rule 13)."""
    return replace(
        state,
        custody="evidence",
        alerts=state.alerts | {"seized"},
        marks=_marks_as_seen(state.marks, dat.markings),
        country=_country(state, dat),
        markings=_joined(state, dat.markings),
        custodian=dat.station,
    )


def custody_moved(state: State, dat: CustodyMoved) -> State:
    """With the next custodian, under the seals and the deposit number stated."""
    return replace(
        state,
        country=_country(state, dat),
        custodian=value_of(dat.to_custodian),
        seals=dat.seals or state.seals,
        deposit_no=dat.deposit_no or state.deposit_no,
    )


def corrected(state: State, _: Corrected) -> State:
    """Nothing of its own: the corrected event is read anew in its own place."""
    return state


def _missing(state: State, dat: LossReport, *, alert: Alert) -> State:
    return replace(
        state,
        custody="unknown",
        alerts=state.alerts | {alert},
        country=_country(state, dat),
        custodian=None,
    )


def _country(state: State, dat: Fact) -> str | None:
    return dat.jur[:2] if dat.jur else state.country


def _joined(state: State, markings: Iterable[Marking]) -> tuple[Marking, ...]:
    new = tuple(mark for mark in markings if mark not in state.markings)
    return (*state.markings, *new) if new else state.markings


def _marks_as_described(serial: Serial, markings: tuple[Marking, ...]) -> MarkState:
    if value_of(serial):
        return _marks_as_seen("adequate", markings)
    return _marks_as_seen("unmarked" if serial == "none" else "unknown", markings)


def _marks_as_seen(before: MarkState, markings: tuple[Marking, ...]) -> MarkState:
    conditions = {mark.condition for mark in markings if mark.kind == "manufacture"}
    if before == "re_marked" or not conditions:
        return before
    if "obliterated" in conditions:
        return "obliterated"
    if "partial" in conditions:
        return "partly_obliterated"
    return "unmarked" if conditions == {"none"} else before


def _marks_after(before: MarkState, mark: Marking) -> MarkState:
    if mark.kind == "import":
        return "adequate" if before == "import_mark_due" else before
    if mark.kind == "admin_serial":
        return "re_marked"
    if mark.kind == "manufacture":
        return "adequate" if before in ("unmarked", "unknown") else before
    return before
