# SPDX-License-Identifier: Apache-2.0
"""``muniment demo``: the first minute with Muniment."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Final

import typer

from api.cli.speech import errors_told
from api.demo.folder import free_folder
from api.demo.narrator import Narrator
from api.demo.story import STEPS, tell
from api.settings import DATABASE_VARIABLE

FOLDER: Final = "demo-ledger"
PASSPHRASE_OCTETS: Final = 12


def demo(context: typer.Context) -> None:
    """Walk an invented firearm through a test ledger, from import to a forgery found out.

    Example: muniment demo

    Everything happens in ./demo-ledger, or in the folder that --home names. A second run
    removes what the first one made, and starts afresh. In a terminal it goes on with the
    console in a browser, for three people, until an interrupt stops it.
    """
    given = context.parent.params.get("home") if context.parent else None
    passphrase = secrets.token_urlsafe(PASSPHRASE_OCTETS)
    wanted = Path(given or FOLDER).absolute()
    with errors_told(), free_folder(wanted, named=given is not None) as folder:
        if folder.path != wanted:
            typer.echo(
                f"A demonstration is running in {wanted}; this one gets a folder of its own."
            )
        if folder.is_there:
            typer.echo(f"Removing the earlier demonstration in {folder.path} ...")
        folder.make_room()
        folder.make(passphrase)
        typer.echo(f"This takes about a minute. Everything is kept in {folder.path}.")
        if os.environ.get(DATABASE_VARIABLE):
            typer.echo(f"{DATABASE_VARIABLE} is set, and not used here.")
        narrator = Narrator(folder.path, folder.ledger, passphrase, STEPS)
        roots = tell(folder, narrator)
        if sys.stdin.isatty() and sys.stdout.isatty():
            # Only who goes on needs the server.
            from api.demo.offering import offer  # noqa: PLC0415

            offer(folder, roots, say=typer.echo)
