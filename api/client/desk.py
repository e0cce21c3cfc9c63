# SPDX-License-Identifier: Apache-2.0
"""Where an officer or a system works: with which service and keys, why, and how patiently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from api.access.caller import Reason
from api.access.signing import RequestKey
from api.client.calling.patience import Patience, World
from api.client.calling.receipts import KnownLedger
from api.client.outbox import Outbox
from api.client.signer import SigningKey
from domain.catalogue import CATALOGUE
from domain.errors import UsageError
from domain.schema import Catalogue

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a client is told before it does anything.

    Attributes:
        address: Public origin of the service, such as ``https://ledger.example``.
        event_key: The officer's key, which signs events; nothing where none is recorded.
        http_key: The machine's key, which signs requests; nothing where only events are sent,
            which their own signatures authenticate.
        authority: Authority that answers for the events.
        ledger: The ledger as it is known by another way: a trust file, or a ``KeyedLedger``.
        reason: Why personal data or a trace is asked for, sent with every request.
        outbox: Where events wait until a receipt is there.
        retry_stale: Whether an event is signed anew, under the same ``jti``, where its stream has
            moved on meanwhile; otherwise that is a conflict for whoever recorded it to settle.
        policy: Name of the policy under which opened duties are told.
        patience: How often and how long a call is tried.
        world: Time and chance.
        catalogue: The event types of the ledger.

    Raises:
        UsageError: ``address_insecure``, personal data would travel in the open, or
            ``origin_invalid``.
    """

    address: str
    event_key: SigningKey | None = field(default=None, repr=False)
    http_key: RequestKey | None = field(default=None, repr=False)
    authority: str
    ledger: KnownLedger = field(repr=False)
    reason: Reason | None = None
    outbox: Outbox | None = field(default=None, repr=False)
    retry_stale: bool = False
    policy: str | None = None
    patience: Patience = field(default_factory=Patience)
    world: World = field(default_factory=World)
    catalogue: Catalogue = field(default=CATALOGUE, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise UsageError(
                "Without TLS nothing is sent but to this machine itself.",
                slug="address_insecure",
                next_step="Give the address of the service with https://.",
            )
