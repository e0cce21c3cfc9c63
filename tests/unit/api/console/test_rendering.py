# SPDX-License-Identifier: Apache-2.0
"""What a page says of the ledger's sentences, and marks as English."""

from __future__ import annotations

import pytest

from api.console.formats import Formats
from api.console.forms.telling import Row, Told, in_words
from api.console.languages import NAMES, catalogue, translate
from api.console.rendering import environment

MARKED = "{{ text|marked }}"


def _shown(language: str, text: str) -> str:
    return environment(language).from_string(MARKED).render(text=text)


@pytest.mark.parametrize("language", sorted(NAMES))
def test_a_sentence_of_the_catalogue_is_said_in_the_language_and_not_marked(language: str) -> None:
    text = "Go back, and correct what you entered."
    assert _shown(language, text) == catalogue(language).get(text, text)


def test_only_the_part_that_no_catalogue_knows_is_marked_as_english() -> None:
    text = "Qx <7> zzz. Go back, and correct what you entered."
    known = catalogue("ar")["Go back, and correct what you entered."]
    assert _shown("ar", text) == f'<span lang="en" dir="ltr">Qx &lt;7&gt; zzz.</span> {known}'
    assert _shown("en", text) == "Qx &lt;7&gt; zzz. Go back, and correct what you entered."


def test_markup_in_a_value_is_escaped() -> None:
    said = _shown("fr", "<b>lost</b> agrees that <i>nobody</i> is no country of ISO 3166.")
    assert "<b>" not in said
    assert "<i>" not in said


def test_a_value_in_arabic_is_kept_apart_from_the_direction_of_its_sentence() -> None:
    said = _shown("ar", "X7-12 is no country of ISO 3166.")
    assert "\u2068X7-12\u2069" in said
    assert "lang=" not in said


def test_a_brief_entry_says_in_one_line_what_a_whole_one_says() -> None:
    rows = [
        Row(path="", labels=("Marks", 2, "Text"), values=(Told(form="data", text="<7>"),), step=1),
        Row(path="", labels=("Ground",), values=_words("Theft", "Loss"), step=1),
    ]
    shown = environment("en").from_string("{{ rows|line }}").render(rows=rows)
    whole = environment("en").from_string("{{ row|question }} {{ row|answer }}")
    assert shown == "; ".join(whole.render(row=each) for each in rows)
    assert shown.startswith('Marks 2: Text <bdi dir="ltr" class="value">&lt;7&gt;</bdi>; Ground')
    assert shown.endswith("Ground Theft and Loss")


@pytest.mark.parametrize("language", sorted(NAMES))
def test_answers_of_several_values_are_joined_as_the_language_joins_them(language: str) -> None:
    row = Row(path="", labels=("Ground",), values=_words("Yes", "No"), step=1)
    told = translate(language)
    shown = environment(language).from_string("{{ row|answer }}").render(row=row)
    assert shown == Formats(language, told).listed([told("Yes"), told("No")])
    assert in_words(row, told, language)[1] == shown


def _words(*texts: str) -> tuple[Told, ...]:
    return tuple(Told(form="words", text=each) for each in texts)
