# SPDX-License-Identifier: Apache-2.0
"""Answers are told again under their questions, and small buttons change what was answered."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.console.forms.answers import GROUPS_MAX, Answers, Said
from api.console.forms.form import form_of, read_form, write_form
from api.console.forms.stream import begins, read_stream
from api.console.forms.telling import Row, in_words, rows_of
from api.console.forms.turning import turned
from api.describing.examples import STREAM, example_of
from domain.catalogue import CATALOGUE
from domain.errors import UsageError
from domain.identifiers import StreamId, short_bits, short_form
from domain.schema import EventType
from tests.unit.every import for_every

FORM = form_of("firearm.seized")
DAT = {
    "ground": "illicit_possession",
    "proceeding": "criminal",
    "loaded": True,
    "crimes": ["robbery", "homicide"],
    "conditions": ["cocked"],
    "markings": [
        {"kind": "proof", "text": "unknown", "condition": "partial"},
        {"kind": "import", "text": {"known": "BE 17"}, "condition": "legible"},
    ],
}
FIREARM = StreamId("arm", STREAM)


def told(dat: dict[str, object]) -> dict[str, str]:
    """Give the answers to a form in English."""
    answers = write_form(FORM, occ="2026-03", dat=dat, disclosures={"person_name": "A PERSON"})
    return dict(in_words(each, str) for each in rows_of(FORM, read_form(FORM, answers)))


def test_every_answer_is_told_in_words_under_its_question() -> None:
    assert told(DAT) == {
        "When it happened": "2026-03",
        "Ground": "Illicit possession",
        "Kind of proceeding": "Criminal",
        "Was it loaded?": "Yes",
        "Offences": "robbery and homicide",
        "Conditions": "Cocked",
        "Marks 1: What the mark is for": "Proof",
        "Marks 1: Text as seen": "Not known",
        "Marks 1: Condition": "Partial",
        "Marks 2: What the mark is for": "Import",
        "Marks 2: Text as seen": "BE 17",
        "Marks 2: Condition": "Legible",
        "Name of the person": "A PERSON",
    }


def test_words_are_translated_and_data_is_not() -> None:
    answers = write_form(FORM, occ="2026", dat={**DAT, "station": "Cocked"}, disclosures={})
    rows = rows_of(FORM, read_form(FORM, answers))
    said = dict(in_words(each, str.upper) for each in rows)
    assert (said["CONDITIONS"], said["STATION"]) == ("COCKED", "Cocked")


@for_every(CATALOGUE)
def test_no_answer_is_left_out(kind: EventType) -> None:
    form, dat = form_of(kind.evt), example_of(kind, full=True)
    dat.pop("endorsements", None)
    reply = read_form(form, write_form(form, occ="2026", dat=dat, disclosures={}))
    rows: tuple[Row, ...] = rows_of(form, reply)
    asked = {path for step in form.steps for path in step.paths}
    stated = {f"dat.{name}" for name, value in dat.items() if value not in ([], ())}
    assert {each.path for each in rows} == (stated & asked) | {"occ"}


def test_a_group_is_added_up_to_the_limit_and_taken_away() -> None:
    one = turned(Answers({}), "more:dat.markings", fresh=str)
    assert one is not None
    assert one.count("dat.markings") == 1
    full = one.changed({"dat.markings~count": str(GROUPS_MAX), "dat.markings.47.kind": "proof"})
    more = turned(full, "more:dat.markings", fresh=str)
    assert more is not None
    assert more.count("dat.markings") == GROUPS_MAX
    less = turned(full, "less:dat.markings", fresh=str)
    assert less is not None
    assert less.fields == {"dat.markings~count": (str(GROUPS_MAX - 1),)}


def test_a_new_identifier_is_put_into_its_field() -> None:
    named = turned(Answers({}), "new:dat.hld=hld", fresh=lambda kind: f"{kind}.17")
    assert named is not None
    assert named.fields == {"dat.hld": ("hld.17",)}


@pytest.mark.parametrize("go", ["", "next", "sign", "new:dat.hld", "more:", "more:DAT", "step:1"])
def test_other_buttons_change_no_answer(go: str) -> None:
    assert turned(Answers({}), go, fresh=str) is None


def test_a_list_that_is_too_long_is_refused() -> None:
    answers = Answers({"dat.markings~count": (str(GROUPS_MAX + 1),)})
    with pytest.raises(UsageError, match="nobody asked for"):
        turned(answers, "more:dat.markings", fresh=str)


@pytest.mark.parametrize("text", [str(FIREARM), short_form(STREAM), short_form(STREAM).lower()])
def test_a_firearm_is_named_by_its_identifier_or_its_short_form(text: str) -> None:
    def find(bits: int) -> list[UUID]:
        return [STREAM] if bits == short_bits(STREAM) else []

    assert read_stream(text, FORM.kind, find) == FIREARM


@pytest.mark.parametrize("text", ["", "arm.17", "lic." + str(STREAM), "0000-0000-0000-1", "\u202e"])
def test_a_record_that_cannot_be_meant_is_told(text: str) -> None:
    assert isinstance(read_stream(text, FORM.kind, lambda _: []), Said)


def test_a_short_form_of_several_firearms_is_not_guessed() -> None:
    found = read_stream(short_form(STREAM), FORM.kind, lambda _: [STREAM, STREAM])
    assert isinstance(found, Said)
    assert str(found).startswith("Several records")


def test_only_events_that_begin_a_record_may_name_none() -> None:
    assert begins("firearm.manufactured")
    assert not begins("firearm.seized")
    kind = CATALOGUE.latest("firearm.manufactured")
    assert read_stream("", kind, lambda _: []) is None
