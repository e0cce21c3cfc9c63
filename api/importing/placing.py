# SPDX-License-Identifier: Apache-2.0
"""Planned events get their place in their streams, a signature and the ledger's first check.

Events of one firearm name the one before them by its event id, which does not depend on a
signature (envelope specification, section 4.7). So a whole batch is placed first, signed
elsewhere while the next one is being mapped, and then checked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from api.client.signer import SigningKey
from api.importing.ledger import Register
from api.importing.signing import BulkSigner, Head, submission_of
from api.importing.transform.rows import PlannedEvent
from audit.appending.admission import AdmittedEvent
from audit.proof.envelope.token import event_id
from domain.errors import MunimentError
from domain.identifiers import FIRST_PREV
from domain.schema import Catalogue

FIRST: Head = (0, FIRST_PREV)


@dataclass(frozen=True, slots=True)
class Opened:
    """A planned event after signing: admitted by the ledger, refused by it, or left out.

    Attributes:
        planned: The event as planned.
        result: The admitted event, why it was refused, or nothing where the ledger knows
            the firearm already and the event is only for one that it does not.
    """

    planned: PlannedEvent
    result: AdmittedEvent | MunimentError | None


@dataclass(frozen=True, slots=True)
class Placed:
    """Planned events in their places, worded but not signed.

    Attributes:
        events: Each with the octets to sign, why there are none, or nothing where it is
            left out.
        reached: Heads of their streams after them, if none is refused.
    """

    events: Sequence[tuple[PlannedEvent, bytes | MunimentError | None]]
    reached: Mapping[UUID, Head]

    @property
    def texts(self) -> list[bytes]:
        """The octets to sign, in order."""
        return [text for _, text in self.events if isinstance(text, bytes)]


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
        """Give what words the events."""
        return BulkSigner(
            self.key, iss=self.iss, aud=self.register.audience, catalogue=self.catalogue
        )

    def place(self, events: Iterable[PlannedEvent], heads: Mapping[UUID, Head]) -> Placed:
        """Give each event its place after the head of its stream."""
        signer = self.signer()
        reached: dict[UUID, Head] = {}
        worded: list[tuple[PlannedEvent, bytes | MunimentError | None]] = []
        for planned in events:
            head = reached.get(planned.stream) or heads.get(planned.stream, FIRST)
            text = self._word(planned, head, signer=signer)
            worded.append((planned, text))
            if isinstance(text, bytes):
                reached[planned.stream] = (head[0] + 1, event_id(text))
        return Placed(worded, reached)

    def open(self, placed: Placed, signatures: Sequence[bytes]) -> list[Opened]:
        """Have the ledger check each event that was signed."""
        submissions = [
            submission_of(text, signature)
            for text, signature in zip(placed.texts, signatures, strict=True)
        ]
        results = iter(self.register.open_many(submissions))
        return [
            Opened(planned, next(results) if isinstance(text, bytes) else text)
            for planned, text in placed.events
        ]

    def _word(
        self, planned: PlannedEvent, head: Head, *, signer: BulkSigner
    ) -> bytes | MunimentError | None:
        if planned.first_only and head is not FIRST:
            return None
        try:
            return signer.signing_input(planned, head, iat=int(self.clock()))
        except MunimentError as error:
            return error


def with_reason(planned: PlannedEvent, reason: str) -> PlannedEvent:
    """Give the event with the reason why its maker and serial may occur a second time."""
    return replace(planned, dat={**planned.dat, "duplicate_reason": reason})
