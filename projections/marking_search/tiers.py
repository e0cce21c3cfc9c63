# SPDX-License-Identifier: Apache-2.0
"""How alike a text that was read is to one on record, and why, in words.

Implements the match tiers T0 to T5 of the domain facts, section 6, and rule 11: from exact
over case, separators and script, Latin letters, letters between digits, characters that look
alike and wildcards, to one character misread; and the numbers of which a laboratory could
make only some characters visible. Pure; where candidates come from is the concern of
``queries``, and where on the firearm the text stands (T6, T7) that of ``candidates``. Whether
two texts mean one firearm, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from domain.markings import canonical, embedded_fold, latin_fold, lookalike_fold
from domain.script.letters import transliterate
from projections.marking_search.reading import Reading, wild_count


class Tier(IntEnum):
    """Kinds of likeness, the nearest first."""

    EXACT = 0
    CANONICAL = 1
    LATIN = 2
    EMBEDDED = 3
    LOOKALIKE = 4
    PATTERN = 5
    RESTORED = 6
    PATTERN_LATIN = 7
    PATTERN_LOOKALIKE = 8
    ONE_CHARACTER = 9


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


def likeness(reading: Reading, text: str) -> Likeness | None:
    """Tell how alike a text on record is to what was read; nothing if it is not."""
    if text == reading.text:
        return _EXACT
    if reading.is_pattern:
        return _fits(reading, text)
    return _folded(reading, text) or _one_character(reading.key, canonical(text))


def restored_likeness(reading: Reading, pattern: str) -> Likeness | None:
    """Tell whether what was read may be a number that was only partly made visible again."""
    if pattern == reading.text:
        return _EXACT
    restored = Reading(pattern)
    admitted = restored.fits(reading.text) or restored.fits(reading.text, str.upper)
    if reading.is_pattern or not admitted:
        return None
    return Likeness(Tier.RESTORED, f"admits {reading.text}", wild_count(pattern))


def _folded(reading: Reading, text: str) -> Likeness | None:
    key = canonical(text)
    if key == reading.key:
        return _CANONICAL
    if latin_fold(text) == reading.latin:
        return Likeness(Tier.LATIN, f"same in Latin letters, {transliterate(text)}")
    if embedded_fold(text) == reading.embedded:
        return Likeness(Tier.EMBEDDED, "same when letters between digits are ignored", 1)
    if lookalike_fold(text) == reading.lookalike:
        pairs = list(_differing(reading.key, key))
        told = ", ".join(f"{read} or {seen} ({_nth(at)})" for at, read, seen in pairs)
        return Likeness(Tier.LOOKALIKE, f"same but for easily misread {told}", len(pairs))
    return None


def _fits(reading: Reading, text: str) -> Likeness | None:
    told = f"fits {reading.text}"
    if reading.fits(text):
        return Likeness(Tier.PATTERN, told)
    if reading.fits(text, latin_fold):
        return Likeness(Tier.PATTERN_LATIN, f"{told} in Latin letters, {transliterate(text)}")
    if reading.fits(text, lookalike_fold):
        reason = f"{told} if easily misread characters count as the same"
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


def _nth(at: int) -> str:
    """Name a position, counted from 1, in words."""
    number = at + 1
    ending = "th" if number in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending} character"


_EXACT: Final = Likeness(Tier.EXACT, "reads exactly so")
_CANONICAL: Final = Likeness(
    Tier.CANONICAL, "same characters; case, separators or script are written otherwise"
)
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}
