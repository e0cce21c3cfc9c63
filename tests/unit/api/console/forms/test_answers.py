# SPDX-License-Identifier: Apache-2.0
"""Answers as they should not be: missing, wrong, unseen characters, fields nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from api.console.forms.answers import FIELD_CHARS_MAX, Answers, answers_of
from api.console.forms.form import form_of, read_form, write_form
from api.describing.examples import example_of
from domain.errors import UsageError

FORM = form_of("firearm.registered")
SEIZED = form_of("firearm.seized")
CORRECTED = form_of("firearm.corrected")


def right() -> Answers:
    """Give answers that are right."""
    dat = example_of(FORM.kind, full=False)
    return write_form(FORM, occ="2026-11-01", dat=dat, disclosures={"holder_name": "A PERSON"})


def told(fields: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Give what is said of right answers of which some fields were changed."""
    reply = read_form(FORM, Answers({**right().fields, **fields}))
    return {each.path: str(each.said) for each in reply.problems}


def test_right_answers_have_no_problem() -> None:
    assert told({}) == {}


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\u2066", "\x00", "\ufeff", "\x07"])
@pytest.mark.parametrize("path", ["dat.serial~known", "dat.source.row", "who.holder_name"])
def test_a_character_that_nobody_sees_is_named_and_refused(path: str, unseen: str) -> None:
    fields = {path: (f"A{unseen}B",), "dat.serial~is": ("known",)}
    number = f"U+{ord(unseen):04X}"
    assert number in told(fields)[path]


def test_a_decomposed_text_is_composed_before_it_is_signed() -> None:
    reply = read_form(FORM, right().changed({"dat.make~known": "E\u0301TOILE"}))
    assert reply.dat["make"] == {"known": "\u00c9TOILE"}


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("dat.kind", "bazooka", "Choose one of the answers."),
        ("dat.year~number", "18", "Write a whole number from 1300 to 2200."),
        ("dat.year~number", "two thousand", "Write a whole number from 1300 to 2200."),
        ("dat.presence", "XZZ", "Choose a country, or write its name or its two letters."),
        ("dat.presence", "UK", "UK is no country of ISO 3166. Write GB."),
        ("dat.hld", "hld.17", "Copy the identifier from its page; it begins with hld."),
        ("dat.make~known", "X" * 65, "Write at most 64 characters in one line."),
        ("dat.make~known", "A\r\nB", "Write at most 64 characters in one line."),
        ("dat.legal_basis", "Act 7!", "Write a code in small letters, digits and low lines, "),
        ("who.holder_name", "X" * 201, "Write at most 200 characters."),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(path: str, text: str, said: str) -> None:
    assert told({path: (text,)})[path].startswith(said.removesuffix("."))


def test_a_remark_is_no_serial_and_the_domain_says_so() -> None:
    assert "remark" in told({"dat.serial~known": ("unreadable",)})["dat.serial~known"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"~y": "2026", "~d": "3"}, "Write day, month and year; leave out what is not known."),
        ({"~m": "2", "~d": "3"}, "Write day, month and year; leave out what is not known."),
        ({"~y": "2026", "~m": "2", "~d": "30"}, "There is no such day."),
        ({"~y": "9" * 5000}, "Write day, month and year; leave out what is not known."),
        (
            {"~is": "unknown", "~y": "2026"},
            "Write day, month and year; leave out what is not known.",
        ),
        ({"~y": "2026", "~m": "2", "~d": "3", "~t": "noon"}, "Write day, month and year;"),
        ({}, "Say when it happened, or tick that nobody knows."),
    ],
)
def test_a_time_that_is_none_is_told(parts: dict[str, str], said: str) -> None:
    fields = {name: text for name, text in right().fields.items() if not name.startswith("occ")}
    fields |= {f"occ{end}": (text,) for end, text in parts.items()}
    problems = read_form(FORM, Answers(fields)).problems
    assert [(each.path, str(each.said)[: len(said)]) for each in problems] == [("occ", said)]


@pytest.mark.parametrize(
    ("parts", "occ"),
    [
        ({"~y": "2026", "~m": "3", "~d": "4"}, "2026-03-04"),
        ({"~y": "\u0662\u0660\u0662\u0666", "~m": "\u0663"}, "2026-03"),
        ({"~y": "2026", "~m": "3", "~d": "4", "~t": "9:05"}, "2026-03-04T09:05:00Z"),
        ({"~is": "unknown"}, "unknown"),
    ],
)
def test_a_time_is_written_in_any_digits_and_only_as_far_as_known(
    parts: dict[str, str], occ: str
) -> None:
    fields = {f"occ{end}": (text,) for end, text in parts.items()}
    assert read_form(FORM, Answers(fields)).occ == occ


def test_known_and_unknown_at_once_are_refused() -> None:
    problems = told({"dat.serial~known": ("A1",), "dat.serial~is": ("unknown",)})
    assert problems == {"dat.serial": "Choose one answer, and fill in nothing beside it."}


@pytest.mark.parametrize(
    "fields",
    [
        {"dat.colour": ("red",)},
        {"dat.endorsements.0.kid": ("A" * 43,)},
        {"dat.markings.0.kind": ("proof",)},
        {"dat.markings~count": ("1000",)},
        {"dat.markings~count": ("-1",)},
        {"dat.kind": ("pistol", "rifle")},
        {"occ~y": ("2026", "2025")},
    ],
)
def test_fields_that_nobody_asked_for_are_refused(fields: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(UsageError, match="nobody asked for") as raised:
        read_form(FORM, Answers({**right().fields, **fields}))
    assert raised.value.slug == "request_invalid"


def test_a_field_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="too long"):
        answers_of([("dat.make~known", "x" * (FIELD_CHARS_MAX + 1))])


def test_an_empty_group_at_the_end_is_left_out_and_one_in_between_is_asked_for() -> None:
    fields = {
        "dat.markings~count": ("3",),
        "dat.markings.1.kind": ("proof",),
        "dat.markings.1.text~is": ("unknown",),
        "dat.markings.1.condition": ("partial",),
    }
    assert set(told(fields)) == {f"dat.markings.0.{name}" for name in ("kind", "text", "condition")}


def test_what_does_not_fit_together_is_told_of_the_group() -> None:
    fields = {
        "dat.markings~count": ("1",),
        "dat.markings.0.kind": ("proof",),
        "dat.markings.0.text~is": ("unknown",),
        "dat.markings.0.condition": ("legible",),
    }
    said = {"dat.markings.0": "A legible mark has a known text or symbols."}
    assert told(fields) == said


def test_ticks_and_lines_are_lists() -> None:
    dat = {"ground": "illicit_possession", "proceeding": "criminal"}
    fields = write_form(SEIZED, occ="2026", dat=dat, disclosures={}).fields
    more = {"dat.crimes": ("robbery\r\n\r\n homicide ",), "dat.conditions": ("cocked", "bolt_open")}
    reply = read_form(SEIZED, Answers({**fields, **more}))
    assert reply.problems == ()
    assert reply.dat == {
        **dat,
        "crimes": ["robbery", "homicide"],
        "conditions": ["cocked", "bolt_open"],
    }


@pytest.mark.parametrize("new", ["9x19", 17, True, {"known": "9x19"}])
def test_a_corrected_value_keeps_its_form(new: object) -> None:
    change = {"field": "calibre", "new": new}
    dat = {"target": "A" * 43, "reason": "clerical_error", "changes": [change]}
    reply = read_form(CORRECTED, write_form(CORRECTED, occ="2026", dat=dat, disclosures={}))
    assert (reply.dat, reply.problems) == (dat, ())


def test_answers_of_a_group_are_taken_out_with_it() -> None:
    answers = answers_of([("dat.mark.kind", "proof"), ("dat.mark~x", "1"), ("dat.marks", "2")])
    assert answers.without("dat.mark").fields == {"dat.marks": ("2",)}
