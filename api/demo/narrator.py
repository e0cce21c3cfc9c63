# SPDX-License-Identifier: Apache-2.0
"""Tells a demonstration: numbered steps with their times, and real commands that are run.

Every command that is shown is the one that is run, as a program of its own, in the folder
of the demonstration; its words are its own. A result that is not the expected one ends
the demonstration.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import typer

from api.settings import DATABASE_VARIABLE, HOME_VARIABLE, PASSPHRASE_VARIABLE
from domain.errors import UnsafeError

PROGRAMS: Final = {
    "muniment": ("-m", "api.cli.main"),
    "muniment-verify": ("-m", "audit.proof.verify.command"),
}
COMMAND_SECONDS_MAX: Final = 600

_BLANK_LINES: Final = re.compile(r"\n{3,}")


@dataclass(slots=True)
class Narrator:
    """Speaks on standard output.

    Attributes:
        folder: Where commands are run.
        home: Data directory of the ledger they are about.
        passphrase: Of the test keys.
        steps: How many steps there are.
    """

    folder: Path
    home: Path
    passphrase: str
    steps: int
    _step: int = 0
    _blank: bool = True
    _began: float = field(default_factory=time.monotonic)
    _step_began: float = field(default_factory=time.monotonic)

    def step(self, title: str) -> None:
        """Begin the next step and tell how long the one before took."""
        if self._step:
            self._echo(f"\n      ({time.monotonic() - self._step_began:.1f} s)")
        self._step += 1
        self._step_began = time.monotonic()
        shown = f"[{self._step}/{self.steps}] {title}"
        bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._echo(f"\n{typer.style(shown, bold=True) if bold else shown}\n")

    def say(self, text: str) -> None:
        """Say something in the narrator's own words."""
        for line in text.splitlines():
            self._echo(f"      {line}".rstrip())

    def run(
        self, command: str, *, expected: Collection[int] = (0,), unlike: str | None = None
    ) -> str:
        """Show a command, run it and show what it says.

        Args:
            command: A command line of ours.
            expected: Exit codes that are right here.
            unlike: What an earlier command said; lines that are the same are left out.

        Returns:
            What it wrote to standard output.

        Raises:
            UnsafeError: It ended with another exit code than it should.
        """
        self._echo(f"      $ {command}\n" if self._blank else f"\n      $ {command}\n")
        done = subprocess.run(  # noqa: S603 - our own programs, no shell
            self._argv(command),
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
        self._show(done.stdout, unlike)
        if done.returncode not in expected:
            raise UnsafeError(
                f"`{command}` ended with exit code {done.returncode}, which it should not.",
                slug="demo_failed",
                next_step="Its own words stand above; keep the folder for whoever looks into it.",
            )
        self._echo(f"\n      exit code {done.returncode}")
        return done.stdout

    def _show(self, output: str, unlike: str | None) -> None:
        known = set((unlike or "").splitlines()) - {""}
        lines = output.splitlines()
        fresh = [line for line in lines if line not in known]
        if fresh:
            typer.echo(_BLANK_LINES.sub("\n\n", "\n".join(fresh)).strip("\n"))
        if len(fresh) < len(lines):
            self.say(f"\n({len(lines) - len(fresh)} lines as in the report before are left out.)")

    def _argv(self, command: str) -> list[str]:
        program, *arguments = shlex.split(command)
        return [sys.executable, "-P", *PROGRAMS[program], *arguments]

    def _echo(self, text: str) -> None:
        typer.echo(text)
        sys.stdout.flush()
        self._blank = text.endswith("\n")

    @property
    def seconds(self) -> float:
        """Seconds since the demonstration began."""
        return time.monotonic() - self._began

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != DATABASE_VARIABLE}
        return {**inherited, HOME_VARIABLE: str(self.home), PASSPHRASE_VARIABLE: self.passphrase}
