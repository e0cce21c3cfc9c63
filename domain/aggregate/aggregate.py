# SPDX-License-Identifier: Apache-2.0
"""An aggregate: what its stream becomes by an event, and whether the event is legal.

``RecordAggregate`` is for streams whose events count in the order in which the ledger learned
of them: licences, authorizations, lots, tracing requests. The firearm, whose events count in
the order of the world, folds by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

from domain.aggregate.correcting import check_correction, corrected, read_anew
from domain.aggregate.line import Line
from domain.aggregate.objection import Objection, first_refusal
from domain.aggregate.recorded import Contradiction, Entry, RecordState
from domain.aggregate.scene import Scene
from domain.event import Event
from domain.firearm.events.correcting import Corrected
from domain.refusal import Refusal

S = TypeVar("S")
R = TypeVar("R", bound=RecordState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Generic[S]):
    """One kind of stream.

    Attributes:
        kind: Its kind, as in ``<kind>.<uuid>``.
        lines: Its event types by name and version, in the order of its table.
        judge: Tells why an event is illegal after the state, or nothing where it is legal.
        evolve: Gives the state after an event at a position of the log; total.
    """

    kind: str
    lines: Mapping[tuple[str, int], Line[Any, Any]]
    judge: Callable[[S | None, Event], Refusal | None]
    evolve: Callable[[S | None, Event, int], S]

    def decide(self, scene: Scene) -> Refusal | None:
        """Tell why an event is illegal where it stands, or nothing where it is legal."""
        event = scene.event
        refusal = self.judge(cast("S | None", scene.state), event)
        if refusal:
            return refusal
        for objection in self._blocking(scene):
            return objection.refusal
        return self._misread(scene)

    def _blocking(self, scene: Scene) -> Iterator[Objection]:
        event = scene.event
        for check in self.lines[_name(event)].checks:
            objection = check(scene, event.dat)
            if objection is not None and objection.blocks:
                yield objection

    def _misread(self, scene: Scene) -> Refusal | None:
        """Tell which check an event would break as corrected that it keeps as it counts now."""
        readings = read_anew(scene)
        if readings is None:
            return None
        now, corrected = (self._blocking(replace(scene, event=each)) for each in readings)
        broken = {each.refusal.rule for each in now}
        found = (each.refusal for each in corrected if not each.momentary)
        return next((each for each in found if each.rule not in broken), None)


@dataclass(frozen=True, slots=True)
class RecordFold(Generic[R]):
    """Judges and folds a stream in the order of the log.

    Attributes:
        blank: The state before the first event.
        lines: Its event types by name and version.
        origins: Names of the types with which a stream begins, and which occur only there.
        place: Keeps where an event stands, for states that tell when something happened.
    """

    blank: R
    lines: Mapping[tuple[str, int], Line[R, Any]]
    origins: frozenset[str]
    place: Callable[[R, Event, int], R]

    def judge(self, state: R | None, event: Event) -> Refusal | None:
        """Tell why an event is illegal after the state."""
        if (event.evt in self.origins) == (state is not None):
            return self._out_of_order(state)
        known = self.blank if state is None else state
        if isinstance(event.dat, Corrected):
            return check_correction(known.entries, event, event.dat)
        return first_refusal(self.lines[_name(event)].rules, known, event.dat)

    def evolve(self, state: R | None, event: Event, index: int) -> R:
        """Give the state after an event.

        Total: what does not fit becomes a contradiction. An event costs one step, and a
        correction a new fold.
        """
        known = self.blank if state is None else state
        entry = Entry(index, event)
        if isinstance(event.dat, Corrected):
            return self.fold(corrected(known.entries, entry, event.dat))
        return self._step(known, entry)

    def fold(self, entries: Iterable[Entry]) -> R:
        """Fold entries in log order, each as it counts today."""
        return reduce(self._step, entries, self.blank)

    def _step(self, state: R, entry: Entry) -> R:
        event = entry.effective
        line = self.lines[_name(event)]
        against = [
            Contradiction(entry.index, objection.refusal)
            for rule in line.rules
            if (objection := rule(state, event.dat)) is not None
        ]
        return replace(
            self.place(line.effect(state, event.dat), event, entry.index),
            entries=(*state.entries, entry),
            contradictions=(*state.contradictions, *against),
        )

    def _out_of_order(self, state: R | None) -> Refusal:
        if state is None:
            return Refusal(
                rule="origin_missing",
                sentence="This record has not begun.",
                axis="record",
                found="no event",
                legal=tuple(sorted(self.origins)),
                rests_on="record",
            )
        return Refusal(
            rule="origin_repeated",
            sentence="This record has begun already.",
            axis="record",
            found=f"{len(state.entries)} events",
            legal=(*sorted({evt for evt, _ in self.lines} - self.origins), "a record of its own"),
            rests_on="record",
        )


def record_aggregate(
    kind: str,
    table: tuple[Line[R, Any], ...],
    *,
    blank: R,
    origins: frozenset[str],
    place: Callable[[R, Event, int], R] = lambda state, _event, _index: state,
) -> Aggregate[R]:
    """Build the aggregate of a stream whose events count in the order of the log."""
    lines = MappingProxyType({(line.evt, line.ver): line for line in table})
    fold = RecordFold(blank, lines, origins, place)
    return Aggregate(kind=kind, lines=lines, judge=fold.judge, evolve=fold.evolve)


def _name(event: Event) -> tuple[str, int]:
    return event.type.evt, event.type.ver
