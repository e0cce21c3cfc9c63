# SPDX-License-Identifier: Apache-2.0
"""Rules of forfeiture, disposal, return and destruction (rules 15 and 16 of section 9).

Firearms Protocol, article 6(2): what was confiscated is kept out of unauthorized hands by
destroying it, unless another disposal is officially authorized, the firearm is marked and the
method recorded. What a lot must say is asked in ``domain.lot.membership``, and a tracing request
in ``domain.tracing.disposal``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.aggregate.correcting import entry_of
from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.circulation.things import Circulating
from domain.firearm.events.disposing import (
    Counted,
    Destroyed,
    DestructionScheduled,
    DisposalAuthorised,
    Forfeited,
    Kept,
    ReturnedToOwner,
    StockCounted,
)
from domain.firearm.rules.alerting import IN_OFFICIAL_HANDS
from domain.firearm.rules.altering import DISPOSED_OF_UNDER
from domain.firearm.rules.common import (
    alert_open,
    by_events,
    destroyed_is_not_seen_again,
    missing_was_cleared,
    other_holding,
)
from domain.firearm.rules.making import ANTIQUE_YEAR_MAX
from domain.firearm.state import Firearm, State
from domain.markings import stated_marks
from domain.occurrence import parse_occurrence
from domain.schema import Closed

MARKS_FOR_KEEPING: Final = ("adequate", "re_marked")
MARKING: Final = ("firearm.marked", "firearm.re-marked", "firearm.admin-serial-assigned")
TRACE_EXCEPTION_YEARS: Final = {"made_before_1946": 1946, "antique": ANTIQUE_YEAR_MAX + 1}
"""MOSAIC 05.31, and Firearms Protocol, article 3(a): nothing made after 1899 is an antique."""


def no_other_claim(state: Circulating, _: Closed) -> Objection | None:
    """Nobody disposes of what is seized, or listed as lost, stolen or sought."""
    open_flags = state.alerts - DISPOSED_OF_UNDER
    return Objection(alert_open(state)) if open_flags else None


def in_official_hands(state: Circulating, _: Forfeited) -> Objection | None:
    """A court forfeits what was seized, surrendered or found and is held for it."""
    apprehended = {"seized", "surrendered_pending", "forfeited"}
    if state.custody in IN_OFFICIAL_HANDS or (
        state.alerts & apprehended and state.custody == "unknown"
    ):
        return None
    return blocked(
        "not_in_official_hands",
        "Only what was seized, surrendered or found, and is still held, is forfeited.",
        axis="A",
        found=f"{flags(state)}, {state.custody}",
        legal=by_events(state, firearm="seized surrendered found", component="seized found"),
    )


def appeal_end_stated(_: object, dat: Forfeited) -> Objection | None:
    """An order that is not final says until when it can be appealed."""
    if dat.appeal_until is None:
        return None if dat.final else _appeal_end_missing()
    if not parse_occurrence(dat.appeal_until).certainly_before(parse_occurrence(dat.ordered_on)):
        return None
    return blocked(
        "appeal_dates",
        "The appeal would end before the order.",
        axis="dates",
        found=dat.appeal_until,
        legal=(f"{dat.ordered_on} or later",),
    )


def not_forfeited_twice(state: Circulating, _: Forfeited) -> Objection | None:
    """A second order is real where the first was not final; else something is wrong."""
    if state.forfeiture is None or not state.forfeiture.final:
        return None
    return note(
        "forfeited_already",
        "It is forfeited by a final order already.",
        axis="A",
        found=f"forfeited by {state.forfeiture.order_no}",
        legal=by_events(state, firearm="disposal-authorised", component="destroyed"),
    )


def basis_stands(state: State, dat: DisposalAuthorised) -> Objection | None:
    """It was forfeited, or surrendered by an owner who wants it gone."""
    needed = "forfeited" if dat.basis == "forfeiture" else "surrendered_pending"
    if needed in state.alerts:
        return None
    return blocked(
        "disposal_basis",
        "Nothing on record entitles an authority to dispose of it on that basis.",
        axis="A",
        found=flags(state),
        legal=(needed,),
    )


def return_has_an_owner(_: State, dat: DisposalAuthorised) -> Objection | None:
    """What was forfeited has no owner to whom it could be returned."""
    if (dat.method, dat.basis) != ("return", "forfeiture"):
        return None
    return blocked(
        "return_without_owner",
        "It was forfeited, and has no owner to whom it could be returned.",
        axis="H",
        found="none",
        legal=("basis owner_consent", "firearm.returned-to-owner, basis forfeiture_set_aside"),
    )


def forfeiture_is_final(state: State, dat: DisposalAuthorised) -> Objection | None:
    """While an appeal is possible nobody decides what becomes of it."""
    order = state.forfeiture
    if dat.basis != "forfeiture" or order is None or order.final:
        return None
    until = order.appeal_until or "unknown"
    if parse_occurrence(until).certainly_before(parse_occurrence(dat.authorised_on)):
        return None
    return blocked(
        "forfeiture_not_final",
        "The order of forfeiture can still be appealed.",
        axis="A",
        found=f"appeal until {until}",
        legal=("record the final order", "decide after the end of appeal"),
    )


def traced_or_excepted(_: State, dat: DisposalAuthorised) -> Objection | None:
    """Before disposal a firearm has a trace or a stated exception, and not both (rule 15)."""
    one_of_them = (dat.trace_outcome is None) != (dat.trace_exception is None)
    if one_of_them and not (dat.trace and dat.trace_exception):
        return None
    return blocked(
        "trace_or_exception",
        "A disposal states what tracing led to, or why the firearm was not traced.",
        axis="trace",
        found="both" if dat.trace_exception else "neither",
        legal=("trace_outcome", "trace_exception"),
    )


def outcome_rests_on_a_trace(_: State, dat: DisposalAuthorised) -> Objection | None:
    """What tracing led to, a tracing request shows, or a report about one made elsewhere."""
    if dat.trace_outcome is None or dat.trace or dat.trace_report_no:
        return None
    return blocked(
        "trace_missing",
        "What tracing led to rests on nothing that anybody could look up.",
        axis="trace",
        found=dat.trace_outcome,
        legal=("trace", "trace_report_no"),
    )


def exception_fits_the_year(state: State, dat: DisposalAuthorised) -> Objection | None:
    """What the record says was made later is neither an antique nor from before 1946."""
    limit = TRACE_EXCEPTION_YEARS.get(dat.trace_exception or "")
    known = state.description
    if limit is None or known is None:
        return None
    no_antique = dat.trace_exception == "antique" and known.antique is False
    if not no_antique and (known.year == "unknown" or known.year < limit):
        return None
    return blocked(
        "trace_exception_year",
        "What is on record of its manufacture does not allow that exception.",
        axis="year",
        found="antique: false" if no_antique else str(known.year),
        legal=(f"before {limit}", "firearm.corrected"),
    )


def disposal_is(method: str) -> Callable[[State, Closed], Objection | None]:
    """Make the rule that one method of disposal was authorized."""

    def rule(state: State, _: Closed) -> Objection | None:
        """Only the disposal that was officially authorized is carried out (rule 15)."""
        if state.disposal is not None and state.disposal.method == method:
            return None
        return _not_authorised(state, method)

    return rule


def marked_for_keeping(state: State, _: Kept) -> Objection | None:
    """What is not destroyed is marked (Firearms Protocol, article 6(2))."""
    if state.marks in MARKS_FOR_KEEPING:
        return None
    return blocked(
        "marks_inadequate",
        "The marks do not identify this firearm as the law demands.",
        axis="M",
        found=state.marks,
        legal=MARKS_FOR_KEEPING,
    )


def confiscation_mark_present(state: State, _: Kept) -> Objection | None:
    """A forfeited firearm bears the mark of its confiscation (MOSAIC 05.30)."""
    if not state.confiscation_due:
        return None
    return note(
        "confiscation_mark_due",
        "It was forfeited and bears no confiscation mark.",
        axis="M",
        found="no confiscation mark",
        legal=("firearm.marked with a confiscation mark",),
    )


def mark_on_record(scene: Scene, dat: Kept) -> Objection | None:
    """The mark that is named was cut into this firearm, and can be read."""
    entries = scene.state.entries if isinstance(scene.state, Firearm) else ()
    entry = entry_of(entries, dat.mark_event)
    marks = stated_marks(entry.effective.dat) if entry and entry.stands else ()
    cut = entry is not None and entry.event.evt in MARKING
    if cut and any(mark.condition == "legible" for mark in marks):
        return None
    return blocked(
        "mark_event_unknown",
        "This firearm has no marking of that event id.",
        axis="M",
        found=dat.mark_event,
        legal=MARKING,
    )


def something_to_return(state: Circulating, dat: ReturnedToOwner) -> Objection | None:
    """What an authority holds is returned, unless it was forfeited and that stands."""
    if "forfeited" in state.alerts:
        return _forfeiture_stands(state, dat)
    if state.alerts & {"seized", "surrendered_pending"} or state.custody in IN_OFFICIAL_HANDS:
        return None
    return blocked(
        "nothing_to_return",
        "It is in nobody's hands who could return it.",
        axis="C",
        found=state.custody,
        legal=IN_OFFICIAL_HANDS,
    )


def not_sought(state: Circulating, _: ReturnedToOwner) -> Objection | None:
    """What another authority seeks is not handed out."""
    return Objection(alert_open(state)) if "sought" in state.alerts else None


def marks_for_return(state: State, _: ReturnedToOwner) -> Objection | None:
    """A firearm whose marks were tampered with is marked anew before anybody gets it."""
    if state.marks not in ("unmarked", "partly_obliterated", "obliterated", "restored"):
        return None
    return blocked(
        "marks_inadequate",
        "The marks do not identify this firearm as the law demands.",
        axis="M",
        found=state.marks,
        legal=MARKS_FOR_KEEPING,
    )


def licence_stated(_: object, dat: ReturnedToOwner) -> Objection | None:
    """An owner who needs a licence shows it (owner entitled now)."""
    if dat.entitlement != "licence" or dat.licence is not None:
        return None
    return blocked(
        "licence_missing",
        "The owner is entitled by a licence, and none is named.",
        axis="H",
        found="none",
        legal=("licence",),
    )


def return_agrees(state: State, dat: ReturnedToOwner) -> Objection | None:
    """It goes back to the holding it came from, and nobody decided otherwise."""
    if state.disposal is not None and state.disposal.method != "return":
        return note(
            "disposal_overtaken",
            "Another disposal was authorized for it.",
            axis="A",
            found=state.disposal.method,
            legal=("return",),
        )
    sentence = "It goes to another holding than the one recorded last."
    return other_holding(sentence, dat.hld, known=state.holding)


def destruction_entitled(state: State, dat: DestructionScheduled) -> Objection | None:
    """It is destroyed by authorized disposal, or for an owner from whom nobody took it."""
    if dat.basis == "disposal_authorised":
        return disposal_is("destroy")(state, dat)
    if not state.alerts and state.custody not in IN_OFFICIAL_HANDS:
        return None
    return _not_authorised(state, "destroy")


def scheduled_in_its_lot(state: State, dat: Destroyed) -> Objection | None:
    """It stands at the destruction site, in the lot that is destroyed (rule 16)."""
    if state.lot == dat.lot and state.custody == "destruction_site":
        return None
    return blocked(
        "not_scheduled",
        "It is not at the destruction site as part of this lot.",
        axis="C",
        found=state.custody,
        legal=("destruction_site",),
    )


def nothing_seen_that_is_gone(state: State, dat: Counted) -> Objection | None:
    """Who sees a firearm that was destroyed or is missing opens a conflict (MOSAIC 05.20)."""
    if isinstance(dat, StockCounted) and not dat.seen:
        return None
    return destroyed_is_not_seen_again(state, dat) or missing_was_cleared(state, dat)


def count_fits(_: State, dat: Counted) -> Objection | None:
    """Who looked for a firearm found what the record expects (MOSAIC 05.20)."""
    if isinstance(dat, StockCounted) and dat.seen == dat.expected:
        return None
    return note(
        "stock_discrepancy",
        "The count and the record differ.",
        axis="C",
        found=_counted(dat),
        legal=("as expected",),
    )


def flags(state: Circulating) -> str:
    """Name the open flags."""
    return ", ".join(sorted(state.alerts)) or "clear"


def _appeal_end_missing() -> Objection:
    return blocked(
        "appeal_end_missing",
        "The end of appeal is missing.",
        axis="dates",
        found="no appeal_until",
        legal=("appeal_until", "final: true"),
    )


def _counted(dat: Counted) -> str:
    if isinstance(dat, StockCounted):
        return "seen" if dat.seen else "not seen"
    return str(getattr(dat, "kind", "differing"))


def _forfeiture_stands(state: Circulating, dat: ReturnedToOwner) -> Objection | None:
    final = state.forfeiture is not None and state.forfeiture.final
    if dat.basis == "forfeiture_set_aside" and not final:
        return None
    return blocked(
        "forfeited",
        "It was forfeited, and has no owner to whom it could be returned.",
        axis="A",
        found="forfeited by a final order" if final else "forfeited",
        legal=("correct the order",) if final else ("basis forfeiture_set_aside",),
    )


def _not_authorised(state: State, method: str) -> Objection:
    return blocked(
        "disposal_not_authorised",
        "That disposal was not officially authorized.",
        axis="A",
        found=state.disposal.method if state.disposal else flags(state),
        legal=(f"firearm.disposal-authorised with method {method}",),
    )
