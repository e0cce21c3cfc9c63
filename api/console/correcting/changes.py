# SPDX-License-Identifier: Apache-2.0
"""From an answer as it stands to the right one, value by value, as a correction states it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

KNOWN: Final = frozenset(("known",))
"""Members of a text that is known, which is one value."""

Change = dict[str, Any]


def changes_of(path: str, old: Any, new: Any) -> Iterator[Change]:
    """Give the changes between two values, in an order in which each of them can be made.

    What is added comes before what is taken away, so that no group is empty meanwhile and falls
    out of its list.
    """
    before, after = _alone(old), _alone(new)
    if isinstance(before, dict) and _parted(new, dict):
        yield {"field": path, "old": before}
    if _parted(old, dict) or _parted(new, dict):
        yield from _members(path, _as_group(old), _as_group(new))
    if _parted(old, list) or _parted(new, list):
        yield from _items(path, _as_list(old), _as_list(new))
    # A group or a list takes the place of a single value as soon as something is put into it.
    replaced = after is None and new not in (None, [], {})
    if not replaced and not _same(before, after):
        told = {"field": path, "old": before, "new": after}
        yield {name: value for name, value in told.items() if value is not None}


def _members(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in (*new, *(each for each in old if each not in new)):
        yield from changes_of(f"{path}.{name}", old.get(name), new.get(name))


def _items(path: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    for number, (before, after) in enumerate(zip(old, new, strict=False)):
        yield from changes_of(f"{path}.{number}", before, after)
    for number in range(len(old), len(new)):
        yield from changes_of(f"{path}.{number}", None, new[number])
    for number in reversed(range(len(new), len(old))):
        yield from changes_of(f"{path}.{number}", old[number], None)


def _parted(value: Any, form: type) -> bool:
    """Tell whether a value is a group or a list of others."""
    return isinstance(value, form) and not (isinstance(value, dict) and value.keys() == KNOWN)


def _as_group(value: Any) -> Mapping[str, Any]:
    return value if _parted(value, dict) else {}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _alone(value: Any) -> Any:
    """Give a single value; nothing for a group or a list."""
    return None if _parted(value, dict) or _parted(value, list) else value


def _same(first: Any, second: Any) -> bool:
    # True equals 1 in Python, and a correction from one to the other is a real one.
    return type(first) is type(second) and first == second
