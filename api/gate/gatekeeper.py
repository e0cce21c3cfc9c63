# SPDX-License-Identifier: Apache-2.0
"""Who asks, how much they may ask, and what is kept of it: the parts behind the gate.

Machines are known by their signatures, people by their sessions; the registry says at each request
what either may do, so that a revocation acts at the next index of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.access.caller import Caller
from api.access.message import HttpRequest
from api.access.quotas import Quotas
from api.access.recording import Question, Shown, access_of
from api.access.signatures import Nonces, authenticate, is_signed
from api.access.standing import Standing
from api.bootstrap import Office
from api.gate.appends import AppendLimits
from api.people.callers import CSRF_HEADER, caller_of_session
from api.people.people import People, open_people
from api.service.settings import ServiceSettings
from audit.access.buckets import MemoryBuckets, SharedBuckets
from audit.access.log import AccessLog
from audit.access.nonces import NonceBook
from audit.access.selectors import SelectorKey
from domain.application import Ledger
from domain.occurrence import Occurrence, parse_occurrence

if TYPE_CHECKING:
    from api.gate.asking import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeper:
    """What the gate of one process works with.

    Attributes:
        ledger: Has the registry.
        nonces: The memory of every nonce that was used.
        people: Has the sessions.
        log: The access log.
        selectors: The key of what was searched for.
        quotas: How often a caller may ask.
        appends: How fast a key may have events recorded.
        clock: The time in Unix seconds.
    """

    ledger: Ledger
    nonces: Nonces
    people: People
    log: AccessLog
    selectors: SelectorKey
    quotas: Quotas
    appends: AppendLimits
    clock: Callable[[], float]

    def now(self) -> datetime:
        """Give the time."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def today(self) -> Occurrence:
        """Give the day, in UTC."""
        return parse_occurrence(f"{self.now():%Y-%m-%d}")

    def caller_of(self, message: HttpRequest, *, csrf: str | None = None) -> Caller:
        """Find out who sent a request.

        Args:
            message: The request.
            csrf: The token against forged requests, where it stands in a form.

        Raises:
            UnauthenticatedError: It is signed, and the signature does not hold.
            RefusedError: ``session_ended`` or ``csrf_invalid``.
            UnreachableError: The database does not answer.
        """
        if is_signed(message):
            return authenticate(message, self._standing(), self.nonces)
        return caller_of_session(
            self.people.desk,
            cookies=message.field("cookie"),
            method=message.method,
            csrf=csrf or message.field(CSRF_HEADER.lower()),
            origin=message.field("origin"),
        )

    def _standing(self) -> Standing:
        registry = self.ledger.catch_up()
        return Standing(registry=registry, index=self.ledger.size, now=int(self.clock()))

    def keep(self, question: Question, note: Note) -> None:
        """Write down what was asked and what is shown, durably, before it is handed out.

        Raises:
            UnreachableError: ``access_unrecorded``; then nothing may be shown.
        """
        shown = Shown(events=note.events, count=note.answers, claims=frozenset(note.claims))
        decision = note.code or note.decision
        self.log.record(access_of(question, decision, shown, key=self.selectors))


@contextmanager
def open_gatekeeper(
    office: Office, service: ServiceSettings, *, clock: Callable[[], float]
) -> Iterator[Gatekeeper]:
    """Open what the gate needs, for as long as the ``with`` lasts."""
    with (
        closing(NonceBook(office.database.conninfo("ledger_api"), clock=clock)) as nonces,
        closing(SharedBuckets(office.database.conninfo("ledger_api"))) as shared,
        closing(AccessLog(office.database.conninfo("ledger_access"))) as log,
        open_people(
            office.settings, service, database=office.database, ledger=office.ledger
        ) as people,
    ):
        quotas = Quotas(own=MemoryBuckets(), shared=shared, clock=clock, processes=service.workers)
        yield Gatekeeper(
            ledger=office.ledger,
            nonces=nonces,
            people=people,
            log=log,
            selectors=SelectorKey.load(office.settings.selector_key),
            quotas=quotas,
            appends=AppendLimits(service.append_rate / service.workers),
            clock=clock,
        )
