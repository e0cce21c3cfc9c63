# SPDX-License-Identifier: Apache-2.0
"""List files: the ones that come with the software, and the registry's own additions.

A registry extends a list by ``<home>/lists/<name>.toml``: new entries, and synonyms of
entries that exist (domain facts, section 7). What contradicts the list is named, all of it at
once, and nothing of the file is used then. A file never takes an entry away.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from api.lists.model import CodeList, Entry, Key, Words
from domain.errors import UnreachableError, UsageError

DATA: Final = Path(__file__).parent / "data"
FILE_MAX_BYTES: Final = 1_048_576
ADDED: Final = ("synonyms", "former", "vague", "related")
"""Members of an entry that an addition makes longer; all others have to agree."""

_NEXT_STEP: Final = "Correct the file; docs/code-lists.md explains what it may hold."


def _without_key(members: dict[str, Any]) -> dict[str, Any]:
    if "key" in members:
        raise ValueError("the key of an entry stands before it, not in it")
    return members


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    source: Words
    version: Words
    entries: Mapping[Key, Annotated[dict[str, Any], AfterValidator(_without_key)]]


class ListFile(_File):
    """A whole list as it comes with the software; every member as in ``CodeList``."""

    name: Key
    title: Words
    licence: Words
    note: str = ""
    drop: tuple[str, ...] = Field(default=(), strict=False)
    closed: bool = False


class AdditionFile(_File):
    """What a registry adds to a list.

    Attributes:
        source: Who decided the additions.
        version: Date or number of the decision.
        entries: New entries, and additions to entries that the list has.
    """


def read_list(path: Path) -> CodeList:
    """Read a list that comes with the software.

    Raises:
        UnreachableError: The file cannot be read.
        UsageError: ``list_invalid``.
    """
    try:
        file = ListFile.model_validate(_toml(path))
        entries = tuple(Entry(key=key, **each) for key, each in file.entries.items())
    except ValidationError as error:
        raise _invalid(path, _problems(error)) from error
    return CodeList(
        **{name: getattr(file, name) for name in ("name", "title", "source", "version")},
        licence=file.licence,
        note=file.note,
        drop=tuple(re.compile(pattern, re.IGNORECASE) for pattern in file.drop),
        closed=file.closed,
        entries=entries,
    )


def extended(base: CodeList, path: Path) -> CodeList:
    """Give a list with the registry's additions to it.

    Raises:
        UnreachableError: The file cannot be read.
        UsageError: ``list_invalid``, or ``list_conflict`` with every contradiction.
    """
    try:
        file = AdditionFile.model_validate(_toml(path))
        merged = {entry.key: entry for entry in base.entries}
        conflicts: list[str] = []
        for key, addition in file.entries.items():
            known = merged.get(key)
            members = _together(known, addition) if known else {"key": key, **addition}
            conflicts += _contradictions(known, addition) if known else _unwanted(base, key)
            merged[key] = Entry(**members)
    except ValidationError as error:
        raise _invalid(path, _problems(error)) from error
    result = replace(
        base,
        entries=tuple(merged.values()),
        extended_by=f"{file.source}, {file.version}",
        _comparable={},
    )
    conflicts += result.conflicts()
    if conflicts:
        raise UsageError(
            f"{path.name} contradicts the list {base.name}:\n{_lines(conflicts)}",
            slug="list_conflict",
            next_step=_NEXT_STEP,
        )
    return result


def _together(known: Entry, addition: Mapping[str, Any]) -> dict[str, Any]:
    """An addition of the wrong shape is left to the checks of the entry."""
    members = known.model_dump()
    for name, value in addition.items():
        longer = name in ADDED and isinstance(value, list)
        members[name] = (*members[name], *value) if longer else value
    return members


def _contradictions(known: Entry, addition: Mapping[str, Any]) -> Iterator[str]:
    for name, value in addition.items():
        before = getattr(known, name, None)
        if name not in ADDED and before not in (None, value):
            yield f"{name} of {known.key} is {value!r} here and {before!r} in the list"


def _unwanted(base: CodeList, key: str) -> Iterator[str]:
    """A code that no schema admits would only mislead whoever uses it."""
    if base.closed:
        yield f"{key} is new, and events admit no further code of this list"


def _toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UnreachableError(
            f"The list file {path.name} cannot be read: {error.strerror}.",
            next_step="Check the file and its permissions.",
        ) from error
    if len(text) > FILE_MAX_BYTES:
        raise _invalid(path, ["the file is too large for a list"])
    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _invalid(path, [f"it is not TOML: {error}"]) from error


def _problems(error: ValidationError) -> list[str]:
    return [
        f"{', '.join(map(str, each['loc'])) or 'entry'}: {each['msg']}"
        for each in error.errors(include_url=False, include_input=False)
    ]


def _invalid(path: Path, problems: list[str]) -> UsageError:
    return UsageError(
        f"The list file {path.name} cannot be used:\n{_lines(problems)}",
        slug="list_invalid",
        next_step=_NEXT_STEP,
    )


def _lines(problems: list[str]) -> str:
    return "\n".join(f"  {problem}" for problem in problems)
