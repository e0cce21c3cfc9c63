# SPDX-License-Identifier: Apache-2.0
"""Sentences with data in them, kept apart up to the page.

A phrase is a list of pieces, each either words of the language or a datum of the ledger. So a
serial number never becomes part of a sentence, let alone of the template: it is set left to right,
whole, and with whatever cannot be seen in it made visible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any, Final

from api.certificate.languages import Language
from domain.occurrence import Occurrence

Piece = dict[str, str]
Phrase = list[Piece]
"""Words (``w``), data (``d``) and names (``n``) in the order in which they are read."""

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_STRONG: Final = _RIGHT_TO_LEFT | {"L"}

N_ = str
"""Marks a message that is translated where it is said."""


def datum(value: object) -> Phrase:
    """Give a serial, code, hash, number or date as it stands in the ledger."""
    return [{"d": str(value)}]


def name(value: str) -> Phrase:
    """Give the name of an authority or a person, in the direction of its own letters."""
    directions = (unicodedata.bidirectional(letter) for letter in value)
    first = next((each for each in directions if each in _STRONG), "L")
    return [{"n": value, "dir": "rtl" if first in _RIGHT_TO_LEFT else "ltr"}]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language."""

    language: Language

    def word(self, message: str) -> str:
        """Give a message without data in it."""
        return self.language.translate(message)

    def say(self, message: str, **values: object) -> Phrase:
        """Give a message with its data, each in its place ``%(name)s``.

        Args:
            message: The English sentence.
            values: Data by name; a phrase goes in as it is.
        """
        pieces = _PLACE.split(self.word(message))
        told: Phrase = []
        for at, piece in enumerate(pieces):
            if at % 2 == 0:
                told += [{"w": piece}] if piece else []
            else:
                told += _phrase(values[piece])
        return told

    def day(self, occ: Occurrence) -> Phrase:
        """Say when something happened: as people write it, and as it was signed."""
        if occ.precision == "unknown":
            return self.say(N_("on a date that is not known"))
        written = self.language.day(occ)
        if written == occ.text:
            return datum(written)
        return [{"w": f"{written} ("}, {"d": occ.text}, {"w": ")"}]

    def joined(self, phrases: Iterable[Phrase]) -> Phrase:
        """Put phrases one behind the other in a list."""
        told: Phrase = []
        for each in phrases:
            told += [{"w": " · "}, *each] if told else each
        return told


def made_visible(value: Any, drawable: Container[int]) -> Any:
    """Show in all data of a document what cannot be seen, or drawn, as its code point.

    A bidi control would turn the characters beside it round, and a blank or a missing glyph would
    hide that one serial is not another.

    Args:
        value: The document, or a part of it.
        drawable: Code points that the fonts can draw.
    """
    if isinstance(value, list):
        return [made_visible(each, drawable) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: visible(each, drawable)
        if key in ("d", "n") and isinstance(each, str)
        else made_visible(each, drawable)
        for key, each in value.items()
    }


def visible(text: str, drawable: Container[int]) -> str:
    """Write what cannot be seen or drawn as ``[U+XXXX]``."""
    return "".join(
        each if _is_seen(each) and ord(each) in drawable else f"[U+{ord(each):04X}]"
        for each in text
    )


def _is_seen(letter: str) -> bool:
    return letter == " " or unicodedata.category(letter) not in _UNSEEN


def _phrase(value: object) -> Phrase:
    return value if isinstance(value, list) else datum(value)
