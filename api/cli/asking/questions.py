# SPDX-License-Identifier: Apache-2.0
"""A list of questions for the search by marking, read from a file of delimited values.

The first row names the columns. A row that cannot be asked is a refusal of its own and holds
up no other; what is wrong with the whole file ends the command.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from domain.errors import InvalidValueError, UnreachableError, UsageError
from projections.marking_search.question import FIELDS, Question

STANDARD_INPUT: Final = "-"
COLUMNS: Final = ("text", *FIELDS, "ref")
DELIMITERS: Final = ",;\t"
YEAR_DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of a list.

    Attributes:
        number: Its place in the list, from 1.
        text: The text that is looked for, as given.
        ref: What the list calls it.
        question: The question; none where it cannot be asked.
        refusal: Why it cannot be asked.
    """

    number: int
    text: str
    ref: str | None = None
    question: Question | None = None
    refusal: InvalidValueError | None = None


@contextmanager
def opened(name: str) -> Iterator[TextIO]:
    """Open a list: a file in UTF-8, or standard input.

    Raises:
        UnreachableError: The file cannot be read.
    """
    if name == STANDARD_INPUT:
        yield sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8-sig", newline="") as file:
            yield file
    except OSError as error:
        raise UnreachableError(
            f"The list {name} cannot be read.", next_step="Check its name and permissions."
        ) from error


def asked_in(lines: Iterable[str]) -> Iterator[Asked]:
    """Read the questions of a list, one by one.

    Raises:
        UsageError: ``batch_columns`` or ``batch_unreadable``.
    """
    source = iter(lines)
    try:
        header = next(source, "")
        delimiter = next((each for each in DELIMITERS if each in header), DELIMITERS[0])
        names = _columns(next(csv.reader([header], delimiter=delimiter), []))
        rows = csv.reader(source, delimiter=delimiter, strict=True)
        filled = (row for row in rows if any(row))
        for number, row in enumerate(filled, start=1):
            yield _asked(number, names, row)
    except (csv.Error, UnicodeDecodeError) as error:
        raise UsageError(
            "The list is no delimited text in UTF-8.",
            slug="batch_unreadable",
            next_step="Save it as CSV in UTF-8, quoted where a value holds the delimiter.",
        ) from error


def _columns(header: list[str]) -> list[str]:
    names = [name.strip("\ufeff ").lower() for name in header]
    if "text" not in names or not set(names) <= set(COLUMNS) or len(set(names)) < len(names):
        raise UsageError(
            "The first row of the list does not name its columns.",
            slug="batch_columns",
            next_step=f"Name text and, where known, {', '.join(COLUMNS[1:])}, each once.",
        )
    return names


def _asked(number: int, names: Sequence[str], row: Sequence[str]) -> Asked:
    values = {name: value.strip() or None for name, value in zip(names, row, strict=False)}
    ref, text = values.pop("ref", None), values.pop("text", None) or ""
    try:
        _check_length(row, names)
        question = Question(text=text, year=_year(values.pop("year", None)), **values)
        question.check()
    except InvalidValueError as refusal:
        return Asked(number=number, text=text, ref=ref, refusal=refusal)
    return Asked(number=number, text=text, ref=ref, question=question)


def _check_length(row: Sequence[str], names: Sequence[str]) -> None:
    if len(row) > len(names):
        raise InvalidValueError(
            "The row has more values than the list has columns.",
            slug="batch_row",
            next_step="Quote a value that holds the delimiter.",
        )


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == YEAR_DIGITS):
        raise InvalidValueError("A year has four digits.", slug="year_invalid")
    return int(text)
