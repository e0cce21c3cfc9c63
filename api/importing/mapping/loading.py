# SPDX-License-Identifier: Apache-2.0
"""Reading a mapping file and telling everything that is wrong with it at once.

Three steps: the shape of the file, then what it refers to (tables, spellings, event
types and their members), then, when a register is opened, its columns. Each complaint
names the place in the file in words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from api.importing.mapping.checks import problems
from api.importing.mapping.model import Mapping
from api.importing.mapping.walk import columns
from api.importing.transform.remarks import with_languages
from domain.errors import UnreachableError, UsageError
from domain.schema import Catalogue

MAPPING_MAX_BYTES: Final = 1_048_576
NEXT_STEP: Final = "Correct the mapping file; docs/importing.md explains every part of it."

_PLAIN_WORDS: Final = {
    "extra_forbidden": "is not a part of a mapping here",
    "missing": "is missing",
}


def load_mapping(path: Path, catalogue: Catalogue) -> Mapping:
    """Read and check a mapping file.

    Raises:
        UnreachableError: The file cannot be read.
        UsageError: ``mapping_invalid``, with every problem found in this step.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UnreachableError(
            f"The mapping {path.name} cannot be read: {error.strerror}.",
            next_step="Check the path of the mapping file.",
        ) from error
    if len(text) > MAPPING_MAX_BYTES:
        raise _invalid(path.name, ["the file is too large for a mapping"])
    return parse_mapping(text, catalogue, name=path.name)


def parse_mapping(text: bytes, catalogue: Catalogue, *, name: str) -> Mapping:
    """Read and check the text of a mapping file.

    Raises:
        UsageError: ``mapping_invalid``, with every problem found in this step.
    """
    try:
        mapping = Mapping.model_validate(tomllib.loads(text.decode())).with_common_members()
        mapping = with_languages(mapping)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _invalid(name, [f"it is not TOML: {error}"]) from error
    except ValidationError as error:
        raise _invalid(name, _shape_problems(error)) from error
    found = problems(mapping, catalogue)
    if found:
        raise _invalid(name, found)
    return mapping


def check_columns(mapping: Mapping, header: Sequence[str]) -> None:
    """Check that the register has every column that the mapping names.

    Raises:
        UsageError: ``mapping_column_missing``, with every missing column and the names
            that come near, or ``source_header`` for a column that occurs twice.
    """
    missing = {name: where for where, name in reversed(columns(mapping)) if name not in header}
    if missing:
        lines = [
            _missing(name, where=where, header=header) for name, where in reversed(missing.items())
        ]
        raise UsageError(
            "The register lacks columns that the mapping names:\n" + "\n".join(lines),
            slug="mapping_column_missing",
            next_step="Correct the names in the mapping, or check that this is the right file.",
        )
    used = {name for _, name in columns(mapping)}
    twice = sorted(name for name in used if list(header).count(name) > 1)
    if twice:
        raise UsageError(
            f"The register has more than one column named {', '.join(twice)}.",
            slug="source_header",
            next_step="Rename one of them in the file.",
        )


def _missing(name: str, *, where: str, header: Sequence[str]) -> str:
    near = get_close_matches(name, header, n=3)
    hint = f"near it: {', '.join(near)}" if near else f"it has: {', '.join(header[:12])}"
    return f"  {where}: no column {name!r} ({hint})"


def _shape_problems(error: ValidationError) -> list[str]:
    found = []
    for each in error.errors(include_url=False, include_input=False):
        words = _PLAIN_WORDS.get(each["type"], f"is wrong: {each['msg']}")
        found.append(f"{_place(each['loc'])} {words}")
    return found


def _place(location: Sequence[int | str]) -> str:
    words: list[str] = []
    for part in location:
        if isinstance(part, int) and words:
            words[-1] += f" number {part + 1}"
        else:
            words.append(str(part))
    return ", ".join(words)


def _invalid(name: str, found: Sequence[str]) -> UsageError:
    lines = "\n".join(f"  {problem}" for problem in found)
    return UsageError(
        f"The mapping {name} cannot be used:\n{lines}",
        slug="mapping_invalid",
        next_step=NEXT_STEP,
    )
