# SPDX-License-Identifier: Apache-2.0
"""Holds: what keeps the personal data of a record from being erased.

Implements ``hold.placed`` and ``hold.released`` of the envelope specification, section 6, in the
stream of every record that keeps persons: a number, a mandatory date of review, and a second
person for more than twelve months. Whether a retention has ended is the concern of ``rules``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal, Protocol, TypeVar

from domain.aggregate.line import Line
from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.recorded import RecordState
from domain.aggregate.scene import Scene
from domain.authorization.terms import Day
from domain.firearm.events.common import Fact
from domain.firearm.state import State
from domain.occurrence import parse_occurrence
from domain.registry.members import Endorsements
from domain.schema import Text

ALONE_MAX_SECONDS: Final = 366 * 86_400
"""For how long one person alone may place a hold: twelve months, in a leap year too."""

SECONDS: Final = ("CRT", "STW", "LIC", "POL")
"""Roles in which the second person may stand for a longer hold."""

PLACERS: Final = "CRT POL LIC TRC STW"

HoldGround = Literal[
    "court_proceedings", "criminal_investigation", "tracing", "inspection", "data_dispute", "other"
]
"""Why personal data is kept beyond its retention (own list, version 1)."""

ReleaseGround = Literal["proceedings_ended", "investigation_ended", "placed_in_error", "other"]
"""Why it need not be kept any longer (own list, version 1)."""


class HoldPlaced(Fact):
    """The personal data of this record is kept until the hold is released.

    Attributes:
        hold_no: Number of the hold, unique in this record.
        ground: Why it is kept.
        review_on: Day by which the hold is to be looked at again.
        endorsements: Signature of a second person; needed for more than twelve months.
    """

    hold_no: Text
    ground: HoldGround
    review_on: Day
    endorsements: Endorsements = ()


class HoldReleased(Fact):
    """A hold counts no longer.

    Attributes:
        hold_no: Number of the hold.
        ground: Why it is not needed any more.
    """

    hold_no: Text
    ground: ReleaseGround


class Held(Protocol):
    """A record that may be under holds."""

    @property
    def holds(self) -> tuple[str, ...]:
        """Numbers of the holds that are open."""


S = TypeVar("S", bound=RecordState | State)


def placed(state: S, dat: HoldPlaced) -> S:
    """Its persons are kept."""
    held = dat.hold_no in state.holds
    return state if held else replace(state, holds=(*state.holds, dat.hold_no))


def released(state: S, dat: HoldReleased) -> S:
    """One hold less."""
    return replace(state, holds=tuple(each for each in state.holds if each != dat.hold_no))


def held_once(state: Held, dat: HoldPlaced) -> Objection | None:
    """A number stands for one hold."""
    if dat.hold_no not in state.holds:
        return None
    return note(
        "hold_repeated",
        "A hold of that number is open already.",
        axis="holds",
        found=dat.hold_no,
        legal=("another number",),
    )


def hold_is_open(state: Held, dat: HoldReleased) -> Objection | None:
    """Only a hold that is open is released."""
    if dat.hold_no in state.holds:
        return None
    return blocked(
        "hold_unknown",
        "No hold of that number is open.",
        axis="holds",
        found=dat.hold_no,
        legal=state.holds or ("hold-placed",),
    )


def long_hold_by_two(scene: Scene, dat: HoldPlaced) -> Objection | None:
    """A hold of more than twelve months is placed by two persons."""
    last = parse_occurrence(dat.review_on).latest
    if last - scene.event.iat <= ALONE_MAX_SECONDS or scene.second_person(*SECONDS):
        return None
    return blocked(
        "second_person_missing",
        "A hold of more than twelve months needs the endorsement of a second person.",
        axis="role",
        found="one person",
        legal=("review_on within twelve months", *SECONDS),
    )


def hold_lines(family: str, subject: str) -> tuple[Line[Any, Any], ...]:
    """Give the two lines by which the stream of a kind of record is held.

    Args:
        family: What the names of its event types begin with.
        subject: Its kind.
    """
    source = "Envelope specification, section 6; WaffRG 27"
    return (
        Line(
            evt=f"{family}.hold-placed",
            source=source,
            dat=HoldPlaced,
            roles=PLACERS,
            effect=placed,
            rules=(held_once,),
            checks=(long_hold_by_two,),
            subject=subject,
        ),
        Line(
            evt=f"{family}.hold-released",
            source=source,
            dat=HoldReleased,
            roles=PLACERS,
            effect=released,
            rules=(hold_is_open,),
            subject=subject,
        ),
    )
