# SPDX-License-Identifier: Apache-2.0
"""What everything about people works with: settings, tables, registry, clock and chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_bytes
from time import time
from typing import Self

from api.access.standing import Standing
from api.people.rights import Roster
from api.service.registry import RegistryNow, registry_of
from api.service.secret import service_secret
from api.service.settings import ServiceSettings
from api.service.store import Store
from api.settings import Settings
from audit.database.connection import Database
from domain.application import Ledger
from domain.registry.state import KeyRecord, Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a log-in, a session and a passkey need.

    Attributes:
        settings: How the service runs.
        store: The tables.
        registry: Gives the registry as it is now, with the next place in the log.
        secret: The secret of the service.
        clock: Gives Unix time.
        randomness: A cryptographic generator.
    """

    settings: ServiceSettings
    store: Store
    registry: RegistryNow
    secret: bytes = field(repr=False)
    clock: Callable[[], float] = time
    randomness: Callable[[int], bytes] = token_bytes
    roster: Roster = field(default_factory=Roster)

    def now(self) -> int:
        """Give the present second."""
        return int(self.clock())

    def standing(self) -> Standing:
        """Give the registry as it is now, at the next place in the log."""
        registry, index = self.registry()
        return Standing(registry=registry, index=index, now=self.now())

    def keys(self, registry: Registry, officer: str) -> Sequence[KeyRecord]:
        """Give every key of an officer that is made for signing events, valid or not."""
        return self.roster.keys(registry, officer)

    @classmethod
    @contextmanager
    def opened(
        cls, settings: Settings, service: ServiceSettings, *, database: Database, ledger: Ledger
    ) -> Iterator[Self]:
        """Open the desk of a ledger for as long as the ``with`` lasts.

        Raises:
            UnreachableError: The secret of the service can be neither read nor made.
            UnsafeError: It is damaged.
        """
        secret = service_secret(settings.home / "keys", token_bytes)
        store = Store(database.conninfo("ledger_people"))
        try:
            yield cls(settings=service, store=store, registry=registry_of(ledger), secret=secret)
        finally:
            store.close()
