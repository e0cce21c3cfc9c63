# SPDX-License-Identifier: Apache-2.0
"""What the Parquet files hold: one file a table, each column with its meaning.

Public fields alone: personal data stand in the vault and in no column that is read here
(design decision D8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from psycopg.sql import SQL, Composed, Identifier

from audit.proof.encoding import encode
from domain.errors import InvalidValueError
from domain.occurrence import parse_occurrence
from projections.fact import Fact
from projections.lives.store import LIVES
from projections.projection import Projection, Table
from projections.records.store import RECORDS
from projections.tables import SCHEMA

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One file.

    Attributes:
        name: Its name, without the ending.
        definition: What a row is.
        columns: Names of its columns with their types in the database and their meanings.
        query: Selects its rows in an order that is always the same.
        projection: What it is read from; the log itself if nothing.
    """

    name: str
    definition: str
    columns: Mapping[str, tuple[str, str]]
    query: SQL | Composed
    projection: Projection | None = None

    def rows(self, found: Sequence[Row]) -> Iterator[Row]:
        """Give rows of the query in values that the columns hold."""
        return map(_event_row if self.projection is None else _table_row, found)


def _event_row(row: Row) -> Row:
    fact = Fact(*row)
    iss, kid, eid, occ = fact.envelope or (None, None, None, None)
    evt, _, ver = fact.kind.partition("/")
    since, until = _bounds(occ)
    return (
        *(fact.index, fact.at, str(fact.stream), fact.seq, evt, int(ver), iss),
        *(occ, since, until, kid, encode(eid).decode() if eid else None),
    )


def _bounds(occ: str | None) -> tuple[int | None, int | None]:
    try:
        found = parse_occurrence(occ or "unknown")
    except InvalidValueError:
        return None, None
    return (found.earliest, found.latest) if found.text != "unknown" else (None, None)


def _table_row(row: Row) -> Row:
    return tuple(_plain(value) for value in row)


def _plain(value: Any) -> Any:
    """Write what Parquet has no form for as text: identifiers, and JSON in its one spelling."""
    if isinstance(value, dict):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value if isinstance(value, bool | int | str | list | datetime | None) else str(value)


def _sheet(
    projection: Projection, table: Table, definition: str, *, about: Mapping[str, str]
) -> Sheet:
    names = [name for name, _ in table.columns]
    types = dict(zip(names, table.types, strict=True))
    return Sheet(
        name=projection.name,
        definition=definition,
        columns={name: (types[name], {**_SHARED, **about}[name]) for name in names},
        query=_query(table),
        projection=projection,
    )


def _query(table: Table) -> Composed:
    # A time of the world that nobody knows is nothing here, and not the bounds of all time.
    known = SQL("case when occ <> 'unknown' then {} end")
    return SQL("select {} from {} order by idx, known_from").format(
        SQL(", ").join(
            known.format(Identifier(name)) if name in _BOUNDS else Identifier(name)
            for name, _ in table.columns
        ),
        Identifier(SCHEMA, table.name),
    )


_BOUNDS: Final = ("occ_from", "occ_to")
_SHARED: Final = {
    "stream": "Identifier of the firearm or record, without its prefix.",
    "idx": "Log index of the entry.",
    "place": "Place of the entry in the history, from 0.",
    "evt": "Name of the event type.",
    "iss": "Authority that answers for it.",
    "occ": "When it happened, as stated and corrected.",
    "occ_from": "Earliest second of that, Unix time; none where unknown.",
    "occ_to": "Latest second of that, Unix time; none where unknown.",
    "stands": "Whether it counts, and was not reversed.",
    "corrected": "Whether it is read as a correction put it.",
    "facts": "The short public members of the event, as JSON.",
    "known_from": "Log index from which on the row was known.",
    "known_to": "Log index from which on it no longer was; none where it is known now.",
}
EVENTS: Final = Sheet(
    name="events",
    definition="One row an entry of the log, in its order.",
    columns={
        "index": ("bigint", "Log index."),
        "at": ("timestamptz", "When the ledger recorded it, by its own clock; nothing signs it."),
        "stream": ("text", "Identifier of what it is about, without its prefix."),
        "seq": ("bigint", "Position in that stream, from 1."),
        "evt": ("text", "Name of the event type."),
        "ver": ("bigint", "Version of its schema."),
        "iss": ("text", "Authority that answers for it; none where its bytes cannot be read."),
        "occ": ("text", "When it happened, as stated and not corrected."),
        "occ_from": ("bigint", "Earliest second of that, Unix time; none where unknown."),
        "occ_to": ("bigint", "Latest second of that, Unix time; none where unknown."),
        "kid": ("text", "Thumbprint of the key that signed."),
        "eid": ("text", "Event id: SHA-256 over what was signed, in base64url."),
    },
    query=SQL("select idx, at, stream, seq, kind, raw from ledger.event order by idx"),
)
_LIVES: Final = _sheet(
    LIVES,
    LIVES.tables[0],
    "One row an entry of a firearm and version of what is known: what happened, and what the "
    "firearm was after it. known_to is none: what is known now. As known at log size n: "
    "known_from < n and (known_to is none or known_to >= n).",
    about={
        "technical": "Technical state after it.",
        "holder": "Class of the holder after it.",
        "custody": "Custody after it.",
        "alerts": "Alerts after it.",
        "marks": "State of its marks after it.",
        "country": "Country in which it then was.",
        "holding": "Random identifier of the holding, which names no person.",
        "custodian": "Who had it in custody.",
        "kind": "Kind of firearm, as described.",
        "action": "How it loads, as described.",
        "make": "Make, as described.",
        "model": "Model, as described.",
        "calibre": "Calibre, as described.",
        "serial": "Serial number, as described.",
        "made_in": "Country of manufacture, as described.",
        "category": "Legal category.",
        "discrepancy": "What a count found wrong, until it is explained.",
    },
)
_RECORDS: Final = _sheet(
    RECORDS,
    RECORDS.tables[0],
    "One row an entry of a licence, authorization, shipment, lot, part, trace or other record, "
    "and version of what is known; read known_from and known_to as in lives.",
    about={
        "subject": "What it is a record of.",
        "status": "Status of the record after it.",
        "state": "The short members of its state after it, as JSON.",
    },
)
SHEETS: Final = (EVENTS, _LIVES, _RECORDS)
"""Every file of an export."""
