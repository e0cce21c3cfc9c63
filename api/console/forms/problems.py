# SPDX-License-Identifier: Apache-2.0
"""What the schema of an event has against answers, told beside the field that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from api.console.forms.answers import Problem, Said
from api.console.forms.compounds import Group
from domain.errors import MunimentError
from domain.schema import EventType


def problems_of(kind: EventType, data: Group, dat: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Check data by the very schema that the ledger checks it by; nothing is wrong where empty."""
    try:
        kind.dat.model_validate(dat)
    except ValidationError as error:
        return tuple(_placed(data, dat, error.errors(include_url=False, include_input=False)))
    return ()


def first_of_each(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Keep one problem for each field, the first; and none of a group where a field has one."""
    first = {each.path: each for each in reversed(problems)}
    ordered = dict.fromkeys(each.path for each in problems)
    return tuple(first[path] for path in ordered if not _told_inside(path, ordered))


def _placed(
    data: Group, dat: Mapping[str, Any], errors: Sequence[ErrorDetails]
) -> Iterator[Problem]:
    for each in errors:
        path, said = data.place("dat", each["loc"], dat)
        own = each.get("ctx", {}).get("error") if each["type"] == "value_error" else None
        yield Problem(path, _sentence(own) if own else said)


def _sentence(error: Exception) -> Said:
    """Tell what a check of the domain says, in its own sentence."""
    if isinstance(error, MunimentError):
        return Said(f"{error.sentence} {error.next_step}")
    words = str(error)
    return Said(f"{words[:1].upper()}{words[1:].removesuffix('.')}.")


def _told_inside(path: str, others: Mapping[str, None]) -> bool:
    return any(each.startswith((f"{path}.", f"{path}~")) for each in others)
