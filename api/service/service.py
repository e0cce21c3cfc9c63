# SPDX-License-Identifier: Apache-2.0
"""What every route needs, opened once for each process of the service.

Several requests may ask at once, so questions go to one of a few connections; appends go to the
one that gathers them. Routes find it at ``app.state.service``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from queue import LifoQueue
from typing import Final, TypeVar

from api.bootstrap import Office, open_office
from api.erasing.schedule import working_off
from api.gate.approvals import Approvals
from api.gate.effects import Appended
from api.gate.gatekeeper import Gatekeeper, open_gatekeeper
from api.notices.delivering import running
from api.notices.mailroom import Mailroom
from api.people.people import People
from api.service.arrivals import Arrivals
from api.service.metrics import Metrics
from api.service.settings import ServiceSettings
from api.settings import Settings
from api.telemetry.watching import Watch
from api.tracing.inquiry import open_queries
from audit.appending.gathering import Gathering
from audit.database.connection import Database, Role
from audit.database.replica import wait_for_replica
from audit.link import Link
from audit.tree import read_size
from projections.queries import Queries
from projections.runner import catch_up
from projections.standing import read_standings

ASKING_MAX: Final = 4
"""Questions that one process answers at once; the others wait for a connection."""

_AGE: Final = """
select extract(epoch from clock_timestamp() - at)::float8
from ledger.checkpoint order by size desc limit 1
"""

Lent = TypeVar("Lent")


@dataclass(frozen=True, slots=True)
class Readers:
    """Where is read: at a streaming replica, if there is one; projections are filled at home.

    Attributes:
        home: The ledger's own database.
        replica: A libpq URL or connection string.
    """

    home: Database
    replica: str | None

    def conninfo(self, role: Role) -> str:
        """Give the connection string that acts as a role."""
        if role == "ledger_reader" and self.replica is not None:
            return Database(admin=self.replica, embedded=False).conninfo(role)
        return self.home.conninfo(role)

    def prepare(self) -> None:
        """Let a replica have the tables of every projection before anybody asks it for them.

        Raises:
            UnreachableError: ``replica_behind``, or the database or the replica does not answer.
            UnsafeError: A newer version of Muniment wrote a projection.
        """
        if self.replica is not None:
            catch_up(self.home.conninfo("ledger_projector"))
            wait_for_replica(self.home.conninfo("ledger_reader"), self.conninfo("ledger_reader"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One process of the service.

    Attributes:
        office: The open ledger.
        settings: How the service runs.
        gate: Who asks, how much they may ask, and what is kept of it.
        appending: Appends for many requests.
        arrivals: Knows when the log has grown.
        metrics: What monitors read.
        readers: Where lists and the log are read: the replica, if there is one.
        mailroom: Tells other systems by webhooks.
    """

    office: Office
    settings: ServiceSettings
    gate: Gatekeeper
    appending: Gathering[Appended]
    arrivals: Arrivals
    metrics: Metrics
    readers: Readers
    mailroom: Mailroom
    _questions: LifoQueue[Queries] = field(default_factory=LifoQueue)
    _links: LifoQueue[Link] = field(default_factory=LifoQueue)

    @property
    def people(self) -> People:
        """Who may log in."""
        return self.gate.people

    @contextmanager
    def queries(self) -> Iterator[Queries]:
        """Give what can be asked, to one request at a time."""
        with _lent(self._questions) as queries:
            yield queries

    @contextmanager
    def link(self) -> Iterator[Link]:
        """Give a connection that may read the log, to one request at a time."""
        with _lent(self._links) as link:
            yield link

    def measure(self) -> None:
        """Look at what is measured only when somebody asks."""
        with self.link() as link:
            self.metrics.log_size.set(read_size(link))
            for each in read_standings(link):
                if each.behind is not None:
                    self.metrics.lag.labels(each.name).set(each.behind)
            for (seconds,) in link.read(_AGE):
                self.metrics.checkpoint_age.set(seconds)
        self.metrics.waiting.set(self.appending.waiting)


@contextmanager
def open_service(
    settings: Settings,
    service: ServiceSettings,
    metrics: Metrics,
    *,
    clock: Callable[[], float] = time.time,
    watch: Watch | None = None,
) -> Iterator[Service]:
    """Open a ledger for requests, for as long as the ``with`` lasts.

    Raises:
        UsageError: The directory holds no ledger, or the settings cannot be used.
        UnreachableError: The database, the signer or the replica cannot be reached.
        UnsafeError: The database could lose events, or its schema was tampered with.
    """
    watching = watch or Watch()
    with ExitStack() as stack:
        stack.callback(watching.close)
        office = watching.office(stack.enter_context(open_office(settings)))
        gate = watching.gate(stack.enter_context(open_gatekeeper(office, service, clock=clock)))
        mailroom = stack.enter_context(
            Mailroom.opened(settings, service, database=office.database, ledger=office.ledger)
        )
        stack.enter_context(running(mailroom))
        stack.enter_context(working_off(office, service, clock=clock))
        readers = Readers(office.database, service.reader_url)
        readers.prepare()
        opened = Service(
            office=office,
            settings=service,
            gate=gate,
            appending=watching.gathering(Approvals(office, gate.people.desk).append_all),
            arrivals=Arrivals(office.database.conninfo("ledger_reader")),
            metrics=metrics,
            readers=readers,
            mailroom=mailroom,
        )
        for _ in range(ASKING_MAX):
            opened._questions.put(stack.enter_context(open_queries(office, readers)))  # noqa: SLF001
            link = Link(readers.conninfo("ledger_reader"))
            opened._links.put(stack.enter_context(closing(link)))  # noqa: SLF001
        yield opened


@contextmanager
def _lent(queue: LifoQueue[Lent]) -> Iterator[Lent]:
    one = queue.get()
    try:
        yield one
    finally:
        queue.put(one)
