# SPDX-License-Identifier: Apache-2.0
"""Folds entries into tables, and finds the one at which a fold fails.

An entry that one projection cannot take stops that projection alone, just before the entry, and
is named (design decisions D7 and D13). A database that is away, full or in another form stops
everything instead: that is no entry's fault, and the same batch succeeds later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import psycopg

from projections.fact import Fact
from projections.projection import Projection
from projections.reading import read_begun, read_facts
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

    Args:
        connection: As the role ``ledger_projector``.
        projection: Whose tables.
        facts: Entries of its subjects, as it wants them.
        place: Where its tables are.

    Returns:
        The entry that it cannot take, if there is one.
    """
    if _fold(connection, projection, facts, place=place) is None:
        return None
    for index, alone in _one_by_one(projection, facts):
        reason = _fold(connection, projection, alone, place=place)
        if reason is not None:
            return Stop(index, reason)
    return None


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
        span: First index of the part, and the one after its last. Projections of whole streams
            take those that begin in it.
        size: Number of entries that there are.
        place: Where the tables are.

    Returns:
        By projection, the first entry that it cannot take, if there is one in this part.
    """
    start, stop = span
    entries = [each for each in projections if not each.whole]
    shared = read_facts(connection, all_subjects(entries), start=start, stop=min(stop, size))
    stops: dict[str, Stop] = {}
    for each in projections:
        facts = (
            read_begun(connection, each.subjects, start=start, stop=stop, size=size)
            if each.whole
            else each.own(shared)
        )
        found = fold_batch(connection, each, facts, place=place)
        if found:
            stops[each.name] = found
    return stops


def all_subjects(projections: Sequence[Projection]) -> list[str]:
    """Give the subjects that some projections read, to read entries once for all of them."""
    return sorted({each for projection in projections for each in projection.subjects})


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
            rows = projection.fold(facts)
            write(connection, projection, rows=rows, place=place)
    except (psycopg.OperationalError, psycopg.ProgrammingError, MemoryError) as error:
        if not isinstance(error, psycopg.errors.ProgramLimitExceeded):
            raise
        return _reason(error)
    except Exception as error:  # noqa: BLE001 - whatever a fold raises concerns this one alone
        return _reason(error)
    return None


def _one_by_one(
    projection: Projection, facts: Sequence[Fact]
) -> Iterator[tuple[int, Sequence[Fact]]]:
    """Give the new entries in log order, each alone or at the end of its stream."""
    for fact in sorted(facts, key=lambda each: each.index):
        if fact.seen:
            continue
        stream = [each for each in facts if each.stream == fact.stream] if projection.whole else []
        earlier = [replace(each, seen=True) for each in stream if each.index < fact.index]
        yield fact.index, [*earlier, fact]


def _reason(error: Exception) -> str:
    first = str(error).strip().split("\n", 1)[0]
    return f"{type(error).__name__}: {first}"[:REASON_CHARS_MAX]
