# SPDX-License-Identifier: Apache-2.0
"""A person at a shell: an empty folder and the installed programs, nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS_MAX = 300


@dataclass(frozen=True)
class Shell:
    """A folder in which commands are run by the programs beside the interpreter."""

    folder: Path

    def __call__(
        self, command: str, *arguments: str, stdin: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program; more variables join those of every command."""
        program = Path(sys.executable).parent / command
        environment = {
            "PATH": os.defpath,
            "MUNIMENT_HOME": str(self.folder / "ledger"),
            "MUNIMENT_PASSPHRASE": "test passphrase",
            **variables,
        }
        return subprocess.run(
            [program, *arguments],
            cwd=self.folder,
            env=environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """Give an empty folder and its programs."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-journey-"))
    folder.chmod(0o711)  # so that root's stand-in user can reach a database in it
    yield Shell(folder)
    shutil.rmtree(folder)
