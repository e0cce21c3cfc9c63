# SPDX-License-Identifier: Apache-2.0
"""The members of event schemas in words: name, form, bounds, meaning.

Everything is read from the closed schemas and the Attributes of their docstrings (envelope
specification, section 4.3), so that no page can say anything else than what is admitted. Rules
and roles are the concern of ``rules`` and ``roles``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from domain.schema import Closed, Code, Country, Digest, EventType, Jurisdiction, Known, Text

MODE: Final[JsonSchemaMode] = "validation"
SAFE_INTEGER: Final = 2**53 - 1

_FORMS: Final[tuple[tuple[Any, str], ...]] = (
    (Text, "text"),
    (Code, "code"),
    (Country, "country"),
    (Jurisdiction, "jurisdiction"),
    (Digest, "digest"),
)
_WORDS: Final[Mapping[str, str]] = {
    TypeAdapter(form).json_schema()["pattern"]: word for form, word in _FORMS
}
_IDENTIFIER: Final = re.compile(r"\^([a-z]+|\([a-z|]+\))\\\.\[0-9a-f\]")
_ATTRIBUTE: Final = re.compile(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)
_EVENT_NAME: Final = re.compile(r"^``[a-z.-]+``: ")
_ROOMS: Final = frozenset({"events", "schemas", "members", "common"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of an event's data.

    Attributes:
        name: Its name on the wire.
        form: What it may hold, in words.
        required: Whether it must be there; an optional one is left out, never null.
        meaning: What it says.
    """

    name: str
    form: str
    required: bool
    meaning: str


@cache
def json_schema(model: type[Closed]) -> Mapping[str, Any]:
    """Give the JSON schema of a model by the names on the wire; nobody may change it."""
    return model.model_json_schema(mode=MODE)


def schema_of(kind: EventType) -> dict[str, Any]:
    """Give the JSON schema of an event's data; an absent member is never null."""
    found = _without_nulls(json_schema(kind.dat))
    return dict(found)


def members_of(model: type[Closed]) -> tuple[Member, ...]:
    """Give the members of a closed schema, with the meanings that its docstrings state."""
    meanings = _meanings(model)
    schema = json_schema(model)
    required = schema.get("required", ())
    shapes = shapes_of(model)
    return tuple(
        Member(
            name=name,
            form=_form(part, shapes),
            required=name in required,
            meaning=meanings.get(name, ""),
        )
        for name, part in schema.get("properties", {}).items()
    )


@cache
def shapes_of(model: type[Closed]) -> Mapping[str, type[Closed]]:
    """Give the shapes inside a schema by the name under which its JSON schema defines them."""
    defined = json_schema(model).get("$defs", {})
    inside = set(_inside(model))
    short = {each.__name__: each for each in inside}
    long = {f"{each.__module__}.{each.__qualname__}".replace(".", "__"): each for each in inside}
    return {name: long.get(name) or short[name] for name in defined}


def shape_name(shape: type[Closed]) -> str:
    """Name a shape; where two rooms call theirs alike, with the room."""
    alike = [each for each in _subclasses(Closed) if each.__name__ == shape.__name__]
    if len([each for each in alike if each.__module__.startswith("domain.")]) < len("ab"):
        return shape.__name__
    room = [part for part in shape.__module__.split(".") if part not in _ROOMS][-1]
    return f"{shape.__name__} ({room})"


def summary_of(model: type[Closed]) -> str:
    """Give the first line of a schema's docstring, without the name of the event."""
    first = inspect.cleandoc(model.__doc__ or "").partition("\n")[0]
    said = _EVENT_NAME.sub("", first)
    return said[:1].upper() + as_markdown(said[1:])


def as_markdown(text: str) -> str:
    """Turn the code marks of a docstring into those of a page."""
    return text.replace("``", "`")


def _form(part: Mapping[str, Any], shapes: Mapping[str, type[Closed]]) -> str:
    if "$ref" in part:
        shape = shapes[str(part["$ref"]).rpartition("/")[2]]
        return '{"known": text}' if issubclass(shape, Known) else shape_name(shape)
    for several in ("anyOf", "oneOf"):
        if several in part:
            return " | ".join(_form(each, shapes) for each in part[several])
    if "enum" in part:
        return " | ".join(str(each) for each in part["enum"])
    if "const" in part:
        return str(part["const"])
    if part.get("type") == "array":
        return f"list of {_form(part['items'], shapes)}{_bounds(part, 'minItems', 'maxItems')}"
    return scalar_form(part)


def scalar_form(part: Mapping[str, Any]) -> str:
    """Say in words what a part of a JSON schema holds that is no object and no list."""
    kind = str(part.get("type", "value"))
    if kind != "string":
        words = {"boolean": "true | false"}.get(kind, kind)
        return words + _bounds(part, "minimum", "maximum")
    pattern = part.get("pattern")
    if pattern is None:
        # Only times have neither a pattern nor a length: no schema admits free text.
        return "text" if "maxLength" in part else "time"
    identifier = _IDENTIFIER.match(pattern)
    if identifier:
        kinds = identifier[1].strip("()").replace("|", "/")
        return f"{kinds}.<uuid>"
    is_day = re.search(pattern, "2026-11-01") and "maxLength" not in part
    return _WORDS.get(pattern, "day" if is_day else "text")


def _bounds(part: Mapping[str, Any], least: str, most: str) -> str:
    low, high = part.get(least), part.get(most)
    if high in (None, SAFE_INTEGER):
        return "" if low is None else f", {low} or more"
    return f", {low or 0} to {high}"


def _meanings(model: type[Closed]) -> dict[str, str]:
    """Read the Attributes of a schema's docstring, and of those it extends."""
    meanings: dict[str, str] = {}
    for each in reversed(model.__mro__):
        for name, text in _ATTRIBUTE.findall(inspect.cleandoc(each.__doc__ or "")):
            meanings[name] = as_markdown(" ".join(text.split()))
    return meanings


def _inside(model: type[Closed]) -> Iterator[type[Closed]]:
    """Give the shapes that a schema holds, at whatever depth; no schema holds itself."""
    for field in model.model_fields.values():
        for shape in _named(field.annotation):
            yield shape
            yield from _inside(shape)


def _named(annotation: object) -> Iterator[type[Closed]]:
    if isinstance(annotation, type) and issubclass(annotation, Closed):
        yield annotation
    for part in get_args(annotation):
        yield from _named(part)


def _subclasses(model: type[Closed]) -> Iterator[type[Closed]]:
    for each in model.__subclasses__():
        yield each
        yield from _subclasses(each)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _without_nulls(each)
            for key, each in value.items()
            if not (key == "default" and each in (None, []))
        }
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
