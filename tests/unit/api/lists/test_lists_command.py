# SPDX-License-Identifier: Apache-2.0
"""``muniment lists``: lists, their entries, and what a text means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.lists.shelf import NAMES
from tests.unit.api.cli.terminal import muniment


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_HOME", str(tmp_path))


def records(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    answer = muniment(capsys, "lists", *arguments, "--json")
    assert answer.code == 0
    return [json.loads(line) for line in answer.data.splitlines()]


def test_every_list_is_shown_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    found = records(capsys)
    assert [each["list"] for each in found] == list(NAMES)
    assert all(each["source"] and each["version"] and each["licence"] for each in found)
    assert len(muniment(capsys, "lists").data.splitlines()) == len(NAMES) + 1


def test_a_list_is_shown_with_its_entries(capsys: pytest.CaptureFixture[str]) -> None:
    answer = muniment(capsys, "lists", "hs-codes")
    assert "930320" in answer.data
    assert "World Customs Organization" in answer.words
    assert "Licence:" in answer.words
    assert records(capsys, "hs-codes")[0] == {
        "list": "hs-codes",
        "key": "9301",
        "label": "Military weapons",
    }


def test_a_year_leaves_out_what_did_not_count_then(capsys: pytest.CaptureFixture[str]) -> None:
    keys = {each["key"] for each in records(capsys, "eu-categories", "--year", "2010")}
    assert "D" in keys
    assert "A7" not in keys


def test_a_text_is_looked_up_in_one_list_or_in_all(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = records(capsys, "calibres", "--find", "9 Para")
    assert (found["key"], found["reason"]) == ("9x19", "is a name of it")
    assert {each["list"] for each in records(capsys, "--find", "CS")} >= {"countries"}
    assert "9x19" in muniment(capsys, "lists", "calibres", "--find", "9 Para").data


def test_a_code_of_a_country_tells_why_it_may_or_may_not_mean_a_state(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, after = records(capsys, "countries", "--find", "CS", "--year", "1990")
    assert (before["key"], before["reason"]) == ("CSHH", "the code was withdrawn in 1993-06-15")
    assert (after["key"], after["reason"][:13]) == ("CSXX", "not in 1990: ")
    (named,) = records(capsys, "countries", "--find", "Germany")
    assert named["reason"] == "is a name of it"


def test_nothing_found_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    answer = muniment(capsys, "lists", "makes", "--find", "no such maker")
    assert (answer.code, answer.data) == (0, "")
    assert "No entry has that name" in answer.words


def test_the_registrys_own_additions_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "makes.toml").write_text(
        'source = "XA"\nversion = "1"\n[entries]\n"glock" = { synonyms = ["Glok"] }\n'
    )
    (found,) = records(capsys, "makes", "--find", "glok")
    assert found["key"] == "glock"
    assert "additions of this registry: XA, 1" in muniment(capsys, "lists", "makes").words


def test_an_addition_that_contradicts_stops_the_command_with_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "makes.toml").write_text(
        'source = "XA"\nversion = "1"\n[entries]\n"glock" = { synonyms = ["Ruger"] }\n'
    )
    answer = muniment(capsys, "lists")
    assert answer.code == 2
    assert answer.words.startswith("list_conflict: ")


def test_a_list_that_does_not_exist_is_told_with_those_near_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = muniment(capsys, "lists", "calibers")
    assert answer.code == 2
    assert "calibres" in answer.words
