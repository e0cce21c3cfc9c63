# SPDX-License-Identifier: Apache-2.0
"""Erasing what is older than the rule allows, so that the rest still verifies.

Implements the retention of the envelope specification, section 7 (WaffRG 25: kept for 12, erased
at 18 months). Whole months leave; a record says how far, and with which digest the chain goes on.
The database's function applies the same rule by its own clock, so that nobody erases earlier.
"""

from __future__ import annotations

from contextlib import closing
from typing import Final

import psycopg

from audit.link import Link
from audit.proof.access.chain import kept_from
from audit.proof.access.record import Cut, write_record
from audit.proof.encoding import encode
from domain.errors import UnreachableError

TRIES_MAX: Final = 5

_DUE: Final = """
select h.first, coalesce(
  (select r.n from access.record r where r.at >= %b order by r.n limit 1), h.count)
from access.head h
"""
_DIGEST: Final = "select digest from access.record where n = %b"
_CUT: Final = "select access.cut(%b, %b, %b, %b, %b)"


def erase_due(conninfo: str, *, now: int) -> int:
    """Erase every whole month that is past the rule; give how many records went.

    Args:
        conninfo: Connects as the role ``ledger_auditor``.
        now: Unix seconds.

    Raises:
        UnreachableError: The database does not answer, or others erase all the time.
        UnsafeError: The database's clock says that it is too early.
    """
    with closing(Link(conninfo)) as link:
        for _ in range(TRIES_MAX):
            try:
                return _erase(link, now)
            except psycopg.errors.SerializationFailure:
                continue  # somebody else erased, or wrote, in between
    raise UnreachableError(
        "The access log changed all the time; nothing was erased.",
        slug="access_busy",
        next_step="Run it again.",
    )


def _erase(link: Link, now: int) -> int:
    before = kept_from(now)
    ((first, upto),) = link.read(_DUE, (before,))
    if upto <= first:
        return 0
    ((digest,),) = link.read(_DIGEST, (upto - 1,))
    kept = bytes(digest)
    cut = Cut(at=now, before=before, upto=upto, digest=encode(kept).decode())
    ((erased,),) = link.write(_CUT, (before, upto, kept, now, write_record(cut)))
    return int(erased)
