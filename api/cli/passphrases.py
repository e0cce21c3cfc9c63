# SPDX-License-Identifier: Apache-2.0
"""Passphrases and key files, as the command line asks for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from api.client.keyfile import FileKey
from api.settings import PASSPHRASE_VARIABLE
from domain.errors import UsageError


def load_key(path: Path) -> FileKey:
    """Read a key file, asking for its passphrase where the environment has none."""
    return FileKey.load(path, passphrase(path))


def passphrase(path: Path, *, confirm: bool = False) -> str:
    """Give the passphrase of a key file, never from the command line's arguments.

    Raises:
        UsageError: There is nobody to ask and the environment has none.
        KeyboardInterrupt: The person who was asked gave up.
    """
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise UsageError(
            f"The passphrase of {path} is missing.",
            slug="passphrase_missing",
            next_step=f"Set {PASSPHRASE_VARIABLE}, or run the command on a terminal.",
        )
    try:
        answer: str = typer.prompt(
            f"Passphrase of {path}", hide_input=True, confirmation_prompt=confirm, err=True
        )
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return answer
