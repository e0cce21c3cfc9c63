# SPDX-License-Identifier: Apache-2.0
"""One stream's newest event, and the line of the map that states it.

Implements the leaves of the map of the log specification, section 2.2: ``<sub> <seq> <eid>``
in ASCII, without a line end. No stream's name is the beginning of another's, so the lines sort
as their streams do, and ``LC_ALL=C sort`` gives the order of the leaves. What an entry claims is
read here without judging it; the checks of the envelope do that.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from audit.proof.encoding import DIGEST_TEXT, decode
from audit.proof.envelope.token import event_id
from audit.proof.merkle import leaf_hash
from domain.errors import EnvelopeError, InvalidValueError, ProofError
from domain.event import INTEGER_MAX
from domain.identifiers import parse_stream_id

_TAIL_CHARS: Final = 256
"""The last characters of a payload, a multiple of four; they hold its last three members."""

_PLACE: Final = re.compile(
    rb'"seq":([1-9][0-9]{0,15}),"sub":"([a-z]{3,4}\.[0-9a-f-]{36})","ver":[1-9][0-9]{0,15}\}\Z'
)


class Head(NamedTuple):
    """The newest event of a stream.

    Attributes:
        sub: The stream, ``<kind>.<uuid>``.
        seq: Its number in the stream, from 1.
        eid: Its event id.
    """

    sub: str
    seq: int
    eid: str

    def line(self) -> bytes:
        """Give the line of the map."""
        return f"{self.sub} {self.seq} {self.eid}".encode()

    def leaf(self) -> bytes:
        """Give the leaf hash of the line."""
        return leaf_hash(self.line())

    def check(self) -> None:
        """Refuse values that no event can have.

        Raises:
            ProofError: A member has not its form.
        """
        try:
            parse_stream_id(self.sub)
        except InvalidValueError as error:
            raise ProofError("A head is not of a stream.") from error
        if not 1 <= self.seq <= INTEGER_MAX or not DIGEST_TEXT.fullmatch(self.eid):
            raise ProofError("A head has a number from 1 and an event id.")


def read_head(jws: bytes) -> Head | None:
    """Read which place an entry claims in its stream; nothing where it cannot be read."""
    message, _, _ = jws.rpartition(b".")
    _, _, body = message.partition(b".")
    # Groups of four characters stand for three octets each, so decoding may start at any.
    tail = body[max(0, len(body) - _TAIL_CHARS - len(body) % 4) :]
    try:
        found = _PLACE.search(decode(tail))
    except EnvelopeError:
        return None
    return Head(found[2].decode(), int(found[1]), event_id(message)) if found else None
