# SPDX-License-Identifier: Apache-2.0
"""What an import needs of the ledger, and no more; ``api.bootstrap.Office`` has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from audit.appending.admission import AdmittedEvent
from domain.errors import MunimentError
from domain.judgement import Outcome


class Register(Protocol):
    """The ledger, as an import uses it; safe to use from several threads."""

    @property
    def audience(self) -> str:
        """Identifier of the ledger that events are signed for."""

    def known(self, iss: str, jtis: Sequence[UUID]) -> set[UUID]:
        """Tell which of an authority's event identifiers are in the log."""

    def heads(self, streams: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
        """Give sequence number and event id of the newest event of each known stream."""

    def open_many(self, submissions: Sequence[bytes]) -> list[AdmittedEvent | MunimentError]:
        """Verify submissions together; one outcome each, in order."""

    def record(self, batch: Sequence[AdmittedEvent]) -> list[Outcome]:
        """Record a batch in one transaction; one outcome an event, in order.

        Raises:
            MunimentError: Nothing of the batch was recorded.
        """
