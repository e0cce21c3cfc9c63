# SPDX-License-Identifier: Apache-2.0
"""The event catalogue for people: every type with its roles, members and personal data.

Everything is read from the schemas and their docstrings, so that `muniment events` and
``docs/event-catalogue.md`` cannot say anything else than what the ledger admits. Rules
between members and the state of a firearm are not schemas and do not appear here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from domain.registry.members import ANY_ROLE
from domain.schema import (
    Catalogue,
    Closed,
    Code,
    Country,
    Digest,
    EventType,
    HoldingId,
    Jurisdiction,
    OfficerId,
    Text,
)

_MODE: Final[JsonSchemaMode] = "validation"
_FORMS: Final[tuple[tuple[Any, str], ...]] = (
    (Text, "text"),
    (Code, "code"),
    (Country, "country"),
    (Jurisdiction, "jurisdiction"),
    (Digest, "digest"),
    (HoldingId, "hld.<uuid>"),
    (OfficerId, "off.<uuid>"),
)
_WORDS: Final[Mapping[str, str]] = {
    TypeAdapter(form).json_schema()["pattern"]: word for form, word in _FORMS
}
_SHARED: Final = "Shared shapes"
_ATTRIBUTE: Final = re.compile(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)


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


def schema_of(kind: EventType) -> dict[str, Any]:
    """Give the JSON schema of an event's data; an absent member is never null."""
    found = _without_nulls(kind.dat.model_json_schema(mode=_MODE))
    return dict(found)


def members_of(model: type[Closed]) -> tuple[Member, ...]:
    """Give the members of a closed schema, with the meanings that its docstrings state."""
    meanings = _meanings(model)
    schema = model.model_json_schema(mode=_MODE)
    required = schema.get("required", ())
    return tuple(
        Member(
            name=name,
            form=_form(part),
            required=name in required,
            meaning=meanings.get(name, ""),
        )
        for name, part in schema.get("properties", {}).items()
    )


def listed(kind: EventType, *, schema: bool) -> dict[str, Any]:
    """Give one type as a record for a program."""
    record: dict[str, Any] = {
        "evt": kind.evt,
        "ver": kind.ver,
        "stream": kind.subject,
        "roles": sorted(kind.roles),
        "disclosures": dict(kind.claims),
    }
    return {**record, "dat": schema_of(kind)} if schema else record


def roles_in_words(kind: EventType) -> str:
    """Name the roles that may record a type."""
    return "any role" if kind.roles >= ANY_ROLE else " ".join(sorted(kind.roles))


def described(kind: EventType) -> str:
    """Describe one type as text for a terminal."""
    lines = [
        f"{kind.evt}, version {kind.ver}",
        _summary(kind.dat),
        "",
        f"  roles        {roles_in_words(kind)}",
        f"  stream       {kind.subject}.<uuid>",
        f"  disclosures  {_claims(kind)}",
        "",
    ]
    for member in members_of(kind.dat):
        need = "required" if member.required else "optional"
        lines.append(f"  {member.name} ({need}): {member.form}")
        lines += [f"      {member.meaning}"] if member.meaning else []
    return "\n".join(line.rstrip() for line in lines)


def markdown(catalogue: Catalogue) -> str:
    """Give the whole catalogue as a page of documentation."""
    kinds = list(catalogue)
    shapes = {shape.__name__: shape for kind in kinds for shape in _shapes(kind.dat)}
    parts = [_INTRODUCTION, *map(_chapter, kinds), f"## {_SHARED}\n"]
    parts += [_shape(shapes[name]) for name in sorted(shapes)]
    return "\n".join(parts)


def _chapter(kind: EventType) -> str:
    return (
        f"## {kind.evt}\n\n{_summary(kind.dat)}\n\n"
        f"Version {kind.ver}; stream `{kind.subject}.<uuid>`; roles: {roles_in_words(kind)};"
        f" personal data in the vault: {_claims(kind)}.\n\n{_table(kind.dat)}"
    )


def _shape(model: type[Closed]) -> str:
    return f"### {model.__name__}\n\n{_summary(model)}\n\n{_table(model)}"


def _table(model: type[Closed]) -> str:
    rows = ["| member | holds | |", "|---|---|---|"]
    for member in members_of(model):
        name = f"**{member.name}**" if member.required else member.name
        form = member.form.replace("|", "/").replace("<", "\\<")
        rows.append(f"| {name} | {form} | {member.meaning} |")
    return "\n".join(rows) + "\n"


def _claims(kind: EventType) -> str:
    return ", ".join(f"{name} ({form})" for name, form in kind.claims.items()) or "none"


def _form(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        name = str(part["$ref"]).rpartition("/")[2]
        return '{"known": text}' if name in ("Known", "KnownSerial") else name
    for several in ("anyOf", "oneOf"):
        if several in part:
            return " | ".join(_form(each) for each in part[several])
    if "enum" in part:
        return " | ".join(str(each) for each in part["enum"])
    if "const" in part:
        return str(part["const"])
    if part.get("type") == "array":
        return f"list of {_form(part['items'])}"
    return _WORDS.get(part.get("pattern", ""), str(part.get("type", "value")))


def _summary(model: type[Closed]) -> str:
    summary = inspect.cleandoc(model.__doc__ or "").partition("\n")[0]
    return summary.replace("``", "`")


def _meanings(model: type[Closed]) -> dict[str, str]:
    """Read the Attributes of a schema's docstring, and of those it extends."""
    meanings: dict[str, str] = {}
    for each in reversed(model.__mro__):
        for name, text in _ATTRIBUTE.findall(inspect.cleandoc(each.__doc__ or "")):
            meanings[name] = " ".join(text.split()).replace("``", "`")
    return meanings


def _shapes(model: type[Closed]) -> Iterator[type[Closed]]:
    """Give the shapes that occur inside a schema, each by its class."""
    wanted = set(model.model_json_schema(mode=_MODE).get("$defs", ())) - {"Known", "KnownSerial"}
    return (each for each in _subclasses(Closed) if each.__name__ in wanted)


def _subclasses(model: type[Closed]) -> Iterator[type[Closed]]:
    for each in model.__subclasses__():
        yield each
        yield from _subclasses(each)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_nulls(each)
            for key, each in value.items()
            if not (key == "default" and each in (None, []))
        }
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


_INTRODUCTION: Final = """\
# The event catalogue

Every event type that this version admits. The page is written by `muniment events --markdown`;
a test keeps it complete. Members in **bold** are required; the others are left out where there
is nothing to say, never null. Stated values are `{"known": "..."}`, `"unknown"` (not found with
reasonable effort) or `"none"` (does not exist). Times are a year, a month, a day or an instant
in UTC, as precise as is known, or `"unknown"`.
"""
