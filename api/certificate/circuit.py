# SPDX-License-Identifier: Apache-2.0
"""Where a firearm left the lawful circuit by its record, and who lawfully had it last.

Answers what a tracing request asks (International Tracing Instrument, paragraphs 5 and 20). It
reads what the record says and decides nothing: where no point of diversion was established, the
report of a loss or theft is told as what it is, and where there is none either, that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.codes import Alert
from domain.firearm.events.losing import Diversion
from domain.firearm.history import Moment, since
from domain.firearm.state import BLANK, State
from domain.occurrence import parse_occurrence

MISSING: Final[frozenset[Alert]] = frozenset({"lost", "stolen"})
IN_HAND: Final[frozenset[Alert]] = frozenset({"seized", "surrendered_pending", "forfeited"})
UNLAWFUL_ACTS: Final = frozenset({"firearm.converted-illicitly", "firearm.reactivated-illicitly"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What a record says of the lawful circuit.

    Attributes:
        established: The point of diversion, where an authority established one without a trace.
        left: The report by which it was missing, or the unlawful act, that stands at the end.
        recovered: When it came into official hands, where it still is.
        holder: Who had it last before that: the state in which it says so.
        held_since: The moment since which that was so; nothing where nobody is on record.
    """

    established: Diversion | None
    left: Moment | None
    recovered: Moment | None
    holder: State
    held_since: Moment | None


def circuit(moments: Sequence[Moment]) -> Circuit:
    """Read a history, oldest first, each entry once and as it counts."""
    state = moments[-1].state_after if moments else BLANK
    left = _opened(moments, lambda each: bool(each.alerts & MISSING)) or _unlawful(moments)
    recovered = _opened(moments, lambda each: bool(each.alerts & IN_HAND))
    before = list(moments[: _cut(moments, state.diversion, left or recovered)])
    held_since = since(before, lambda each: (each.holder, each.holding))
    holder = before[-1].state_after if before else BLANK
    return Circuit(
        established=state.diversion,
        left=left,
        recovered=recovered,
        holder=holder,
        held_since=held_since if holder.holder not in ("unknown", "none") else None,
    )


def _opened(moments: Sequence[Moment], member: Callable[[State], bool]) -> Moment | None:
    return since(moments, member) if moments and member(moments[-1].state_after) else None


def _unlawful(moments: Sequence[Moment]) -> Moment | None:
    return next((each for each in moments if each.event.evt in UNLAWFUL_ACTS), None)


def _cut(moments: Sequence[Moment], diversion: Diversion | None, left: Moment | None) -> int:
    """Count the moments that were certainly still lawful."""
    if diversion is not None:
        then = parse_occurrence(diversion.on)
        certain = [each.event.occ.certainly_before(then) for each in moments]
        return certain.index(False) if False in certain else len(certain)
    return next((at for at, each in enumerate(moments) if each is left), len(moments))
