# SPDX-License-Identifier: Apache-2.0
"""Every retention that runs: its rule and policy, when it ends, and what holds it.

Implements "retention" of the domain facts, section 5, for data stewards. The records in which a
clock may run are found by their events, and officers by the registry; each is read and judged by
``domain.erasure.clocks``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, Final, Literal

from domain.access.retention import ANY_ROLE_YEARS, years_after
from domain.erasure.clocks import Clock, clocks
from domain.erasure.officers import Officer
from domain.erasure.records import KEPT, holds_on
from domain.erasure.state import NOT_PROPOSED
from domain.firearm.state import Firearm
from domain.occurrence import Occurrence
from domain.policy.model import Policy
from domain.registry.state import Registry
from projections.asking.folded import (
    Folded,
    at_once,
    disclosing,
    fold_streams,
    officers_out_of_service,
)
from projections.asking.snapshot import Snapshot
from projections.asking.sorting import Placed, in_order

RetentionState = Literal["due", "held", "running", "unknown", "erased"]
"""How a retention stands on a day: it has run out, a hold stops that, it runs, it began on no
known day, or the persons are erased already."""

NEVER: Final = "9999-12-31"

_ENDING: Final = [
    "authorization.refused",
    "authorization.revoked",
    "component.destroyed",
    "component.exported",
    "licence.refused",
    "licence.revoked",
    "licence.expired",
    "licence.business-ceased",
    "licence.ban-lifted",
    "licence.registered",
    "trace.closed",
]
_CANDIDATES: Final = """
select stream from life where evt in ('firearm.destroyed', 'firearm.exported') and stands
union select stream from life where technical = 'destroyed'
union select stream from record
where subject = any(%(kinds)s)
and (evt = any(%(ending)s) or facts ->> 'valid_to' <= %(day)s or facts ->> 'expires_on' <= %(day)s
     or status = 'used_up')
"""
_ERASURES: Final = """
select facts ->> 'record', stream, (array_agg(status order by idx desc, place desc))[1]
from record where subject = 'ers' and facts ->> 'record' = any(%(records)s)
group by 1, 2 order by max(idx)
"""


_NAMING: Final = """
select r.tag, e.stream from ledger.event_ref r join ledger.event e using (idx)
where r.tag = any(%(holdings)s) and e.idx < %(size)s
"""


@dataclass(frozen=True, slots=True)
class Erasures:
    """What became of the erasures of one record.

    Attributes:
        status: Where the newest one stands; nothing where there is none.
        events: Event ids whose persons are erased, with when that was proposed, in Unix seconds.
    """

    status: str | None = None
    events: Mapping[str, int] = field(default_factory=dict)

    def left(self, record: Folded) -> list[str]:
        """Give the ids of a record's events that may have disclosed persons not erased yet.

        What was erased of an officer in service counts no longer: who stayed logged in again.
        """
        since = (record.state.left_at or 0) if isinstance(record.state, Officer) else 0
        return [each for each in disclosing(record) if self.events.get(each, -1) < since]


NO_ERASURE: Final = Erasures()


def retentions(
    snapshot: Snapshot, policy: Policy, *, registry: Registry, on: Occurrence
) -> Iterator[dict[str, Any]]:
    """Give every retention that runs under a policy, by the day on which it ends.

    Args:
        snapshot: What was known.
        policy: Says how long each runs.
        registry: Says which officers left, and when; it may know more than the snapshot.
        on: The day to tell it for.
    """
    return in_order(
        Placed([record["due_on"] or NEVER, record["record"], record["rule"]], record)
        for record in _found(snapshot, policy, registry=registry, on=on)
    )


def erasures_of(snapshot: Snapshot, records: Sequence[str]) -> dict[str, Erasures]:
    """Tell what became of the erasures of each of some records that has any."""
    rows = list(snapshot.rows(_ERASURES, {"records": list(records)}))
    done = [stream for _, stream, status in rows if status == "executed"]
    folded = fold_streams(snapshot, done)
    found: dict[str, Erasures] = {}
    for record, stream, status in rows:
        erasure = folded.get(stream)
        state = erasure.state if erasure else NOT_PROPOSED
        events = dict.fromkeys(state.proposal.events if state.proposal else (), state.proposed_at)
        found[record] = Erasures(status, {**found.get(record, NO_ERASURE).events, **events})
    return found


def kept_elsewhere(
    snapshot: Snapshot, holdings: Collection[str], *, leaving: Collection[str]
) -> set[str]:
    """Name those of some holdings under which other records keep persons.

    Args:
        snapshot: What was known.
        holdings: The holdings.
        leaving: Records whose persons go now.
    """
    rows = list(snapshot.rows(_NAMING, {"holdings": list(holdings)}))
    folded = fold_streams(snapshot, list({stream for _, stream in rows}))
    erasures = erasures_of(snapshot, [str(each.stream) for each in folded.values()])
    keeping = {
        uuid
        for uuid, each in folded.items()
        if str(each.stream) not in leaving and erasures.get(str(each.stream), NO_ERASURE).left(each)
    }
    return {holding for holding, stream in rows if stream in keeping}


def _found(
    snapshot: Snapshot, policy: Policy, *, registry: Registry, on: Occurrence
) -> Iterator[dict[str, Any]]:
    records = chain(_ended(snapshot, on), officers_out_of_service(snapshot, registry, on))
    for folded in at_once(records):
        erasures = erasures_of(snapshot, [str(each.stream) for each in folded])
        for each in folded:
            known = erasures.get(str(each.stream), NO_ERASURE)
            for clock in clocks(each.state, policy, on=on):
                yield _told(each, clock, policy, on=on, erasures=known)


def _ended(snapshot: Snapshot, on: Occurrence) -> Iterator[Folded]:
    given = {"ending": _ENDING, "day": on.text, "kinds": [*KEPT]}
    for part in at_once(stream for (stream,) in snapshot.rows(_CANDIDATES, given)):
        yield from fold_streams(snapshot, part).values()


def _told(
    folded: Folded, clock: Clock, policy: Policy, *, on: Occurrence, erasures: Erasures
) -> dict[str, Any]:
    holds = list(holds_on(folded.state))
    due_on, until = _day(clock.due), _access_until(folded.state, clock)
    erased = erasures.status == "executed" and not erasures.left(folded)
    return {
        "record": str(folded.stream),
        "state": "erased" if erased else _state(clock, holds=holds, on=on),
        "rule": clock.rule.code,
        "starts": clock.rule.starts,
        "began_on": _day(clock.began),
        "years": clock.rule.years,
        "due_on": due_on,
        "days_left": _days_left(due_on, on),
        "access_until": until,
        "holds": holds,
        "erasure": erasures.status,
        "policy": policy.id,
        "version": policy.version,
        "sentence": clock.rule.sentence,
        "source": clock.rule.source,
    }


def _state(clock: Clock, *, holds: Sequence[str], on: Occurrence) -> RetentionState:
    if clock.began is None:
        return "unknown"
    if clock.due is None or on.latest < clock.due:
        return "running"
    return "held" if holds else "due"


def _access_until(record: object, clock: Clock) -> str | None:
    """Give the last day on which roles other than criminal justice may see the persons."""
    if clock.began is None or clock.rule.starts != "destruction":
        return None
    if not isinstance(record, Firearm):
        return None
    return _day(years_after(clock.began, ANY_ROLE_YEARS))


def _day(moment: int | None) -> str | None:
    return None if moment is None else f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def _days_left(due: str | None, on: Occurrence) -> int | None:
    """Give the days up to the one from which on the persons may be erased."""
    return None if due is None else (date.fromisoformat(due) - date.fromisoformat(on.text)).days
