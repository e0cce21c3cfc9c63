# SPDX-License-Identifier: Apache-2.0
"""Data goes to standard output and words to standard error, without colour off a terminal."""

from __future__ import annotations

import json

import pytest
import typer

from api.cli.speech import data, errors_told, say, table
from domain.errors import RefusedError


def test_words_never_mix_with_data(capsys: pytest.CaptureFixture[str]) -> None:
    say("words")
    data({"name": "Žofie"})
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ('{"name": "Žofie"}\n', "words\n")


def test_a_table_off_a_terminal_holds_no_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(["key", "roles"], [["k" * 43, "[red]POL[/red]"]])
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "[red]POL[/red]" in printed
    assert len(printed.splitlines()) == 2


def test_an_error_is_its_slug_its_sentence_and_the_next_step(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended, errors_told():
        raise RefusedError("No.", slug="alert_open", next_step="Clear it.")
    assert ended.value.exit_code == 3
    assert capsys.readouterr() == ("", "alert_open: No. Clear it.\n")


def test_a_record_is_one_line_whatever_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    data({"text": "two\nlines"})
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"text": "two\nlines"}
