# SPDX-License-Identifier: Apache-2.0
"""Writing the access log: before anything is handed out, and together with whoever waits.

Implements the access audit of the envelope specification, section 7. The role ``ledger_access``
may append and nothing else, and the chain is made by the database's one function, so that several
processes write one chain. Records that arrive while others are committed share the next commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit.appending.turnstile import Turnstile
from audit.arrays import bytea_array, int8_array
from audit.link import Link, UnknownOutcomeError
from audit.proof.access.record import Access, write_record
from domain.errors import UnreachableError

BATCH_MAX: Final = 256

_APPEND: Final = "select access.append(%b, %b)"


class AccessLog:
    """The access log of one ledger; safe for several threads and processes."""

    def __init__(self, conninfo: str) -> None:
        """Remember how to reach the database, as the role ``ledger_access``."""
        self._link = Link(conninfo)
        self._turnstile = Turnstile(self._append, items_max=BATCH_MAX)

    def record(self, access: Access) -> None:
        """Record an access, durably; only then may its answer be given.

        Raises:
            UnreachableError: ``access_unrecorded``; the answer may not be given.
            InvalidValueError: The record is too long.
        """
        self._turnstile.serve([(access.at, write_record(access))])

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def _append(self, records: Sequence[tuple[int, bytes]]) -> Sequence[None]:
        moments, raws = zip(*records, strict=True)
        parameters = (int8_array(moments), bytea_array(raws))
        try:
            try:
                self._link.write(_APPEND, parameters)
            except UnknownOutcomeError:
                # An access that stands twice does no harm; one that does not stand would.
                self._link.write(_APPEND, parameters)
        except UnreachableError as error:
            raise UnreachableError(
                "The access cannot be recorded, so nothing is shown.",
                slug="access_unrecorded",
                next_step="Check that the database runs, then ask again.",
            ) from error
        return [None] * len(records)
