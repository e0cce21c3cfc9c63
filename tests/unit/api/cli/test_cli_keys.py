# SPDX-License-Identifier: Apache-2.0
"""Key files are made and shown; passphrases come from the environment or a terminal."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from api.client.keyfile import FileKey
from tests.unit.api.cli.terminal import muniment


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_PASSPHRASE", "test passphrase")


@pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
def test_a_new_key_is_told_on_standard_output_and_opens_again(
    alg: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "officer.pem"
    answer = muniment(capsys, "key", "new", str(file), "--alg", alg)
    told = json.loads(answer.data)
    assert (answer.code, told["alg"]) == (0, alg)
    assert FileKey.load(file, "test passphrase").kid == told["kid"]
    assert json.loads(muniment(capsys, "key", "show", str(file)).data) == told


def test_a_key_file_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "officer.pem"
    muniment(capsys, "key", "new", str(file))
    before = file.read_bytes()
    answer = muniment(capsys, "key", "new", str(file))
    assert (answer.code, answer.words.partition(":")[0]) == (2, "key_file_exists")
    assert file.read_bytes() == before


def test_a_wrong_passphrase_is_a_usage_error_that_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "officer.pem"
    muniment(capsys, "key", "new", str(file))
    monkeypatch.setenv("MUNIMENT_PASSPHRASE", "another")
    answer = muniment(capsys, "key", "show", str(file))
    assert (answer.code, answer.data) == (2, "")
    assert answer.words.startswith(f"passphrase_wrong: {file}")


def test_without_a_terminal_and_a_variable_nobody_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MUNIMENT_PASSPHRASE")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    answer = muniment(capsys, "key", "new", str(tmp_path / "officer.pem"))
    assert answer.code == 2
    assert "Set MUNIMENT_PASSPHRASE" in answer.words
    assert not (tmp_path / "officer.pem").exists()


def test_an_unknown_algorithm_makes_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = muniment(capsys, "key", "new", str(tmp_path / "officer.pem"), "--alg", "RSA")
    assert (answer.code, list(tmp_path.iterdir())) == (2, [])
