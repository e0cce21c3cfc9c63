# SPDX-License-Identifier: Apache-2.0
"""The rules that one event about a firearm has to meet, each a small pure function.

Implements the preconditions of the domain facts, section 5, and rules 2, 3, 4, 13 and 14
of section 9. A rule sees the state at the event's place in the world. An objection that
blocks refuses the event; one that does not is kept as a contradiction, since late and
partial facts are how the real world arrives. Rules about the record (origin, correction)
are in ``aggregate`` and ``corrections``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from domain.codes import HolderClass
from domain.firearm.events.common import Description, Observation
from domain.firearm.events.holding import Transferred
from domain.firearm.events.losing import LossReport
from domain.firearm.events.making import Manufactured, Marked
from domain.firearm.events.seizing import CustodyMoved, Seized
from domain.firearm.state import BLANK, State
from domain.markings import Marking, canonical
from domain.occurrence import parse_occurrence
from domain.refusal import Refusal
from domain.schema import Closed, Stated, value_of

MARKS_FOR_TRANSFER: Final = ("adequate", "re_marked", "duplicate_suspected", "unknown")
HANDED_OVER_IN: Final = ("evidence", "official_safekeeping")


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule has against an event.

    Attributes:
        refusal: What is wrong.
        blocks: Whether the event is refused, rather than recorded with a contradiction.
    """

    refusal: Refusal
    blocks: bool = True


def not_destroyed(state: State, _: Closed) -> Objection | None:
    """Nothing more happens to a firearm that was destroyed."""
    return Objection(_destroyed()) if state.technical == "destroyed" else None


def destroyed_is_not_seen_again(state: State, _: Closed) -> Objection | None:
    """A sighting of a destroyed firearm opens a conflict; it is never turned away."""
    return Objection(_destroyed(), blocks=False) if state.technical == "destroyed" else None


def not_missing(state: State, _: Closed) -> Objection | None:
    """A firearm reported lost or stolen is not issued (rule 13)."""
    return Objection(_alerts(state)) if state.alerts & {"lost", "stolen"} else None


def missing_was_cleared(state: State, _: Closed) -> Objection | None:
    """A missing firearm that turns up in a stock should have been reported found."""
    missing = state.alerts & {"lost", "stolen"}
    return Objection(_alerts(state), blocks=False) if missing else None


def alerts_clear(state: State, _: Closed) -> Objection | None:
    """While any alert is open a firearm changes no hands (rule 13)."""
    return Objection(_alerts(state)) if state.alerts else None


def release_recorded(state: State, _: Closed) -> Objection | None:
    """A firearm in evidence comes to other hands only after a release."""
    if state.custody != "evidence":
        return None
    return Objection(_not_released(state), blocks=False)


def not_already_seized(state: State, _: Closed) -> Objection | None:
    """A second seizure is real, for example of a police gun; its release was not recorded."""
    return Objection(_not_released(state), blocks=False) if "seized" in state.alerts else None


def holder_in(*legal: HolderClass) -> Callable[[State, Closed], Objection | None]:
    """Make the rule that the holder is of one of some classes."""

    def rule(state: State, _: Closed) -> Objection | None:
        if state.holder in legal:
            return None
        refusal = Refusal(
            rule="holder_class",
            sentence="A holder of this class does not take part in this event.",
            axis="H",
            found=state.holder,
            legal=legal,
        )
        return Objection(refusal)

    return rule


def transfer_mark_present(state: State, _: Transferred) -> Objection | None:
    """State stock becomes civilian only with a mark of the transferring State (rule 4)."""
    if state.holder != "state_stock" or _has(state.markings, "civil_transfer"):
        return None
    refusal = Refusal(
        rule="transfer_mark_missing",
        sentence="Government stock needs a civil transfer mark before it leaves for good.",
        axis="H",
        found="state_stock",
        legal=("record the civil transfer mark first",),
    )
    return Objection(refusal)


def marks_adequate(state: State, _: Closed) -> Objection | None:
    """A firearm whose marks are missing, unreadable or due changes no hands."""
    if state.marks in MARKS_FOR_TRANSFER:
        return None
    refusal = Refusal(
        rule="marks_inadequate",
        sentence="The marks do not identify this firearm as the law demands.",
        axis="M",
        found=state.marks,
        legal=MARKS_FOR_TRANSFER,
    )
    return Objection(refusal)


def holding_agrees(state: State, dat: Transferred) -> Objection | None:
    """The holding it leaves is the holding it was in."""
    if dat.from_hld is None or state.holding in (None, dat.from_hld):
        return None
    return _note("holding_differs", "It leaves another holding than the one recorded last.")


def mark_complete(_: State, dat: Manufactured) -> Objection | None:
    """A new firearm bears maker, country and serial, or symbols with a code (rule 2)."""
    named = value_of(dat.make) and value_of(dat.serial) and dat.country != "unknown"
    coded = any(_is_coded(mark) for mark in dat.markings if mark.kind == "manufacture")
    return None if named or coded else _incomplete("manufacture")


def mark_identifies(_: State, dat: Marked) -> Objection | None:
    """A mark names what its kind demands (rules 2, 3 and 4)."""
    mark = dat.mark
    if mark.kind == "manufacture":
        named = mark.maker and mark.country and value_of(mark.text)
        return None if named or _is_coded(mark) else _incomplete("manufacture")
    if mark.kind in ("import", "civil_transfer") and mark.country is None:
        return _incomplete(mark.kind.replace("_", " "))
    return None


def serial_is_the_mark(_: State, dat: Description) -> Objection | None:
    """The serial of the description is the one of the manufacture mark, if both are known."""
    serial = value_of(dat.serial)
    seen = [value_of(mark.text) for mark in dat.markings if mark.kind == "manufacture"]
    keys = {canonical(text) for text in seen if text}
    if serial is None or not keys or any(canonical(serial) in key for key in keys):
        return None
    return _note("serial_differs", "The serial is not the one of the manufacture mark.")


def nothing_before(state: State, _: Manufactured) -> Objection | None:
    """Nothing happens to a firearm before it is made."""
    if state is BLANK:
        return None
    return _note("before_manufacture", "Other events are dated before the manufacture.")


def not_reported_twice(alert: str) -> Callable[[State, Closed], Objection | None]:
    """Make the rule that one alert is opened once."""

    def rule(state: State, _: Closed) -> Objection | None:
        if alert not in state.alerts:
            return None
        return _note("alert_already_open", f"It is reported {alert} already.")

    return rule


def loss_dates(_: State, dat: LossReport) -> Objection | None:
    """The window has an order, and nobody discovers a loss before it (rule 14)."""
    discovered = parse_occurrence(dat.discovered_on)
    start = parse_occurrence(dat.window_from or "unknown")
    end = parse_occurrence(dat.window_to or "unknown")
    if end.certainly_before(start) or discovered.certainly_before(start):
        sentence = "The dates of the loss contradict each other."
        return Objection(Refusal(rule="loss_dates", sentence=sentence))
    return None


def description_agrees(state: State, dat: Seized) -> Objection | None:
    """What is in hand looks like what was registered."""
    if dat.described is None or state.description is None:
        return None
    differing = _differing(state.description, dat.described)
    if not differing:
        return None
    sentence = f"It was described differently before: {', '.join(differing)}."
    return _note("description_differs", sentence)


def custody_is_official(state: State, _: CustodyMoved) -> Objection | None:
    """Evidence custody moves only what is in evidence or official safekeeping."""
    if state.custody in HANDED_OVER_IN:
        return None
    refusal = Refusal(
        rule="custody_state",
        sentence="Only a firearm in evidence or official safekeeping moves between custodians.",
        axis="C",
        found=state.custody,
        legal=HANDED_OVER_IN,
    )
    return Objection(refusal)


def custodian_agrees(state: State, dat: CustodyMoved) -> Objection | None:
    """It is handed over by whoever had it."""
    giver = value_of(dat.from_custodian)
    if giver is None or state.custodian is None or _same(giver, state.custodian):
        return None
    return _note("custodian_differs", "Another custodian had it by the entry before.")


def _note(rule: str, sentence: str) -> Objection:
    return Objection(Refusal(rule=rule, sentence=sentence), blocks=False)


def _destroyed() -> Refusal:
    return Refusal(
        rule="destroyed",
        sentence="This firearm is recorded as destroyed.",
        axis="T",
        found="destroyed",
        legal=("correct the record of the destruction",),
    )


def _alerts(state: State) -> Refusal:
    return Refusal(
        rule="alert_open",
        sentence="An alert on this firearm is open.",
        axis="A",
        found=", ".join(sorted(state.alerts)),
        legal=("clear",),
    )


def _not_released(state: State) -> Refusal:
    return Refusal(
        rule="release_not_recorded",
        sentence="It was in evidence, and no release was recorded.",
        axis="C",
        found=state.custody,
        legal=("holder", "official_safekeeping"),
    )


def _incomplete(kind: str) -> Objection:
    refusal = Refusal(
        rule="mark_incomplete",
        sentence=f"The {kind} mark does not hold what the law demands of it.",
        axis="M",
        found="incomplete",
        legal=("maker, country and serial", "symbols and a code", "country"),
    )
    return Objection(refusal)


def _is_coded(mark: Marking) -> bool:
    return bool(mark.symbols) and value_of(mark.text) is not None


def _has(markings: tuple[Marking, ...], kind: str) -> bool:
    return any(mark.kind == kind for mark in markings)


def _differing(before: Description, now: Observation) -> list[str]:
    pairs: tuple[tuple[str, Stated, Stated | None], ...] = (
        ("make", before.make, now.make),
        ("model", before.model, now.model),
        ("calibre", before.calibre, now.calibre),
        ("serial", before.serial, now.serial),
    )
    return [name for name, old, new in pairs if new is not None and not _agree(old, new)]


def _agree(old: Stated, new: Stated) -> bool:
    first, second = value_of(old), value_of(new)
    return first is None or second is None or _same(first, second)


def _same(first: str, second: str) -> bool:
    return first == second or canonical(first) == canonical(second)
