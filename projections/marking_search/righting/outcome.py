# SPDX-License-Identifier: Apache-2.0
"""Which entry put a text right or took it back, on which day, and which of the two texts it is.

A text is known by the entry that states it and by what it was taken for there. So a number that
stands elsewhere on record as it always did is not told of as corrected. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Literal, NamedTuple

Side = Literal["before", "after", "reversed"]
"""Whether a text is the one before a correction, the one after it, or of a reversed entry."""


class Righting(NamedTuple):
    """What one entry says of a text that an earlier entry of its record states.

    Attributes:
        entry: Log index of the entry that says it.
        at: When the ledger recorded that entry.
        target: Log index of the earlier entry.
        field: Where the text stands in that; none where the whole entry was reversed.
        role: What the text was taken for.
        old: The text that counted before; none where there was none.
        new: The text that counts since; none where there is none.
    """

    entry: int
    at: datetime
    target: int
    field: str | None
    role: str | None
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a text that was put right or taken back.

    Attributes:
        index: Log index of the entry that corrected it, or reversed the one that states it.
        day: When the ledger recorded that entry, in UTC.
        side: Which of the two texts it is.
        other: The text on the other side; none where there is none.
        now: The text that counts at present; none where there is none.
    """

    index: int
    day: date
    side: Side
    other: str | None = None
    now: str | None = None

    @property
    def reasons(self) -> Iterator[str]:
        """Say it."""
        by = f"entry {self.index}, recorded on {self.day.isoformat()},"
        other = self.other or "no text"
        if self.side == "reversed":
            yield f"{by} reversed the entry that states it"
        elif self.side == "after":
            yield f"the text after a correction: {by} put it in the place of {other}"
        else:
            yield f"the text before a correction: {by} put {other} in its place"
            if self.now != self.other:
                yield f"the text that counts now: {self.now or 'no text'}"


def outcome(rightings: Sequence[Righting], entry: int, *, role: str, text: str) -> Outcome | None:
    """Tell what became of a text; nothing where it stands as it was stated.

    Args:
        rightings: What later entries of its record say, in log order.
        entry: Log index of the entry that states it, or that corrected it to this.
        role: What it was taken for.
        text: The text as seen.
    """
    found = (_of_field(each, entry, text) for each in _fields(rightings, role))
    told = [each for each in found if each is not None]
    return max(told, key=lambda each: each.index, default=None)


def _fields(rightings: Sequence[Righting], role: str) -> Iterator[list[Righting]]:
    """Give what was said of each field that holds such a text, and of each entry as a whole."""
    own = [each for each in rightings if each.role in (role, None)]
    own.sort(key=_field)
    return (list(each) for _, each in groupby(own, key=_field))


def _of_field(said: Sequence[Righting], entry: int, text: str) -> Outcome | None:
    """Tell of a text by what was said of one field, if it ever stood there."""
    if entry not in {said[0].target, *(each.entry for each in said)}:
        return None
    told = (each for each in reversed(said) if each.field is None or text in (each.old, each.new))
    last = next(told, None)
    if last is None:
        return None
    day = last.at.astimezone(UTC).date()
    if last.field is None:
        return Outcome(index=last.entry, day=day, side="reversed")
    after = text == last.new
    return Outcome(
        index=last.entry,
        day=day,
        side="after" if after else "before",
        other=last.old if after else last.new,
        now=said[-1].new,
    )


def _field(righting: Righting) -> tuple[int, str]:
    return righting.target, righting.field or ""
