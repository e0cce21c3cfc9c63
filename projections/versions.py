# SPDX-License-Identifier: Apache-2.0
"""What was known of a stream after each of its entries, as versions of rows.

Implements "two times" of the design (section 1, promise 5): a row says what happened in the
world, and from which log index to which it was what the log said. What was believed on any
position is then one condition of a query, and a correction never overwrites what it corrects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, LiteralString, TypeAlias

from domain.aggregate.recorded import Entry
from domain.schema import Closed, Known
from projections.fact import Fact

Key: TypeAlias = tuple[Any, ...]
Values: TypeAlias = tuple[Any, ...]
View: TypeAlias = Callable[[Sequence[Fact]], Mapping[Key, Values]]
"""Gives the rows of a stream by their keys, as its first entries tell them."""

VERSION_COLUMNS: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    ("known_from", "bigint not null"),
    ("known_to", "bigint"),
)
"""The last columns of every table of versions."""

TEXT_CHARS_MAX: Final = 200


def versions(facts: Iterable[Fact], view: View) -> list[tuple[Any, ...]]:
    """Give the versions of rows that begin or end with entries that were not seen before.

    Args:
        facts: Entries of some streams, stream by stream, each from its first one on.
        view: Tells the rows of one stream.

    Returns:
        Rows of key, values, ``known_from`` and ``known_to``. A version that began with an entry
        seen before has no ``known_from`` here: it stands in the table already.
    """
    streams = groupby(facts, key=lambda fact: fact.stream)
    return [row for _, of_stream in streams for row in _of_stream(list(of_stream), view)]


def entries_of(facts: Iterable[Fact]) -> list[Entry]:
    """Give entries that an aggregate can fold, leaving out what cannot be read."""
    return [Entry(fact.index, fact.event) for fact in facts if fact.event is not None]


def plain(dat: Closed) -> dict[str, str | int | bool]:
    """Give the members of an event that hold one short value, as JSON can say them."""
    found: dict[str, str | int | bool] = {}
    for name in type(dat).model_fields:
        value = getattr(dat, name)
        value = value.known if isinstance(value, Known) else value
        if isinstance(value, str | int) and len(str(value)) <= TEXT_CHARS_MAX:
            found[name] = value
    return found


def _of_stream(facts: Sequence[Fact], view: View) -> Iterator[tuple[Any, ...]]:
    seen = [fact for fact in facts if fact.seen]
    known: dict[Key, tuple[Values, int | None]] = {
        key: (values, None) for key, values in (view(seen) if seen else {}).items()
    }
    for number in range(len(seen), len(facts)):
        index = facts[number].index
        told = view(facts[: number + 1])
        for key, (values, since) in list(known.items()):
            if told.get(key) != values:
                yield (*key, *values, since, index)
                del known[key]
        for key, values in told.items():
            known.setdefault(key, (values, index))
    for key, (values, since) in known.items():
        if since is not None:
            yield (*key, *values, since, None)
