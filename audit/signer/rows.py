# SPDX-License-Identifier: Apache-2.0
"""The committed log as the signer sees it: the head row and the rows behind it.

One statement reads the head and the next rows in one snapshot and one round trip
(`log.md` 2.4). The stored leaf hashes are never read. A large backlog comes in pages
of bounded memory; each page is judged against the head of its own snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from audit.link import Link
from domain.errors import UnsafeError

PAGE_ROWS_MAX: Final = 1_024

_PAGE: Final = """
select h.size, h.root, e.idx, e.raw
from ledger.head h left join ledger.event e
  on e.idx >= %b::int8 and e.idx < least(h.size, %b::int8)
order by e.idx
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows that follow an index, with the head of the same snapshot.

    Attributes:
        head_size: Number of committed events.
        head_root: Root that the writer stored for them.
        start: Index of the first row, or None where there is none.
        entries: Signed bytes of each row, in order; no index is missing between them.
    """

    head_size: int
    head_root: bytes
    start: int | None
    entries: list[bytes]


class CommittedRows:
    """Reads the log as a role that may only read."""

    def __init__(self, conninfo: str) -> None:
        """Remember where to connect; nothing is opened yet."""
        self._link = Link(conninfo)

    def after(self, size: int) -> Page:
        """Read the head and at most `PAGE_ROWS_MAX` rows from index ``size`` on.

        Raises:
            UnreachableError: The database does not answer.
            UnsafeError: The database refuses the query, or has no head row.
        """
        rows = self._link.read(_PAGE, (size, size + PAGE_ROWS_MAX))
        if not rows:
            raise UnsafeError("The head row of the log is gone.", slug="head_missing")
        head_size, head_root, *_ = rows[0]
        found = {idx: raw for _, _, idx, raw in rows if idx is not None}
        start = min(found, default=None)
        if start is not None and list(found) != list(range(start, start + len(rows))):
            start = None
        return Page(
            head_size=head_size, head_root=head_root, start=start, entries=list(found.values())
        )

    def close(self) -> None:
        """Close the connection."""
        self._link.close()
