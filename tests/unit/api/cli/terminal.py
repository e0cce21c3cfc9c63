# SPDX-License-Identifier: Apache-2.0
"""Runs the command line inside the test's process and gives what a shell would see."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from api.cli.main import main


class Answer(NamedTuple):
    """What a command left: exit code, data and words."""

    code: int
    data: str
    words: str


def muniment(capsys: pytest.CaptureFixture[str], *arguments: str) -> Answer:
    """Run ``muniment`` with arguments."""
    capsys.readouterr()
    code = 0
    try:
        main(list(arguments))
    except SystemExit as end:
        code = int(end.code or 0)
    return Answer(code, *capsys.readouterr())
