# SPDX-License-Identifier: Apache-2.0
"""Puts histories straight into the read models, legal or not, and counts them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.event import Event
from domain.identifiers import StreamId
from projections.fact import Fact
from projections.lives.store import LIVES
from projections.records.store import RECORDS
from projections.statistics.answer import Answer, Position, count
from projections.statistics.period import ALL_TIME, Period
from projections.statistics.queries import statistic_of
from projections.tables import Connection, write
from tests.unit.domain.lives import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = "XA"
"""The State whose authorities keep the books."""

AT = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entered:
    """An event at its index of the log."""

    index: int
    event: Event


def arm(number: int) -> StreamId:
    return StreamId("arm", UUID(int=0x01A2076B_4018_7111_8222_000000000000 + number))


def trc(number: int) -> StreamId:
    return StreamId("trc", UUID(int=0x01A2076B_4018_7111_8333_000000000000 + number))


def about(stream: StreamId, events: Sequence[Event]) -> list[Event]:
    """Give events of one stream, each with an id of its own where it had one of the stream's."""
    return [replace(each, sub=stream) for each in events]


def entered(*events: Event) -> list[Entered]:
    return [Entered(index, event) for index, event in enumerate(events)]


class Books:
    """Read models that hold some entries, until the test is over."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.size = 0

    def hold(self, log: Sequence[Entered]) -> None:
        """Fold entries into the read models."""
        for projection in (LIVES, RECORDS):
            own = [_fact(each) for each in log if _is_of(each.event, projection.subjects)]
            own.sort(key=lambda fact: (str(fact.stream), fact.index))
            write(self.connection, projection, rows=projection.fold(own))
        self.size = max((each.index + 1 for each in log), default=0)

    def count(
        self,
        name: str,
        *by: str,
        period: Period = ALL_TIME,
        size: int | None = None,
    ) -> Answer:
        """Count a statistic from the first entries."""
        known = self.size if size is None else size
        position = Position(size=known, log_size=self.size, cut_off="", own=(OWN,))
        return count(self.connection, statistic_of(name), period=period, position=position, by=by)

    def parts(self, name: str, *by: str, **how: int | Period) -> dict[str, tuple[int, int]]:
        """Give numerator and denominator of each part, by its names."""
        answer = self.count(name, *by, **how)  # type: ignore[arg-type]
        return {" ".join(each.group): (each.numerator, each.denominator) for each in answer.rows}


@contextmanager
def kept(connection: Connection, *events: Event) -> Iterator[Books]:
    """Give read models that hold these events in the order of the log, and nothing else."""
    with connection.transaction(force_rollback=True):
        books = Books(connection)
        books.hold(entered(*events))
        yield books


def named(event: Event, name: str) -> Event:
    """Give an event with another id."""
    return replace(event, eid=digest(name))


def _is_of(event: Event, subjects: Sequence[str]) -> bool:
    return event.evt.split(".", 1)[0] in subjects


def _fact(entry: Entered) -> Fact:
    event = entry.event
    kind = f"{event.evt}/1"
    fact = Fact(index=entry.index, at=AT, stream=event.sub.uuid, seq=1, kind=kind, raw=b"")
    vars(fact).update(event=event)  # as if the bytes had said so
    return fact
