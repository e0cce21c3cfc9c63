# SPDX-License-Identifier: Apache-2.0
"""The newest event of every stream, kept in a file while a log is read.

Serves the map of the log specification, section 2.2, in memory that does not grow with the
number of streams: the file is SQLite's, of the standard library, in a folder of the caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from audit.proof.heads.head import Head, read_head
from audit.proof.heads.tree import Hashed, hash_tree
from audit.proof.merkle import inclusion_path, inclusion_plan

CHUNK_ENTRIES: Final = 1_024
CACHE_KIBI_OCTETS: Final = 16_384

_TABLE: Final = """
pragma journal_mode = off;
pragma synchronous = off;
pragma locking_mode = exclusive;
create table head (sub text primary key, seq integer not null, eid text not null) without rowid;
"""
_KEEP: Final = "insert or replace into head values (?, ?, ?)"
_ALL: Final = "select sub, seq, eid from head order by sub"
_BEFORE: Final = "select sub, seq, eid from head where sub < ? order by sub desc limit 1"
_FROM: Final = "select sub, seq, eid from head where sub >= ? order by sub limit 1"
_AFTER: Final = "select sub, seq, eid from head where sub > ? order by sub limit 1"
_RANK: Final = "select count(*) from head where sub < ?"

Placed = tuple[int, Head, tuple[bytes, ...]]
"""A head's place in the map, the head, and its inclusion proof."""


class HeadsMemory:
    """Remembers the newest event of each stream; use it in a ``with`` statement.

    Attributes:
        size: Entries read so far.
        unread: Those among them that could not be read; another check names them.
    """

    def __init__(self, folder: Path) -> None:
        """Make the file in a folder that nobody else writes to.

        Raises:
            OSError: The folder cannot be written.
        """
        self.size = 0
        self.unread = 0
        self._file = _open(folder / "heads")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, entries: Iterable[bytes]) -> None:
        """Read the next entries of the log, compact tokens in their order.

        Raises:
            OSError: The disk is full, for example.
        """
        entries = iter(entries)
        while chunk := [read_head(jws) for jws in islice(entries, CHUNK_ENTRIES)]:
            known = [head for head in chunk if head is not None]
            self.size += len(chunk)
            self.unread += len(chunk) - len(known)
            self._run(known)

    def hashed(self) -> Hashed:
        """Give the map's tree: how many streams it has, and its root."""
        return hash_tree(head.leaf() for head in self.heads())

    def heads(self) -> Iterator[Head]:
        """Give all newest events in the order of the map."""
        for row in self._file.execute(_ALL):
            yield Head(*row)

    def prove(self, sub: str) -> tuple[Hashed, tuple[Placed, ...]]:
        """Prove a stream's head, or that the map has none, by its neighbours.

        Returns:
            The tree, and the head that is there or those beside the place where it would be.
        """
        found = self._one(_FROM, sub)
        shown = [found] if found and found.sub == sub else [self._one(_BEFORE, sub), found]
        ranked = [(self._rank(each.sub), each) for each in shown if each]
        streams = self._rank("~")  # after every stream's name
        plans = [inclusion_plan(rank, streams) for rank, _ in ranked]
        wanted = {node for plan in plans for step in plan for node in step}
        tree = hash_tree((head.leaf() for head in self.heads()), wanted)
        placed = tuple(
            (rank, head, inclusion_path(rank, streams, node=lambda *node: tree.nodes[node]))
            for rank, head in ranked
        )
        return tree, placed

    def _one(self, query: str, sub: str) -> Head | None:
        row = self._file.execute(query, (sub,)).fetchone()
        return Head(*row) if row else None

    def _rank(self, sub: str) -> int:
        return int(self._file.execute(_RANK, (sub,)).fetchone()[0])

    def _run(self, heads: Sequence[Head]) -> None:
        try:
            self._file.executemany(_KEEP, heads)
        except sqlite3.Error as error:
            raise OSError(None, f"the file of newest events does not take it: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    try:
        file: Any = sqlite3.connect(path, isolation_level=None)
        with closing(file.cursor()) as cursor:
            cursor.execute(f"pragma cache_size = -{CACHE_KIBI_OCTETS}")
            cursor.executescript(f"{_TABLE} begin;")
    except sqlite3.Error as error:
        raise OSError(None, f"the file of newest events cannot be made: {error}") from error
    return file  # type: ignore[no-any-return]
