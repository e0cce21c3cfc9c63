# SPDX-License-Identifier: Apache-2.0
"""Everything about people that one process of the service opens once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from api.people.desk import Desk
from api.people.oidc.provider import Provider
from api.people.refusals import not_offered
from api.service.settings import ServiceSettings, client_secret
from api.settings import Settings
from audit.database.connection import Database
from domain.application import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How people log in and what their sessions are.

    Attributes:
        desk: What sessions and passkeys work with.
        oidc: The provider of log-ins, if there is one.
    """

    desk: Desk
    oidc: Provider | None = None

    @property
    def provider(self) -> Provider:
        """The provider of log-ins.

        Raises:
            UsageError: ``log_in_not_offered``.
        """
        if self.oidc is None:
            raise not_offered("OpenID Connect")
        return self.oidc


@contextmanager
def open_people(
    settings: Settings, service: ServiceSettings, *, database: Database, ledger: Ledger
) -> Iterator[People]:
    """Open what people log in with, for as long as the ``with`` lasts.

    Raises:
        UsageError: ``service_settings``, the client's secret cannot be read.
        UnreachableError: The secret of the service can be neither read nor made.
        UnsafeError: It is damaged.
    """
    with ExitStack() as stack:
        desk = stack.enter_context(Desk.opened(settings, service, database=database, ledger=ledger))
        if service.oidc is None:
            yield People(desk=desk)
            return
        secret = client_secret(service.oidc, settings.home)
        provider = Provider(service.oidc, secret, clock=desk.clock)
        stack.callback(provider.close)
        yield People(desk=desk, oidc=provider)
