# SPDX-License-Identifier: Apache-2.0
"""Where the entries of a life stand: on the line of time, beneath each other, or apart from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from api.console.charts.drawing.canvas import Canvas
from api.console.charts.drawing.rows import track
from api.console.charts.drawing.scale import TimeScale, time_scale
from api.console.charts.marks import RADIUS
from domain.occurrence import Occurrence
from projections.timeline.proving import STATES, ProofState

TIMES: Final = "\N{MULTIPLICATION SIGN}"
LINES_MAX: Final = 3
CROWD_MIN: Final = 60
"""From so many entries on a row has one line of marks."""

STEP: Final = 2 * RADIUS + 2
"""How far apart marks of one line stand, at least."""

SLOTS_MAX: Final = 3
"""How many marks without a date stand beside each other."""

UNDATED_GAP: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeEvent:
    """One entry.

    Attributes:
        number: Its number in the history.
        circumstance: Its kind of circumstance, in the reader's language.
        name: What happened.
        when: When, as exactly as it is known.
        proof: How far it is proved.
        contradictions: What does not fit at it, in sentences.
        gap: What is missing before it, in a sentence; empty if nothing is.
        remarks: What else is to be said of it, such as that it was put right.
    """

    number: int
    circumstance: str
    name: str
    when: Occurrence
    proof: ProofState
    contradictions: tuple[str, ...] = ()
    gap: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether it has a place on the line of time."""
        return self.when.precision != "unknown"

    @property
    def middle(self) -> float:
        """Middle of the time in which it happened."""
        return (self.when.earliest + self.when.latest) / 2


@dataclass(slots=True)
class Mark:
    """A mark of one entry, or of several.

    Attributes:
        x: Where it stands.
        line: On which line of its row.
        events: Whom it stands for.
    """

    x: float
    line: int
    events: list[LifeEvent] = field(default_factory=list)

    @property
    def proof(self) -> ProofState:
        """The weakest proof among them."""
        return min((each.proof for each in self.events), key=STATES.index)

    @property
    def text(self) -> str:
        """The number of the entry, or how many there are."""
        first, *more = self.events
        return f"{TIMES}{len(self.events)}" if more else str(first.number)


@dataclass(frozen=True, slots=True)
class Places:
    """Where entries stand along a row.

    Attributes:
        scale: The line of time; none where nothing is dated.
        undated: Where the room of what has no date begins.
        slots: How many marks have room there beside each other.
        lines: How many lines of marks a row may have.
    """

    scale: TimeScale | None
    undated: float
    slots: int
    lines: int

    def marks(self, events: Sequence[LifeEvent]) -> list[Mark]:
        """Give the marks of one row."""
        undated = [each for each in events if not each.dated]
        return [*self._dated([e for e in events if e.dated]), *self._undated(undated)]

    def _dated(self, events: Sequence[LifeEvent]) -> Iterator[Mark]:
        """Put each on the first line on which it covers no other, or else into what it covers."""
        lines: list[list[Mark]] = [[] for _ in range(self.lines)]
        for each in events:
            x = self.x(each.middle)
            free = (at for at, line in enumerate(lines) if all(_apart(x, m.x) for m in line))
            at = next(free, None)
            if at is None:
                min(lines[-1], key=lambda mark: abs(mark.x - x)).events.append(each)
            else:
                lines[at].append(Mark(x, at, [each]))
        return chain.from_iterable(lines)

    def _undated(self, events: Sequence[LifeEvent]) -> Iterator[Mark]:
        room = self.slots * self.lines
        groups = [[each] for each in events[: room - 1]]
        groups += [list(events[room - 1 :])] if len(events) >= room else []
        for at, group in enumerate(groups):
            yield Mark(self.undated + STEP * (at % self.slots + 0.5), at // self.slots, group)

    def x(self, seconds: float) -> float:
        """Give the place of a time, whose mark still is within the line."""
        if self.scale is None:
            return self.undated
        first, last = self.scale.start, self.scale.start + self.scale.length
        return min(max(self.scale.x(seconds), first + RADIUS + 1), last - RADIUS - 1)


def _apart(x: float, other: float) -> bool:
    return abs(x - other) >= STEP


def lay_places(canvas: Canvas, events: Sequence[LifeEvent], labels: Sequence[str]) -> Places:
    """Give the room of what has no date, if there is any, at the end of the line of time."""
    start, length = track(canvas, labels)
    dated = [each for each in events if each.dated]
    slots = SLOTS_MAX if len(dated) < len(events) else 0
    if not dated:
        slots = int(length // STEP)
    undated = start + length - slots * STEP
    times = [time for each in dated for time in (each.when.earliest, each.when.latest)]
    scale = time_scale(times, start, undated - UNDATED_GAP - start) if dated else None
    return Places(scale, undated, max(1, slots), LINES_MAX if len(events) < CROWD_MIN else 1)


def gaps_of(events: Sequence[LifeEvent], scale: TimeScale | None) -> Iterator[tuple[float, float]]:
    """Give where nothing is on record and that is told: from the entries before to the next."""
    if scale is None:
        return
    until = scale.first
    for each in events:
        if not each.dated:
            continue
        if each.gap and each.when.earliest > until:
            start = scale.x(until)
            yield start, scale.x(each.when.earliest) - start
        until = max(until, each.when.latest)
