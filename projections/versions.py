# SPDX-License-Identifier: Apache-2.0
"""What was known of a stream after each of its entries, as versions of rows.

Implements "two times" of the design (section 1, promise 5): a row says what happened in the
world, and from which log index to which it was what the log said. What was believed on any
position is then one condition of a query, and a correction never overwrites what it corrects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, LiteralString, NamedTuple, TypeAlias

from psycopg.types.json import Jsonb

from domain.aggregate.recorded import Entry
from domain.schema import Closed, Known
from projections.fact import Fact

Key: TypeAlias = tuple[Any, ...]
Values: TypeAlias = tuple[Any, ...]
Plain: TypeAlias = str | int | bool | list[str]


class Change(NamedTuple):
    """What one more entry changes in what is known of its stream.

    Attributes:
        ended: Rows by their keys that were known until then, as they were.
        begun: Rows that are known from then on.
    """

    ended: Mapping[Key, Iterable[Any]]
    begun: Mapping[Key, Iterable[Any]]


Telling: TypeAlias = Callable[[Sequence[Fact], int], Iterator[Change]]
"""Tells what each entry of a stream changes that follows the first so many of them.

What stands for values is only looked at where it is written, and may be made then.
"""

MOMENT_COLUMNS: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    ("place", "int not null"),
    ("evt", 'text collate "C" not null'),
    ("iss", 'text collate "C" not null'),
    ("occ", 'text collate "C" not null'),
    ("occ_from", "bigint not null"),
    ("occ_to", "bigint not null"),
    ("stands", "bool not null"),
    ("corrected", "bool not null"),
    ("facts", "jsonb not null"),
)
"""What is told of an entry as it counts, whatever its record is of."""

VERSION_COLUMNS: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    ("known_from", "bigint not null"),
    ("known_to", "bigint"),
)
"""The last columns of every table of versions."""

TEXT_CHARS_MAX: Final = 200


def versions(facts: Iterable[Fact], tell: Telling) -> list[tuple[Any, ...]]:
    """Give the versions of rows that begin or end with entries that were not seen before.

    Args:
        facts: Entries of some streams, stream by stream, each from its first one on.
        tell: Tells what the entries of one stream change.

    Returns:
        Rows of key, values, ``known_from`` and ``known_to``. A version that began with an entry
        seen before has no ``known_from`` here: it stands in the table already.
    """
    streams = groupby(facts, key=lambda fact: fact.stream)
    return [row for _, of_stream in streams for row in _of_stream(list(of_stream), tell)]


def difference(before: Mapping[Key, Iterable[Any]], after: Mapping[Key, Iterable[Any]]) -> Change:
    """Give what has changed between all that was known and all that is."""
    ended = {key: values for key, values in before.items() if after.get(key) != values}
    begun = {key: values for key, values in after.items() if key in ended or key not in before}
    return Change(ended, begun)


def entries_of(facts: Iterable[Fact]) -> list[Entry]:
    """Give entries that an aggregate can fold, leaving out what cannot be read."""
    return [Entry(fact.index, fact.event) for fact in facts if fact.event is not None]


def stored(row: Iterable[Any]) -> tuple[Any, ...]:
    """Give a row as the database takes it: objects are JSON there."""
    return tuple(Jsonb(value) if isinstance(value, dict) else value for value in row)


def plain(dat: Closed, under: str = "") -> dict[str, Plain]:
    """Give the members of an event that hold one short value or list, as JSON can say them.

    Args:
        dat: The event, or a part of it.
        under: What stands before each name; a member of a member is told as ``place.region``.
    """
    found: dict[str, Plain] = {}
    for name in type(dat).model_fields:
        value = getattr(dat, name)
        value = value.known if isinstance(value, Known) else value
        if isinstance(value, Closed) and not under:
            found |= plain(value, f"{name}.")
        elif isinstance(value, tuple) and value and all(isinstance(each, str) for each in value):
            found |= {under + name: list(value)} if len("".join(value)) <= TEXT_CHARS_MAX else {}
        elif isinstance(value, str | int) and len(str(value)) <= TEXT_CHARS_MAX:
            found[under + name] = value
    return found


def _of_stream(facts: Sequence[Fact], tell: Telling) -> Iterator[tuple[Any, ...]]:
    seen = sum(fact.seen for fact in facts)
    known: dict[Key, tuple[Iterable[Any], int]] = {}
    for fact, change in zip(facts[seen:], tell(facts, seen), strict=True):
        for key, before in change.ended.items():
            values, since = known.pop(key, (before, None))
            yield (*key, *values, since, fact.index)
        for key, values in change.begun.items():
            known[key] = values, fact.index
    for key, (values, since) in known.items():
        yield (*key, *values, since, None)
