# SPDX-License-Identifier: Apache-2.0
"""What templates write most often: data, countries, states, questions and their answers.

They would be macros if a page had fewer of them: a macro takes five times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from markupsafe import Markup, escape

from api.console.formats import Formats
from api.console.forms.telling import Row, Told
from api.console.languages import ENGLISH, recogniser
from api.console.vocabulary.countries import country_name

_ENGLISH: Final = Markup('<span lang="en" dir="ltr">{}</span>')


def value(text: object) -> Markup:
    """Write data that nobody translates: it keeps its order in every language."""
    return Markup(f'<bdi dir="ltr" class="value">{escape(text)}</bdi>')  # noqa: S704 - escaped


def said(text: object) -> Markup:
    """Write what somebody wrote in a language of their own."""
    return Markup('<bdi class="said">{}</bdi>').format(text)


class Writing:
    """How what one reader reads is written; all of it is escaped."""

    def __init__(self, language: str, formats: Formats) -> None:
        """Bind a language."""
        self._language = language
        self._formats = formats

    def place(self, code: str) -> Markup:
        """Write a country by its name, or a part of one, with its code."""
        name, written = country_name(code, self._language), value(code)
        return Markup("<bdi>{}</bdi> <small>{}</small>").format(name, written) if name else written

    def axis(self, told: str, name: str = "") -> Markup:
        """Write one axis of a state: its codes in words."""
        if name == "country" and country_name(told, self._language):
            return self.place(told)
        return self._formats.listed(map(self.marked, told.split(", ")))

    def question(self, row: Row) -> Markup:
        """Write what was asked, from the whole to the part."""
        first, *rest = row.labels
        written = self.marked(first)
        for each in rest:
            written += f" {each}" if isinstance(each, int) else ": " + self.marked(each)
        return written

    def answer(self, row: Row, data: Callable[[object], Markup] = value) -> Markup:
        """Write what was answered.

        Args:
            row: The answer.
            data: Writes what is neither a word of ours nor a place or a time.
        """
        return self._formats.listed(self._told(each, data) for each in row.values)

    def line(self, rows: Iterable[Row]) -> Markup:
        """Write questions and answers in one line, for where there are very many."""
        return Markup("; ").join([self.question(each) + " " + self.answer(each) for each in rows])

    def marked(self, sentence: object) -> Markup:
        """Say a sentence, and mark what stays English, so that a screen reader speaks it right."""
        if self._language == ENGLISH:
            return escape(str(sentence))
        parts = recogniser(self._language).parts(str(sentence))
        return Markup().join(
            [_ENGLISH.format(each.text) if each.english else each.text for each in parts]
        )

    def _told(self, told: Told, data: Callable[[object], Markup]) -> Markup:
        match told.form:
            case "words":
                return self.marked(told.text)
            case "day":
                return self._formats.day(told.text)
            case "moment":
                return self._formats.moment(told.text)
            case "place":
                return self.place(told.text)
        return data(told.text)
