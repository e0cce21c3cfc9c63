# SPDX-License-Identifier: Apache-2.0
"""Walks through the data of an event: every shape in it, and what each of its members admits."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Literal, get_args, get_origin

from domain.schema import Closed

Path = tuple[str | int, ...]
ABSENT = object()


def shapes(value: object, path: Path = ()) -> Iterator[tuple[Path, type[Closed]]]:
    """Give every shape in some data, with its place."""
    if isinstance(value, Closed):
        yield path, type(value)
        for name in type(value).model_fields:
            yield from shapes(getattr(value, name), (*path, name))
    if isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from shapes(each, (*path, number))


def with_member(data: dict[str, Any], path: Path, name: str, value: object) -> dict[str, Any]:
    """Give data with one member changed, or without it."""
    changed = deepcopy(data)
    place: Any = changed
    for step in path:
        place = place[step]
    if value is ABSENT:
        del place[name]
    else:
        place[name] = value
    return changed


def required(shape: type[Closed]) -> list[str]:
    """Name the members that a shape demands."""
    fields = shape.model_fields.items()
    return [field.alias or name for name, field in fields if field.is_required()]


def coded(shape: type[Closed]) -> Iterator[tuple[str, bool]]:
    """Name the members that hold codes of a list and no free text, and tell which hold several."""
    for name, field in shape.model_fields.items():
        leaves = set(_leaves(field.annotation))
        if "code" in leaves and "text" not in leaves:
            yield field.alias or name, "several" in leaves


def _leaves(form: Any) -> Iterator[str]:
    if form is str:
        yield "text"
    if get_origin(form) is Literal:
        yield "code"
        return
    if get_origin(form) is tuple:
        yield "several"
    for each in get_args(form):
        yield from _leaves(each)
