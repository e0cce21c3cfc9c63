# SPDX-License-Identifier: Apache-2.0
"""The lists that can be asked for: holdings, licences, authorizations, requests, duties, findings.

The same lists as on the command line (design decision D12), for every door behind the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from api.gate.effects import shipped_policy
from api.gate.listing.listing import Row, Source
from api.gate.reach import IndexOf
from api.policies.asking import UNDONE
from api.policies.record import duties_in_order
from domain.occurrence import Occurrence
from domain.policy.duties import DutyState
from domain.policy.model import Policy
from projections.asking.authorizations import authorizations
from projections.asking.findings import ordered, record_findings
from projections.asking.holdings import Holder, holdings
from projections.asking.licences import licences
from projections.asking.requests import Box, Desk, requests
from projections.asking.snapshot import Snapshot
from projections.duties.queries import Question, all_duties
from projections.findings.store import FINDINGS
from projections.lots.queries import lots


def holdings_by(by: Holder) -> Source:
    """Tell firearms by whoever holds them."""
    return Source(told=lambda known, on: holdings(known, by, on=on), index_of=_member("index"))


def licences_of(holding: str | None = None) -> Source:
    """Tell licences, or those of one holder, with what each is worth on the day."""
    return Source(
        told=lambda known, on: licences(known, on=on, holding=holding), index_of=_member("index")
    )


def authorizations_used() -> Source:
    """Tell authorizations with what was drawn of them, and shipments without one of their ends."""
    return Source(told=lambda known, on: authorizations(known, on=on), index_of=_member("index"))


def requests_at(desk: Desk, *, box: Box | None = None, unclosed: bool = False) -> Source:
    """Tell tracing requests, open ones first.

    Args:
        desk: Whose requests.
        box: Only those asked of us, or by us.
        unclosed: Only those of which something is still to be done.
    """

    def told(known: Snapshot, on: Occurrence) -> Iterable[Row]:
        for each in requests(known, desk, on=on):
            if (box is None or box in each["boxes"]) and (each["open"] or not unclosed):
                yield each

    return Source(told=told, index_of=_member("index"))


def duties_under(
    policy: Policy, *, now: datetime, state: DutyState | None = None, who: str | None = None
) -> Source:
    """Tell duties, overdue ones first, with the rule and the events behind each.

    Args:
        policy: Says what is due.
        now: The time by the clock of whoever asks.
        state: Only those that stand so; what is not done by default.
        who: Only those of a role.
    """

    def told(known: Snapshot, on: Occurrence) -> Iterable[Row]:
        states: frozenset[DutyState] = frozenset((state,) if state else UNDONE)
        question = Question(policy=policy, on=on, now=int(now.timestamp()), states=states, who=who)
        return duties_in_order(all_duties(known, question))

    return Source(told=told, index_of=_opened_by)


def lots_listed() -> Source:
    """Tell lots of firearms to be destroyed, with how far each has come."""
    return Source(told=lambda known, on: lots(known, on=on), index_of=_member("index"))


def findings_on_record() -> Source:
    """Tell what contradicts itself, is suspected to be a duplicate, late or unusual."""
    return Source(
        told=lambda known, on: ordered(record_findings(known, on=on)),
        index_of=_member("index"),
        also=[FINDINGS],
    )


def policy_named(name: str) -> Policy:
    """Load one of the policies that come with the software.

    Raises:
        UsageError: ``policy_unknown``.
    """
    under = shipped_policy(name)
    assert under is not None  # noqa: S101 - a name was given
    return under


def _member(name: str) -> IndexOf:
    return lambda row: row[name]


def _opened_by(row: Mapping[str, Any]) -> int | None:
    index: int = row["opened_by"]["index"]
    return index
