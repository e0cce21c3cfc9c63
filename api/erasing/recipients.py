# SPDX-License-Identifier: Apache-2.0
"""Who was given what an erasure makes unreadable, so that they can be told to forget it too.

Implements "erasure notices go to all logged recipients" of the envelope specification, section 6
(GDPR, article 19). The access log says who looked and for whom. Whoever asked a tracing request
was given its answers, and the log itself is the record of that: ``trace.responded`` is signed by
who answered, and says when, on what basis, in which case and what; ``trace.onward-disclosed`` says
where it went on. The log tells everybody who follows it: ``erasure.executed`` in the feed and in
webhooks names the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from api.bootstrap import Office
from api.notices.mailroom import Mailroom
from api.notices.telling import Notice, notices_of
from audit.access.reading import AccessReader, open_access_log
from audit.proof.access.chain import Stored
from audit.proof.access.record import Access, read_record
from audit.proof.envelope.opening import read_stored
from audit.vault.erasing import Standing
from domain.catalogue import CATALOGUE
from domain.erasure.rules import named_holdings
from domain.errors import ProofError, UsageError
from domain.identifiers import StreamId, parse_stream_id
from domain.tracing.events import OnwardDisclosed, Requested, Responded
from domain.tracing.state import TracingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who was given personal data that is erased.

    Attributes:
        authority: Authority of whoever looked, that asked the tracing request, or passed it on.
        recipient: For whom they did, an authority or a State; empty for themselves.
        purpose: What for; empty for a tracing request.
        legal_basis: Code of the rule of law by which they looked; empty for a tracing request.
        source: ``access``, by the access log; ``trace``, by the answer to a tracing request.
        certain: Whether the event, or the holding in an answer, is named. A look at many events
            says only how many they were, and an answer may tell of a firearm without its holders.
        claims: Names of what was shown; of an answer the log does not say.
        times: How often.
        last_at: When last, in Unix seconds.
    """

    authority: str
    recipient: str = ""
    purpose: str = ""
    legal_basis: str = ""
    source: str = "access"
    certain: bool = True
    claims: frozenset[str] = frozenset()
    times: int = 1
    last_at: int | None = None

    def record(self) -> dict[str, Any]:
        """Give it as the members of an answer."""
        last = None if self.last_at is None else f"{datetime.fromtimestamp(self.last_at, UTC):%F}"
        return {
            "authority": self.authority,
            "recipient": self.recipient or None,
            "purpose": self.purpose or None,
            "legal_basis": self.legal_basis or None,
            "source": self.source,
            "certain": self.certain,
            "claims": sorted(self.claims),
            "times": self.times,
            "last_on": last,
        }


def recipients_of(office: Office, standing: Standing) -> list[dict[str, Any]]:
    """Give those who were given what an erasure is about, by authority and why they were.

    Args:
        office: The open ledger.
        standing: The erasure, wherever it stands.

    Raises:
        UnreachableError: The database does not answer.
    """
    with open_access_log(office.database.conninfo("ledger_auditor")) as log:
        found = [*_who_asked(office, standing), *_who_looked(log, frozenset(standing.dat.events))]
    return [each.record() for each in found]


def known_erasure(office: Office, erasure: StreamId) -> Standing:
    """Find an erasure.

    Raises:
        UsageError: ``erasure_unknown``.
        UnreachableError: The database does not answer.
    """
    return erasure_among(office.eraser.standings(), erasure)


def erasure_among(standings: Iterable[Standing], erasure: StreamId) -> Standing:
    """Find an erasure among some.

    Raises:
        UsageError: ``erasure_unknown``.
    """
    for each in standings:
        if each.proposal.sub == erasure:
            return each
    raise UsageError(
        f"This ledger knows no erasure {erasure}.",
        slug="erasure_unknown",
        next_step="List them with `muniment erasure status`.",
    )


def notices_about(mailroom: Mailroom, standing: Standing) -> dict[str, Notice]:
    """Tell by authority how far its webhooks are with an erasure; nobody before it is executed.

    Raises:
        UnreachableError: The database does not answer.
    """
    done = standing.newest
    if done.evt != "erasure.executed":
        return {}
    return notices_of(mailroom, done.evt, index=standing.index, at=done.iat)


def _who_asked(office: Office, standing: Standing) -> Iterator[Recipient]:
    """Give those to whom the answers of tracing requests went, and to whom these went on."""
    for stream, certain in _requests(office, standing).items():
        request = office.ledger.state(stream)
        if isinstance(request, TracingRequest):
            yield from _answered(request, certain=certain)


def _requests(office: Office, standing: Standing) -> dict[StreamId, bool]:
    """Name the tracing requests whose answers may tell it, with whether they name a holding."""
    record, erased = parse_stream_id(standing.dat.record), frozenset(standing.dat.events)
    state = office.ledger.state(record)
    if isinstance(state, TracingRequest):
        return {record: True}
    events = [each.event for each in state.entries if each.event.eid in erased] if state else []
    holdings = named_holdings(events).union(standing.dat.holdings)
    found: dict[StreamId, bool] = {}
    for tag in (standing.dat.record, *sorted(holdings)):
        for each in office.ledger.store.referring(tag, "trace."):
            found[read_stored(each.state, CATALOGUE).sub] = tag in holdings
    return found


def _answered(request: TracingRequest, *, certain: bool) -> Iterator[Recipient]:
    events = [each.effective for each in request.entries if each.stands]
    answers = [each for each in events if isinstance(each.dat, Responded)]
    if not answers:
        return
    asked = cast("Requested", events[0].dat)
    given = partial(Recipient, source="trace", certain=certain)
    yield given(
        authority=request.asked_by,
        recipient=asked.requesting_state or "",
        times=len(answers),
        last_at=answers[-1].iat,
    )
    for each in events:
        if isinstance(each.dat, OnwardDisclosed):
            yield given(authority=each.iss, recipient=each.dat.to_country, last_at=each.iat)


def _who_looked(log: AccessReader, events: frozenset[str]) -> list[Recipient]:
    found: dict[tuple[str, str, str, str, bool], Recipient] = {}
    for access in _shown(log.records()):
        named = not events.isdisjoint(access.events)
        if not named and access.events:
            continue
        key = (access.authority, access.recipient, access.purpose, access.basis, named)
        known = found.get(key)
        found[key] = Recipient(
            authority=access.authority,
            recipient=access.recipient,
            purpose=access.purpose,
            legal_basis=access.basis,
            certain=named,
            claims=frozenset(access.claims).union(known.claims if known else ()),
            times=known.times + 1 if known else 1,
            last_at=access.at,
        )
    return [found[key] for key in sorted(found)]


def _shown(records: Iterable[Stored]) -> Iterator[Access]:
    """Give the records by which somebody was shown personal data; a damaged one says nothing."""
    for each in records:
        try:
            record = read_record(each.raw)
        except ProofError:
            continue
        if isinstance(record, Access) and record.allowed and record.claims and record.count:
            yield record
