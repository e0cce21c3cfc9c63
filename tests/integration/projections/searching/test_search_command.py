# SPDX-License-Identifier: Apache-2.0
"""`muniment search` as somebody types it, for one text and for a list."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli.asking.searching import search
from domain.identifiers import StreamId, short_form
from tests.integration.projections.conftest import Desk
from tests.integration.projections.searching.hostile import MIXED, NOTHING, REFUSED, SERIAL


@pytest.fixture(scope="module")
def arm(shared_desk: Desk) -> StreamId:
    """Give a firearm beside one of nearly the same number of another make."""
    shared_desk.manufacture("TW9-000043", make="FN")
    return shared_desk.manufacture("TW9-000042")


def _run(desk: Desk, *words: str, typed: str | None = None) -> Result:
    app = typer.Typer()
    app.command()(search)
    return CliRunner().invoke(app, words, obj=desk.office.settings, input=typed)


def test_a_text_gives_candidates_with_scores_and_reasons(shared_desk: Desk, arm: StreamId) -> None:
    result = _run(shared_desk, "TW9-00004?", "--make", "Testwerk")
    assert result.exit_code == 0
    assert "2 candidates" in result.stdout
    assert f"  1. score 85  {short_form(arm.uuid)}  {arm}" in result.stdout
    assert "the make agrees: TESTWERK" in result.stdout
    assert "  2. score 65" in result.stdout
    assert result.stderr == ""


def test_a_misread_character_is_found_by_two_fields(shared_desk: Desk, arm: StreamId) -> None:
    misread = ("TW9-000742", "--json")
    assert json.loads(_run(shared_desk, *misread).stdout)["candidates"] == []
    fields = ("--make", "TESTWERK", "--calibre", "9 mm Para", "--year", "2015", "--kind", "pistol")
    (found,) = json.loads(_run(shared_desk, *misread, *fields).stdout)["candidates"]
    assert (found["firearm"], found["likeness"], found["score"]) == (str(arm), "one_character", 70)
    assert set(found["agreements"].values()) == {"agrees"}


def test_a_list_is_answered_row_by_row(shared_desk: Desk, arm: StreamId, tmp_path: Path) -> None:
    file = tmp_path / "found.csv"
    file.write_text("ref,text,make\nK1,tw9 000042,TESTWERK\nK2,??,\nK3,NONE-1,\n", "utf-8")
    result = _run(shared_desk, "--batch", str(file), "--csv", "--limit", "1")
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [(row["ref"], row["score"], row["error"]) for row in rows] == [
        ("K1", "99", ""),
        ("K2", "", "serial_too_short"),
        ("K3", "", ""),
    ]
    assert rows[0]["firearm"] == str(arm)
    assert result.exit_code == 2
    assert "1 could not be asked" in result.stderr


def test_a_corrected_serial_is_told_in_every_form_of_an_answer(shared_desk: Desk) -> None:
    _, entry = shared_desk.read_wrongly("CLI-1001", read="CLI-1OO7", right="CLI-1009")
    before = _run(shared_desk, "CLI-1OO7").stdout
    assert f"the text before a correction: entry {entry}, recorded on " in before
    assert ", put CLI-1009 in its place" in before
    (found,) = json.loads(_run(shared_desk, "CLI-1009", "--json").stdout)["candidates"]
    told = found["correction"]
    assert (told["index"], told["side"], told["other"]) == (entry, "after", "CLI-1OO7")
    said = f"the text after a correction: entry {entry}, recorded on {told['day']}, put it in the "
    assert found["reasons"][1] == f"{said}place of CLI-1OO7"
    (row,) = csv.DictReader(_run(shared_desk, "CLI-1009", "--csv").stdout.splitlines())
    assert found["reasons"][1] in row["reasons"]
    (plain,) = json.loads(_run(shared_desk, "CLI-1001", "--json").stdout)["candidates"]
    assert plain["correction"] is None


def test_a_list_can_come_from_standard_input(shared_desk: Desk, arm: StreamId) -> None:
    typed = "text\n" + "TW9-000042\n" * 700
    result = _run(shared_desk, "--batch", "-", "--json", typed=typed)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["question"] for each in answers] == list(range(1, 701))
    assert all(each["candidates"][0]["record"] == str(arm) for each in answers)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "not both"),
        (("A1", "--batch", "-"), "not both"),
        (("--batch", "-", "--make", "FN"), "columns of the list"),
        (("--json", "--csv", "A1"), "as JSON or as CSV, not both"),
        (("??",), "too few letters"),
        (("A" * 1_000,), "No number is so long"),
        (("A\x071",), "control characters"),
        (("A1", "--kind", "gun"), "grenade_launcher"),
        (("--batch", "nowhere.csv"), "cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_told_on_standard_error(
    shared_desk: Desk, words: tuple[str, ...], told: str
) -> None:
    result = _run(shared_desk, *words)
    assert result.exit_code in (2, 4)
    assert told in result.stderr
    assert result.stdout == ""


@pytest.fixture(scope="module")
def hostile(shared_desk: Desk) -> str:
    """Give the firearm that none of what follows may hide."""
    return str(shared_desk.manufacture(SERIAL))


@pytest.mark.parametrize(("text", "slug"), REFUSED)
def test_a_hostile_text_is_refused_alone_and_in_a_list(
    shared_desk: Desk, hostile: str, *, text: str, slug: str
) -> None:
    alone = _run(shared_desk, text)
    assert (alone.exit_code in (2, 4), alone.stdout) == (True, "")
    assert alone.stderr.startswith(f"{slug}: ")
    assert len(text) < len(SERIAL) or text not in alone.stderr
    listed = _run(shared_desk, "--batch", "-", "--json", typed=_list([text, SERIAL]))
    refused, found = (json.loads(line) for line in listed.stdout.splitlines())
    assert refused["error"] == slug
    assert [each["record"] for each in found["candidates"]] == [hostile]


def test_texts_that_mean_something_elsewhere_are_only_texts(
    shared_desk: Desk, hostile: str
) -> None:
    listed = _run(shared_desk, "--batch", "-", "--json", typed=_list([*NOTHING, SERIAL]))
    *nothing, found = (json.loads(line)["candidates"] for line in listed.stdout.splitlines())
    assert nothing == [[]] * len(NOTHING)
    assert [each["record"] for each in found] == [hostile]


def test_a_number_is_found_however_its_scripts_are_mixed(shared_desk: Desk, hostile: str) -> None:
    for text in MIXED:
        (found,) = json.loads(_run(shared_desk, text, "--json").stdout)["candidates"]
        assert (found["record"], found["text"]) == (hostile, SERIAL)


def _list(texts: list[str]) -> str:
    file = StringIO()
    csv.writer(file).writerows([["text"], *([text] for text in texts)])
    return file.getvalue()
