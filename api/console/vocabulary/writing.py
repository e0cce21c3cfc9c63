# SPDX-License-Identifier: Apache-2.0
"""What templates write most often: data, countries, and codes of a state in words.

They would be macros if a page had fewer of them: a macro takes five times as long.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from api.console.languages import ENGLISH, recogniser
from api.console.vocabulary.countries import country_name

_ENGLISH: Final = Markup('<span lang="en" dir="ltr">{}</span>')


def written_value(text: object) -> Markup:
    """Write data that nobody translates: it keeps its order in every language."""
    return Markup(f'<bdi dir="ltr" class="value">{escape(text)}</bdi>')  # noqa: S704 - escaped


def written_place(code: str, *, language: str) -> Markup:
    """Write a country by its name, or a part of one, with its code."""
    name = country_name(code, language)
    written = written_value(code)
    return Markup("<bdi>{}</bdi> <small>{}</small>").format(name, written) if name else written


def written_axis(told: str, name: str = "", *, language: str) -> Markup:
    """Write one axis of a state: its codes in words."""
    if name == "country" and country_name(told, language):
        return written_place(told, language=language)
    return Markup(", ").join([marked(each, language) for each in told.split(", ")])


def marked(sentence: str, language: str) -> Markup:
    """Say a sentence, and mark what stays English, so that a screen reader speaks it right."""
    if language == ENGLISH:
        return escape(sentence)
    parts = recogniser(language).parts(sentence)
    return Markup().join(
        _ENGLISH.format(each.text) if each.english else each.text for each in parts
    )
