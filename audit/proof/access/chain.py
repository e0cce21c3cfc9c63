# SPDX-License-Identifier: Apache-2.0
"""How the records of the access log hang together, and by when they may leave it.

Each digest is over the one before it and the octets of the record, so that the newest one stands
for all. Whole months are erased, eighteen months after they ended (envelope specification,
section 7; WaffRG 25 with 12: kept for 12, erased at 18 months).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

DOMAIN: Final = b"fle-access-1"
GENESIS: Final = sha256(DOMAIN).digest()
"""What stands before the first record."""

RETENTION_MONTHS: Final = 18
"""Whole months, beside the present one, for which records are kept."""

_MONTHS: Final = 12


class Stored(NamedTuple):
    """A record where it stands.

    Attributes:
        n: Its number, from 0.
        raw: Its octets.
        digest: The digest that is kept beside it; none in an export, which leaves it out.
    """

    n: int
    raw: bytes
    digest: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """From where to where an access log goes.

    Attributes:
        first: Number of the oldest record that is kept.
        kept: Digest of the one before that, or ``GENESIS``.
        count: Number of records that were ever written.
        digest: Digest of the newest.
    """

    first: int
    kept: bytes
    count: int
    digest: bytes


def chained(before: bytes, raw: bytes) -> bytes:
    """Give the digest of a record that follows another one."""
    return sha256(DOMAIN + b"\0" + before + raw).digest()


def month_of(second: int, *, earlier: int = 0) -> int:
    """Give the beginning of the month, UTC, that a second lies in, or of an earlier one."""
    day = datetime.fromtimestamp(second, UTC)
    months = day.year * _MONTHS + day.month - 1 - earlier
    return int(datetime(months // _MONTHS, months % _MONTHS + 1, 1, tzinfo=UTC).timestamp())


def kept_from(now: int) -> int:
    """Give the second from which on records are kept."""
    return month_of(now, earlier=RETENTION_MONTHS)
