# SPDX-License-Identifier: Apache-2.0
"""Which events a policy means, by type and by what their members say.

A licence that is revoked makes its holder's firearms due to be placed elsewhere (WaffG 46;
domain facts, section 5), and a stocktake makes due what it lists as missing. Which firearms a
licence reaches, their own events say: the one by which a firearm came to its holder names the
licence or brings it into the holding of the licence, and the next change of hands ends that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.aggregate.recorded import Contradiction, Entry
from domain.event import Event
from domain.firearm.record import step
from domain.firearm.state import BLANK, State
from domain.policy.members import Tests, fits, values_at
from domain.policy.model import ANY_EVENT, EVENT_ID, ITSELF, Closing, DutyRule, Occasion, Opening


@dataclass(frozen=True, slots=True)
class Cause:
    """An event behind a duty, as corrections read it today.

    Attributes:
        index: Log index.
        event: The event.
        noted: Rules by which it is noted as not fitting.
        state: What its firearm was after it; nothing for any other record.
    """

    index: int
    event: Event
    noted: frozenset[str] = frozenset()
    state: State | None = None


def causes(entries: Iterable[Entry], notes: Iterable[Contradiction] = ()) -> tuple[Cause, ...]:
    """Read entries in the order in which they count; what was reversed does not count.

    Args:
        entries: Those of one firearm, or of any other records.
        notes: What does not fit among them.
    """
    noted = defaultdict[int, set[str]](set)
    for each in notes:
        noted[each.index].add(each.refusal.rule)
    state, read = BLANK, []
    for entry in entries:
        of_firearm = entry.event.sub.kind == "arm"
        state = step(state, entry)[0] if of_firearm else state
        if entry.reversed_by is None:
            rules = frozenset(noted.get(entry.index, ()))
            after = state if of_firearm else None
            read.append(Cause(entry.index, entry.effective, rules, after))
    return tuple(read)


def opens(opening: Opening, cause: Cause) -> bool:
    """Tell whether an event is one by which a duty becomes due."""
    if opening.event not in (ANY_EVENT, cause.event.evt):
        return False
    if opening.noted and not cause.noted.intersection(opening.noted):
        return False
    return _has(cause.event, opening, ())


def ends(closing: Closing, event: Event, opener: Event) -> bool:
    """Tell whether an event ends a duty that another, or itself, opened."""
    name = opener.evt if closing.event == ITSELF else closing.event
    alike = [
        (path.split("."), _one_of(_stated(opener, other))) for path, other in closing.same.items()
    ]
    return name == event.evt and _has(event, closing, alike)


def from_others(
    rule: DutyRule, own: Sequence[Cause], named: Sequence[Cause]
) -> Iterator[Sequence[Cause]]:
    """Give the events of other streams that may open a duty here, each with what came after it."""
    for place, cause in enumerate(named):
        if opens(rule.opens, cause):
            stream = [each for each in named if each.event.sub == cause.event.sub]
            since = _since(rule, own, cause.event, holding=_holding(stream, cause))
            if since is not None:
                later = [each for each in named[place + 1 :] if each in stream]
                after = sorted((*later, *since), key=lambda each: each.event.occ.earliest)
                yield (cause, *after)


def _since(
    rule: DutyRule, own: Sequence[Cause], opener: Event, *, holding: object
) -> Sequence[Cause] | None:
    """Give what came after a firearm was reached by an event; nothing if it is not reached."""
    before = [each for each in own if not opener.occ.certainly_before(each.event.occ)]
    if not before:
        return None
    if rule.naming and str(own[0].event.sub) in values_at(opener.dat, rule.naming.split(".")):
        after = [each for each in own if not each.event.occ.certainly_before(opener.occ)]
        return None if _is_listed(before[-1]) else after
    reached = _reached(rule, before, opener, holding=holding)
    if reached is None:
        return None
    since = own[own.index(reached) + 1 :]
    return None if _ended(rule, since, opener) else since


def _reached(
    rule: DutyRule, before: Sequence[Cause], opener: Event, *, holding: object
) -> Cause | None:
    """Give the event by which a firearm came to be held under what an event is about."""
    if rule.through is None:
        return None
    path = rule.through.split(".")
    naming = [each for each in before if str(opener.sub) in values_at(each.event.dat, path)]
    reaching = (*naming, *_bringing(rule, before, holding=holding, path=path))
    return max(reaching, key=before.index, default=None)


def _bringing(
    rule: DutyRule, before: Sequence[Cause], *, holding: object, path: Sequence[str]
) -> Sequence[Cause]:
    """Give the event that brought a firearm into a holding in which it still is, if any did.

    One that came under another licence, which its event names, is held under that one, unless
    the rule is about whatever the holder has.
    """
    if rule.holding is None or holding is None or _held_in(before[-1]) != holding:
        return ()
    first = len(before) - 1
    while first and _held_in(before[first - 1]) == holding:
        first -= 1
    licensed = any(values_at(each.event.dat, path) for each in before[first:])
    return before[first : first + 1] if rule.holding == "all" or not licensed else ()


def _ended(rule: DutyRule, since: Sequence[Cause], opener: Event) -> bool:
    """Tell whether something ended it before the event happened that would make it due."""
    return any(
        ends(closing, each.event, opener) and each.event.occ.certainly_before(opener.occ)
        for each in since
        for closing in rule.closes
    )


def _held_in(cause: Cause) -> str | None:
    return cause.state.holding if cause.state else None


def _holding(stream: Sequence[Cause], opener: Cause) -> object:
    """Give the holding that a licence was for when an event of it happened."""
    stated = [
        value
        for each in stream
        if each.index <= opener.index
        for value in values_at(each.event.dat, ["hld"])
    ]
    return stated[-1] if stated else None


def _is_listed(cause: Cause) -> bool:
    """Tell whether a firearm was reported lost or stolen already, and has not come to hand."""
    state = cause.state or BLANK
    return bool((state.alerts & {"lost", "stolen"}) - state.recovered)


def _stated(event: Event, path: str) -> Sequence[object]:
    """Give what an event states in a member, or its event id."""
    return (event.eid,) if path == EVENT_ID else values_at(event.dat, path.split("."))


def _has(event: Event, occasion: Occasion, further: Tests) -> bool:
    stated = [(path.split("."), _one_of(values)) for path, values in occasion.when.items()]
    return fits(event.dat, (*stated, *further))


def _one_of(values: Sequence[object]) -> Callable[[object], bool]:
    """Make the test for one of some values; one and true are not the same here."""
    wanted = {(type(each), each) for each in values}
    return lambda value: (type(value), value) in wanted
