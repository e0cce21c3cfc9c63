# SPDX-License-Identifier: Apache-2.0
"""Whether an event is one that a policy speaks of, and whether another stream's event counts here.

A licence that is revoked makes its holder's firearms due to be placed elsewhere (WaffG 46;
domain facts, section 5). Which firearms those are, their own events say: the one by which a
firearm came to its holder names the licence, and the next change of hands ends that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from domain.event import Event
from domain.policy.members import Tests, fits, values_at
from domain.policy.model import ANY_EVENT, EVENT_ID, ITSELF, Closing, DutyRule, Occasion, Opening


@dataclass(frozen=True, slots=True)
class Cause:
    """An event behind a duty, as corrections read it today.

    Attributes:
        index: Log index.
        event: The event.
        noted: Rules by which it is noted as not fitting.
    """

    index: int
    event: Event
    noted: frozenset[str] = frozenset()


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


def through(
    rule: DutyRule, own: Sequence[Cause], named: Sequence[Cause]
) -> Iterator[Sequence[Cause]]:
    """Give the events of other streams that may open a duty here, each with what came after it."""
    for place, cause in enumerate(named):
        if opens(rule.opens, cause):
            since = _since_named(rule, own, cause.event)
            if since is not None:
                stream = [each for each in named[place + 1 :] if _same_stream(each, cause)]
                after = sorted((*stream, *since), key=lambda each: each.event.occ.earliest)
                yield (cause, *after)


def _since_named(rule: DutyRule, own: Sequence[Cause], opener: Event) -> Sequence[Cause] | None:
    """Give what came after the newest event that names a stream; nothing if that ended before."""
    path = str(rule.through).split(".")
    naming = [
        place
        for place, each in enumerate(own)
        if str(opener.sub) in values_at(each.event.dat, path)
        and not opener.occ.certainly_before(each.event.occ)
    ]
    if not naming:
        return None
    since = own[naming[-1] + 1 :]
    ended = any(
        ends(closing, each.event, opener) and each.event.occ.certainly_before(opener.occ)
        for each in since
        for closing in rule.closes
    )
    return None if ended else since


def _same_stream(one: Cause, other: Cause) -> bool:
    return one.event.sub == other.event.sub


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
