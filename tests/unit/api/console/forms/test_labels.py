# SPDX-License-Identifier: Apache-2.0
"""Every question, code and event has words made for people, and each is said in one way."""

from __future__ import annotations

import re

from api.console.forms.deriving import ENDORSEMENTS, group_of
from api.console.forms.labels.acts import ACT, NUMBERS, PLACE, TIMES
from api.console.forms.labels.codes import WORDS, words_of
from api.console.forms.labels.finding import LABELS, OVERRIDES, label_of, topic_of
from api.console.forms.labels.kinds import GROUPS, SUBJECTS, TITLES, title_of
from api.console.forms.labels.persons import CLAIMS, PAPERS, PERSON, REGISTRY
from api.console.forms.labels.things import GOODS, LISTED, MARKS, OBJECT
from api.console.forms.messages import hints, labels, words
from api.describing.shapes import members_of, shapes_of
from domain.catalogue import CATALOGUE
from domain.schema import Closed, EventType
from tests.unit.every import for_every

KINDS = list(CATALOGUE)
SHAPES: list[type[Closed]] = sorted(
    {each for kind in KINDS for each in (kind.dat, *shapes_of(kind.dat).values())},
    key=lambda each: (each.__module__, each.__name__),
)
TABLES = (ACT, NUMBERS, TIMES, PLACE, OBJECT, MARKS, LISTED, GOODS, PERSON, PAPERS, REGISTRY)
SENTENCE = re.compile(r"[A-Z\d].*[^.:]")


@for_every(SHAPES, "shape")
def test_every_member_of_every_event_has_a_label(shape: type[Closed]) -> None:
    for each in members_of(shape):
        assert SENTENCE.fullmatch(label_of(shape, each.name))
        assert label_of(shape, each.name) != each.name


@for_every(SHAPES, "shape")
def test_two_questions_of_one_shape_never_read_alike(shape: type[Closed]) -> None:
    asked = [each.label for each in group_of(shape).members]
    assert sorted(set(asked)) == sorted(asked)


@for_every(KINDS)
def test_every_member_of_an_event_has_a_topic(kind: EventType) -> None:
    assert {topic_of(each.name).title for each in members_of(kind.dat)}


def test_a_name_stands_in_one_table_alone_and_every_name_is_used() -> None:
    names = [name for table in TABLES for name in table]
    assert sorted(set(names)) == sorted(names)
    used = {each.name for shape in SHAPES for each in members_of(shape)}
    assert set(LABELS) == used
    assert ENDORSEMENTS in used


def test_every_label_of_a_shape_is_of_a_member_that_it_has() -> None:
    named = {
        f"{room}{each.__name__}.{member.name}"
        for shape in SHAPES
        for member in members_of(shape)
        for each in shape.__mro__
        for room in ("", f"{shape.__module__.split('.')[1]}.")
    }
    assert set(OVERRIDES) <= named


def test_every_event_is_offered_once_under_a_title_of_its_own() -> None:
    offered = [evt for group in GROUPS.values() for evt in group]
    assert sorted(offered) == sorted(kind.evt for kind in KINDS)
    titles = [title_of(kind) for kind in KINDS]
    assert sorted(set(titles)) == sorted(titles)
    assert set(TITLES) <= set(offered)
    assert {kind.subject for kind in KINDS} == set(SUBJECTS)


def test_every_personal_datum_has_a_label() -> None:
    assert {name for kind in KINDS for name in kind.claims} == set(CLAIMS)


def test_words_of_codes_say_more_than_the_code() -> None:
    assert words_of("semi_automatic") == "Semi-automatic"
    assert words_of("POL") == "Police"
    assert words_of("illicit_possession") == "Illicit possession"
    assert {words_of(code) for code in WORDS} <= words()


def test_translators_get_every_word() -> None:
    assert {
        "Serial number",
        "Firearm: seized",
        "When it happened",
        "Making and marking",
    } <= labels()
    assert {"Pistol", "Not known", "Yes"} <= words()
    assert "Serial number on the frame or receiver." in hints()
    assert not any("`" in each or "_" in each for each in labels() | words())
