# SPDX-License-Identifier: Apache-2.0
"""Which members an event of the catalogue has, for the checks of a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from domain.schema import EventType


class Members:
    """The members of one event type, found by dotted path.

    Attributes:
        required: Names of the members that the event cannot do without.
    """

    def __init__(self, kind: EventType) -> None:
        """Read the closed schema of the event."""
        self._schema = kind.dat.model_json_schema()
        self.required = frozenset(self._schema.get("required", ()))

    def check(self, path: str) -> Iterator[str]:
        """Give what is wrong with a path, if anything."""
        shapes = [self._schema]
        for part in path.split("."):
            known = {name for shape in shapes for name in _names(shape)}
            shapes = [below for shape in shapes for below in self._below(shape, part)]
            if not shapes:
                near = get_close_matches(part, known, n=3)
                hint = f"; near it: {', '.join(near)}" if near else ""
                yield f"fields: the event has no member {path!r}{hint}"
                return

    def _below(self, shape: dict[str, Any], part: str) -> list[dict[str, Any]]:
        if part.isdigit():
            return self._resolved(shape["items"]) if "items" in shape else []
        found = shape.get("properties", {}).get(part)
        return self._resolved(found) if found is not None else []

    def _resolved(self, shape: dict[str, Any]) -> list[dict[str, Any]]:
        if "$ref" in shape:
            name = shape["$ref"].rsplit("/", 1)[-1]
            return self._resolved(self._schema["$defs"][name])
        choices = shape.get("anyOf") or shape.get("oneOf")
        if choices:
            return [each for choice in choices for each in self._resolved(choice)]
        return [shape]


def _names(shape: dict[str, Any]) -> Iterator[str]:
    yield from shape.get("properties", {})
