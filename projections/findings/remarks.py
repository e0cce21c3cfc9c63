# SPDX-License-Identifier: Apache-2.0
"""What is to be said of one firearm's record besides that which contradicts itself.

Implements "a warning is data" of the design, decision D13: silences, hand-overs of which one side
is missing, entries recorded long afterwards, entries that were reversed, suspected duplicates, and
numbers of registers in the place of a serial. Each may be in order; the words accuse nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from domain.firearm.events.common import Description
from domain.firearm.history import Moment, since
from domain.firearm.state import State
from domain.policy.duties import DAY_SECONDS
from domain.schema import value_of
from projections.asking.gaps import BEGINNING, gaps_before

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


def remarks(moments: Sequence[Moment]) -> Iterator[Remark]:
    """Tell what is to be said of a firearm's record, told in the order of the world."""
    for moment, gap in zip(moments, gaps_before(moments), strict=True):
        if gap not in (None, BEGINNING):
            yield Remark(moment.entry.index, "silence", f"Before it: {gap}")
        yield from _of_entry(moment)
    if moments:
        yield from _handover(moments)
        yield from _duplicates(moments)


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


def _handover(moments: Sequence[Moment]) -> Iterator[Remark]:
    """Tell of a hand-over that one side reported and the other has not."""
    opened = moments[-1].state_after.handover
    begun = since(moments, lambda state: state.handover)
    if opened and begun:
        text = f"One side reported a hand-over; the report of its {opened.awaits} is not on record."
        yield Remark(begun.entry.index, "handover_one_sided", text)


def _duplicates(moments: Sequence[Moment]) -> Iterator[Remark]:
    """Tell of the records that may be the same firearm, as somebody flagged."""
    for other in sorted(moments[-1].state_after.identity.duplicates):
        flagged = since(moments, partial(_is_flagged, other))
        if flagged:
            text = "This record and another one are flagged as perhaps one firearm."
            yield Remark(flagged.entry.index, "duplicate_flagged", text, other)


def _is_flagged(other: str, state: State) -> bool:
    return other in state.identity.duplicates
