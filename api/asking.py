# SPDX-License-Identifier: Apache-2.0
"""What lists are told from: an open ledger's projections at one moment (design decision D12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Protocol

from api.bootstrap import Office
from audit.database.connection import Role
from audit.link import Link
from domain.errors import UsageError
from domain.occurrence import Occurrence, parse_occurrence
from projections.asking.requests import Desk
from projections.asking.snapshot import Snapshot, snapshot
from projections.lives.store import LIVES
from projections.projection import Projection
from projections.records.store import RECORDS


class Connects(Protocol):
    """Knows how the database is reached in each role."""

    def conninfo(self, role: Role) -> str:
        """Give the connection string that acts as a role."""


@contextmanager
def open_snapshot(
    database: Connects, as_known_on: str | None = None, *, also: Sequence[Projection] = ()
) -> Iterator[Snapshot]:
    """Read firearms and all other records as of one moment, for as long as the ``with`` lasts.

    Args:
        database: How the ledger's database is reached.
        as_known_on: Index of the newest entry that counts, or a date up to whose end entries
            were recorded; all by default.
        also: Further projections that are read.

    Raises:
        UsageError: The log holds no entry of that index.
        InvalidValueError: That is neither an index nor a date.
        UnreachableError: The database does not answer.
        UnsafeError: The database refuses a statement.
    """
    reader, projector = database.conninfo("ledger_reader"), database.conninfo("ledger_projector")
    with snapshot(reader, projector, (LIVES, RECORDS, *also), as_known_on=as_known_on) as known:
        yield known


def day_asked(text: str | None, now: datetime) -> Occurrence:
    """Give the day that a list is told for: today, by the clock of whoever asks, if none is named.

    Raises:
        InvalidValueError: That is no date.
        UsageError: ``day_vague``, it is no single day.
    """
    day = parse_occurrence(text or f"{now.astimezone(UTC):%Y-%m-%d}")
    if day.precision == "day":
        return day
    raise UsageError(
        f"{text} is not a single day.", slug="day_vague", next_step="Give a day as YYYY-MM-DD."
    )


def desk_of(office: Office, authority: str | None) -> Desk:
    """Give whose tracing requests are asked for: of one authority, or of all of them.

    Raises:
        UsageError: ``authority_unknown``.
    """
    known = office.registry.authorities
    if authority is not None and authority not in known:
        raise UsageError(
            f"This ledger knows no authority {authority}.",
            slug="authority_unknown",
            next_step="List the keys and their authorities with `muniment authority list`.",
        )
    chosen = [known[authority]] if authority else known.values()
    countries = {place.partition("-")[0] for each in chosen for place in each.jurisdictions}
    return Desk(countries=countries, authority=authority)


@contextmanager
def reader(office: Office) -> Iterator[Link]:
    """Connect to the log, to read it."""
    with closing(Link(office.database.conninfo("ledger_reader"))) as link:
        yield link
