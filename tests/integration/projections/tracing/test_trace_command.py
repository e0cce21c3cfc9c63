# SPDX-License-Identifier: Apache-2.0
"""``muniment trace`` as somebody types it: data on stdout, words on stderr, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli.tracing import trace
from audit.proof.verify.command import main as verify
from domain.identifiers import StreamId
from tests.integration.projections.conftest import Desk


@pytest.fixture(scope="module")
def arm(shared_desk: Desk) -> StreamId:
    """Give a firearm with a life, beside one of nearly the same number."""
    shared_desk.manufacture("OI5-BZ", make="FN")
    shared_desk.manufacture("015-82", make="TESTWERK")
    return shared_desk.life("369J257")


def _run(desk: Desk, *words: str, **environment: Any) -> Result:
    app = typer.Typer()
    app.command()(trace)
    return CliRunner().invoke(app, words, obj=desk.office.settings, env=environment)


def test_a_history_goes_to_stdout_without_a_single_escape(shared_desk: Desk, arm: StreamId) -> None:
    result = _run(shared_desk, "--id", str(arm))
    assert result.exit_code == 0
    assert "checkpointed: 6 entries" in result.stdout
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_json_is_one_object_with_every_proof(shared_desk: Desk, arm: StreamId) -> None:
    result = _run(shared_desk, "--id", str(arm), "--json")
    record = json.loads(result.stdout)
    assert record["proof"] == "checkpointed"
    assert all(
        entry["tlog_proof"].startswith("c2sp.org/tlog-proof@v1") for entry in record["entries"]
    )
    assert record["checkpoint"].startswith("ledger.xa-test\n")


def test_several_firearms_are_offered_with_the_way_to_choose(
    shared_desk: Desk, arm: StreamId
) -> None:
    result = _run(shared_desk, "--serial", "01582")
    assert result.exit_code == 0
    assert "easily misread" in result.stdout
    assert "Choose one with --id" in result.stderr
    assert str(arm) not in result.stdout


def test_the_first_of_several_is_traced_on_request(shared_desk: Desk, arm: StreamId) -> None:
    result = _run(shared_desk, "--serial", "01582", "--make", "FN", "--first")
    assert "Found by" in result.stdout
    assert str(arm) not in result.stdout
    assert "FN TW-9" in result.stdout


def test_the_bundle_of_a_trace_verifies_offline(
    shared_desk: Desk, arm: StreamId, tmp_path: Path
) -> None:
    bundle = tmp_path / "gun.zip"
    result = _run(shared_desk, "--id", str(arm), "--bundle", str(bundle))
    assert result.exit_code == 0
    assert f"muniment-verify {bundle}" in result.stderr
    assert verify([str(bundle), "--assume-trust"]) == 0


def test_a_history_that_fails_is_shown_and_ends_with_code_1(desk: Desk) -> None:
    arm = desk.life("369J257")
    desk.falsify("update ledger.event set raw = overlay(raw placing 'AAAA' from 900) where idx = 7")
    result = _run(desk, "--id", str(arm))
    assert result.exit_code == 1
    assert "failed at number 4" in result.stdout
    assert "tell its auditors" in result.stderr


@pytest.mark.usefixtures("arm")
def test_an_unknown_number_says_what_to_try_next(shared_desk: Desk) -> None:
    result = _run(shared_desk, "--serial", "NOTHING-LIKE-IT")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "put ? for characters" in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Tell which firearm"),
        (("--id", "arm.7"), "An identifier has the form"),
        (("--id", "2222-2222-2222-2"), "misread"),
        (("--serial", "369J257", "--as-at", "yesterday"), "A time is"),
        (("--serial", "369J257", "--as-known-on", "x"), "A time is"),
        (("--serial", "?"), "too few letters"),
    ],
)
def test_a_question_that_cannot_be_answered_ends_with_code_2(
    shared_desk: Desk, arm: StreamId, words: tuple[str, ...], sentence: str
) -> None:
    result = _run(shared_desk, *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert str(arm) not in result.stdout
