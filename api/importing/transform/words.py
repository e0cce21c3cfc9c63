# SPDX-License-Identifier: Apache-2.0
"""Cells as text: cleaned for an event, folded for a comparison, read for their meaning.

Implements the reading of remarks in a serial's place (domain facts, section 6 and rule
12): the lists come from the mapping, nothing here knows a word of any language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from api.importing.mapping.model import Spelling
from api.importing.refusals import refused

MEMORY_MAX_ENTRIES: Final = 8_192
"""How many distinct cells of one column are remembered, so that memory stays flat."""

_Result = TypeVar("_Result")


class Understood(NamedTuple):
    """What a cell says: its meaning, and the text that is left of it."""

    meaning: str
    text: str


def clean(cell: str) -> str:
    """Give a cell's text in composed form, with single spaces and none at its ends.

    Raises:
        RowRefusedError: ``cell_unprintable``.
    """
    text = " ".join(cell.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        raise refused("cell_unprintable")
    return text


def fold(text: str) -> str:
    """Give the text without case, accents and superfluous space, for comparisons."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(text.casefold().split())


def remembered(convert: Callable[[str], _Result]) -> Callable[[str], _Result]:
    """Remember the results of a conversion, since registers repeat themselves."""
    memory: dict[str, _Result] = {}

    def convert_once(cell: str) -> _Result:
        if cell in memory:
            return memory[cell]
        if len(memory) >= MEMORY_MAX_ENTRIES:
            memory.clear()
        result = memory[cell] = convert(cell)
        return result

    return convert_once


def reader(spelling: Spelling) -> Callable[[str], Understood]:
    """Give the function that reads a cell by the lists of a mapping, in their order."""
    texts: dict[str, str] = {}
    for listed in reversed(spelling.read):
        texts.update({fold(text): listed.means for text in listed.texts})
    patterns = [
        (re.compile("|".join(f"(?:{pattern})" for pattern in listed.patterns)), listed.means)
        for listed in spelling.read
        if listed.patterns
    ]
    drop = [re.compile(pattern, re.IGNORECASE) for pattern in spelling.drop]

    def read(cell: str) -> Understood:
        text = clean(cell)
        for pattern in drop:
            text = pattern.sub("", text)
        text = text.strip(spelling.strip + " ")
        if not text:
            return Understood(spelling.empty, "")
        folded = fold(text)
        means = texts.get(folded) or _first_match(patterns, folded) or spelling.otherwise
        return Understood(means, text)

    return remembered(read)


def _first_match(patterns: list[tuple[re.Pattern[str], str]], folded: str) -> str | None:
    return next((means for pattern, means in patterns if pattern.search(folded)), None)
