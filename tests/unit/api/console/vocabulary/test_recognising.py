# SPDX-License-Identifier: Apache-2.0
"""Sentences that were composed with data are found again by their fixed texts."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.console.languages import catalogue
from api.console.vocabulary.recognising import (
    SENTENCE_CHARS_MAX,
    Part,
    Recogniser,
    Template,
    by_word,
)

FRENCH = {
    "Its seal %(seal)s was not found.": "Son sceau %(seal)s n'a pas été trouvé.",
    "It was handed over on %(day)s by %(who)s.": "%(who)s l'a remise le %(day)s.",
    "%(done)s of %(all)s %% are read.": "%(done)s sur %(all)s %% sont lus.",
    "Look at %(what)s.": "Regardez %(what)s.",
    "the seal": "le sceau",
    "the mark": "la marque",
    "lost": "perdu",
    "Say why.": "Dites pourquoi.",
}
WORDS = {"pump_action": "Pump action", "ibis": "IBIS"}
RECOGNISER = Recogniser(FRENCH)
ISOLATING = Recogniser(FRENCH, isolated=True)
KNOWN = sorted(
    {each for found in by_word(catalogue("fr")).values() for each in found},
    key=lambda each: each.sentence,
)
SENTENCES = st.sampled_from(sorted(catalogue("fr")))
OWN = Recogniser({each.sentence: each.sentence for each in KNOWN})


def test_a_sentence_is_said_with_its_values_where_the_language_wants_them() -> None:
    said = RECOGNISER.say("It was handed over on 2026-11-01 by off.7.")
    assert said == "off.7 l'a remise le 2026-11-01."


def test_a_sign_of_percent_is_one_sign() -> None:
    assert RECOGNISER.say("3 of 50 % are read.") == "3 sur 50 % sont lus."


def test_a_value_that_is_itself_known_is_said_too_and_so_is_a_list_of_them() -> None:
    assert RECOGNISER.say("Look at the seal.") == "Regardez le sceau."
    assert (
        RECOGNISER.say("Look at the seal, K-12, the mark.") == "Regardez le sceau, K-12, la marque."
    )


def test_what_joins_a_list_is_said_too() -> None:
    said = Recogniser(FRENCH | {"and": "et"}).say("Look at K-12, the seal and the mark.")
    assert said == "Regardez K-12, le sceau et la marque."


@pytest.mark.parametrize(("comma", "joined"), [("\u060c", "\u060c "), ("\uff0c", "\uff0c")])
def test_a_comma_is_that_of_the_language_in_a_list_of_words_and_not_in_data(
    comma: str, joined: str
) -> None:
    other = Recogniser(FRENCH | {",": comma})
    assert other.say("Look at K-12, the seal.") == f"Regardez K-12{joined}le sceau."
    assert other.say("Look at K-12, K-13.") == "Regardez K-12, K-13."


def test_a_code_is_said_by_its_label_and_a_kind_stands_before_what_it_is_of() -> None:
    labels = {"Pump action": "À pompe", "Shotgun": "Fusil", "IBIS": "IBIS"}
    said = Recogniser(FRENCH | labels, label=lambda code: WORDS.get(code, code.capitalize()))
    assert said.say("Look at shotgun.") == "Regardez fusil."
    assert said.say("Look at pump action shotgun.") == "Regardez fusil, à pompe."
    assert said.say("Look at K-12, shotgun.") == "Regardez K-12, fusil."
    assert said.say("Look at ibis.") == "Regardez IBIS."
    assert said.say("Look at the other one.") == "Regardez the other one."


def test_sentences_that_follow_one_another_are_said_one_by_one() -> None:
    found = RECOGNISER.parts("Its seal 7 was not found. Nobody knows. Say why.")
    assert found == [
        Part("Son sceau 7 n'a pas été trouvé.", english=False),
        Part(" Nobody knows.", english=True),
        Part(" Dites pourquoi.", english=False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Its seal  was not found",
        "Its seal was not found.",
        "its seal 7 was not found.",
        "?",
    ],
)
def test_what_is_not_known_stays_as_it_is(text: str) -> None:
    assert RECOGNISER.parts(text) == [Part(text, english=True)]


def test_a_text_that_is_too_long_for_a_sentence_stays_as_it_is() -> None:
    text = f"Its seal {'7' * SENTENCE_CHARS_MAX} was not found."
    assert RECOGNISER.parts(text) == [Part(text, english=True)]


def test_a_value_is_kept_apart_from_the_direction_of_the_sentence_and_a_known_one_is_not() -> None:
    assert ISOLATING.say("Look at K-12.") == "Regardez \u2068K-12\u2069."
    assert ISOLATING.say("Look at the seal, K-12.") == "Regardez le sceau, \u2068K-12\u2069."
    assert ISOLATING.say("Say why.") == "Dites pourquoi."


def test_a_value_can_neither_end_its_isolation_nor_turn_the_words_around_it() -> None:
    assert ISOLATING.say("Look at K\u2069\u202e12.") == "Regardez \u2068K\ufffd\ufffd12\u2069."
    assert RECOGNISER.say("Look at K\u202e12.") == "Regardez K\ufffd12."


def test_of_two_templates_the_one_that_fixes_more_is_taken() -> None:
    both = Recogniser({"Look at %(what)s.": "a", "Look at the %(kind)s mark.": "b %(kind)s"})
    assert both.say("Look at the export mark.") == "b export"


@pytest.mark.parametrize(
    "sentence",
    ["No places.", "%(one)s%(two)s are one.", "%(one)s and then %(one)s.", "%(a)s, %(b)s"],
)
def test_a_message_whose_places_nothing_tells_apart_is_no_template(sentence: str) -> None:
    assert by_word([sentence]) == {}


def test_a_word_that_a_value_could_lengthen_is_not_what_a_template_is_found_by() -> None:
    read = Template.parse("%(number)sst character of a%(rest)s")
    assert read is not None
    assert list(read.words()) == ["character"]


def test_a_template_that_only_short_words_tell_apart_is_none() -> None:
    assert by_word(["%(done)s of %(all)s", "up to %(last)s"]) == {}


def test_a_sentence_that_is_not_known_is_not_taken_for_a_value_of_another_one() -> None:
    text = "Look at nothing of what the keeper told about that day."
    assert RECOGNISER.parts(text) == [Part(text, english=True)]


def test_nothing_is_said_in_a_language_without_sentences() -> None:
    assert Recogniser({}).say("Its seal 7 was not found.") == "Its seal 7 was not found."


def test_a_sentence_nests_no_deeper_than_its_limit() -> None:
    text = "x"
    for _ in range(40):
        text = f"Look at {text}."
    assert RECOGNISER.say(text).count("Regardez") == 4  # DEPTH_MAX


@given(st.data())
def test_whatever_is_composed_by_a_message_of_the_catalogue_is_found_again(
    data: st.DataObject,
) -> None:
    template = data.draw(st.sampled_from(KNOWN))
    value = st.text(st.characters(exclude_categories=["Cs", "Cf"]), min_size=1, max_size=30)
    text = template.sentence % {name: data.draw(value) for name in template.names}
    found = OWN.template(text)
    assert found is not None
    other, values = found
    assert other.sentence % values == text
    assert other.length >= template.length
    assert OWN.say(text) == text


def test_the_longest_text_with_every_word_that_templates_are_found_by_is_said_at_once() -> None:
    word = sorted(by_word(each.sentence for each in KNOWN))
    began = process_time()
    for between in (" ", ", ", " and ", ". Or "):
        OWN.say(between.join(word * 4)[:SENTENCE_CHARS_MAX])
    assert process_time() - began < 1  # seconds; it takes a hundredth of that


@settings(max_examples=50)
@given(st.text(max_size=200) | st.lists(SENTENCES, max_size=3).map(" ".join))
def test_any_text_is_said_and_nothing_of_it_is_lost_where_it_is_not_known(text: str) -> None:
    parts = OWN.parts(text)
    assert "".join(each.text for each in parts) == OWN.say(text)
    assert all(each.text.strip() in text for each in parts if each.english)
