# SPDX-License-Identifier: Apache-2.0
"""What whoever speaks six languages needs: marked sentences, catalogues, days and lists in writing.

Message ids are English sentences. Catalogues are read as they are written, so that nothing compiled
can lag behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Protocol

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.pofile import read_po

from domain.occurrence import Occurrence

Translate = Callable[[str], str]
"""Gives an English sentence in another language."""


class Readable(Protocol):
    """A file, or a resource of a package."""

    def read_bytes(self) -> bytes:
        """Give all of it."""


def marked(sentence: str) -> str:
    """Mark a sentence for translation where it is not said yet; gatherers look for its alias."""
    return sentence


def read_catalogue(place: Readable, language: str) -> Mapping[str, str]:
    """Read the sentences of a language that are translated.

    Raises:
        OSError: There is no such file.
    """
    read = read_po(BytesIO(place.read_bytes()), locale=language)
    return {
        each.id: each.string
        for each in read
        if isinstance(each.id, str) and isinstance(each.string, str) and each.id and each.string
    }


def written_day(occ: Occurrence, locale: Locale | str) -> str:
    """Write the day, month or year on which something happened, as exactly as it is known.

    Args:
        occ: When; it has to be known at all. Of an instant, its day is written.
        locale: How it is written.
    """
    if occ.precision == "year":
        return occ.text
    at = datetime.fromtimestamp(occ.earliest, UTC)
    if occ.precision == "month":
        return format_skeleton("yMMMM", at, locale=locale)
    return format_date(at.date(), "long", locale=locale)


def written_list(parts: Iterable[str], locale: Locale | str) -> str:
    """Write several things as people enumerate them (Unicode CLDR, list patterns)."""
    return format_list([*parts], locale=locale)
