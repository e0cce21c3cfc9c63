# SPDX-License-Identifier: Apache-2.0
"""One entry of the log, as a fold sees it: its row, and what its bytes say once that is asked.

Bytes that can no longer be read become a fact without an event: a falsified row must not stop
every reader. What the bytes prove is not judged here.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from audit.proof.envelope.opening import read_stored
from audit.proof.envelope.token import read_end, read_unsigned
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
        header, end, signed = read_end(raw, _END_OCTETS)
        iss, occ = _stated_at(end) or _stated_in(read_unsigned(raw)[1])
    except (MunimentError, ValueError, TypeError, KeyError):
        return None
    return Envelope(iss, header.kid, sha256(signed).digest(), occ)


def _stated_at(end: bytes) -> tuple[str, str] | None:
    """Find authority and time at the end of a payload, where the canonical form has them."""
    found = _END.match(end, end.rfind(_BEGINNING))
    return None if found is None else (found[1].decode(), found[2].decode())


def _stated_in(data: bytes) -> tuple[str, str]:
    """Read authority and time of a payload in any form."""
    payload = orjson.loads(data)
    iss, occ = payload["iss"], payload["occ"]
    if not (isinstance(iss, str) and isinstance(occ, str)):
        raise TypeError
    return iss, occ


_END_OCTETS: Final = 288
"""As many as nearly always hold the members that follow an event's data (``domain.event``)."""
_BEGINNING: Final = b',"iss":"'
_END: Final = re.compile(
    rb',"iss":"([ !#-\[\]-~]*)","jti":"[0-9a-f-]*","occ":"([0-9A-Za-z:-]*)","prev":"[\w-]*",'
    rb'(?:"seen":"[\w:-]*",)?"seq":[0-9]+,"sub":"[a-z.0-9-]*","ver":[0-9]+\}\Z',
    re.ASCII,
)
"""No text of JSON holds it, since the quotation marks in a text are written otherwise."""
