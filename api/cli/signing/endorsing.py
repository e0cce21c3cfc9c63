# SPDX-License-Identifier: Apache-2.0
"""``muniment endorse``: the second person's word, on a machine that need not hold the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.passphrases import load_key
from api.cli.signing.drafts import endorsed_elsewhere, read_drafts
from api.cli.speech import data, errors_told, say
from api.drafting import shown


def endorse(
    file: Annotated[
        Path, typer.Argument(metavar="DRAFT", help="Drafts by `muniment sign --draft`.")
    ],
    *,
    key: Annotated[Path, typer.Option(help="Key file of the second person.")],
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show exactly what would be endorsed; endorse nothing."),
    ] = False,
) -> None:
    """Endorse drafts as the second person; the endorsed drafts go to standard output.

    Example: muniment endorse draft.json --key witness.pem > endorsed.json

    Everything that the endorsement covers is shown first: the type, the place in the stream, and
    the data. When it happened and who signs it in the end is not covered. The first person then
    signs the endorsed draft: `muniment sign endorsed.json --key officer.pem`. Several persons
    endorse one after the other.
    """
    with errors_told():
        drafts = read_drafts(file)
        say("This is what the endorsement covers, one event a line:")
        for draft in drafts:
            typer.echo(shown(draft), err=not dry_run)
        if dry_run:
            return
        officer = load_key(key)
        for draft in drafts:
            data(endorsed_elsewhere(draft, officer))
    say(f"Endorsed as {officer.kid}. Next, by the first person: `muniment sign FILE --key KEY`.")
