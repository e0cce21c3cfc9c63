# SPDX-License-Identifier: Apache-2.0
"""How marks and places change, for the effects of every group."""

from __future__ import annotations

from collections.abc import Iterable

from domain.codes import MarkState
from domain.firearm.events.common import Fact
from domain.firearm.state import State
from domain.markings import Marking, Serial
from domain.schema import value_of


def country_of(state: State, dat: Fact) -> str | None:
    """Give the country in which it is after the event."""
    return dat.jur[:2] if dat.jur else state.country


def joined(state: State, markings: Iterable[Marking]) -> tuple[Marking, ...]:
    """Give every mark ever stated, the new ones last."""
    new = tuple(mark for mark in markings if mark not in state.markings)
    return (*state.markings, *new) if new else state.markings


def marks_as_described(serial: Serial, markings: tuple[Marking, ...]) -> MarkState:
    """Give the state of the marks as an origin event describes them."""
    if value_of(serial):
        return marks_as_seen("adequate", markings)
    return marks_as_seen("unmarked" if serial == "none" else "unknown", markings)


def marks_as_seen(before: MarkState, markings: tuple[Marking, ...]) -> MarkState:
    """Give the state of the marks after somebody looked at them."""
    conditions = {mark.condition for mark in markings if mark.kind == "manufacture"}
    if before == "re_marked" or not conditions:
        return before
    if "obliterated" in conditions:
        return "obliterated"
    if "partial" in conditions:
        return "partly_obliterated"
    return "unmarked" if conditions == {"none"} else before


def marks_after(before: MarkState, mark: Marking) -> MarkState:
    """Give the state of the marks after one was applied."""
    if mark.kind == "import":
        return "adequate" if before == "import_mark_due" else before
    if mark.kind == "admin_serial":
        return "re_marked"
    if mark.kind == "manufacture":
        return "adequate" if before in ("unmarked", "unknown") else before
    return before
