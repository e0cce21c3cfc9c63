# SPDX-License-Identifier: Apache-2.0
"""Countries by their names in the reader's language, and what somebody meant who wrote one.

The names are those of the Unicode CLDR, which the Babel library carries; the codes are those that
events may state (``domain.country``). A code left to users has no name, whatever a library tests
by it; Kosovo's is the one that everybody uses.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final
from unicodedata import normalize

from babel import Locale

from api.console.languages import NAMES
from domain.country.codes import CURRENT

NAMED: Final = CURRENT | {"XK"}
"""Codes that have a name."""

_ENTRY: Final = re.compile(r".*\(([A-Z]{2}(?:-[A-Z0-9]{1,3})?)\)", re.DOTALL)
_LETTERS: Final = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z0-9]{1,3})?")
_CHINESE: Final = str.maketrans({"斐": "匪", "梵": "凡", "瑙": "脑"})
"""Characters that the order by sound lacks, as others of the same sound."""
_RUSSIAN: Final = {ord("\N{CYRILLIC SMALL LETTER IO}"): "\N{CYRILLIC SMALL LETTER IE}"}
"""A letter that is ordered like the one without its dots."""


def country_name(code: str, language: str) -> str:
    """Name the country of a code, or of a code of a part of it; empty where it has no name."""
    country = code[:2]
    return _territories(language)[country] if country in NAMED else ""


def place_entry(code: str, language: str) -> str:
    """Give a country as a form shows it, ``Belgium (BE)``; what is no code stays as it is."""
    name = country_name(code, language) if _LETTERS.fullmatch(code) else ""
    return f"{name} ({code})" if name else code


def code_of(text: str) -> str:
    """Read which place is meant: as a form shows it, by its letters, or by its name.

    A name is known in any of the six languages, as far as it names one country alone. What names
    none stays as it was written, to be told what is wrong with it.
    """
    shown = _ENTRY.fullmatch(text)
    if shown:
        return shown.group(1)
    meant = _codes_by_name().get(_folded(text), frozenset())
    if len(meant) == 1:
        return next(iter(meant))
    return text.upper() if _LETTERS.fullmatch(text) else text


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Give the code and name of each country, in the order of the reader's language."""
    named = ((code, country_name(code, language)) for code in NAMED)
    return tuple(sorted(named, key=lambda each: _collated(each[1], language)))


def _territories(language: str) -> Mapping[str, str]:
    territories: Mapping[str, str] = Locale.parse(language).territories
    return territories


@cache
def _codes_by_name() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for language in NAMES:
        for code in NAMED:
            found[_folded(country_name(code, language))].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _folded(text: str) -> str:
    return normalize(
        "NFKC", text.strip().replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    ).casefold()


def _collated(name: str, language: str) -> tuple[str | bytes, str]:
    """Give what a name is ordered by.

    Accents do not count in Latin letters, nor signs above an Arabic alif; й is a letter of its own,
    and so is ñ. Chinese is ordered by sound, which is the order of the commonest characters in
    GB 18030 (taken over from GB 2312, level 1).
    """
    if language == "zh":
        return name.translate(_CHINESE).encode("gb18030"), name
    if language == "ru":
        return name.casefold().translate(_RUSSIAN), name
    kept = name.casefold().replace("ñ", "n\uffff") if language == "es" else name.casefold()
    return "".join(each for each in normalize("NFKD", kept) if not _is_mark(each)), name


def _is_mark(character: str) -> bool:
    return "\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u0655"
