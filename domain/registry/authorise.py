# SPDX-License-Identifier: Apache-2.0
"""May this key sign this event at this position of the log?

Implements the checks "key valid at this log position, role, jurisdiction, event type" of
the envelope specification, section 4.6, with the codes of 4.10. It holds for every
event and runs on each append, so it looks at one record and builds sentences only
when it refuses. The further rules of registry events are in ``aggregate``.
"""

from __future__ import annotations

from typing import cast

from domain.event import Event
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
    if (
        key.valid_at(index)
        and key.authority == event.iss
        and key.key_class == "event"
        and key.not_before <= event.iat
        and (key.not_after is None or event.iat <= key.not_after)
        and key.alg not in registry.closed_algorithms
    ):
        return _mandate(key, event, index=index)
    problem = _problem(key, event, registry=registry, index=index)
    return _not_valid(problem) if problem else _mandate(key, event, index=index)


def _mandate(key: KeyRecord, event: Event, *, index: int) -> Refusal | None:
    # The instance dictionary, since attribute access on a model without the member is slow.
    place = cast("str | None", event.dat.__dict__.get("jur"))
    roles = event.type.roles
    held = False
    for grant in key.grants:
        if grant.role in roles and grant.stands(index, event.iat):
            if place is None or covers(grant.jurisdictions, place):
                return None
            held = True
    return _out_of_place(event) if held else _without_role(event)


def _problem(key: KeyRecord, event: Event, *, registry: Registry, index: int) -> str | None:
    """Say in words why the key does not count; nothing if it does."""
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


def _time_problem(key: KeyRecord, moment: int) -> str | None:
    if moment < key.not_before:
        return "the event was signed before the key's first day"
    if key.not_after is not None and moment > key.not_after:
        return "the event was signed after the key's last day"
    return None


def _unknown(registry: Registry, event: Event) -> Refusal | None:
    if registry.log is None and event.type.evt == FOUNDED:
        founding = cast("LedgerFounded", event.dat)
        if any(root.kid == event.kid for root in founding.roots):
            return None
    return Refusal(
        rule="kid_unknown",
        sentence="The key that signed this event is not enrolled in this ledger.",
        legal=("enrol the key and let a second officer approve it",),
    )


def _not_valid(problem: str) -> Refusal:
    return Refusal(
        rule="key_not_valid", sentence=f"The key cannot sign this event: {problem}.", axis="key"
    )


def _without_role(event: Event) -> Refusal:
    return Refusal(
        rule="role_denied",
        sentence=f"The key holds no role that may record {event.type.evt}.",
        axis="role",
        legal=tuple(sorted(event.type.roles)),
    )


def _out_of_place(event: Event) -> Refusal:
    return Refusal(
        rule="jurisdiction_denied",
        sentence=f"The key may not record {event.type.evt} in that jurisdiction.",
        axis="jurisdiction",
    )
