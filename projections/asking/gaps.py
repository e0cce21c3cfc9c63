# SPDX-License-Identifier: Apache-2.0
"""What a history does not say, in words: silence is information for whoever traces.

A gap is not a contradiction. It names no one and judges nothing; it only keeps a reader
from taking two neighbouring entries for a whole story.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.events.making import Registered
from domain.firearm.history import Moment

SILENCE_YEARS_MIN: Final = 5
SECONDS_A_YEAR: Final = 31_556_952
BEGINNING: Final = (
    "Nothing before this is on record here: neither its manufacture nor earlier holders."
)
"""What is said of a record that was taken over from an older one."""


def gaps_before(moments: Sequence[Moment]) -> tuple[str | None, ...]:
    """Give, for each entry in world order, what is missing before it, if anything is."""
    told: list[str | None] = []
    last: int | None = None
    for moment in moments:
        gap, last = gap_before(moment, last)
        told.append(gap)
    return tuple(told)


def gap_before(moment: Moment, last: int | None) -> tuple[str | None, int | None]:
    """Give what is missing before one entry, and until when there is something on record.

    Args:
        moment: The entry, as it counts.
        last: Until when there is something before it, Unix seconds; none before the first.
    """
    event = moment.event
    if isinstance(event.dat, Corrected | Reversed):
        return None, last
    gap = _beginning(moment) if last is None else _silence(last, moment)
    if event.occ.precision != "unknown":
        return gap, max(last or 0, event.occ.latest)
    return gap, event.iat if last is None else last


def _beginning(moment: Moment) -> str | None:
    if not isinstance(moment.event.dat, Registered):
        return None
    return BEGINNING


def _silence(last: int, moment: Moment) -> str | None:
    if moment.event.occ.precision == "unknown":
        return None
    years = (moment.event.occ.earliest - last) // SECONDS_A_YEAR
    return f"Nothing is on record for {years} years." if years >= SILENCE_YEARS_MIN else None
