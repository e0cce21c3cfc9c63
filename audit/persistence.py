# SPDX-License-Identifier: Apache-2.0
"""How the eventsourcing library meets our log: bytes verbatim, stable names, one recorder.

The library chooses its storage by an environment topic; ``LedgerFactory`` is that
topic, so that ``domain.application`` never imports this room. Its mapper keeps the
signed bytes as the stored state and a public name as the topic (decision D2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol, TAggregateID
from eventsourcing.persistence import (
    AggregateRecorder,
    InfrastructureFactory,
    Mapper,
    ProcessRecorder,
    StoredEvent,
    TrackingRecorder,
    Transcoder,
)

from audit.memory import MemoryRecorder
from audit.proof.envelope.opening import Reading, open_stored, read_stored
from audit.proof.keys import PublicKey, public_key
from audit.recorder import PostgresLedgerRecorder
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.ports import Admitted, LedgerRecorder

CONNINFO = "LEDGER_CONNINFO"
"""Setting: connection string of the ``ledger_api`` role; absent means memory only."""


class SignedMapper(Mapper[UUID]):
    """Maps a signed event to its own bytes, and stored bytes to what they say."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Keep the signed bytes and the public name; nothing is encoded again."""
        admitted = cast("Admitted", domain_event)
        event = admitted.event
        return StoredEvent(event.sub.uuid, event.seq, event.type.kind, admitted.jws)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Read stored bytes; they were verified before they were stored."""
        event = read_stored(bytes(stored_event.state), CATALOGUE)
        return cast("DomainEventProtocol[UUID]", event)

    def prove(
        self, stored_event: StoredEvent, keys: Callable[[str], Mapping[str, str] | None]
    ) -> Event:
        """Verify stored bytes anew, signature included.

        Args:
            stored_event: The row.
            keys: Gives the public key (JWK) of a thumbprint, if it is enrolled.

        Raises:
            EnvelopeError: A check fails.
        """
        raw = bytes(stored_event.state)

        def key(kid: str) -> PublicKey | None:
            jwk = keys(kid)
            return public_key(jwk) if jwk else None

        audience = read_stored(raw, CATALOGUE).aud
        return open_stored(raw, Reading(key, CATALOGUE, audience)).event


class LedgerFactory(InfrastructureFactory[TrackingRecorder]):
    """Builds the recorder and the mapper of a ``Ledger``."""

    def mapper(
        self,
        transcoder: Transcoder | None = None,
        mapper_class: type[Mapper[TAggregateID]] | None = None,  # noqa: ARG002 - there is one
    ) -> Mapper[TAggregateID]:
        """Give the mapper that keeps bytes verbatim."""
        return cast("Mapper[TAggregateID]", SignedMapper(transcoder or self.transcoder()))

    _recorder: PostgresLedgerRecorder | None = None

    def application_recorder(self) -> LedgerRecorder:
        """Give the PostgreSQL recorder, or one in memory where no database is named."""
        conninfo = self.env.get(CONNINFO)
        if not conninfo:
            return MemoryRecorder()
        self._recorder = PostgresLedgerRecorder(conninfo)
        return self._recorder

    def close(self) -> None:
        """Close the connections of the recorder."""
        if self._recorder is not None:
            self._recorder.close()

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Refuse: the ledger keeps no snapshots, since verification never trusts them."""
        raise NotImplementedError(purpose)

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackingRecorder] | None = None
    ) -> TrackingRecorder:
        """Refuse: projections track their own position."""
        raise NotImplementedError(tracking_recorder_class)

    def process_recorder(self) -> ProcessRecorder:
        """Refuse: the ledger processes no other application's events."""
        raise NotImplementedError
