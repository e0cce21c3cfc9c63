# SPDX-License-Identifier: Apache-2.0
"""Every value and condition of a mapping with its place in words, for checks and messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api.importing.mapping.model import Condition, EventPart, Mapping, Value

_KINDS: Final = {"firearm": "arm", "component": "cmp", "licence": "lic"}


def values(mapping: Mapping) -> Iterator[tuple[str, Value]]:
    """Give every value of a mapping with its place."""
    for number, value in enumerate(mapping.identity.gun, 1):
        yield f"identity, gun number {number}", value
    for number, value in enumerate(mapping.identity.licence, 1):
        yield f"identity, licence number {number}", value
    for place, event in events(mapping):
        yield f"{place}, occ", event.occ
        for path, value in event.fields.items():
            yield f"{place}, fields, {path}", value
        for number, item in enumerate(event.items, 1):
            for path, value in item.fields.items():
                yield f"{place}, items number {number}, {path}", value


def conditions(mapping: Mapping) -> Iterator[tuple[str, Condition]]:
    """Give every condition of a mapping with its place."""
    for number, refuse in enumerate(mapping.rows.refuse, 1):
        for condition in refuse.when:
            yield f"rows, refuse number {number} ({refuse.slug}), when", condition
    for place, event in events(mapping):
        for condition in event.when:
            yield f"{place}, when", condition
        for number, item in enumerate(event.items, 1):
            for condition in item.when:
                yield f"{place}, items number {number}, when", condition


def events(mapping: Mapping) -> Iterator[tuple[str, EventPart]]:
    """Give every event of a mapping with its place."""
    for number, event in enumerate(mapping.events, 1):
        yield f"events number {number} ({event.evt})", event


def stream_kind(evt: str) -> str:
    """Give the kind of stream that an event of a mapping belongs to, by its name."""
    return _KINDS.get(evt.partition(".")[0], "arm")


def columns(mapping: Mapping) -> list[tuple[str, str]]:
    """Give every column that a mapping names, with its place."""
    found = [(place, value.column) for place, value in values(mapping) if value.column]
    found += [(place, condition.column) for place, condition in conditions(mapping)]
    if mapping.rows.quantity:
        found.append(("rows, quantity", mapping.rows.quantity.column))
    found += [("identity, row", name) for name in mapping.identity.row]
    return found
