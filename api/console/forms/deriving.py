# SPDX-License-Identifier: Apache-2.0
"""Questions from the closed schemas of events, so that no page asks anything else.

Endorsements are not asked for: they are signatures of further persons, made when they sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from api.console.forms.compounds import (
    Alternatives,
    Group,
    Known,
    Lines,
    Member,
    Node,
    Option,
    Several,
    Ticks,
    option_of,
)
from api.console.forms.labels.finding import label_of
from api.console.forms.scalars import Choice, Fixed, Flag, Instant, Number, Text, When
from api.describing.shapes import Member as Told
from api.describing.shapes import json_schema, members_of, scalar_form, shapes_of
from domain import schema

ENDORSEMENTS: Final = "endorsements"
INSTANTS: Final = frozenset({"not_before", "not_after"})
"""Members that hold seconds of Unix time."""

TEXT_CHARS: Final = schema.TEXT_MAX_CHARS
IDENTIFIER_CHARS: Final = 41
_WORDY: Final[Mapping[str, str]] = {
    "text": "A text",
    "number": "A number",
    "flag": "Yes or no",
    "known": "Known",
    "lines": "These",
}

Part = Mapping[str, Any]
Shapes = Mapping[str, type[schema.Closed]]


@cache
def group_of(shape: type[schema.Closed]) -> Group:
    """Make the questions of a shape."""
    parts, shapes = json_schema(shape).get("properties", {}), shapes_of(shape)
    return Group(
        members=tuple(
            _member(shape, told, _node(told.name, parts[told.name], shapes))
            for told in members_of(shape)
            if told.name != ENDORSEMENTS
        )
    )


def _member(shape: type[schema.Closed], told: Told, node: Node) -> Member:
    if not told.required and isinstance(node, Fixed):
        node = Choice(codes=(node.value,))
    if isinstance(node, Lines | Ticks):
        node = _with_least(node, required=told.required)
    if isinstance(node, Several) and told.required:
        node = Several(item=node.item, most=node.most, least=1)
    label, hint = label_of(shape, told.name), told.meaning.replace("`", "")
    if hint.removesuffix(".").lower() == label.lower():
        hint = ""  # nobody has to read the same words twice
    return Member(name=told.name, label=label, hint=hint, required=told.required, node=node)


def _with_least(node: Lines | Ticks, *, required: bool) -> Lines | Ticks:
    """Keep an empty list as an answer only where it must be stated."""
    empty = node.empty and required
    if isinstance(node, Ticks):
        return Ticks(codes=node.codes, empty=empty)
    return Lines(item=node.item, most=node.most, empty=empty)


def _node(name: str, part: Part, shapes: Shapes) -> Node:
    if "$ref" in part:
        return _shaped(shapes[str(part["$ref"]).rpartition("/")[2]])
    several = part.get("anyOf") or part.get("oneOf")
    if several:
        return _several(name, several, shapes)
    if "enum" in part:
        return Choice(codes=tuple(part["enum"]))
    if "const" in part:
        return Fixed(value=part["const"])
    if part.get("type") == "array":
        return _list(name, part, shapes)
    return _scalar(name, part)


def _shaped(shape: type[schema.Closed]) -> Node:
    if issubclass(shape, schema.Known):
        return Known(text=Text(form="text"))
    return group_of(shape)


def _several(name: str, parts: list[Part], shapes: Shapes) -> Node:
    """Make one question of several forms: codes alone are a choice, identifiers a text."""
    codes = tuple(code for part in parts for code in _codes(part))
    nodes = [_node(name, part, shapes) for part in parts if not list(_codes(part))]
    if not nodes:
        return Choice(codes=codes)
    if not codes and all(isinstance(each, Text) for each in nodes):
        begins = ", ".join(each.begins for each in nodes if isinstance(each, Text))
        return Text(form="identifier", begins=begins)
    options = (*map(_option, nodes), *(option_of(code, None) for code in codes))
    return Alternatives(options=options)


def _option(node: Node) -> Option:
    if isinstance(node, Group):
        fixed = next((each.node.value for each in node.members if isinstance(each.node, Fixed)), "")
        return option_of(fixed.lower() or "agency", node, fixed or "A public authority")
    if isinstance(node, Text) and node.begins:
        return option_of("holding", node, "A person or business, by its holding")
    key = node.form if isinstance(node, Text) else node.kind
    return option_of(key, node, _WORDY.get(key, "Known"))


def _codes(part: Part) -> Iterator[str]:
    yield from part.get("enum", ())
    if "const" in part:
        yield part["const"]


def _list(name: str, part: Part, shapes: Shapes) -> Node:
    item = _node(name, part["items"], shapes)
    most, empty = part["maxItems"], not part.get("minItems")
    if isinstance(item, Choice):
        return Ticks(codes=item.codes, empty=empty)
    if isinstance(item, Text):
        return Lines(item=item, most=most, empty=empty)
    return Several(item=item, most=most, least=0)


def _scalar(name: str, part: Part) -> Node:
    form = scalar_form(part)
    if form in ("time", "day"):
        return When(vague=form == "time")
    if part["type"] == "boolean":
        return Flag()
    if part["type"] == "integer":
        number = Number(low=part.get("minimum"), high=part.get("maximum"))
        return Instant() if name in INSTANTS else number
    if form.endswith(".<uuid>"):
        kinds = form.removesuffix(".<uuid>").split("/")
        begins = ", ".join(f"{kind}." for kind in kinds)
        return Text(form="identifier", begins=begins, most=IDENTIFIER_CHARS)
    pattern_alone = form == "text" and not str(part["pattern"]).startswith(r"^\S(")
    shown = "other" if pattern_alone else form
    return Text(form=shown, most=part.get("maxLength", TEXT_CHARS))
