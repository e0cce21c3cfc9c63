# SPDX-License-Identifier: Apache-2.0
"""What webhooks work with: their tables, the log, the registry, the key, clock and chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_bytes
from time import time
from typing import Self

from api.access.standing import Standing
from api.service.registry import RegistryNow, registry_of
from api.service.secret import part_key, service_secret
from api.service.settings import ServiceSettings
from api.service.store import Store
from api.settings import Settings
from audit.database.connection import Database
from domain.application import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailroom:
    """What subscriptions and deliveries need.

    Attributes:
        store: The tables.
        conninfo: How the log is read.
        registry: Gives the registry as it is now, with the next place in the log.
        key: What the secrets of webhooks are sealed with.
        loopback: Whether notices may go to this machine.
        clock: Gives Unix time.
        randomness: A cryptographic generator.
    """

    store: Store
    conninfo: str = field(repr=False)
    registry: RegistryNow
    key: bytes = field(repr=False)
    loopback: bool = False
    clock: Callable[[], float] = time
    randomness: Callable[[int], bytes] = token_bytes

    def now(self) -> int:
        """Give the present second."""
        return int(self.clock())

    def standing(self) -> Standing:
        """Give the registry as it is now, at the next place in the log."""
        registry, index = self.registry()
        return Standing(registry=registry, index=index, now=self.now())

    @classmethod
    @contextmanager
    def opened(
        cls, settings: Settings, service: ServiceSettings, *, database: Database, ledger: Ledger
    ) -> Iterator[Self]:
        """Open the mailroom of a ledger for as long as the ``with`` lasts.

        Raises:
            UnreachableError: The secret of the service can be neither read nor made.
            UnsafeError: It is damaged.
        """
        secret = service_secret(settings.home / "keys", token_bytes)
        conninfo = database.conninfo("ledger_notices")
        store = Store(conninfo)
        try:
            yield cls(
                store=store,
                conninfo=conninfo,
                registry=registry_of(ledger),
                key=part_key(secret, "webhook secrets"),
                loopback=service.loopback_webhooks,
            )
        finally:
            store.close()
