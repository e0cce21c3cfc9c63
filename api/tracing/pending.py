# SPDX-License-Identifier: Apache-2.0
"""What is still open about a firearm: since when, for how many days, and what it waits for.

Implements "a one-sided transfer stays visibly open with its age" and the open ends of the axes of
the domain facts, section 5: marks that an import makes due, a stay abroad, a count that differs,
a lot in which it is to be destroyed. Nothing is judged here; what is due by when is the concern
of a jurisdiction's policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from api.tracing import words
from domain.authorization.border import ImportDue, Stay
from domain.firearm.history import Moment, since
from domain.firearm.state import BLANK, Handover, State
from domain.occurrence import UNKNOWN, Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One thing that is open.

    Attributes:
        code: What it is.
        since: The moment that opened it.
        days: Whole days for which it certainly is open; nothing where nobody can tell.
        waits: What it waits for, in words.
    """

    code: str
    since: Moment
    days: int | None
    waits: str

    @property
    def sentence(self) -> str:
        """The whole of it in words."""
        return f"{words.plain(self.code)} open since {self._age()}, {self.waits}"

    def _age(self) -> str:
        occ = self.since.event.occ
        if occ.precision == "unknown":
            return f"an unknown day (entry {self.since.entry.index})"
        if self.days is None:
            return words.when(occ)
        exact = "" if occ.precision in ("day", "instant") else "at least "
        unit = "day" if self.days == 1 else "days"
        return f"{words.when(occ)} ({exact}{self.days} {unit})"


def pending(moments: Iterable[Moment], on: Occurrence) -> tuple[Pending, ...]:
    """Tell what is open at the end of a history.

    Args:
        moments: The history, oldest first, every entry read in one way.
        on: The day on which somebody asks.
    """
    told = tuple(moments)
    state = told[-1].state_after if told else BLANK
    return tuple(_found(told, state, on))


def _found(moments: tuple[Moment, ...], state: State, on: Occurrence) -> Iterator[Pending]:
    for code, (member, waits) in _OPEN.items():
        value = member(state)
        opened = None if value is None else since(moments, member)
        if opened is not None:
            yield Pending(
                code=code, since=opened, days=_days(opened.event.occ, on), waits=waits(value)
            )


def _days(opened: Occurrence, on: Occurrence) -> int | None:
    """Count days of the calendar from the last possible day of the opening."""
    if UNKNOWN in (opened, on):
        return None
    first, last = (
        datetime.fromtimestamp(second, UTC).date() for second in (opened.latest, on.earliest)
    )
    days = (last - first).days
    return days if days >= 0 else None


def _handover(found: Handover) -> str:
    return f"awaits the {found.awaits}'s report"


def _import_mark(found: ImportDue) -> str:
    marks = [f"an import mark of {found.country}"] if found.import_mark else []
    marks += ["a unique mark"] if found.unique_mark else []
    return f"awaits {' and '.join(marks)}"


def _stay(found: Stay) -> str:
    return f"in {found.country} for {words.plain(found.purpose)}, ends {found.due_on} at the latest"


def _discrepancy(found: str) -> str:
    return f"a count found it {words.plain(found)}, and awaits an explanation"


def _destruction(found: str) -> str:
    return f"listed in {found}"


def _lot(state: State) -> str | None:
    return None if state.technical == "destroyed" else state.lot


_OPEN: Final[dict[str, tuple[Callable[[State], object], Callable[..., str]]]] = {
    "hand-over": (lambda state: state.handover, _handover),
    "import_mark": (lambda state: state.import_due, _import_mark),
    "stay_abroad": (lambda state: state.stay, _stay),
    "discrepancy": (lambda state: state.discrepancy, _discrepancy),
    "destruction": (_lot, _destruction),
}
"""What can be open, where the state holds it, and what it waits for."""
