# SPDX-License-Identifier: Apache-2.0
"""``muniment key``: officers' key files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.passphrases import load_key, passphrase
from api.cli.speech import data, errors_told, say
from api.client.keyfile import FileKey

key = typer.Typer(
    help="Make and show officers' key files.\n\n\b\nExample:\n  muniment key new officer.pem",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@key.command()
def new(
    out: Annotated[Path, typer.Argument(help="File to write; never overwritten.")],
    alg: Annotated[str, typer.Option(help="Ed25519 or ES256.")] = "Ed25519",
) -> None:
    """Make a key pair in an encrypted file.

    Example: muniment key new officer.pem
    """
    with errors_told():
        made = FileKey.create(alg)
        made.save(out, passphrase(out, confirm=True))
        data({"kid": made.kid, "alg": made.alg, "jwk": dict(made.jwk), "file": str(out)})
        say("Keep the file and its passphrase apart. Next: `muniment init` or `authority enrol`.")


@key.command()
def show(file: Annotated[Path, typer.Argument(help="Key file.")]) -> None:
    """Show the public half of a key file.

    Example: muniment key show officer.pem
    """
    with errors_told():
        found = load_key(file)
        data({"kid": found.kid, "alg": found.alg, "jwk": dict(found.jwk), "file": str(file)})
