# SPDX-License-Identifier: Apache-2.0
"""A text as somebody read it, with signs for what could not be read, and its search keys.

Implements "partial and obliterated" of the domain facts, section 6. ``?`` stands for one
unknown character, ``*`` and ``..`` at the end for several, and ``[5S]`` for one of those, as
laboratories report them (``A?[5S]14..``). Nothing else in a text has a meaning of its own: it
is never a regular expression, and all signs are left out of the keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

from domain.errors import InvalidValueError
from domain.markings import canonical, embedded_fold, latin_fold, lookalike_fold
from domain.schema import TEXT_MAX_CHARS

KNOWN_CHARS_MIN: Final = 2
"""Characters that a pattern must name; fewer would fit half of every register."""

READING_CHARS_MAX: Final = 4 * TEXT_MAX_CHARS
"""Length of what can be asked: a text on record, and brackets for its characters."""

Fold: TypeAlias = Callable[[str], str]
"""Makes texts equal that mean the same."""

Token: TypeAlias = tuple[str, ...]
"""The texts of which one stands at a place; ``?`` or ``*`` alone for any."""


@dataclass(frozen=True)
class Reading:
    """A text as somebody read it.

    Attributes:
        text: The text as typed.
    """

    text: str

    @cached_property
    def is_pattern(self) -> bool:
        """Whether anything in it could not be read."""
        return _WILD.search(self.text) is not None

    @cached_property
    def key(self) -> str:
        """Its canonical key."""
        return canonical(self.text)

    @cached_property
    def latin(self) -> str:
        """Its key in Latin letters."""
        return latin_fold(self.text)

    @cached_property
    def embedded(self) -> str:
        """Its key without the letters between digits."""
        return embedded_fold(self.text)

    @cached_property
    def lookalike(self) -> str:
        """Its key with what the eye confuses made equal."""
        return lookalike_fold(self.text)

    def check(self) -> None:
        """Refuse what cannot be searched for.

        Raises:
            InvalidValueError: ``serial_too_long``, ``serial_control_characters`` or
                ``serial_too_short``.
        """
        if len(self.text) > READING_CHARS_MAX:
            raise InvalidValueError(
                f"No number is so long: more than {READING_CHARS_MAX} characters.",
                slug="serial_too_long",
                next_step="Give one number at a time, as it is read off the metal.",
            )
        if not self.text.isprintable() and any(map(_is_control, self.text)):
            raise InvalidValueError(
                "There are control characters in what is searched for.",
                slug="serial_control_characters",
                next_step="Type the number by hand; put ? for what cannot be read.",
            )
        least = KNOWN_CHARS_MIN if self.is_pattern else 1
        if sum(map(_known_chars, _parts(self.text))) < least:
            raise InvalidValueError(
                "There are too few letters and digits to search for.",
                slug="serial_too_short",
                next_step=f"Give at least {KNOWN_CHARS_MIN} beside the wildcards ? and *.",
            )

    def like(self, fold: Fold = canonical) -> str:
        """Give the SQL pattern that keys made by a fold are compared with."""
        return "".join(map(_sql, _tokens(self.text, fold)))

    def fits(self, text: str, fold: Fold = canonical) -> bool:
        """Tell whether a text fits it up to a fold.

        The work grows with the lengths of both, never with the number of ways to fit.
        """
        seen = fold(text)
        reached = {0}
        for token in _tokens(self.text, fold):
            reached = _reached(token, seen, reached)
        return len(seen) in reached


def is_registry_number(text: str) -> bool:
    """Tell whether a text has the form of a number that a register or a police post gave.

    A year and a running number, which serials seldom are: trap 9 of the peers' registers.
    """
    return _REGISTRY.fullmatch(text.strip()) is not None


def wild_count(pattern: str) -> int:
    """Count the places of a pattern that stand for more than one character."""
    return len(_WILD.findall(pattern))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in _CONTROLS


def _parts(text: str) -> list[str]:
    return _WILD.split(text)


@lru_cache(maxsize=256)
def _tokens(text: str, fold: Fold) -> tuple[Token, ...]:
    return tuple(_token(part, fold) for part in _parts(text))


def _token(part: str, fold: Fold) -> Token:
    if not _WILD.fullmatch(part):
        return (fold(part),)
    if part[0] == "[":
        return tuple(map(fold, part[1:-1]))
    return ("?",) if part == "?" else ("*",)


def _sql(token: Token) -> str:
    if token in _ANY:
        return _ANY[token]
    if len(token) == 1:
        return token[0]
    return "_" if all(len(each) == 1 and each.isalnum() for each in token) else "%"


def _reached(token: Token, seen: str, reached: set[int]) -> set[int]:
    """Tell up to where a text can be read with one more token, from where it was read to."""
    if not reached:
        return reached
    if token == ("*",):
        return set(range(min(reached), len(seen) + 1))
    if token == ("?",):
        return {at + 1 for at in reached if at < len(seen)}
    return {at + len(each) for at in reached for each in token if seen.startswith(each, at)}


def _known_chars(part: str) -> int:
    return int(part[0] == "[") if _WILD.fullmatch(part) else len(canonical(part))


_WILD = re.compile(r"(\[[^\[\]]+\]|\.{2,}$|[?*])")
_REGISTRY = re.compile(
    r"(19|20)[0-9]{2}\s?/\s?[0-9]{3,}|[0-9]{3,}\s?/\s?(19|20)[0-9]{2}|(19|20)[0-9]{2}-[0-9]{6,}"
)
_ANY: Final = {("?",): "_", ("*",): "%"}
_CONTROLS: Final = ("Cc", "Cs")
