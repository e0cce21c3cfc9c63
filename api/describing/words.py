# SPDX-License-Identifier: Apache-2.0
"""One event type told on a terminal, or as a record for a program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, Final

from api.describing.examples import example_of
from api.describing.roles import in_order, roles_by_name
from api.describing.rules import checks_of, rules_of
from api.describing.shapes import members_of, schema_of, summary_of
from domain.schema import EventType

COLUMNS: Final = 96


def listed(kind: EventType, *, schema: bool) -> dict[str, Any]:
    """Give one type as a record for a program."""
    record: dict[str, Any] = {
        "evt": kind.evt,
        "ver": kind.ver,
        "stream": kind.subject,
        "roles": in_order(kind.roles),
        "links": list(kind.links),
        "disclosures": dict(kind.claims),
    }
    if not schema:
        return record
    told = {"meaning": summary_of(kind.dat), "source": kind.source}
    rules = {"rules": list(rules_of(kind)), "checks": list(checks_of(kind))}
    return {**record, **told, **rules, "dat": schema_of(kind), "example": example_of(kind)}


def described(kind: EventType) -> str:
    """Describe one type as text for a terminal."""
    lines = [f"{kind.evt}, version {kind.ver}", summary_of(kind.dat), ""]
    lines += [
        *_labelled("source", kind.source),
        *_labelled("roles", roles_by_name(kind)),
        *_labelled("stream", f"{kind.subject}.<uuid>"),
        *_labelled("disclosures", claims_in_words(kind)),
        *_labelled("names", ", ".join(kind.links) or "no other stream"),
    ]
    for label, sentences in (("rule", rules_of(kind)), ("check", checks_of(kind))):
        for sentence in sentences:
            lines += _labelled(label, sentence)
    return "\n".join(line.rstrip() for line in (*lines, "", *_members(kind)))


def claims_in_words(kind: EventType) -> str:
    """Name what may be disclosed of persons, and in which form."""
    return ", ".join(f"{name} ({form})" for name, form in kind.claims.items()) or "none"


def _members(kind: EventType) -> Iterator[str]:
    for member in members_of(kind.dat):
        need = "required" if member.required else "optional"
        yield f"  {member.name} ({need}): {member.form}"
        if member.meaning:
            yield f"      {member.meaning}"


def _labelled(label: str, words: str) -> list[str]:
    first, *rest = textwrap.wrap(words.replace("`", ""), COLUMNS - 15) or [""]
    return [f"  {label:<13}{first}", *(f"{'':15}{line}" for line in rest)]
