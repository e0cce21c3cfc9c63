# SPDX-License-Identifier: Apache-2.0
"""``docs/events.md``: one entry for every event type, written from schemas, rules and roles.

``muniment events --markdown`` prints it, and a test keeps the file the one of this version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from api.describing.examples import example_of
from api.describing.roles import role_rows, roles_by_name
from api.describing.rules import checks_of, rules_of
from api.describing.shapes import members_of, shape_name, shapes_of, summary_of
from api.describing.words import claims_in_words
from domain.schema import Catalogue, Closed, EventType, Known

STREAMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "arm": "Firearms",
        "cmp": "Parts and components",
        "lic": "Licences",
        "aut": "Authorizations",
        "shp": "Shipments",
        "lot": "Lots",
        "trc": "Tracing requests",
        "pol": "Policies",
        "stk": "Stocktakes",
        "acc": "Accesses",
        "off": "Officers",
        "ers": "Erasures",
        "log": "The ledger",
        "auth": "Authorities",
        "key": "Keys and roles",
    }
)
"""What streams are of, by the kind of their identifiers, in the order of the page."""


def markdown(catalogue: Catalogue) -> str:
    """Give the whole catalogue as a page of documentation."""
    kinds = list(catalogue)
    parts = [_INTRODUCTION, *_contents(kinds)]
    for subject, title in _streams(kinds):
        parts.append(f"\n## {title}\n\nStreams `{subject}.<uuid>`.")
        parts += [_entry(kind) for kind in kinds if kind.subject == subject]
    parts += ["\n## Shared shapes\n", *_shared(kinds)]
    parts.append("\n## Who may record what\n\n" + _ROLES)
    columns, rows = role_rows(catalogue)
    parts.append(_table([f"`{each}`" for each in columns], rows))
    return "\n".join(parts)


def _streams(kinds: Sequence[EventType]) -> list[tuple[str, str]]:
    used = dict.fromkeys(kind.subject for kind in kinds)
    order = [*(each for each in STREAMS if each in used), *(each for each in used)]
    return [(each, STREAMS.get(each, each)) for each in dict.fromkeys(order)]


def _contents(kinds: Sequence[EventType]) -> Iterator[str]:
    for subject, title in _streams(kinds):
        names = (kind.evt for kind in kinds if kind.subject == subject)
        links = ", ".join(f"[{name}](#{_anchor(name)})" for name in dict.fromkeys(names))
        yield f"- **{title}**: {links}"


def _anchor(heading: str) -> str:
    return heading.replace(".", "")


def _entry(kind: EventType) -> str:
    facts = [
        ("Version", str(kind.ver)),
        ("Who", roles_by_name(kind)),
        ("Source", kind.source),
        ("Names", ", ".join(f"`{each}`" for each in kind.links) or "no other stream"),
        ("Personal data, in the vault", claims_in_words(kind)),
    ]
    lines = [f"\n### {kind.evt}\n", f"{summary_of(kind.dat)}\n"]
    lines += [f"- {label}: {words}" for label, words in facts]
    lines += _sentences("Rules", rules_of(kind))
    lines += _sentences("Checks against the record", checks_of(kind))
    return "\n".join([*lines, f"\n{_members(kind.dat)}", _example(kind)])


def _example(kind: EventType) -> str:
    """Show the example with one member a line."""
    members = example_of(kind).items()
    lines = [f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in members]
    shown = ",\n".join(lines)
    return f"```json\n{{\n{shown}\n}}\n```"


def _sentences(label: str, sentences: Iterable[str]) -> list[str]:
    told = [f"  - {sentence}" for sentence in sentences]
    return [f"- {label}:", *told] if told else []


def _shared(kinds: Iterable[EventType]) -> Iterator[str]:
    shapes = {shape for kind in kinds for shape in shapes_of(kind.dat).values()}
    told = [shape for shape in shapes if not issubclass(shape, Known)]
    for shape in sorted(told, key=shape_name):
        yield f"### {shape_name(shape)}\n\n{summary_of(shape)}\n\n{_members(shape)}"


def _members(model: type[Closed]) -> str:
    rows = [
        [f"**{member.name}**" if member.required else member.name, member.form, member.meaning]
        for member in members_of(model)
    ]
    return _table(["member", "holds", "says"], rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<")


_INTRODUCTION: Final = """\
# Events

Every event type that this version admits, written by `muniment events --markdown`; a test keeps the
page complete. `muniment sign --template EVENT` gives the example of a type to be filled in, and
`muniment explain` says whether an event would be legal now.

Members in **bold** are required; the others are left out where there is nothing to say, never null.
Stated values are `{"known": "..."}`, `"unknown"` (not found with reasonable effort) or `"none"`
(does not exist). A text has 1 to 64 characters in one line, a code up to 40 of a-z, 0-9 and _, a
digest 43 of base64url. A country is ISO 3166-1 alpha-2, a jurisdiction ISO 3166-2. Times are a
year, a month, a day or an instant in UTC, as precise as is known, or `"unknown"`. Rules look at the
event's own stream; checks look at other streams, persons and mandates. What a rule only notes is
recorded with a contradiction, never refused.
"""
_ROLES: Final = """\
x: may record it, if the key holds the role in that jurisdiction and on that day.
"""
