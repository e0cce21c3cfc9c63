# SPDX-License-Identifier: Apache-2.0
"""Templates that are translated when they are compiled."""

from __future__ import annotations

from jinja2 import Environment

from api.console.folding import FoldingGenerator

FRENCH = {"Year": "Année", "100 %% of <all>": "100 %% de <tout>", "Held by %(who)s": "Chez %(who)s"}


def _environment(asked: list[str]) -> Environment:
    def told(sentence: str) -> str:
        asked.append(sentence)
        return FRENCH[sentence]

    made = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    made.extend(told=told)
    made.code_generator_class = FoldingGenerator
    made.install_gettext_callables(told, lambda one, *_: one, newstyle=True)  # type: ignore[attr-defined]
    return made


def test_a_sentence_without_data_is_translated_once_however_often_the_page_is_made() -> None:
    asked: list[str] = []
    template = _environment(asked).from_string(
        '{% macro m(x) %}{{ x }}{% endmacro %}{{ m(_("Year")) }}'
    )
    assert [template.render() for _ in range(3)] == ["Année"] * 3
    assert asked == ["Year"]


def test_it_is_a_format_string_all_the_same_and_its_markup_is_our_own() -> None:
    assert _environment([]).from_string('{{ _("100 %% of <all>") }}').render() == "100 % de <tout>"


def test_a_sentence_with_data_is_translated_with_the_page_and_its_data_escaped() -> None:
    asked: list[str] = []
    template = _environment(asked).from_string('{{ _("Held by %(who)s", who=who) }}')
    assert asked == []
    assert template.render(who="<i>") == "Chez &lt;i&gt;"


def test_a_sentence_that_the_page_gives_is_translated_with_the_page() -> None:
    asked: list[str] = []
    template = _environment(asked).from_string("{{ _(each) }}")
    assert asked == []
    assert template.render(each="Year") == "Année"
