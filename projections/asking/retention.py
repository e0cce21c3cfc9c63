# SPDX-License-Identifier: Apache-2.0
"""Every retention that runs: its rule and policy, when it ends, and what holds it.

Implements "retention" of the domain facts, section 5, for data stewards. The records in which a
clock may run are found by their events; each is read and judged by ``domain.erasure.clocks``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

from domain.access.retention import ANY_ROLE_YEARS, years_after
from domain.erasure.clocks import Clock, clocks
from domain.firearm.state import Firearm
from domain.licence.state import Licence
from domain.occurrence import Occurrence
from domain.policy.model import Policy
from projections.asking.folded import Folded, at_once, fold_streams
from projections.asking.snapshot import Snapshot
from projections.asking.sorting import Placed, in_order

RetentionState = Literal["due", "held", "running", "unknown", "erased"]
"""How a retention stands on a day: it has run out, a hold stops that, it runs, it began on no
known day, or the persons are erased already."""

NEVER: Final = "9999-12-31"

_ENDING: Final = [
    "licence.refused",
    "licence.revoked",
    "licence.expired",
    "licence.business-ceased",
    "licence.ban-lifted",
    "licence.registered",
]
_CANDIDATES: Final = """
select stream from life where evt in ('firearm.destroyed', 'firearm.exported') and stands
union select stream from life where technical = 'destroyed'
union select stream from record
where subject = 'lic' and (evt = any(%(ending)s) or facts ->> 'valid_to' <= %(day)s)
"""
_ERASURES: Final = """
select facts ->> 'record', (array_agg(status order by idx desc, place desc))[1]
from record where subject = 'ers' and facts ->> 'record' = any(%(records)s) group by 1
"""


def retentions(snapshot: Snapshot, policy: Policy, *, on: Occurrence) -> Iterator[dict[str, Any]]:
    """Give every retention that runs under a policy, by the day on which it ends.

    Args:
        snapshot: What was known.
        policy: Says how long each runs.
        on: The day to tell it for.
    """
    return in_order(
        Placed([record["due_on"] or NEVER, record["record"], record["rule"]], record)
        for record in _found(snapshot, policy, on)
    )


def _found(snapshot: Snapshot, policy: Policy, on: Occurrence) -> Iterator[dict[str, Any]]:
    given = {"ending": _ENDING, "day": on.text}
    for part in at_once(stream for (stream,) in snapshot.rows(_CANDIDATES, given)):
        folded = list(fold_streams(snapshot, part).values())
        erasures = _erasures(snapshot, [str(each.stream) for each in folded])
        for each in folded:
            for clock in clocks(each.state, policy, on=on):
                yield _told(each, clock, policy, on=on, erasure=erasures.get(str(each.stream)))


def _erasures(snapshot: Snapshot, records: Sequence[str]) -> Mapping[str, str]:
    """Tell where the newest erasure of each of some records stands."""
    return dict(snapshot.rows(_ERASURES, {"records": list(records)}))


def _told(
    folded: Folded, clock: Clock, policy: Policy, *, on: Occurrence, erasure: str | None
) -> dict[str, Any]:
    holds = _holds(folded.state)
    due_on, until = _day(clock.due), _access_until(folded.state, clock)
    return {
        "record": str(folded.stream),
        "state": _state(clock, holds=holds, erasure=erasure, on=on),
        "rule": clock.rule.code,
        "starts": clock.rule.starts,
        "began_on": _day(clock.began),
        "years": clock.rule.years,
        "due_on": due_on,
        "days_left": _days_left(due_on, on),
        "access_until": until,
        "holds": holds,
        "erasure": erasure,
        "policy": policy.id,
        "version": policy.version,
        "sentence": clock.rule.sentence,
        "source": clock.rule.source,
    }


def _state(
    clock: Clock, *, holds: Sequence[str], erasure: str | None, on: Occurrence
) -> RetentionState:
    if erasure == "executed":
        return "erased"
    if clock.began is None:
        return "unknown"
    if clock.due is None or on.latest < clock.due:
        return "running"
    return "held" if holds else "due"


def _holds(record: Firearm | Licence) -> list[str]:
    return list(record.state.holds if isinstance(record, Firearm) else record.holds)


def _access_until(record: Firearm | Licence, clock: Clock) -> str | None:
    """Give the last day on which roles other than criminal justice may see the persons."""
    if clock.began is None or clock.rule.starts != "destruction" or isinstance(record, Licence):
        return None
    return _day(years_after(clock.began, ANY_ROLE_YEARS))


def _day(moment: int | None) -> str | None:
    return None if moment is None else f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def _days_left(due: str | None, on: Occurrence) -> int | None:
    """Give the days up to the one from which on the persons may be erased."""
    return None if due is None else (date.fromisoformat(due) - date.fromisoformat(on.text)).days
