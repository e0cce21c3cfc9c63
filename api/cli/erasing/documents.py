# SPDX-License-Identifier: Apache-2.0
"""Numbers of documents as the command line takes them: never from its arguments.

Arguments are seen by every user of the machine and kept in the history of the shell.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import typer

from domain.errors import UsageError

STANDARD_INPUT: Final = Path("-")
DOCUMENT_OCTETS_MAX: Final = 4_096


def read_document(file: Path) -> str:
    """Read the number of a document from a file, from standard input, or from whoever types it.

    Args:
        file: The file; ``-`` for standard input, where a terminal is asked without an echo.

    Raises:
        UsageError: ``document_unreadable``.
        KeyboardInterrupt: The person who was asked gave up.
    """
    try:
        if file != STANDARD_INPUT:
            with file.open("rb") as source:
                octets = source.read(DOCUMENT_OCTETS_MAX)
        elif sys.stdin.isatty():
            return str(typer.prompt("Number of the document", hide_input=True, err=True))
        else:
            octets = sys.stdin.buffer.read(DOCUMENT_OCTETS_MAX)
        return octets.decode().strip()
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "The number of the document cannot be read.",
            slug="document_unreadable",
            next_step="Give a text file that holds it alone, or - for standard input.",
        ) from error
