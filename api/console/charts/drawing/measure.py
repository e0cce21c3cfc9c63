# SPDX-License-Identifier: Apache-2.0
"""How wide a text is and where it wraps, without a font at hand.

The reader's system chooses the font, so a text is taken for as wide as the widest common one sets
it; what is reserved is then never too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final
from unicodedata import category, east_asian_width

from api.console.charts.drawing.reader import Datum, clean

FONT: Final = 14.0
"""Height of a text in units of the picture; ``charts.css`` says the same."""

SMALL: Final = 12.0
"""Height of a small text; ``charts.css`` says the same."""

TINY: Final = 9.0
"""Height of the smallest text; ``charts.css`` says the same."""

LINE: Final = 1.25
"""Distance of two lines, in heights of a text."""

BOLD: Final = 1.13
"""How much wider a bold text is."""

ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"

_NARROW: Final = frozenset(" .,:;'|!()[]{}/\\-iljtfrI\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
_BROAD: Final = frozenset("mwMWQO@%&\N{EM DASH}") | frozenset(
    "\u0416\u0428\u0429\u042e\u0436\u0448\u0449\u044e"
)
_WORD: Final = re.compile(r" *[^ \u2e80-\u9fff\uff00-\uffef]+| *[\u2e80-\u9fff\uff00-\uffef]")
_EM_NARROW: Final = 0.42
_EM_BROAD: Final = 1.0
_EM_SMALL: Final = 0.64
_EM_CAPITAL: Final = 0.76
_EM_ANY: Final = 0.7
_ASCII_AND_LATIN: Final = "\u0250"


def width(text: str, size: float = FONT) -> float:
    """Give the room that a text takes at most, in units of the picture."""
    return size * sum(map(_em, text))


def wrap(text: str, room: float, *, lines: int = 2, size: float = FONT) -> tuple[str, ...]:
    """Break a text into lines that fit; one that does not is shortened, and says so by its end.

    Args:
        text: The text; what comes back is data where this is.
        room: Width of a line.
        lines: How many lines there may be.
        size: Height of the text.
    """
    done: list[str] = [""]
    rest = list(_pieces(clean(text), room, size))
    for number, piece in enumerate(rest):
        longer = done[-1] + piece
        if width(longer.rstrip(), size) <= room:
            done[-1] = longer
        elif len(done) < lines:
            done.append(piece.lstrip())
        else:
            done[-1] = _shortened("".join([done[-1], *rest[number:]]), room, size)
            break
    form = Datum if isinstance(text, Datum) else str
    return tuple([form(line.strip()) for line in done])


def longest(texts: Iterable[str], size: float = FONT, *, bold: bool = False) -> float:
    """Give the width of the widest of some texts; nothing where there are none."""
    return max((width(each, size) for each in texts), default=0.0) * (BOLD if bold else 1.0)


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    if category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if character in _NARROW:
        return _EM_NARROW
    if character in _BROAD:
        return _EM_BROAD
    if character < _ASCII_AND_LATIN:
        return _EM_CAPITAL if character.isupper() else _EM_SMALL
    if east_asian_width(character) in {"W", "F"} or category(character) in {"So", "Cn", "Co"}:
        return _EM_BROAD
    return _EM_CAPITAL if character.isupper() else _EM_ANY


def _pieces(text: str, room: float, size: float) -> Iterator[str]:
    """Cut a text where a line may end: at spaces, between ideographs, inside what is too long."""
    for word in _WORD.findall(text):
        if width(word.strip(), size) <= room:
            yield word
        else:
            yield from _cut(word, room, size)


def _cut(word: str, room: float, size: float) -> Iterator[str]:
    """Cut a word that fits no line, never between a letter and what is written over it."""
    part = ""
    for letter in _letters(word):
        if part and width((part + letter).strip(), size) > room:
            yield part
            part = ""
        part += letter
    yield part


def _letters(word: str) -> Iterator[str]:
    starts = [at for at, each in enumerate(word) if at == 0 or _em(each) > 0]
    for start, end in pairwise([*starts, len(word)]):
        yield word[start:end]


def _shortened(text: str, room: float, size: float) -> str:
    kept = ""
    for letter in _letters(text):
        if width(kept + letter + ELLIPSIS, size) > room:
            break
        kept += letter
    return kept.rstrip() + ELLIPSIS
