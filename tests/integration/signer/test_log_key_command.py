# SPDX-License-Identifier: Apache-2.0
"""``muniment log-key``: what it shows, what it changes, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.bootstrap import create_ledger
from api.cli.rotating.command import log_key
from api.settings import LedgerName, Settings
from audit.proof.merkle import CompactRange, leaf_hash
from audit.signer.files import take_lock
from audit.signer.state import StateFile


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "ledger")
    create_ledger(made, LedgerName(audience="ledger.xa-test", origin="ledger.xa-test"))
    state = StateFile(made.signer_folder)
    state.save(CompactRange().extend([leaf_hash(b"first")]))
    state.close()
    return made


def muniment(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(log_key, arguments, obj=settings)


def test_the_keys_are_shown_with_their_sizes(settings: Settings) -> None:
    table = muniment(settings, "show")
    assert table.exit_code == 0, table.output
    assert [line.split()[0] for line in table.stdout.splitlines()] == [
        "type",
        "ed25519",
        "ml-dsa-44",
    ]
    keys = [json.loads(line) for line in muniment(settings, "show", "--json").stdout.splitlines()]
    assert [(key["from_size"], key["to_size"], key["state"]) for key in keys] == [
        (0, None, "signs"),
        (0, None, "signs"),
    ]


def test_both_keys_are_rotated_and_what_to_do_next_is_told(settings: Settings) -> None:
    done = muniment(settings, "rotate", "--overlap", "7", "--json")
    assert done.exit_code == 0, done.output
    keys = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted((key["type"], key["state"], key["to_size"] or 0) for key in keys) == [
        ("ed25519", "ends", 8),
        ("ed25519", "signs", 0),
        ("ml-dsa-44", "ends", 8),
        ("ml-dsa-44", "signs", 0),
    ]
    assert "trust.json" in done.stderr
    again = muniment(settings, "rotate")
    assert again.exit_code != 0
    assert "rotation_running" in again.stderr


def test_one_type_is_rotated_on_request(settings: Settings) -> None:
    done = muniment(settings, "rotate", "--type", "ed25519", "--overlap", "0")
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in done.stdout.splitlines()].count("ed25519") == 2
    wrong = muniment(settings, "rotate", "--type", "rsa")
    assert wrong.exit_code != 0
    assert "log_key_type" in wrong.stderr


def test_a_running_signer_is_not_changed(settings: Settings) -> None:
    lock = take_lock(settings.signer_folder)
    done = muniment(settings, "rotate")
    assert done.exit_code != 0
    assert "signer_running" in done.stderr
    os.close(lock)


def test_without_a_ledger_there_is_nothing_to_show(tmp_path: Path) -> None:
    done = muniment(Settings(home=tmp_path / "none"), "show")
    assert done.exit_code != 0
    assert "muniment init" in done.stderr
