# SPDX-License-Identifier: Apache-2.0
"""What a projection is: a name, a version, a pure fold and the tables it fills.

Implements design decision D7 and ``spec/store.md`` 4.3. A projection never asks for
anything but the log: the same entries give the same rows, in one pass or in many. How
entries are read, batched and tracked is the concern of ``runner`` and ``rebuild``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from domain.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One entry of the log, as a fold sees it.

    Attributes:
        index: Log index.
        at: When the ledger recorded it; unsigned, a hint.
        stream: Identifier of its stream.
        seq: Position in the stream, as the log's row says.
        kind: Stable name and version of its type, as the log's row says.
        event: What its bytes say; none where they can no longer be read.
    """

    index: int
    at: datetime
    stream: UUID
    seq: int
    kind: str
    event: Event | None


Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""The rows to add, by table name; each row in the order of the table's columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a projection.

    Attributes:
        name: Its name in the schema ``projection``.
        columns: Column names in order, with their types and constraints; ``idx``, the log
            index of the entry that a row comes from, is one of them.
        key: Columns of the primary key.
        indexes: What follows ``create index on <table>``, one an index.
    """

    name: LiteralString
    columns: tuple[tuple[LiteralString, LiteralString], ...]
    key: LiteralString
    indexes: tuple[LiteralString, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """One read model.

    Attributes:
        name: Its name, under which its position is kept.
        version: Raised whenever fold or tables change, which rebuilds it.
        subject: First part of the event names that it reads, such as ``firearm``.
        tables: The tables it fills.
        fold: Turns facts of its subject, in log order, into rows; pure.
    """

    name: str
    version: int
    subject: str
    tables: tuple[Table, ...]
    fold: Callable[[Sequence[Fact]], Rows]

    def rows(self, facts: Sequence[Fact]) -> Rows:
        """Fold what is of its subject among the facts of all."""
        own = f"{self.subject}."
        return self.fold([fact for fact in facts if fact.kind.startswith(own)])
