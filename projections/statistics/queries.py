# SPDX-License-Identifier: Apache-2.0
"""Statistics as they can be asked: now, or as they would have been answered earlier.

Every answer is counted in one snapshot from the entries up to a position of the log, so that the
same question with the same position gives the same answer for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC
from typing import Final

from domain.errors import UsageError
from domain.occurrence import Occurrence, parse_occurrence
from domain.registry.events import AuthorityRegistered, LedgerFounded
from domain.registry.members import FoundingAuthority
from projections.asking.snapshot import one_moment
from projections.fact import read_event
from projections.position import log_size, size_on
from projections.projection import Projection
from projections.statistics.answer import Answer, Position, count
from projections.statistics.catalogue import STATISTICS
from projections.statistics.definition import Statistic
from projections.statistics.period import ALL_TIME, Period
from projections.tables import Connection


class Counter:
    """Counts in one snapshot, from the entries up to one position."""

    def __init__(self, connection: Connection, position: Position) -> None:
        """Bind a connection inside a transaction to what is known."""
        self._connection = connection
        self.position = position

    def count(self, name: str, period: Period = ALL_TIME, by: Sequence[str] = ()) -> Answer:
        """Count a statistic of a period; see ``answer.count``.

        Raises:
            UsageError: There is no statistic of that name, or it has no such dimension.
        """
        statistic = statistic_of(name)
        return count(self._connection, statistic, period=period, position=self.position, by=by)


class Statistics:
    """The statistics of one ledger."""

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Connection]],
        catch_up: Callable[[Sequence[Projection]], int],
        *,
        read: Sequence[Projection],
    ) -> None:
        """Remember how to connect; nothing is opened yet.

        Args:
            connect: Connects as the role ``ledger_reader``.
            catch_up: Brings read models up to the log.
            read: The read models that the cases are read from.
        """
        self._connect = connect
        self._catch_up = catch_up
        self._read = tuple(read)

    @contextmanager
    def opened(self, as_known_on: str | None = None) -> Iterator[Counter]:
        """Give what counts, over one snapshot.

        Args:
            as_known_on: Index of the newest entry that counts; or a date up to whose end the
                ledger recorded what counts; or ``REGISTER@DATE``, for the log as it was when the
                newest state that it held of an imported register was the one of that date.
                Everything without it.

        Raises:
            UsageError: ``position_unknown`` or ``register_out_of_order``.
            UnreachableError: The database does not answer.
        """
        self._catch_up(self._read)
        with self._connect() as connection, one_moment(connection, self._read) as folded:
            yield Counter(connection, _position(connection, as_known_on, folded))


def statistic_of(name: str) -> Statistic:
    """Give a statistic by its name.

    Raises:
        UsageError: ``statistic_unknown``.
    """
    if name not in STATISTICS:
        raise UsageError(
            f"There is no statistic {name}.",
            slug="statistic_unknown",
            next_step=f"Choose one of {', '.join(STATISTICS)}.",
        )
    return STATISTICS[name]


def _position(connection: Connection, as_known_on: str | None, folded: int) -> Position:
    size = folded if as_known_on is None else _size_at(connection, as_known_on, folded)
    if size > folded:
        raise UsageError(
            f"Statistics are counted from {folded} entries so far, and not yet from {size}.",
            slug="position_unknown",
            next_step="Ask for an earlier position, or see `muniment status`.",
        )
    recorded = connection.execute("select at from ledger.event where idx = %s", (size - 1,))
    row = recorded.fetchone()
    cut_off = f"{row[0].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if row else ""
    return Position(
        size=size, log_size=log_size(connection), cut_off=cut_off, own=_own(connection, size)
    )


_AUTHORITIES: Final = """
select raw from ledger.event
where split_part(kind, '.', 1) in ('ledger', 'authority') and idx < %s order by idx
"""
"""Entries by which authorities are known; where an authority is at home never changes."""


def _own(connection: Connection, size: int) -> tuple[str, ...]:
    """Give the States whose authorities the first entries name."""
    events = (read_event(raw) for (raw,) in connection.execute(_AUTHORITIES, (size,)).fetchall())
    told = (event.dat for event in events if event is not None)
    admitted = (dat.authority if isinstance(dat, LedgerFounded) else dat for dat in told)
    places = (
        place
        for each in admitted
        if isinstance(each, FoundingAuthority | AuthorityRegistered)
        for place in each.jurisdictions
    )
    return tuple(sorted({place.partition("-")[0] for place in places}))


def _size_at(connection: Connection, as_known_on: str, folded: int) -> int:
    if re.fullmatch(r"[0-9]{1,18}", as_known_on):
        return int(as_known_on) + 1
    register, at, date = as_known_on.rpartition("@")
    occ = parse_occurrence(date)
    if not at:
        return min(size_on(connection, occ), folded)
    return min(first_later(connection, register, occ), folded)


_STATES: Final = """
select facts->>'source.as_of', min(idx), max(idx) from (
    select facts, idx from projection.life where facts->>'source.register_code' = %(register)s
    union all
    select facts, idx from projection.record where facts->>'source.register_code' = %(register)s
) imported group by 1
"""


def first_later(connection: Connection, register: str, date: Occurrence) -> int:
    """Give the index of the first entry of a later state of a register than that of a date.

    Raises:
        UsageError: ``position_unknown``, no state up to the date was imported, or
            ``register_out_of_order``, some state up to it was imported after a later one.
    """
    states = [
        (parse_occurrence(as_of), first, last)
        for as_of, first, last in connection.execute(_STATES, {"register": register}).fetchall()
    ]
    earlier = [last for as_of, _, last in states if as_of.latest <= date.latest]
    later = [first for as_of, first, _ in states if as_of.latest > date.latest]
    if not earlier:
        raise UsageError(
            f"No state of the register {register} up to {date} was imported.",
            slug="position_unknown",
            next_step="`muniment stats stock --as-known-on INDEX` takes a log index instead.",
        )
    if later and min(later) < max(earlier):
        raise UsageError(
            f"The states of the register {register} were not imported in their order.",
            slug="register_out_of_order",
            next_step="Give a log index: no position of the log holds just the states up to then.",
        )
    return min(later, default=log_size(connection))
