# SPDX-License-Identifier: Apache-2.0
"""The three steps of an append, as the sequencer takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from audit.appending.admission import AdmittedEvent
from audit.proof.inclusion import TlogProof
from domain.errors import MunimentError
from domain.identifiers import StreamId
from domain.judgement import Outcome
from domain.ports import Admitted
from domain.refusal import Refusal


class Opening(Protocol):
    """Verifies submissions; see ``Admission``."""

    def open_many(self, submissions: Sequence[bytes], /) -> list[AdmittedEvent | MunimentError]:
        """Verify submissions together."""


class Recording(Protocol):
    """Judges events and commits the legal ones; see ``Ledger``."""

    def record(self, batch: Sequence[Admitted], /) -> list[Outcome]:
        """Judge each event on its own and append the legal ones in one transaction."""

    def noted(self, stream: StreamId, index: int, /) -> tuple[Refusal, ...]:
        """Tell what was recorded as not fitting with one entry of a stream."""


class Proving(Protocol):
    """Proves what is committed; see ``Notary``."""

    def prove(
        self,
        indexes: Sequence[int],
        leaves: Mapping[int, bytes],
        /,
        *,
        meanwhile: Callable[[], None],
    ) -> dict[int, TlogProof]:
        """Prove committed events, all to one signed checkpoint."""
