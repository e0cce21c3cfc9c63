# SPDX-License-Identifier: Apache-2.0
"""How the command line speaks: data on standard output, words on standard error.

Lists are one JSON object a line with ``--json``; tables otherwise. Every error ends
with the next thing to try (console conventions, section 2).
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from api.cli.exit_codes import ExitCode, exit_code
from api.settings import DEBUG_VARIABLE
from audit.proof.verify.progress import TerminalProgress
from domain.errors import MunimentError


def say(words: str) -> None:
    """Tell a person something, on standard error."""
    typer.echo(words, err=True)


def data(record: Mapping[str, Any]) -> None:
    """Give one record to a program, as one line of JSON on standard output."""
    typer.echo(json.dumps(record, ensure_ascii=False))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Give rows to a person, as a table on standard output."""
    lines = [columns, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


@contextmanager
def errors_told() -> Iterator[None]:
    """Turn an error into its sentence, its next step and its exit code."""
    try:
        yield
    except MunimentError as error:
        raise typer.Exit(tell_error(error)) from error


def tell_error(error: MunimentError) -> ExitCode:
    """Tell an error as its slug, its sentence and the next thing to try; give its exit code."""
    say(f"{error.slug}: {error}")
    return exit_code(error)


def show_trace(error: Exception) -> None:
    """Show where an error comes from to whoever asked for that by ``MUNIMENT_DEBUG``."""
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(error)


@contextmanager
def progress_shown(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far something is, on standard error, if that is a terminal."""
    with phases_shown() as progress:
        yield lambda done, total: progress(doing, done, total)


@contextmanager
def phases_shown() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far something of several phases is, on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _phase, _done, _total: None
        return
    line = TerminalProgress(sys.stderr, time.monotonic)
    yield line
    line.clear()
