# SPDX-License-Identifier: Apache-2.0
"""May this key sign this event at this position of the log?

Implements the checks "key valid at this log position, role, jurisdiction, event type" of
the envelope specification, section 4.6, with the codes of 4.10. It holds for every
event and runs on each append, so it looks at one record and builds sentences only
when it refuses. A second person is asked the same two questions, whether the key counts and
where it holds a role. The further rules of registry events are in ``aggregate``.
"""

from __future__ import annotations

from collections.abc import Container
from typing import cast

from domain.event import Event
from domain.identifiers import REGISTRY_KINDS
from domain.refusal import Refusal
from domain.registry.events import FOUNDED, LedgerFounded
from domain.registry.state import KeyRecord, Registry, covers


def authorise(registry: Registry, event: Event, index: int) -> Refusal | None:
    """Judge the signer of an event at a position of the log.

    Returns:
        Nothing if the key may sign it; else a refusal whose rule is ``kid_unknown``,
        ``key_not_valid``, ``role_denied`` or ``jurisdiction_denied``.
    """
    key = registry.keys.get(event.kid)
    if key is None:
        return _unknown(registry, event)
    if key.authority == event.iss and counts(registry, key, moment=event.iat, index=index):
        return _mandate(registry, key, event, index=index)
    return _not_valid(_problem(key, event, registry=registry, index=index), event)


def counts(registry: Registry, key: KeyRecord, *, moment: int, index: int) -> bool:
    """Tell whether a signature by a key counts at a position, for an event signed at a time."""
    return (
        key.valid_at(index)
        and key.key_class == "event"
        and key.not_before <= moment
        and (key.not_after is None or moment <= key.not_after)
        and registry.algorithm_open(key.alg, index)
    )


def holds(
    registry: Registry, key: KeyRecord, event: Event, *, roles: Container[str], index: int
) -> bool:
    """Tell whether a key holds one of some roles where an event happened.

    An event that states no jurisdiction speaks for the whole of its authority, so that one grant
    has to cover every jurisdiction of it. What an event about keys reaches, the registry's own
    rules say.
    """
    # The instance dictionary, since attribute access on a model without the member is slow.
    place = cast("str | None", event.dat.__dict__.get("jur"))
    for grant in key.grants:
        if grant.role in roles and grant.stands(index, event.iat):
            reach = grant.jurisdictions
            if place in reach or _reaches(registry, event, reach, place=place):
                return True
    return False


def _reaches(
    registry: Registry, event: Event, reach: tuple[str, ...], *, place: str | None
) -> bool:
    if place is not None:
        return covers(reach, place)
    if event.type.subject in REGISTRY_KINDS:
        return True
    authority = registry.authorities.get(event.iss)
    if authority is None:
        return False
    area = authority.jurisdictions
    return reach == area or all(covers(reach, each) for each in area)


def _mandate(registry: Registry, key: KeyRecord, event: Event, *, index: int) -> Refusal | None:
    if holds(registry, key, event, roles=event.type.roles, index=index):
        return None
    standing = [grant for grant in key.grants if grant.stands(index, event.iat)]
    fitting = [grant for grant in standing if grant.role in event.type.roles]
    if not fitting:
        return _without_role(event, {grant.role for grant in standing})
    return _out_of_place(event, {each for grant in fitting for each in grant.jurisdictions})


def _problem(key: KeyRecord, event: Event, *, registry: Registry, index: int) -> str:
    """Say in words why the key does not count."""
    if key.key_class != "event":
        return f"it is a key of class {key.key_class}, and only class event signs events"
    if key.authority != event.iss:
        return "it belongs to another authority than the one that the event names"
    return _state_problem(registry, key, index=index) or _time_problem(key, event.iat)


def _state_problem(registry: Registry, key: KeyRecord, *, index: int) -> str | None:
    if key.approved is None:
        return "its enrolment is not approved"
    if index <= key.approved:
        return f"it is valid only after index {key.approved}"
    if key.ended is not None and index > key.ended:
        return f"it ended at index {key.ended} ({key.end_reason})"
    if key.suspended_at(index):
        return "it is suspended"
    if not registry.algorithm_open(key.alg, index):
        return f"the algorithm {key.alg} is closed for new events"
    return None


def _time_problem(key: KeyRecord, moment: int) -> str:
    side = "before the key's first" if moment < key.not_before else "after the key's last"
    return f"the event was signed {side} day"


def _unknown(registry: Registry, event: Event) -> Refusal | None:
    if registry.log is None and event.type.evt == FOUNDED:
        founding = cast("LedgerFounded", event.dat)
        if any(root.kid == event.kid for root in founding.roots):
            return None
    return Refusal(
        rule="kid_unknown",
        sentence="The key that signed this event is not enrolled in this ledger.",
        axis="key",
        found=event.kid,
        legal=("enrol the key and let a second officer approve it",),
    )


def _not_valid(problem: str, event: Event) -> Refusal:
    return Refusal(
        rule="key_not_valid",
        sentence=f"The key cannot sign this event: {problem}.",
        axis="key",
        found=event.kid,
        legal=(f"a key of {event.iss} that counts at this place of the log",),
    )


def _without_role(event: Event, held: set[str]) -> Refusal:
    return Refusal(
        rule="role_denied",
        sentence=f"The key holds no role that may record {event.type.evt}.",
        axis="role",
        found=", ".join(sorted(held)) or "no role",
        legal=tuple(sorted(event.type.roles)),
    )


def _out_of_place(event: Event, reach: set[str]) -> Refusal:
    place = event.dat.__dict__.get("jur")
    if place is None:
        return Refusal(
            rule="jurisdiction_denied",
            sentence="The event states no jurisdiction (jur), and so speaks for all of its"
            " authority's; the key's mandate is for a part of them.",
            axis="jurisdiction",
            found="no jur",
            legal=("a jur inside the mandate",),
        )
    return Refusal(
        rule="jurisdiction_denied",
        sentence=f"The key may not record {event.type.evt} in that jurisdiction.",
        axis="jurisdiction",
        found=place,
        legal=tuple(sorted(reach)),
    )
