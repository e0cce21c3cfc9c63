# SPDX-License-Identifier: Apache-2.0
"""How alike a text that was read is to one on record, and why, in words.

Implements the match tiers of the domain facts, section 6, and rule 11: from exact over
case, separators and script, Latin letters, letters between digits, characters that look
alike and wildcards, to one character misread; and the numbers of which a laboratory could
make only some characters visible. Pure; where candidates come from is the concern of
``queries``. Whether two texts mean one firearm, a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from domain.errors import InvalidValueError
from domain.markings import canonical, embedded_fold, latin_fold, lookalike_fold
from domain.script.letters import transliterate

KNOWN_CHARS_MIN: Final = 2
"""Characters that a pattern must name; fewer would fit half of every register."""

EDIT_CHARS_MIN: Final = 4
"""Length from which on a text with one other character still says something."""


Fold: TypeAlias = Callable[[str], str]
"""Makes texts equal that mean the same."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as somebody read it, with signs for what could not be read.

    ``?`` stands for one unknown character, ``*`` and ``..`` at the end for several, and
    ``[5S]`` for one of those, as laboratories report them (``A?[5S]14..``).

    Attributes:
        text: The text as typed.
    """

    text: str

    @property
    def is_pattern(self) -> bool:
        """Whether anything in it could not be read."""
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
        if sum(map(_known_chars, self._parts())) < least:
            raise InvalidValueError(
                "There are too few letters and digits to search for.",
                slug="serial_too_short",
                next_step=f"Give at least {KNOWN_CHARS_MIN} beside the wildcards ? and *.",
            )

    def like(self, fold: Fold = canonical) -> str:
        """Give the SQL pattern that keys made by a fold are compared with."""
        return "".join(_sql(part, fold) for part in self._parts())

    def fits(self, text: str, fold: Fold = canonical) -> bool:
        """Tell whether a text fits it up to a fold."""
        pattern = "".join(_regular(part, fold) for part in self._parts())
        return re.fullmatch(pattern, fold(text)) is not None

    def _parts(self) -> list[str]:
        return _WILD.split(self.text)

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


def restored_likeness(reading: Reading, pattern: str) -> Likeness | None:
    """Tell whether what was read may be a number that was only partly made visible again."""
    if pattern == reading.text:
        return Likeness(Tier.EXACT, "reads exactly so")
    restored = Reading(pattern)
    admitted = restored.fits(reading.text) or restored.fits(reading.text, str.upper)
    if reading.is_pattern or not admitted:
        return None
    return Likeness(Tier.RESTORED, f"admits {reading.text}", len(_WILD.findall(pattern)))


def _folded(reading: Reading, text: str) -> Likeness | None:
    if canonical(text) == reading.key:
        return Likeness(
            Tier.CANONICAL, "same characters; case, separators or script are written otherwise"
        )
    if latin_fold(text) == latin_fold(reading.text):
        return Likeness(Tier.LATIN, f"same in Latin letters, {transliterate(text)}")
    if embedded_fold(text) == embedded_fold(reading.text):
        return Likeness(Tier.EMBEDDED, "same when letters between digits are ignored", 1)
    if lookalike_fold(text) == lookalike_fold(reading.text):
        pairs = list(_differing(reading.key, canonical(text)))
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


def _known_chars(part: str) -> int:
    return int(part[0] == "[") if _WILD.fullmatch(part) else len(canonical(part))


def _sql(part: str, fold: Fold) -> str:
    if not _WILD.fullmatch(part):
        return fold(part)
    if part[0] == "[":
        one = all(len(each) == 1 and each.isalnum() for each in _choices(part, fold))
        return "_" if one else "%"
    return "_" if part == "?" else "%"


def _regular(part: str, fold: Fold) -> str:
    if not _WILD.fullmatch(part):
        return re.escape(fold(part))
    if part[0] == "[":
        return f"(?:{'|'.join(map(re.escape, _choices(part, fold)))})"
    return "." if part == "?" else ".*"


def _choices(part: str, fold: Fold) -> list[str]:
    return [fold(character) for character in part[1:-1]]


def _nth(at: int) -> str:
    """Name a position, counted from 1, in words."""
    number = at + 1
    ending = "th" if number in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending} character"


_WILD = re.compile(r"(\[[^\[\]]+\]|\.{2,}$|[?*])")
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}
