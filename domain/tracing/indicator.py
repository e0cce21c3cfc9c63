# SPDX-License-Identifier: Apache-2.0
"""SDG indicator 16.4.2, counted from the record as it was known at any position of the log.

Implements rule 19 of the domain facts, section 9, and the metadata of 2018-07-26: of the
firearms that were seized, found or surrendered in a year, those whose point of diversion was
identified, by tracing or otherwise. Sums of many States add numerators and denominators apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from domain.aggregate.recorded import Entry
from domain.firearm.events.losing import Found, Surrendered
from domain.firearm.events.seizing import Seized
from domain.firearm.record import in_log_order, rebuild
from domain.firearm.state import Firearm
from domain.occurrence import parse_occurrence
from domain.tracing.state import TracingRequest
from domain.tracing.table import TRACING

Apprehension = Literal["seized", "found", "surrendered"]
Level = Literal["traced", "established", "pending", "not_identified", "not_attempted"]
"""How far it is known where a firearm left the lawful circuit, and by which method."""

_KINDS: Final[Mapping[type, Apprehension]] = {
    Seized: "seized",
    Found: "found",
    Surrendered: "surrendered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """The indicator of one year, as known at one position of the log.

    Attributes:
        counted: Number of firearms by how they came to hand and how far they were traced.
        undated: Firearms that came to hand at a time too imprecise to belong to one year.
    """

    counted: Mapping[tuple[Apprehension, Level], int]
    undated: int

    @property
    def numerator(self) -> int:
        """Firearms whose point of diversion was identified, by tracing or otherwise."""
        identified = ("traced", "established")
        return sum(number for (_, level), number in self.counted.items() if level in identified)

    @property
    def denominator(self) -> int:
        """Firearms seized in criminal proceedings, found or surrendered."""
        return sum(self.counted.values())

    @property
    def value(self) -> Fraction | None:
        """The indicator in percent; nothing where no firearm came to hand."""
        return Fraction(100 * self.numerator, self.denominator) if self.denominator else None


def indicator(
    firearms: Iterable[Sequence[Entry]],
    requests: Iterable[Sequence[Entry]],
    *,
    year: int,
    known: int | None = None,
) -> Indicator:
    """Count one year.

    A firearm that came to hand several times in a year counts once, by the first time.

    Args:
        firearms: The entries of each firearm, in any order.
        requests: The entries of each tracing request, in log order.
        year: Year in which the firearms came to hand.
        known: Newest log index that is known; the whole record without it.
    """
    asked: dict[str, list[TracingRequest]] = {}
    for request in _requests(requests, known):
        asked.setdefault(request.firearm or "", []).append(request)
    counted: Counter[tuple[Apprehension, Level]] = Counter()
    undated = 0
    for entries in firearms:
        firearm = rebuild([each for each in in_log_order(entries) if _is_known(each, known)])
        first, uncertain = _came_to_hand(firearm, year)
        undated += first is None and uncertain
        if first is not None:
            stream = str(firearm.entries[0].event.sub)
            counted[_KINDS[type(first.effective.dat)], _level(firearm, asked.get(stream, ()))] += 1
    return Indicator(counted=dict(counted), undated=undated)


def _requests(requests: Iterable[Sequence[Entry]], known: int | None) -> Iterator[TracingRequest]:
    for entries in requests:
        state: TracingRequest | None = None
        for entry in entries:
            if _is_known(entry, known):
                state = TRACING.evolve(state, entry.event, entry.index)
        if state is not None:
            yield state


def _is_known(entry: Entry, known: int | None) -> bool:
    return known is None or entry.index <= known


def _came_to_hand(firearm: Firearm, year: int) -> tuple[Entry | None, bool]:
    """Give the first entry of the year that counts, and whether another one may be of it."""
    of_year = parse_occurrence(f"{year:04}")
    uncertain = False
    for entry in firearm.entries:
        if not entry.stands or not _counts(entry):
            continue
        occ = entry.effective.occ
        if of_year.earliest <= occ.earliest and occ.latest <= of_year.latest:
            return entry, uncertain
        apart = occ.certainly_before(of_year) or of_year.certainly_before(occ)
        uncertain = uncertain or not apart
    return None, uncertain


def _counts(entry: Entry) -> bool:
    """Leave out what was seized for an administrative violation, or nobody knows for what."""
    dat = entry.effective.dat
    return type(dat) in _KINDS and (not isinstance(dat, Seized) or dat.proceeding == "criminal")


def _level(firearm: Firearm, requests: Sequence[TracingRequest]) -> Level:
    methods = {each.diversion.method for each in requests if each.diversion is not None}
    if "traced" in methods:
        return "traced"
    if methods or firearm.state.diversion is not None or _illicit_from_the_start(firearm):
        return "established"
    if any(each.open or each.outcome == "pending" for each in requests):
        return "pending"
    return "not_identified" if requests else "not_attempted"


def _illicit_from_the_start(firearm: Firearm) -> bool:
    """Tell whether its making, or what made it a firearm again, was itself the diversion."""
    if firearm.state.technical == "illicitly_reactivated":
        return True
    seen = [each.effective.dat for each in firearm.entries if each.stands]
    return any(
        isinstance(dat, Seized | Surrendered) and dat.condition == "home_made" for dat in seen
    )
