# SPDX-License-Identifier: Apache-2.0
"""What every list has in common, whichever door gives it: a day, a position of the log, a page.

The first page pins both, and its cursor keeps them (console conventions, section 2). Rows come out
of here as far as the caller may see them, and what is shown is kept in the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from api.asking import day_asked, open_snapshot
from api.gate.asking import Asked, Note
from api.gate.listing.paging import PAGE_USUAL, Cursor, asked_digest, page, read_cursor
from api.gate.reach import IndexOf, issuers_in, rows_within
from domain.occurrence import Occurrence
from projections.asking.snapshot import Snapshot
from projections.projection import Projection

Row = dict[str, Any]
Told = Callable[[Snapshot, Occurrence], Iterable[Row]]
"""Tells a whole list from what was known, on a day."""

PLACE_OF_A_PAGE: Final = ("cursor", "limit")
"""Parameters that say which page of a list is wanted, and not which list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rows of a list come from.

    Attributes:
        told: Tells the whole list.
        index_of: Gives the entry that a row rests on.
        also: Projections that are read besides the usual ones.
    """

    told: Told
    index_of: IndexOf
    also: Sequence[Projection] = ()

    def only(self, keep: Callable[[Row], bool]) -> Source:
        """Give the same list with those rows alone that are wanted."""
        return replace(self, told=lambda known, on: filter(keep, self.told(known, on)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A list while it is read.

    Attributes:
        note: What is written down of the answer.
        known: What was known.
        on: The day that it is told for.
        begins: Where the page begins.
        rows: Every row that the caller may see, in order.
    """

    note: Note
    known: Snapshot
    on: Occurrence
    begins: Cursor
    rows: Iterator[Row]

    def page(self, limit: int) -> dict[str, Any]:
        """Give one page as JSON values, and note how much it shows."""
        record = page(self.rows, self.begins, limit=limit)
        self.note.told(answers=len(record["items"]))
        return record


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which part of which list is asked for.

    Attributes:
        path: Address of the list.
        parameters: What is asked for, the place of the page included.
        on: The day; today at first.
        as_known_on: The record on a date, or at an index of the log.
        limit: Items of one page.
        cursor: Where the page begins, as it was given with the page before.
    """

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    on: str | None = None
    as_known_on: str | None = None
    limit: int = PAGE_USUAL
    cursor: str | None = None

    @property
    def asked(self) -> str:
        """The digest of what is asked for, whichever page of it."""
        kept = {name: v for name, v in self.parameters.items() if name not in PLACE_OF_A_PAGE}
        return asked_digest(self.path, kept)

    @contextmanager
    def opened(self, asked: Asked, source: Source) -> Iterator[Opened]:
        """Open a list for a caller, for as long as the ``with`` lasts.

        Raises:
            MunimentError: It is not allowed; or the day, the position or the cursor is none.
        """
        begins = read_cursor(self.cursor, self.asked)
        day = day_asked(begins.on if begins else self.on, asked.service.gate.now())
        known_on = str(begins.size - 1) if begins else self.as_known_on
        service = asked.service
        with (
            asked.admitted() as note,
            open_snapshot(service.readers, known_on, also=source.also) as known,
        ):
            rows = rows_within(
                source.told(known, day),
                note.decision,
                index_of=source.index_of,
                issuers=issuers_in(known),
                registry=service.office.registry,
            )
            first = Cursor(asked=self.asked, size=known.size, on=day.text, after=0)
            yield Opened(note=note, known=known, on=day, begins=begins or first, rows=rows)
