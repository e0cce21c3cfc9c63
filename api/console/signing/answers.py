# SPDX-License-Identifier: Apache-2.0
"""The summary that stands above what is signed; it travels with the page and is never signed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from api.console.asking import local
from domain.errors import UsageError

ANSWERS_MAX: Final = 200
ANSWERS_CHARS_MAX: Final = 65_536


class Answer(NamedTuple):
    """One line of the summary.

    Attributes:
        label: What was asked.
        value: What was answered, in words.
        change: Address of the page where the answer is changed; empty where there is none.
    """

    label: str
    value: str
    change: str = ""


def carried(answers: Iterable[Answer]) -> str:
    """Give answers the form in which a page carries them."""
    return json.dumps(list(answers), ensure_ascii=False)


def read_answers(text: str) -> Sequence[Answer]:
    """Read answers that a page carried.

    Raises:
        UsageError: ``request_invalid``.
    """
    try:
        found: Any = json.loads(text) if len(text) <= ANSWERS_CHARS_MAX else None
        rows = [_row(each) for each in found[:ANSWERS_MAX]]
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(
            "The page sent a summary that cannot be read.",
            slug="request_invalid",
            next_step="Go back to the questions, and begin again.",
        ) from error
    return [each._replace(change=local(each.change)) for each in rows]


def _row(row: object) -> Answer:
    if not isinstance(row, list) or not all(isinstance(each, str) for each in row):
        raise TypeError("a summary holds texts alone")
    return Answer(*row)
