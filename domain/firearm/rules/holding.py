# SPDX-License-Identifier: Apache-2.0
"""Rules of changing hands (rules 4 and 13 of the domain facts, section 9)."""

from __future__ import annotations

from typing import Final, Protocol

from domain.aggregate.objection import Objection, blocked, note
from domain.codes import Technical
from domain.firearm.effects.common import country_of
from domain.firearm.events.common import Fact
from domain.firearm.rules.common import is_released, other_holding
from domain.firearm.state import State
from domain.refusal import Refusal
from domain.schema import Closed

MARKS_FOR_TRANSFER: Final = ("adequate", "re_marked", "duplicate_suspected", "unknown")


TECHNICAL_FOR_TRANSFER: Final[tuple[Technical, ...]] = ("unfinished", "complete", "deactivated")
"""What a firearm may technically be when it changes hands; what is destroyed never does."""


class LeavingHolding(Protocol):
    """Data that may name the holding which a firearm leaves."""

    @property
    def from_hld(self) -> str | None:
        """The holding that it leaves."""


def transfer_mark_present(state: State, dat: Fact) -> Objection | None:
    """State stock becomes civilian only with a mark of the transferring State (rule 4)."""
    if state.holder != "state_stock" or is_released(state, dat, state.markings):
        return None
    return transfer_mark_missing(state, dat)


def transfer_mark_missing(state: State, dat: Fact) -> Objection:
    """Refuse because no legible mark names the State that releases the firearm."""
    place = country_of(state, dat) or "the transferring State"
    seen = [mark for mark in state.markings if mark.kind == "civil_transfer"]
    told = ", ".join(f"{mark.country or 'no country'}, {mark.condition}" for mark in seen)
    return blocked(
        "transfer_mark_missing",
        "Government stock needs a civil transfer mark before it leaves for good.",
        axis="M",
        found=told or "no civil transfer mark",
        legal=(f"firearm.marked with a legible civil_transfer mark of {place}",),
    )


def technically_lawful(state: State, _: Closed) -> Objection | None:
    """What was reactivated without authorization, or is no firearm, changes no hands."""
    if state.technical in TECHNICAL_FOR_TRANSFER:
        return None
    return blocked(
        "technical_state",
        "What this firearm is technically does not allow this event.",
        axis="T",
        found=state.technical,
        legal=TECHNICAL_FOR_TRANSFER,
    )


def illicit_state_noted(state: State, dat: Closed) -> Objection | None:
    """That somebody has what should change no hands is recorded, with a note."""
    refused = technically_lawful(state, dat)
    return Objection(refused.refusal, blocks=False) if refused else None


def marks_adequate(state: State, _: Closed) -> Objection | None:
    """A firearm whose marks are missing, unreadable or due changes no hands.

    One that is suspected to be a duplicate does, with a note: makers use a number twice, too.
    """
    if state.marks == "duplicate_suspected":
        return note(
            "duplicate_open",
            "It may be another record's firearm; nobody settled that.",
            axis="M",
            found=state.marks,
            legal=("firearm.duplicate-resolved", "firearm.identity-merged"),
        )
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


def holding_agrees(state: State, dat: LeavingHolding) -> Objection | None:
    """The holding it leaves is the holding it was in, unless the receiver reported first."""
    if dat.from_hld is None:
        return None
    if state.handover is not None and state.handover.awaits == "giver":
        return None
    sentence = "It leaves another holding than the one recorded last."
    return other_holding(sentence, dat.from_hld, known=state.holding)
