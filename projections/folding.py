# SPDX-License-Identifier: Apache-2.0
"""Folds entries into tables, and finds the one at which a fold fails.

An entry that one projection cannot take stops that projection alone, just before the entry, and
is named (design decisions D7 and D13). A database that is away, full or in another form stops
everything instead: that is no entry's fault, and the same batch succeeds later.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

import psycopg

from projections.fact import Fact
from projections.projection import Projection
from projections.reading import read_begun, read_facts, read_streams
from projections.tables import SERVING, Connection, Place, write

REASON_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """Where a projection stands still.

    Attributes:
        index: Log index of the entry that it cannot take.
        reason: What went wrong there.
    """

    index: int
    reason: str


def fold_batch(
    connection: Connection,
    projection: Projection,
    facts: Sequence[Fact],
    *,
    place: Place = SERVING,
) -> Stop | None:
    """Fold entries into the tables of a projection, or those before the first that fails.

    What fails is halved until one entry is left: the entries before it are folded then.

    Args:
        connection: As a role that may write in the place.
        projection: Whose tables.
        facts: Entries of its subjects, as it wants them.
        place: Where its tables are.

    Returns:
        The entry that it cannot take, if there is one.
    """
    reason = _fold(connection, projection, facts, place=place) if facts else None
    if reason is None:
        return None
    new = sorted(fact.index for fact in facts if not fact.seen)
    if len(new) == 1:
        return Stop(new[0], reason)
    middle = new[len(new) // 2]
    earlier = [fact for fact in facts if fact.index < middle]
    later = _later(projection, facts, middle)
    return fold_batch(connection, projection, earlier, place=place) or fold_batch(
        connection, projection, later, place=place
    )


def fold_next(
    connection: Connection,
    projections: Sequence[Projection],
    span: tuple[int, int],
    *,
    seen: dict[str, int],
    place: Place = SERVING,
) -> dict[str, Stop]:
    """Fold the entries that follow into tables that have all before them.

    Args:
        connection: As a role that may write in the place.
        projections: Which ones.
        span: First index, and the one after the last.
        seen: By projection, the number of entries that it has seen; it may lie in the span.
        place: Where the tables are.

    Returns:
        By projection, the entry that it cannot take, if there is one.
    """
    start, stop = span
    shared = _read_shared(connection, projections, span)

    @cache  # what several fold is read once, and what it says is then understood once
    def whole(subjects: Sequence[str], first: int) -> Sequence[Fact]:
        return read_streams(connection, subjects, start=first, stop=stop)

    stops = {}
    with _uncollected():
        for each in projections:
            first = max(start, seen[each.name])
            facts = (
                whole(each.subjects, first)
                if each.whole
                else [fact for fact in each.own(shared) if fact.index >= first]
            )
            stops[each.name] = fold_batch(connection, each, facts, place=place)
    return {name: found for name, found in stops.items() if found}


def fold_anew(
    connection: Connection,
    projections: Sequence[Projection],
    span: tuple[int, int],
    *,
    size: int,
    place: Place,
) -> dict[str, Stop]:
    """Fold a part of the log into tables that were empty at first, in any order of parts.

    Args:
        connection: As a role that may write in the place.
        projections: Which ones.
        span: First index of the part, and the one after its last, within the size. Projections
            of whole streams take those that begin in it.
        size: Number of entries that there are.
        place: Where the tables are.

    Returns:
        By projection, the first entry that it cannot take, if there is one in this part.
    """
    stops = {}
    with connection.transaction(), _uncollected():
        shared = _read_shared(connection, projections, span)
        for each in projections:
            stops[each.name] = (
                _fold_begun(connection, each, span, size=size, place=place)
                if each.whole
                else fold_batch(connection, each, each.own(shared), place=place)
            )
    return {name: found for name, found in stops.items() if found}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no rings of references meanwhile.

    Entries and rows hold none, and looking among so many of them takes a quarter of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _fold_begun(
    connection: Connection,
    projection: Projection,
    span: tuple[int, int],
    *,
    size: int,
    place: Place,
) -> Stop | None:
    """Fold the whole streams that begin in a part of the log."""
    start, stop = span
    begun = read_begun(connection, projection.subjects, start=start, stop=stop, size=size)
    with closing(begun):
        found = [fold_batch(connection, projection, facts, place=place) for facts in begun]
    return min((each for each in found if each), default=None)


def _read_shared(
    connection: Connection, projections: Iterable[Projection], span: tuple[int, int]
) -> Sequence[Fact]:
    """Read once what several projections of entries want: reading costs more than folding."""
    subjects = {name for each in projections if not each.whole for name in each.subjects}
    start, stop = span
    return read_facts(connection, sorted(subjects), start=start, stop=stop) if subjects else ()


def _later(projection: Projection, facts: Sequence[Fact], middle: int) -> list[Fact]:
    """Give the entries from an index on, with what comes along of their streams."""
    if not projection.whole:
        return [fact for fact in facts if fact.index >= middle]
    streams = {fact.stream for fact in facts if fact.index >= middle}
    return [fact._replace(seen=fact.index < middle) for fact in facts if fact.stream in streams]


def _fold(
    connection: Connection,
    projection: Projection,
    facts: Sequence[Fact],
    *,
    place: Place,
) -> str | None:
    """Fold in a transaction of its own; say what went wrong with the entries, if anything."""
    try:
        with connection.transaction():
            write(connection, projection, rows=projection.fold(facts), place=place)
    except Exception as error:
        if not _concerns_entries(error):
            raise
        first = str(error).strip().split("\n", 1)[0]
        return f"{type(error).__name__}: {first}"[:REASON_CHARS_MAX]
    return None


def _concerns_entries(error: Exception) -> bool:
    """Tell whether entries are to blame, and not the database or the memory of this process."""
    match error:
        case psycopg.errors.ProgramLimitExceeded():
            return True
        case psycopg.ProgrammingError():
            return error.sqlstate is None  # the driver found no way to write a value
        case psycopg.OperationalError() | psycopg.InterfaceError() | MemoryError():
            return False
    return True
