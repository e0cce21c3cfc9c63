# SPDX-License-Identifier: Apache-2.0
"""The six languages of the United Nations, and which of them a reader wants.

Message ids are English sentences (console conventions, section 3). Catalogues are read as they are
written, so that nothing compiled can lag behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal, cast

from api.console.forms.labels.codes import words_of
from api.console.vocabulary.recognising import Recogniser
from api.languages import Translate, read_catalogue

Direction = Literal["ltr", "rtl"]

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "English",
        "fr": "Français",
        "es": "Español",
        "ru": "Русский",
        "zh": "中文",
        "ar": "العربية",
    }
)
"""Each language by its own name."""

ENGLISH: Final = "en"
_WANTED_MAX: Final = 16


def direction(language: str) -> Direction:
    """Tell in which direction a language is written."""
    return "rtl" if language == "ar" else "ltr"


def chosen(stated: str | None, accepted: str | None) -> str:
    """Choose a language: what the reader said, else what the browser prefers, else English.

    Args:
        stated: Code from the reader's own choice.
        accepted: The header Accept-Language (RFC 9110, section 12.5.4).
    """
    if stated in NAMES:
        return cast("str", stated)
    wanted = sorted(map(_weighed, (accepted or "").split(",")[:_WANTED_MAX]), reverse=True)
    return next((code for weight, _, code in wanted if code in NAMES and weight > 0), ENGLISH)


def _weighed(part: str) -> tuple[float, int, str]:
    tag, _, weight = part.strip().partition(";q=")
    try:
        return float(weight or 1), len(tag), tag.lower().partition("-")[0]
    except ValueError:
        return 0.0, 0, ""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Read the sentences of a language; those that are not there yet stay English."""
    place = files("api.console") / "locale" / language / "console.po"
    if language == ENGLISH or not place.is_file():
        return {}
    return read_catalogue(place, language)


def translate(language: str) -> Translate:
    """Give what translates the console's own sentences into a language."""
    told = catalogue(language)
    return lambda sentence: told.get(sentence, sentence)


@cache
def recogniser(language: str) -> Recogniser:
    """Give what says in a language what the ledger composed in English."""
    rtl = direction(language) == "rtl"
    return Recogniser(catalogue(language), label=words_of, isolated=rtl)


def saying(language: str) -> Translate:
    """Give what says any sentence in a language, as far as it is known; one in English stays."""
    return str if language == ENGLISH else recogniser(language).say
