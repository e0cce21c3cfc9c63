# SPDX-License-Identifier: Apache-2.0
"""One entry of the log, as a fold sees it: its row, and what its bytes say once that is asked.

Bytes that can no longer be read become a fact without an event: a falsified row must not stop
every reader. What the bytes prove is not judged here.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import orjson

from audit.proof.envelope.opening import read_stored
from audit.proof.envelope.token import read_unsigned
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.event import Event


class Envelope(NamedTuple):
    """What stands around an event, under the claim names of the envelope.

    Attributes:
        iss: Authority that answers for it.
        kid: Thumbprint of the key that signed.
        eid: Event id, 32 octets.
        occ: When it happened, as stated.
    """

    iss: str
    kid: str
    eid: bytes
    occ: str


class Row(NamedTuple):
    """One row of the log, and whether a projection knows it."""

    index: int  # type: ignore[assignment] # hides how tuples are searched
    at: datetime
    stream: UUID
    seq: int
    kind: str
    raw: bytes
    seen: bool = False


class Fact(Row):
    """One entry of the log.

    Attributes:
        index: Log index.
        at: When the ledger recorded it; unsigned, a hint.
        stream: Identifier of its stream.
        seq: Position in the stream, as the log's row says.
        kind: Stable name and version of its type, as the log's row says.
        raw: Its signed bytes as the log holds them now.
        seen: Whether the projection has folded it before, and it comes along with later
            entries of its stream.
    """

    @cached_property
    def event(self) -> Event | None:
        """What its bytes say; none where they can no longer be read, or not in this version."""
        return read_event(self.raw)

    @cached_property
    def envelope(self) -> Envelope | None:
        """What stands around the event, at a small part of the cost of reading all of it."""
        return _read_envelope(self.raw)


def read_event(raw: bytes) -> Event | None:
    """Read stored bytes; nothing if they are no event any more."""
    try:
        return read_stored(raw, CATALOGUE)
    except (MunimentError, ValueError, TypeError, KeyError):
        return None


def _read_envelope(raw: bytes) -> Envelope | None:
    try:
        header, data, signed = read_unsigned(raw)
        payload = orjson.loads(data)
        iss, occ = payload["iss"], payload["occ"]
    except (MunimentError, ValueError, TypeError, KeyError):
        return None
    if not (isinstance(iss, str) and isinstance(occ, str)):
        return None
    return Envelope(iss, header.kid, sha256(signed).digest(), occ)
