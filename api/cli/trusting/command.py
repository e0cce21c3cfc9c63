# SPDX-License-Identifier: Apache-2.0
"""``muniment trust``: write the trust file, have root keys sign it, check a newer one.

Implements the trust bundle of the log specification, section 2.8, but for its time-stamp. Signing
and checking need the file alone, so root keys stay where they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.asking import reader
from api.beside import ledger_trust
from api.bootstrap import open_office
from api.cli.passphrases import load_key
from api.cli.speech import data, errors_told, say
from api.client.attest import stand_for_trust
from audit.export.founding import KEPT_FILE
from audit.files import replace_durably
from audit.proof.verify.trust import Trust, check_successor, read_trust
from domain.errors import UnreachableError, UsageError

File = Annotated[Path, typer.Argument(metavar="FILE", help="The trust file.")]

trust = typer.Typer(
    help="Write the trust file, have root keys sign it, check a newer one.\n\n"
    "\b\nExample:\n  muniment trust write trust.json",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@trust.command()
def write(context: typer.Context, file: File) -> None:
    """Write what a stranger has to trust to verify this ledger.

    Example: muniment trust write trust.json

    Hand it out by another way than exports and bundles, before anybody needs it.
    """
    with errors_told(), open_office(context.obj) as office:
        with reader(office) as link:
            found = ledger_trust(office, link)
        _put(file, found)
    say(f"{file} names the keys of {found.audience}. {_signed(found)}")


@trust.command()
def sign(
    file: File,
    *,
    key: Annotated[list[Path], typer.Option(help="Key file of a root key; may be repeated.")],
) -> None:
    """Sign a trust file with root keys, so that whoever holds an older one can believe it.

    Example: muniment trust sign trust.json --key a.pem --key b.pem

    No ledger is needed: carry the file to each root key in turn.
    """
    with errors_told():
        found = read_trust(file)
        for path in key:
            found = stand_for_trust(load_key(path), found)
        _put(file, found)
    say(_signed(found))
    if found.endorsed:
        say(f"Next: `muniment trust keep {file}`, so that exports and bundles carry it.")


@trust.command()
def keep(context: typer.Context, file: File) -> None:
    """Let exports and bundles of this ledger carry the signatures of a trust file.

    Example: muniment trust keep trust.json
    """
    with errors_told(), open_office(context.obj) as office:
        found = read_trust(file)
        with reader(office) as link:
            own = ledger_trust(office, link)
        if not found.says_the_same(own):
            raise UsageError(
                f"{file} does not say what is true of this ledger now.",
                slug="trust_outdated",
                next_step="Write it anew with `muniment trust write` and let root keys sign that.",
            )
        _put(office.settings.home / KEPT_FILE, found)
    say(f"Exports and bundles carry it from now on. {_signed(found)}")


@trust.command()
def check(
    file: File,
    *,
    known: Annotated[Path, typer.Option(metavar="OLD", help="The trust file that you hold.")],
    json: Annotated[bool, typer.Option("--json", help="Give JSON.")] = False,
) -> None:
    """Check that a newer trust file is signed by enough root keys of the one that you hold.

    Example: muniment trust check newer.json --known trust.json

    No ledger is needed. Exit code 1: do not use it.
    """
    with errors_told():
        found = read_trust(file)
        check_successor(found, read_trust(known))
    if json:
        data({"signatures": len(found.signatures), "threshold": found.threshold})
    say(f"{file} is of the same ledger. {_signed(found)}")


def _signed(found: Trust) -> str:
    return (
        f"{len(found.signatures)} of its {len(found.root_keys)} root keys signed it; "
        f"it takes {found.threshold}."
    )


def _put(file: Path, found: Trust) -> None:
    try:
        replace_durably(file, found.encode())
    except OSError as error:
        raise UnreachableError(
            f"{file} cannot be written: {error.strerror}.",
            slug="trust_unwritable",
            next_step="Free space or choose another folder, and run it again.",
        ) from error
