# SPDX-License-Identifier: Apache-2.0
"""How alike a text that was read is to one on record, and why, in words.

Implements the match tiers of the domain facts, section 6, and rule 11: from exact over
case, separators and script, letters between digits, characters that look alike and
wildcards, to one character misread. Pure; where candidates come from is the concern of
``queries``. Whether two texts mean one firearm, a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from domain.errors import InvalidValueError
from domain.markings import canonical, embedded_fold, lookalike_fold

KNOWN_CHARS_MIN: Final = 2
"""Characters that a pattern must name; fewer would fit half of every register."""

EDIT_CHARS_MIN: Final = 4
"""Length from which on a text with one other character still says something."""


class Tier(IntEnum):
    """Kinds of likeness, the nearest first."""

    EXACT = 0
    CANONICAL = 1
    EMBEDDED = 2
    LOOKALIKE = 3
    PATTERN = 4
    PATTERN_LOOKALIKE = 5
    ONE_CHARACTER = 6


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why a text on record may be the one that was read.

    Attributes:
        tier: Kind of likeness.
        reason: The same in words.
        differences: Number of characters read otherwise.
    """

    tier: Tier
    reason: str
    differences: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as somebody read it, with ``?`` for one and ``*`` for several unknown characters.

    Attributes:
        text: The text as typed.
    """

    text: str

    @property
    def is_pattern(self) -> bool:
        """Whether it holds wildcards."""
        return _WILD.search(self.text) is not None

    @property
    def key(self) -> str:
        """Its canonical key."""
        return canonical(self.text)

    def check(self) -> None:
        """Refuse a text with too few characters to search for.

        Raises:
            InvalidValueError: ``serial_too_short``.
        """
        least = KNOWN_CHARS_MIN if self.is_pattern else 1
        if len(self.key) < least:
            raise InvalidValueError(
                "There are too few letters and digits to search for.",
                slug="serial_too_short",
                next_step=f"Give at least {KNOWN_CHARS_MIN} beside the wildcards ? and *.",
            )

    def like(self, *, lookalike: bool = False) -> str:
        """Give the SQL pattern that canonical keys, or look-alike keys, are compared with."""
        fold = lookalike_fold if lookalike else canonical
        return "".join(_SQL_WILD.get(part) or fold(part) for part in _WILD.split(self.text))

    def one_off(self) -> tuple[str, ...]:
        """Give SQL patterns for every key with one character other, more, fewer or swapped."""
        key = self.key
        others = [f"{key[:at]}_{key[at + 1 :]}" for at in range(len(key))]
        longer = [f"{key[:at]}_{key[at:]}" for at in range(len(key) + 1)]
        shorter = [key[:at] + key[at + 1 :] for at in range(len(key))]
        swapped = [key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in range(len(key) - 1)]
        return tuple(dict.fromkeys((*others, *longer, *shorter, *swapped)))


def likeness(reading: Reading, text: str) -> Likeness | None:
    """Tell how alike a text on record is to what was read; nothing if it is not."""
    if text == reading.text:
        return Likeness(Tier.EXACT, "reads exactly so")
    if reading.is_pattern:
        return _fits(reading, text)
    return _folded(reading, text) or _one_character(reading.key, canonical(text))


def _folded(reading: Reading, text: str) -> Likeness | None:
    if canonical(text) == reading.key:
        return Likeness(
            Tier.CANONICAL, "same characters; case, separators or script are written otherwise"
        )
    if embedded_fold(text) == embedded_fold(reading.text):
        return Likeness(Tier.EMBEDDED, "same when letters between digits are ignored", 1)
    if lookalike_fold(text) == lookalike_fold(reading.text):
        pairs = list(_differing(reading.key, canonical(text)))
        told = ", ".join(f"{read} or {seen} ({_nth(at)})" for at, read, seen in pairs)
        return Likeness(Tier.LOOKALIKE, f"same but for easily misread {told}", len(pairs))
    return None


def _fits(reading: Reading, text: str) -> Likeness | None:
    if _regular(reading.like()).fullmatch(canonical(text)):
        return Likeness(Tier.PATTERN, f"fits {reading.text}")
    if _regular(reading.like(lookalike=True)).fullmatch(lookalike_fold(text)):
        reason = f"fits {reading.text} if easily misread characters count as the same"
        return Likeness(Tier.PATTERN_LOOKALIKE, reason, 1)
    return None


def _one_character(read: str, seen: str) -> Likeness | None:
    """Tell the one difference between two keys, if there is just one."""
    start = next((at for at, (a, b) in enumerate(zip(read, seen, strict=False)) if a != b), None)
    at = min(len(read), len(seen)) if start is None else start
    rest, other = read[at:], seen[at:]
    if rest and other and rest[1:] == other[1:]:
        reason = f"one character differs: {rest[0]} read, {other[0]} on record ({_nth(at)})"
    elif rest and rest[1:] == other:
        reason = f"one character fewer on record: {rest[0]} ({_nth(at)})"
    elif other and other[1:] == rest:
        reason = f"one character more on record: {other[0]} ({_nth(at)})"
    elif rest[:2] == other[1::-1] and len(rest) > 1 and rest[2:] == other[2:]:
        reason = f"two neighbouring characters swapped: {rest[:2]} ({_nth(at)})"
    else:
        return None
    return Likeness(Tier.ONE_CHARACTER, reason, 1)


def _differing(read: str, seen: str) -> Iterator[tuple[int, str, str]]:
    pairs = zip(read, seen, strict=False)
    return ((at, one, other) for at, (one, other) in enumerate(pairs) if one != other)


def _regular(pattern: str) -> re.Pattern[str]:
    parts = (_REGULAR.get(character) or re.escape(character) for character in pattern)
    return re.compile("".join(parts))


def _nth(at: int) -> str:
    """Name a position, counted from 1, in words."""
    number = at + 1
    ending = "th" if number in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending} character"


_WILD = re.compile(r"([?*])")
_SQL_WILD: Final = {"?": "_", "*": "%"}
_REGULAR: Final = {"_": ".", "%": ".*"}
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}
