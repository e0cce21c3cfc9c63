# SPDX-License-Identifier: Apache-2.0
"""Where a text on record differs from what was read, character by character, for the eye."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple


class Part(NamedTuple):
    """Some characters of a text on record.

    Attributes:
        text: The characters.
        same: Whether they were read so.
    """

    text: str
    same: bool


def spelled(read: str, record: str) -> list[Part]:
    """Part a text on record into what was read so and what was not; capitals do not count.

    Args:
        read: What was read, wildcards included.
        record: What is on record.
    """
    matcher = SequenceMatcher(None, read.upper(), record.upper(), autojunk=False)
    if len(record.upper()) != len(record):  # a capital of two letters; then no place is told
        return [Part(record, same=True)]
    return [
        Part(record[begin:end], same=kind == "equal")
        for kind, _, _, begin, end in matcher.get_opcodes()
        if begin < end
    ]
