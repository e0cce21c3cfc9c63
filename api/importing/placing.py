# SPDX-License-Identifier: Apache-2.0
"""Planned events get their place in their streams, a signature and the ledger's first check.

Events of one firearm follow each other, since each names the one before it; different
firearms are independent and are signed on all cores, which works because signing and
verifying release the interpreter's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from uuid import UUID

from api.client.signer import SigningKey
from api.importing.ledger import Register
from api.importing.signing import BulkSigner, Head
from api.importing.transform.rows import PlannedEvent
from audit.appending.admission import AdmittedEvent
from domain.errors import MunimentError
from domain.identifiers import FIRST_PREV
from domain.schema import Catalogue

FIRST: Head = (0, FIRST_PREV)
GROUPS_PER_WORKER = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A planned event after signing: admitted by the ledger, refused by it, or left out.

    Attributes:
        planned: The event as planned.
        result: The admitted event, why it was refused, or nothing where the ledger knows
            the firearm already and the event is only for one that it does not.
    """

    planned: PlannedEvent
    result: AdmittedEvent | MunimentError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs an import, and for which ledger.

    Attributes:
        register: The ledger.
        key: The officer's key.
        iss: The authority that the key signs for.
        catalogue: The ledger's event types.
        clock: Gives the time in Unix seconds.
    """

    register: Register
    key: SigningKey
    iss: str
    catalogue: Catalogue
    clock: Callable[[], float]

    def signer(self) -> BulkSigner:
        """Give what signs the events."""
        return BulkSigner(
            self.key, iss=self.iss, aud=self.register.audience, catalogue=self.catalogue
        )

    def sign_all(
        self, events: Iterable[PlannedEvent], *, heads: Mapping[UUID, Head], pool: Executor
    ) -> tuple[list[Placed], dict[UUID, Head]]:
        """Sign events on all cores; give them in their order, and the heads they lead to."""
        streams: dict[UUID, list[tuple[int, PlannedEvent]]] = {}
        count = 0
        for count, event in enumerate(events, 1):
            streams.setdefault(event.stream, []).append((count - 1, event))
        placed: list[Placed | None] = [None] * count
        reached: dict[UUID, Head] = {}

        signer = self.signer()

        def sign_group(group: Sequence[UUID]) -> None:
            for stream in group:
                head = heads.get(stream, FIRST)
                for place, event in streams[stream]:
                    placed[place], head = self._sign(event, head, signer=signer)
                reached[stream] = head

        list(pool.map(sign_group, _groups(list(streams), pool)))
        return [each for each in placed if each is not None], reached

    def _sign(
        self, planned: PlannedEvent, head: Head, *, signer: BulkSigner
    ) -> tuple[Placed, Head]:
        if planned.first_only and head is not FIRST:
            return Placed(planned, None), head
        try:
            submission = signer.sign(planned, head, iat=int(self.clock()))
            admitted = self.register.open(submission)
        except MunimentError as error:
            return Placed(planned, error), head
        return Placed(planned, admitted), (head[0] + 1, admitted.event.eid)


def with_reason(planned: PlannedEvent, reason: str) -> PlannedEvent:
    """Give the event with the reason why its maker and serial may occur a second time."""
    return replace(planned, dat={**planned.dat, "duplicate_reason": reason})


def _groups(streams: Sequence[UUID], pool: Executor) -> list[Sequence[UUID]]:
    workers = getattr(pool, "_max_workers", 1)
    size = max(1, -(-len(streams) // (workers * GROUPS_PER_WORKER)))
    return [streams[start : start + size] for start in range(0, len(streams), size)]
