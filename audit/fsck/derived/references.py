# SPDX-License-Identifier: Apache-2.0
"""Whether references and marking claims are those that the signed events make.

Serves `muniment fsck` (log specification, section 2.10). ``ledger.event_ref`` finds the events
of a holding or a case and tells an authority of hits; ``ledger.marking_claim`` stops a second
firearm of one maker and serial. Nobody signs either table, so both are made anew in log order, as
the recorder made them; what that has to remember lies in a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from psycopg.sql import SQL, Identifier, Literal

from audit.batch import marking_digest
from audit.fsck.derived.check import Derived, Looked, difference_findings
from audit.fsck.derived.differing import (
    Connection,
    Differing,
    Form,
    compare,
    copy_aside,
    make_aside,
    opened_aside,
)
from audit.proof.envelope.opening import read_stored
from audit.proof.verify.book import Progress
from audit.proof.verify.replay.memory import Memory
from domain.aggregate.naming import references as named_by
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.firearm.claims import claim_key
from domain.firearm.hits import LISTINGS, Hit, hit_tags, hits_among, touched

REFERENCES: Final = "references"
FLUSH_ROWS: Final = 2_000

Rows = list[tuple[Any, ...]]

_ENTRIES: Final = b"select idx, raw from ledger.event order by idx"
_SIZE: Final = SQL("""
select count(*), count(*) filter (where split_part(kind, '/', 1) in ({})) from ledger.event
""").format(SQL(", ").join(map(Literal, sorted(LISTINGS))))

_REFS: Final = Form(table="event_ref", columns=("tag", "idx"), key=("tag", "idx"))
_CLAIMS: Final = Form(table="marking_claim", columns=("marking", "stream", "idx"), key=("marking",))
_FIRST_CLAIMS: Final = SQL("""
(select distinct on (marking) marking, stream, idx from {} order by marking, idx) as first_claim
""")
_NEXT: Final = (
    "Find out who changed it. As the owner of the database insert what is missing and delete what "
    "is of no entry, with the triggers of the table off, or restore the table; the log stays."
)


def references(conninfo: str) -> Derived:
    """Give the check.

    Args:
        conninfo: A role that may read the log.
    """
    return Derived(name=REFERENCES, look=partial(_look, conninfo))


def _look(conninfo: str, progress: Progress) -> Looked:
    with opened_aside(conninfo) as connection:
        refs = make_aside(connection, "event_ref", {"tag": 'text collate "C"', "idx": "bigint"})
        claims = make_aside(
            connection, "claim", {"marking": "bytea", "stream": "uuid", "idx": "bigint"}
        )
        connection.read_only = True
        with connection.transaction():
            _fold(connection, refs, claims=claims, progress=progress)
            found = list(_compare(connection, refs, claims))
    return Looked(
        tuple(difference_findings(REFERENCES, found, next_step=_NEXT)),
        "References and marking claims are those that the events make.",
    )


def _fold(
    connection: Connection, refs: Identifier, *, claims: Identifier, progress: Progress
) -> None:
    row = connection.execute(_SIZE).fetchone()
    total, listings = row or (0, 0)
    tagged: Rows = []
    claimed: Rows = []
    with TemporaryDirectory(prefix="muniment-fsck-") as folder, Memory(Path(folder)) as memory:
        for done, (index, raw) in enumerate(_entries(connection), start=1):
            event = read_stored(raw, CATALOGUE)
            key = claim_key(event)
            told = _hits(event, key, memory) if listings else ()
            tagged += [(tag, index) for tag in (*named_by(event), *hit_tags(told))]
            claimed += [(marking_digest(key), event.sub.uuid, index)] if key else []
            if listings:  # without a listing there is no hit, and nothing to remember
                memory.keep(index, event, raw)
                _claim(memory, event, key)
            if len(tagged) + len(claimed) >= FLUSH_ROWS or done == total:
                copy_aside(connection, refs, tagged)
                copy_aside(connection, claims, claimed)
                tagged, claimed = [], []
                progress(REFERENCES, done, total)


def _entries(connection: Connection) -> Iterator[tuple[int, bytes]]:
    with connection.cursor("entries", binary=True) as cursor:
        cursor.itersize = FLUSH_ROWS
        cursor.execute(_ENTRIES)
        yield from cursor


def _hits(event: Event, key: str | None, memory: Memory) -> tuple[Hit, ...]:
    return hits_among(
        touched(
            event,
            key,
            state=lambda stream: memory.head(stream).state,
            holder=memory.holder,
        )
    )


def _claim(memory: Memory, event: Event, key: str | None) -> None:
    if key:
        memory.keep_claim(key, event.sub.uuid)


def _compare(connection: Connection, refs: Identifier, claims: Identifier) -> Iterator[Differing]:
    served = Identifier("ledger", _REFS.table)
    yield compare(connection, _REFS, served=served, anew=refs)
    served = Identifier("ledger", _CLAIMS.table)
    yield compare(connection, _CLAIMS, served=served, anew=_FIRST_CLAIMS.format(claims))
