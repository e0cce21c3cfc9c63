# SPDX-License-Identifier: Apache-2.0
"""``muniment append --wait witnessed``: handed out once witnesses have seen it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.main import COMMANDS, load
from api.settings import Settings
from audit.proof.inclusion import parse_tlog_proof
from audit.proof.policy.file import read_policy
from tests.integration.append.desk import AUDIENCE, Desk, born, signed


def test_a_receipt_is_handed_out_witnessed(
    ledger: Desk,
    settings: Settings,
    policy: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "events"
    file.write_bytes(signed(born(), ledger.key).to_bytes() + b"\n")
    arguments = [str(file), "--wait", "witnessed", "--policy", str(policy)]
    capsys.readouterr()
    code = load(COMMANDS["append"])(arguments, obj=settings, standalone_mode=False)
    record = json.loads(capsys.readouterr().out)
    proof = parse_tlog_proof(record["proof"].encode())
    assert (code or 0, proof.index) == (0, record["index"])
    read_policy(policy).accept(proof.checkpoint_note, AUDIENCE)
