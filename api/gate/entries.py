# SPDX-License-Identifier: Apache-2.0
"""Single entries and heads of streams, as the database holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from audit.link import Link, Row
from audit.proof.encoding import encode
from domain.errors import InvalidValueError
from domain.identifiers import FIRST_PREV, StreamId

_ENTRY: Final = "select idx, eid, at, kind, iss, stream, seq, raw from ledger.event where "
_BY_INDEX: Final = f"{_ENTRY} idx = %b"
_BY_REQUEST: Final = f"{_ENTRY} iss = %b and jti = %b"
_FROM: Final = f"{_ENTRY} stream = %b and seq >= %b order by seq"
_HEAD: Final = "select seq, eid from ledger.event where stream = %b order by seq desc limit 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One entry of the log.

    Attributes:
        index: Position in the log.
        eid: Event id.
        at: When it was recorded, by the ledger's clock.
        kind: Name and version of its type.
        iss: The authority that answers for it.
        stream: UUID of its stream.
        seq: Position in the stream.
        raw: The signed bytes.
    """

    index: int
    eid: str
    at: datetime
    kind: str
    iss: str
    stream: UUID
    seq: int
    raw: bytes

    def record(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "index": self.index,
            "eid": self.eid,
            "at": self.at.isoformat(),
            "type": self.kind,
            "authority": self.iss,
            "stream": str(self.stream),
            "seq": self.seq,
            "jws": self.raw.decode("ascii"),
        }


def event_at(link: Link, index: int) -> StoredEvent:
    """Read the entry of an index.

    Raises:
        InvalidValueError: ``event_unknown``.
        UnreachableError: The database does not answer.
    """
    return _event(link.read(_BY_INDEX, (index,)))


def event_requested(link: Link, iss: str, jti: UUID) -> StoredEvent:
    """Read the entry that an authority asked for under an identifier of its own.

    Raises:
        InvalidValueError: ``event_unknown``.
        UnreachableError: The database does not answer.
    """
    return _event(link.read(_BY_REQUEST, (iss, jti)))


def events_from(link: Link, stream: StreamId, seq: int) -> Sequence[StoredEvent]:
    """Read the entries of a stream from a place on, in their order.

    Raises:
        UnreachableError: The database does not answer.
    """
    return [_read(row) for row in link.read(_FROM, (stream.uuid, seq))]


def head_of(link: Link, stream: StreamId) -> tuple[int, str]:
    """Give sequence number and event id that the next event of a stream has to continue."""
    rows = link.read(_HEAD, (stream.uuid,))
    return (rows[0][0], encode(rows[0][1]).decode()) if rows else (0, FIRST_PREV)


def check_index(index: int, *, size: int) -> None:
    """Check that the log has an entry of an index.

    Raises:
        InvalidValueError: ``event_unknown``.
    """
    if index >= size:
        raise _unknown()


def _event(rows: Sequence[Row]) -> StoredEvent:
    if not rows:
        raise _unknown()
    return _read(rows[0])


def _read(row: Row) -> StoredEvent:
    index, eid, at, kind, iss, stream, seq, raw = row
    return StoredEvent(
        index=index,
        eid=encode(eid).decode(),
        at=at,
        kind=kind,
        iss=iss,
        stream=stream,
        seq=seq,
        raw=bytes(raw),
    )


def _unknown() -> InvalidValueError:
    return InvalidValueError(
        "The log holds no such event.",
        slug="event_unknown",
        next_step="Check the index, or the authority and its identifier (jti).",
    )
