# SPDX-License-Identifier: Apache-2.0
"""Whether one row says in its columns what its signed bytes say.

Serves `muniment fsck` (log specification, section 2.10, "edit an entry"). Only the signed bytes
are evidence; the columns beside them are what the ledger looks things up by.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from audit.fsck.snapshot import Row
from audit.proof.encoding import decode
from audit.proof.envelope.opening import read_stored
from audit.proof.verify.findings import Finding, between
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError

ROWS: Final = "rows"
COLUMN_DIFFERS: Final = "column_differs"

RESTORE_COLUMNS: Final = (
    "Restore the column from the row's own signed bytes, and find out who changed it."
)

IN_DOUBT: Final = (
    "Do not write anything into the column: the bytes are not those that were signed, and it may "
    "still say what they said. Restore the row first."
)


def check_columns(row: Row) -> Finding | None:
    """Compare the columns of a row with its signed bytes; say which differ."""
    try:
        event = read_stored(row.raw, CATALOGUE)
        said = {
            "stream": event.sub.uuid,
            "seq": event.seq,
            "kind": event.type.kind,
            "iss": event.iss,
            "jti": event.jti,
            "eid": decode(event.eid.encode()),
        }
    except MunimentError as error:
        return Finding(
            check=ROWS,
            code="row_unreadable",
            sentence=f"The stored bytes are no event: {error.sentence}",
            index=row.idx,
        )
    wrong = [name for name, value in said.items() if getattr(row, name) != value]
    if not wrong:
        return None
    return Finding(
        check=ROWS,
        code=COLUMN_DIFFERS,
        sentence=f"The row says something else in {', '.join(wrong)} than its signed bytes.",
        index=row.idx,
        evidence="; ".join(f"{name} should be {_shown(said[name])}" for name in wrong),
        next_step=RESTORE_COLUMNS,
    )


def in_doubt(finding: Finding) -> Finding:
    """Take back what to do about columns, where the bytes are not those that were signed."""
    if finding.code != COLUMN_DIFFERS:
        return finding
    return replace(finding, evidence="", next_step=IN_DOUBT)


def differing_octets(one: bytes, other: bytes) -> str:
    """Say in which octets two entries differ, counted from 0."""
    shorter = min(len(one), len(other))
    first = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    if len(one) != len(other):
        return f"octets from {first} on differ; {len(one)} are here and {len(other)} there"
    last = next((at for at in reversed(range(shorter)) if one[at] != other[at]), first)
    verb = "differs" if first == last else "differ"
    return f"{between(first, last, 'octet')} of {len(one)} {verb}"


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
