# SPDX-License-Identifier: Apache-2.0
"""Witnesses as processes of their own, run as their operators run them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from audit.proof.note import VerifierKey
from tests.unit.audit.witness.logs import open_desk

PROGRAM = "from api.cli.witnessing.command import witness; witness(prog_name='witness')"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Operator:
    """Whoever runs a witness in a folder."""

    store: Path

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*self._program(command), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )

    def told(self, command: str, *arguments: str) -> list[dict[str, Any]]:
        """Run a command that succeeds and give what it says to programs."""
        done = self.run(command, *arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def make(self) -> VerifierKey:
        """Make a witness that watches the log from its first entry on."""
        desk = open_desk(self.store)
        desk.store.close()
        return desk.cosigner.verifier

    @contextmanager
    def serving(self) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        """Serve until the ``with`` ends; give the address and the process."""
        command = [*self._program("serve"), "--listen", "127.0.0.1:0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield json.loads(process.stdout.readline())["listening"], process
            finally:
                process.kill()

    def _program(self, command: str) -> list[str]:
        return [sys.executable, "-c", PROGRAM, command, "--store", str(self.store)]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path / "witness")
