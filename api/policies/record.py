# SPDX-License-Identifier: Apache-2.0
"""Duties as JSON objects for a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from domain.licence.events import BusinessCeased
from domain.policy.duties import Duty, urgency
from domain.policy.matching import Cause
from projections.asking.sorting import Placed, in_order


def duties_in_order(found: Iterable[Duty]) -> Iterator[dict[str, Any]]:
    """Give duties as JSON values, in the order of ``domain.policy``, however many there are."""
    return in_order(
        Placed([*urgency(each), str(each.about), each.rule.code], duty_record(each))
        for each in found
    )


def duty_record(duty: Duty) -> dict[str, Any]:
    """Give a duty as JSON values, with the events that opened and ended it."""
    rule = duty.rule
    return {
        "duty": rule.code,
        "state": duty.state,
        "due_on": duty.due_on,
        "who": rule.who,
        "severity": rule.severity,
        "sentence": rule.sentence,
        "source": rule.source,
        "about": str(duty.about),
        "successor": _successor(duty),
        "opened_by": _event(duty.opened_by),
        "closed_by": _event(duty.closed_by) if duty.closed_by else None,
        "closed_at": str(duty.closed_at) if duty.closed_at else None,
    }


def _successor(duty: Duty) -> str | None:
    """Give the licence of the business that goes on, where one that ceased opened the duty."""
    dat = duty.opened_by.event.dat
    return dat.successor if isinstance(dat, BusinessCeased) else None


def _event(cause: Cause) -> dict[str, Any]:
    event = cause.event
    return {
        "index": cause.index,
        "evt": event.evt,
        "eid": event.eid,
        "occ": str(event.occ),
        "iat": event.iat,
        "sub": str(event.sub),
    }
