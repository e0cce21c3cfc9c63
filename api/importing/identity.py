# SPDX-License-Identifier: Apache-2.0
"""Identifiers of imported streams and events, the same in every run and opaque to others.

Each is a UUID of version 7 (RFC 9562) whose random bits are HMAC-SHA256 under a secret
of the ledger, so that a second run finds what the first one recorded, while nobody
without the secret can link an identifier to a row. A row is named by its line and its
cells: the same row in a repaired, completed or re-packed file keeps its identifiers.
The time bits hold the state of the register and the line, which keeps inserts together;
the order of the log shows the order of the rows anyway.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.errors import InvalidValueError

SECRET_BYTES: Final = 32
LASTING_TIME_MS: Final = 946_684_800_000
"""Time bits of what must not depend on a file: 2000-01-01, which says nothing."""

_TIME_MASK: Final = (1 << 48) - 1
_RANDOM_MASK: Final = (1 << 74) - 1
_VERSION: Final = 0x7000_8000_0000_0000_0000
_SEPARATOR: Final = "\x1f"


class RowName(NamedTuple):
    """What tells one row from every other: a secret of its own, and time bits for order."""

    secret: bytes
    milliseconds: int


class Identities:
    """Derives the identifiers of one register's import."""

    def __init__(self, secret: bytes, *, register: str, as_of: str, part: str = "") -> None:
        """Bind the ledger's secret to a register.

        Args:
            secret: 32 octets, kept with the ledger's keys.
            register: Code of the register.
            as_of: State of the register, an occurrence.
            part: Which part of one delivery the file is.

        Raises:
            InvalidValueError: The secret has another length.
        """
        if len(secret) != SECRET_BYTES:
            raise InvalidValueError("The import secret has 32 octets.", slug="secret_invalid")
        self._secret = secret
        self._register = register
        self._delivery = (as_of, part)
        self._start_ms = _milliseconds(as_of)

    def row(self, line: int, cells: Sequence[str]) -> RowName:
        """Give the secret name of a row that only its line and its cells tell apart."""
        name = self._digest("row", *self._delivery, str(line), *cells)
        return RowName(name, self._start_ms + line)

    def named_row(self, names: Sequence[str]) -> RowName:
        """Give the secret name of a row that the register itself names, on whatever line."""
        return RowName(self._digest("named-row", *names), LASTING_TIME_MS)

    def named_gun(self, names: Sequence[str]) -> UUID:
        """Give the stream of a firearm that its marks name, whichever file it is in."""
        return _uuid7(LASTING_TIME_MS, self._digest("gun", *names))

    def gun(self, row: RowName, number: int) -> UUID:
        """Give the stream of a firearm that only its row names."""
        return self.event(row, f"gun {number}")

    def component(self, row: RowName, number: int) -> UUID:
        """Give the stream of a component that only its row names."""
        return self.event(row, f"component {number}")

    def named_licence(self, names: Sequence[str]) -> UUID:
        """Give the stream of a licence that its number names, whichever row it is in."""
        return _uuid7(LASTING_TIME_MS, self._digest("licence", *names))

    def holding(self, *names: str) -> UUID:
        """Give the opaque holding of whom the register names, the same in every row."""
        return _uuid7(LASTING_TIME_MS, self._digest("holding", *names))

    def event(self, row: RowName, purpose: str) -> UUID:
        """Give the identifier (``jti``) of one event of a row."""
        return _uuid7(row.milliseconds, hmac.digest(row.secret, purpose.encode(), "sha256"))

    def _digest(self, *parts: str) -> bytes:
        message = _SEPARATOR.join((self._register, *parts))
        return hmac.digest(self._secret, message.encode("utf-8", "surrogatepass"), "sha256")


def _milliseconds(as_of: str) -> int:
    try:
        moment = datetime.fromisoformat(as_of if len(as_of) > len("2016-04") else f"{as_of}-01")
    except ValueError:
        return LASTING_TIME_MS
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def _uuid7(milliseconds: int, digest: bytes) -> UUID:
    random = int.from_bytes(digest[:10]) & _RANDOM_MASK
    spread = (random >> 62) << 64 | random & ((1 << 62) - 1)
    return UUID(int=(milliseconds & _TIME_MASK) << 80 | _VERSION | spread)
