# SPDX-License-Identifier: Apache-2.0
"""What a projection is: a name, a version, a pure fold and the tables it fills.

Implements design decision D7 and ``spec/store.md`` 4.3. A projection never asks for
anything but the log: the same entries give the same rows, in one pass or in many. How
entries are read, batched and tracked is the concern of ``runner`` and ``rebuild``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from projections.fact import Fact

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""The rows to add, by table name; each row in the order of the table's columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a projection.

    Attributes:
        name: Its name in the schema ``projection``.
        columns: Column names in order, with their types and constraints; ``idx``, the log
            index of the entry that a row comes from, is one of them. A value of a row has the
            type that the driver reads from such a column.
        key: Columns of the primary key.
        indexes: What follows ``create index on <table>``, one an index.
        versioned: Whether its rows are versions: its last columns are then ``known_from`` and
            ``known_to``, the log indexes from which on a row was known and no longer was.
    """

    name: LiteralString
    columns: tuple[tuple[LiteralString, LiteralString], ...]
    key: LiteralString
    indexes: tuple[LiteralString, ...] = ()
    versioned: bool = False

    @property
    def types(self) -> list[LiteralString]:
        """Give the types of the columns without their constraints, as the driver calls them."""
        forms = [form.split(" ", 1)[0] for _, form in self.columns]
        return [_DRIVERS_NAMES.get(form, form) for form in forms]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """One read model.

    Attributes:
        name: Its name, under which its position is kept.
        version: Raised whenever fold or tables change, which rebuilds it.
        subjects: First parts of the event names that it reads, such as ``firearm``.
        tables: The tables it fills.
        fold: Turns facts of its subjects into rows; pure.
        whole: Whether it folds streams as wholes. The facts are then all the entries so far of
            the streams that have new ones, stream by stream; its rows are versions, and it gives
            those that begin or end with an entry that it has not seen. Otherwise the facts are
            new entries in log order, and rows are only ever added.
    """

    name: str
    version: int
    subjects: tuple[str, ...]
    tables: tuple[Table, ...]
    fold: Callable[[Sequence[Fact]], Rows]
    whole: bool = False

    def own(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Give what is of its subjects among the facts of all."""
        beginnings = tuple(f"{subject}." for subject in self.subjects)
        return [fact for fact in facts if fact.kind.startswith(beginnings)]


_DRIVERS_NAMES: Final[Mapping[str, LiteralString]] = {"int": "int4", "int[]": "int4[]"}
