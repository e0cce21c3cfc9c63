# SPDX-License-Identifier: Apache-2.0
"""What a replay remembers of the log so far, in little memory.

Serves the streaming demand of the log specification, section 2.9: histories, markings and
namings lie in a file of the verifier's own folder (SQLite, of the standard library), and only
the states last used are held. A state that was put away is folded again from its history. Where
a run may be broken off, the file is whole after every mark, and the next run goes on from there.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

from audit.proof.envelope.opening import read_stored
from audit.proof.verify.resuming.folder import REPLAY_FILE
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event
from domain.identifiers import REGISTRY_KINDS

HELD_EVENTS_MAX: Final = 4_096
"""Events of the streams whose states are held; the longest stream is held all the same."""

CACHE_KIBI_OCTETS: Final = 16_384
"""What SQLite may hold of its file."""

_PASSING: Final = "pragma journal_mode = off; pragma synchronous = off;"
_KEPT: Final = "pragma journal_mode = wal; pragma synchronous = normal;"
_SAYING_WHO: Final = ", ".join(f"'{kind}'" for kind in sorted(REGISTRY_KINDS))
_TABLES: Final = f"""
create table if not exists event (idx integer primary key, stream blob not null,
                                  kind text not null, jws blob not null);
create index if not exists event_stream on event (stream, idx);
create index if not exists event_registry on event (idx) where kind in ({_SAYING_WHO});
create table if not exists claim (marking text primary key, stream blob not null) without rowid;
create table if not exists named (stream blob primary key, idx integer not null) without rowid;
create table if not exists namer (stream blob not null, namer blob not null,
                                  primary key (stream, namer)) without rowid;
create table if not exists mark (one integer primary key, value text not null);
"""
_REGISTRY: Final = f"select idx, jws from event where kind in ({_SAYING_WHO}) order by idx"  # noqa: S608 - ours


@dataclass(slots=True)
class Head:
    """One stream up to some position.

    Attributes:
        kind: What it is a stream of; nothing while it is empty.
        count: Number of its events.
    """

    kind: str | None = None
    count: int = 0
    _state: Any = None
    _waiting: list[tuple[Event, int]] = field(default_factory=list)

    @property
    def state(self) -> Any:
        """What the stream's aggregate makes of it; folded when somebody asks for it."""
        if self._waiting:
            evolve = AGGREGATES[str(self.kind)].evolve
            for event, index in self._waiting:
                self._state = evolve(self._state, event, index)
            self._waiting.clear()
        return self._state

    def advance(self, event: Event, index: int) -> None:
        """Add one more event."""
        self.kind = self.kind or event.sub.kind
        self.count += 1
        # An event of another kind than its stream is reported, and no fold would know it.
        if event.sub.kind == self.kind and self.kind not in REGISTRY_KINDS:
            self._waiting.append((event, index))


class Memory:
    """Remembers events in log order; use it in a ``with`` statement."""

    def __init__(self, folder: Path, *, kept: bool = False) -> None:
        """Make the file in a folder that only the verifier can enter.

        Args:
            folder: Where it lies.
            kept: Whether a later run may go on from its marks, and this one from an earlier's.

        Raises:
            OSError: The folder cannot be written, or what was kept in it is damaged.
        """
        self.kept = kept
        self._file = _open(folder / REPLAY_FILE, kept=kept)
        self._heads: OrderedDict[UUID, Head] = OrderedDict()
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def mark(self) -> str | None:
        """Give what the last mark says, if there is one."""
        row = self._run("select value from mark", ()).fetchone()
        return str(row[0]) if row else None

    def set_mark(self, value: str) -> None:
        """Make everything up to here whole in the file, with a word on how far that is."""
        self._run("insert or replace into mark values (1, ?)", (value,))
        self._run("commit", ())
        self._run("begin", ())

    def forget(self) -> None:
        """Start again before the first event."""
        for table in ("event", "claim", "named", "namer", "mark"):
            self._run(f"delete from {table}", ())  # noqa: S608 - names of ours
        self._heads.clear()
        self._held = 0

    def registry_events(self) -> Iterator[tuple[int, Event]]:
        """Give the events that say who may sign, in their order."""
        for index, jws in self._run(_REGISTRY, ()):
            yield index, read_stored(jws, CATALOGUE)

    def head(self, stream: UUID) -> Head:
        """Give a stream as the events remembered so far left it."""
        head = self._heads.get(stream)
        if head is None:
            head = self._heads[stream] = self._folded(stream)
            self._held += head.count
            self._put_away()
        else:
            self._heads.move_to_end(stream)
        return head

    def holder(self, marking: str) -> UUID | None:
        """Give the stream that first claimed a marking, if one did."""
        row = self._row("select stream from claim where marking = ?", marking)
        return UUID(bytes=row[0]) if row else None

    def named(self, stream: UUID) -> int:
        """Give the newest index at which another record named a stream; -1 where none did."""
        row = self._row("select idx from named where stream = ?", stream.bytes)
        return int(row[0]) if row else -1

    def namers(self, stream: UUID) -> list[UUID]:
        """Give the streams whose events named a stream, in the order of their identifiers."""
        found = self._run(
            "select namer from namer where stream = ? order by namer", (stream.bytes,)
        )
        return [UUID(bytes=namer) for (namer,) in found.fetchall()]

    def keep(self, index: int, event: Event, jws: bytes) -> None:
        """Remember the next event."""
        head = self.head(event.sub.uuid)
        head.advance(event, index)
        self._held += 1
        self._run(
            "insert into event values (?, ?, ?, ?)",
            (index, event.sub.uuid.bytes, event.sub.kind, jws),
        )

    def keep_claim(self, marking: str, stream: UUID) -> None:
        """Remember who claims a marking; the first one keeps it."""
        self._run("insert or ignore into claim values (?, ?)", (marking, stream.bytes))

    def keep_names(self, index: int, namer: UUID, streams: Iterable[UUID]) -> None:
        """Remember that an event of a stream named some streams."""
        for stream in streams:
            self._run("insert or replace into named values (?, ?)", (stream.bytes, index))
            self._run("insert or ignore into namer values (?, ?)", (stream.bytes, namer.bytes))

    def _folded(self, stream: UUID) -> Head:
        head = Head()
        found = self._run(
            "select idx, kind, jws from event where stream = ? order by idx", (stream.bytes,)
        )
        for index, kind, jws in found.fetchall():
            if kind in REGISTRY_KINDS:
                head.kind, head.count = head.kind or kind, head.count + 1
            else:
                head.advance(read_stored(jws, CATALOGUE), index)
        return head

    def _put_away(self) -> None:
        while self._held > HELD_EVENTS_MAX and len(self._heads) > 1:
            _, head = self._heads.popitem(last=False)
            self._held -= head.count

    def _row(self, query: str, value: str | bytes) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._run(query, (value,)).fetchone()
        return found

    def _run(self, statement: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        try:
            return self._file.execute(statement, values)
        except sqlite3.Error as error:
            raise OSError(None, f"the replay's file does not take it: {error}") from error


def _open(path: Path, *, kept: bool) -> sqlite3.Connection:
    habits = _KEPT if kept else _PASSING
    try:
        file = sqlite3.connect(path, isolation_level=None)
        with closing(file.cursor()) as cursor:
            cursor.execute(f"pragma cache_size = -{CACHE_KIBI_OCTETS}")
            cursor.executescript(f"pragma locking_mode = exclusive; {habits} {_TABLES} begin;")
    except sqlite3.Error as error:
        raise OSError(None, f"the replay's file cannot be made: {error}") from error
    return file
