# SPDX-License-Identifier: Apache-2.0
"""Lists of questions for `muniment search`, and the answers in each form."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.cli.asking.answers import COLUMNS, WRITERS, Answer
from api.cli.asking.questions import Asked, asked_in, opened
from domain.errors import InvalidValueError, UnreachableError, UsageError
from domain.identifiers import short_form
from projections.marking_search.candidates import Candidates, Found, ranked
from projections.marking_search.question import Question

ARM = UUID("01a2076b-4018-7111-8222-000000000001")


def _asked(text: str) -> list[Asked]:
    return list(asked_in(text.splitlines(keepends=True)))


def test_the_columns_are_those_that_the_first_row_names() -> None:
    (asked,) = _asked("ref,text,Make,year\nK-17,TW9-0000?2,TESTWERK,2015\n")
    assert (asked.number, asked.ref) == (1, "K-17")
    assert asked.question == Question(text="TW9-0000?2", make="TESTWERK", year=2015)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_empty_values_say_nothing_and_empty_rows_are_none(delimiter: str) -> None:
    rows = [["text", "make"], ["A1", ""], ["", ""], ["B2", " FN "]]
    asked = _asked("\n".join(delimiter.join(row) for row in rows))
    assert [each.question for each in asked] == [
        Question(text="A1"),
        Question(text="B2", make="FN"),
    ]


def test_a_file_with_a_byte_order_mark_and_one_column_is_read(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"\xef\xbb\xbftext\r\nA1\r\n")
    with opened(str(file)) as lines:
        assert [each.text for each in asked_in(lines)] == ["A1"]


@pytest.mark.parametrize(
    "header", ["", "serial,make", "text,text", "text,colour", "TW9-000042", "make"]
)
def test_a_list_whose_first_row_names_no_columns_is_refused(header: str) -> None:
    with pytest.raises(UsageError) as refusal:
        _asked(f"{header}\nA1,B\n")
    assert refusal.value.slug == "batch_columns"


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"text\nPK\x03\x04\xff\xfe")
    with opened(str(file)) as lines, pytest.raises(UsageError) as refusal:
        list(asked_in(lines))
    assert refusal.value.slug == "batch_unreadable"


def test_a_list_that_is_not_there_is_named() -> None:
    with pytest.raises(UnreachableError, match=r"nowhere\.csv"), opened("nowhere.csv"):
        pass


@pytest.mark.parametrize(
    ("row", "slug"),
    [
        ("??,", "serial_too_short"),
        (",2015", "serial_too_short"),
        ("A1,soon", "year_invalid"),
        ("A1,\u0662\u0660\u0661\u0665", "year_invalid"),
        ("A1,2015,X", "batch_row"),
        ("A\x1b1,2015", "serial_control_characters"),
        ("A" * 1_000 + ",2015", "serial_too_long"),
    ],
)
def test_a_row_that_cannot_be_asked_holds_up_no_other(row: str, slug: str) -> None:
    bad, good = _asked(f"text,year\n{row}\nA1,2015\n")
    assert isinstance(bad.refusal, InvalidValueError)
    assert (bad.refusal.slug, bad.question) == (slug, None)
    assert good.question == Question(text="A1", year=2015)


def test_a_reference_of_a_list_from_elsewhere_does_not_steer_the_terminal() -> None:
    (asked,) = _asked("ref,text\nK\x1b[2J\x9b17\u00a0b,A1\n")
    answer = Answer(asked=asked, candidates=Candidates(size=9, found=(), more=False))
    assert next(WRITERS["table"]([answer], 20)).startswith("K [2J 17\u00a0b: A1: ")
    assert json.loads(next(WRITERS["json"]([answer], 20)))["ref"] == asked.ref


def _answers() -> list[Answer]:
    question = Question(text="TW9 000042", make="FN")
    texts = [
        Found(UUID(int=ARM.int + at), "serial", "frame", "TW9-000042", 7 + at, None,
              ((make, "TW-9", "9x19", "pistol", 2015, None),))
        for at, make in enumerate(["TESTWERK", "FN"])
    ]  # fmt: skip
    refusal = InvalidValueError("Too few.", slug="serial_too_short")
    return [
        Answer(
            asked=Asked(number=1, text=question.text, ref="K-17", question=question),
            candidates=Candidates(size=9, found=tuple(ranked(question, texts)), more=False),
        ),
        Answer(
            asked=Asked(number=2, text="NONE", question=Question(text="NONE")),
            candidates=Candidates(size=9, found=(), more=False, hints=("A hint.",)),
        ),
        Answer(asked=Asked(number=3, text="??", refusal=refusal), candidates=None),
    ]


def test_csv_has_a_row_a_candidate_and_one_for_each_question_without() -> None:
    rows = list(csv.DictReader(WRITERS["csv"](_answers(), 20)))
    assert [tuple(row) for row in rows] == [COLUMNS] * 4
    found = [(row["question"], row["rank"], row["score"], row["make"]) for row in rows]
    assert found == [("1", "1", "99", "FN"), ("1", "2", "79", "TESTWERK"), ("2", "", "", ""),
                     ("3", "", "", "")]  # fmt: skip
    assert (rows[1]["firearm"], rows[1]["short_form"]) == (f"arm.{ARM}", short_form(ARM))
    assert (rows[0]["kind"], rows[0]["gun_kind"], rows[0]["ref"]) == ("frame", "pistol", "K-17")
    assert rows[3]["error"] == "serial_too_short"


def test_no_text_of_a_row_can_pass_for_a_formula_of_a_spreadsheet() -> None:
    text = '=HYPERLINK("A1")'
    found = Found(ARM, "serial", "frame", text, 7, None)
    question = Question(text=text)
    (answer,) = [
        Answer(
            asked=Asked(number=1, text=text, ref="@SUM(A1)", question=question),
            candidates=Candidates(size=9, found=tuple(ranked(question, [found])), more=False),
        )
    ]
    (row,) = csv.DictReader(WRITERS["csv"]([answer], 20))
    assert (row["asked"], row["text"], row["ref"]) == (f"'{text}", f"'{text}", "'@SUM(A1)")
    assert (row["score"], row["reasons"]) == ("100", f"serial {text} reads exactly so")


def test_json_is_one_object_a_question() -> None:
    first, second, third = (json.loads(line) for line in WRITERS["json"](_answers(), 1))
    (candidate,) = first["candidates"]
    assert (first["question"], first["ref"], first["more"]) == (1, "K-17", True)
    assert candidate["rank"] == 1
    assert candidate["likeness"] == "canonical"
    assert candidate["agreements"] == {"make": "agrees"}
    assert candidate["on_record"]["calibre"] == ["9x19"]
    assert (second["candidates"], second["hints"]) == ([], ["A hint."])
    assert third["error"] == "serial_too_short"


def test_a_person_is_told_scores_reasons_and_short_forms() -> None:
    told = "\n".join(WRITERS["table"](_answers(), 20))
    assert told.startswith("K-17: TW9 000042: 2 candidates\n  1. score 99  ")
    assert f"score 79  {short_form(ARM)}  arm.{ARM}" in told
    assert "TESTWERK, TW-9, 9x19, pistol, 2015" in told
    assert "another make is on record: TESTWERK" in told
    assert "2: NONE: nothing on record is like it\n     A hint." in told
    assert told.endswith("3: Too few. Correct the value and try again.")


@pytest.mark.parametrize("form", list(WRITERS))
def test_answers_are_written_as_they_come(form: Any) -> None:
    given: list[int] = []

    def coming() -> Any:
        for each in _answers():
            given.append(each.asked.number)
            yield each

    lines = WRITERS[form](coming(), 20)
    next(lines)
    assert given == ([] if form == "csv" else [1])
