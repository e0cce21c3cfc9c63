# SPDX-License-Identifier: Apache-2.0
"""Which duties the events of a stream opened under a policy, and how each stands on a date.

Implements the deadlines of rule 14 of the domain facts, section 9, and of Firearms Protocol
articles 7, 8, 10 and 11, as far as a policy numbers them. Nothing is stored: duties follow from
the events as corrected today, so that a late or back-dated event changes them like any other.

In doubt nobody is late. A deadline counts from the last second at which the event may have
happened: "2019" plus 14 days is the 14th of January 2020. Something is late, and a duty
overdue, only where that is certain. An instant counts to the second, so that two days are 48
hours. A date that is not known makes a duty without a deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from domain.aggregate.recorded import Contradiction, Entry
from domain.event import Event
from domain.identifiers import StreamId
from domain.occurrence import UNKNOWN, Occurrence, parse_occurrence
from domain.policy.matching import Cause, causes, ends, from_others, opens
from domain.policy.members import values_at
from domain.policy.model import (
    ANY_EVENT,
    ANYWHERE,
    ITSELF,
    OCCURRED,
    SIGNED,
    DutyRule,
    Policy,
)
from domain.registry.state import covers

DutyState = Literal["overdue", "open", "met_late", "met"]
"""How a duty stands on a date."""

ORDER: Final[tuple[DutyState, ...]] = ("overdue", "open", "met_late", "met")
"""What asks for attention first."""

DAY_SECONDS: Final = 86_400
LAST_SECOND: Final = 253_402_300_799
"""End of the year 9999; a deadline beyond it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty of one stream.

    Attributes:
        rule: The duty as the policy has it.
        about: The stream in which it is to be done.
        opened_by: The event that made it due.
        due: Last second in time, in Unix seconds; nothing where no date is known.
        closed_by: The event that ended it, if any did by the date asked for.
        closed_at: When that counts as done.
        state: How it stands on the date asked for.
    """

    rule: DutyRule
    about: StreamId
    opened_by: Cause
    due: int | None
    closed_by: Cause | None
    closed_at: Occurrence | None
    state: DutyState

    @property
    def due_on(self) -> str | None:
        """The last day in time, as YYYY-MM-DD."""
        return None if self.due is None else f"{datetime.fromtimestamp(self.due, UTC):%Y-%m-%d}"


def duties(
    entries: Iterable[Entry],
    policy: Policy,
    *,
    on: Occurrence,
    others: Iterable[Entry] = (),
    notes: Iterable[Contradiction] = (),
) -> tuple[Duty, ...]:
    """Tell every duty of a stream under a policy, overdue ones first, then by deadline.

    Args:
        entries: Entries of one stream, in the order in which they count: that of the world for
            a firearm, that of the log for any other. What was reversed does not count.
        policy: The policy.
        on: The date to tell it for; what certainly happened later is left out.
        others: Entries of streams that may open duties here: the licences under which a firearm
            was held, and whatever names it.
        notes: What does not fit in the stream, for duties that such a note opens.
    """
    own, named = causes(entries, notes), causes(others)
    found = [
        _duty(rule, run, about=own[0].event.sub, on=on)
        for rule in policy.duty
        for run in _runs(rule, own, named)
        if _opens(rule, run[0], policy) and _begun(rule, run[0].event, on=on)
    ]
    return in_order(found)


def in_order(found: Iterable[Duty]) -> tuple[Duty, ...]:
    """Order duties: overdue ones first, then by deadline."""
    return tuple(sorted(found, key=urgency))


def urgency(duty: Duty) -> tuple[int, int, int]:
    """Give what duties are ordered by: overdue ones first, then by deadline, then in log order."""
    due = LAST_SECOND if duty.due is None else duty.due
    return ORDER.index(duty.state), due, duty.opened_by.index


def _runs(
    rule: DutyRule, own: Sequence[Cause], named: Sequence[Cause]
) -> Iterator[Sequence[Cause]]:
    """Give what may have opened a duty, each with what came after it."""
    if rule.through or rule.naming:
        yield from from_others(rule, own, named)
        return
    for place, cause in enumerate(own):
        if rule.opens.event in (ANY_EVENT, cause.event.evt):
            yield own[place:]


def _opens(rule: DutyRule, cause: Cause, policy: Policy) -> bool:
    event = cause.event
    return (
        opens(rule.opens, cause)
        and not event.occ.certainly_before(parse_occurrence(policy.valid_from))
        and _concerns(policy, event)
    )


def _begun(rule: DutyRule, event: Event, *, on: Occurrence) -> bool:
    """Tell whether a duty may have begun by a date: a loss is to be reported once discovered."""
    return not all(on.certainly_before(each) for each in (event.occ, _counted_from(rule, event)))


def _concerns(policy: Policy, event: Event) -> bool:
    """Tell whether an event may be of a jurisdiction of the policy; it need not say where."""
    place = getattr(event.dat, "jur", None)
    if place is None or ANYWHERE in policy.jurisdiction:
        return True
    return covers(policy.jurisdiction, place)


def _duty(rule: DutyRule, run: Sequence[Cause], *, about: StreamId, on: Occurrence) -> Duty:
    """Tell how a duty stands that the first of some entries opened."""
    opener = run[0]
    due = _due(rule, opener.event)
    closed_by, closed_at = _closed(rule, run, on=on)
    return Duty(
        rule=rule,
        about=about,
        opened_by=opener,
        due=due,
        closed_by=closed_by,
        closed_at=closed_at,
        state=_state(due, closed_at, on=on),
    )


def _due(rule: DutyRule, event: Event) -> int | None:
    stated = _date(event, rule.due) if rule.due is not None else None
    if stated is not None:
        due = stated.latest
    else:
        due = _counted_from(rule, event).latest + rule.days * DAY_SECONDS
    return due if due <= LAST_SECOND else None


def _counted_from(rule: DutyRule, event: Event) -> Occurrence:
    """Give the date that a deadline counts from: that of the event where its member is absent."""
    if rule.counts_from in (OCCURRED, SIGNED):
        return _moment(event, rule.counts_from)
    return _date(event, rule.counts_from) or event.occ


def _date(event: Event, path: str) -> Occurrence | None:
    """Give the date in a member; the latest where it holds several."""
    dates = [parse_occurrence(str(each)) for each in values_at(event.dat, path.split("."))]
    return max(dates, key=lambda each: each.latest, default=None)


def _moment(event: Event, at: str) -> Occurrence:
    return event.occ if at == OCCURRED else _instant(event.iat)


def _instant(seconds: int) -> Occurrence:
    if seconds > LAST_SECOND:
        return UNKNOWN
    return parse_occurrence(f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}")


def _closed(
    rule: DutyRule, run: Sequence[Cause], *, on: Occurrence
) -> tuple[Cause, Occurrence] | tuple[None, None]:
    """Find the first entry that ended a duty, and when it counts as done."""
    opener = run[0].event
    for place, cause in enumerate(run):
        for closing in rule.closes:
            done = _moment(cause.event, closing.at)
            itself = closing.event == ITSELF
            stands = itself == (place == 0) and not on.certainly_before(done)
            if stands and ends(closing, cause.event, opener):
                return cause, done
    return None, None


def _state(due: int | None, closed_at: Occurrence | None, *, on: Occurrence) -> DutyState:
    if closed_at is None:
        return "overdue" if due is not None and on.earliest > due else "open"
    return "met_late" if due is not None and closed_at.earliest > due else "met"
