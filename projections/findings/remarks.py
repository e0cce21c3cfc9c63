# SPDX-License-Identifier: Apache-2.0
"""What is to be said of one firearm's record besides that which contradicts itself.

Implements "a warning is data" of the design, decision D13: silences, hand-overs of which one side
is missing, entries recorded long afterwards, entries that were reversed, suspected duplicates, and
numbers of registers in the place of a serial. Each may be in order; the words accuse nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.firearm.events.common import Description
from domain.firearm.events.identifying import DuplicateResolved, IdentityMerged, IdentitySplit
from domain.firearm.history import Moment
from domain.firearm.state import BLANK, State
from domain.policy.duties import DAY_SECONDS
from domain.schema import value_of
from projections.asking.gaps import BEGINNING, gap_before

LATE_DAYS: Final = 365
"""After how many days without any record a signature is told to be late, whatever a policy says."""

REGISTER_NUMBER: Final = re.compile(
    r"(?:19|20)[0-9]{2}[/.-][0-9]{5,}|[0-9]{5,}[/.-](?:19|20)[0-9]{2}"
)
"""A year beside a running number, as registers and tickets have them and makers do not."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to be said of an entry.

    Attributes:
        index: Log index of the entry.
        code: What it is.
        sentence: It in words.
        other: Another record, or the log index of another entry, that it is about.
    """

    index: int
    code: str
    sentence: str
    other: str | None = None


class Place(NamedTuple):
    """An entry in a history, and what is missing before it."""

    moment: Moment
    gap: str | None


class Standing:
    """What is open at the end of a history that is told moment by moment.

    Attributes:
        state: The state at its end.
        settled: The records that two persons have looked into, beside this one.
    """

    def __init__(self, moments: Iterable[Moment] = ()) -> None:
        """Begin with a history as it counts, oldest first."""
        self.state: State = BLANK
        self.settled: frozenset[str] = frozenset()
        self._last: int | None = None
        self._opened: Place | None = None
        self._flagged: dict[str, Place] = {}
        for moment in moments:
            self.hear(moment)

    def hear(self, moment: Moment) -> Place:
        """Take in what happened next."""
        gap, self._last = gap_before(moment, self._last)
        place, state = Place(moment, gap), moment.state_after
        if state.handover != self.state.handover:
            self._opened = place if state.handover else None
        flagged = state.identity.duplicates
        self._flagged = {other: self._flagged.get(other, place) for other in sorted(flagged)}
        if isinstance(moment.event.dat, _LOOKED_INTO) and moment.reversed_by is None:
            self.settled |= set(moment.event.dat.firearms)
        self.state = state
        return place

    def remarks(self) -> Iterator[tuple[Place, Remark]]:
        """Tell of a hand-over that one side reported alone, and of suspected duplicates."""
        opened = self.state.handover
        if opened and self._opened:
            text = "One side reported a hand-over; the report of its "
            text += f"{opened.awaits} is not on record."
            yield self._opened, _remark(self._opened, "handover_one_sided", text)
        for other, place in self._flagged.items():
            text = "This record and another one are flagged as perhaps one firearm."
            yield place, _remark(place, "duplicate_flagged", text, other=other)


def remarks(moments: Iterable[Moment]) -> Iterator[Remark]:
    """Tell what is to be said of a firearm's record, told in the order of the world."""
    standing = Standing()
    for moment in moments:
        yield from remarks_at(standing.hear(moment))
    yield from (remark for _, remark in standing.remarks())


def remarks_at(place: Place) -> Iterator[Remark]:
    """Tell what is to be said of one entry, whatever comes after it."""
    if place.gap not in (None, BEGINNING):
        yield _remark(place, "silence", f"Before it: {place.gap}")
    yield from _of_entry(place.moment)


def _of_entry(moment: Moment) -> Iterator[Remark]:
    index, event = moment.entry.index, moment.event
    taken_over = getattr(event.dat, "source", None) is not None
    days = (event.iat - event.occ.latest) // DAY_SECONDS
    if days > LATE_DAYS and not taken_over:
        text = f"It happened {event.occ} and was signed {days:,} days later."
        yield Remark(index, "signed_late", text)
    if moment.reversed_by is not None:
        text = f"Entry {moment.reversed_by} reversed it; it is kept and counts no longer."
        yield Remark(index, "reversed", text, str(moment.reversed_by))
    if isinstance(event.dat, Description) and _is_register_number(event.dat):
        text = "Its serial number has the form of a number of a register, or is one of its own."
        yield Remark(index, "serial_like_register_number", text)


def _is_register_number(dat: Description) -> bool:
    serial = value_of(dat.serial)
    others = {value_of(each.value) for each in dat.numbers}
    return serial is not None and (serial in others or bool(REGISTER_NUMBER.fullmatch(serial)))


def _remark(place: Place, code: str, text: str, *, other: str | None = None) -> Remark:
    return Remark(place.moment.entry.index, code, text, other)


_LOOKED_INTO: Final = (DuplicateResolved, IdentityMerged, IdentitySplit)
