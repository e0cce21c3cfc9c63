# SPDX-License-Identifier: Apache-2.0
"""``muniment init``: found a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap import create_ledger, open_office
from api.cli.passphrases import load_key
from api.cli.speech import data, errors_told, say
from api.registrar import Founding, found
from api.settings import LEDGER_FILE, LedgerName, Settings
from domain.errors import UsageError


def init(  # noqa: PLR0913 - each option is one decision of the founding
    context: typer.Context,
    *,
    ledger: Annotated[str, typer.Option(help="Id of the ledger, e.g. ledger.xa-test.")],
    authority: Annotated[str, typer.Option(help="Id of the founding authority.")],
    name: Annotated[str, typer.Option(help="Name of the founding authority.")],
    jurisdiction: Annotated[
        list[str], typer.Option(metavar="CODE", help="ISO 3166 code; repeat for more.")
    ],
    root: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Key file of a root officer; repeat.")
    ],
    threshold: Annotated[int, typer.Option(help="Root keys that an act needs.")] = 2,
    origin: Annotated[str | None, typer.Option(help="Name of the log [default: --ledger].")] = None,
) -> None:
    """Found a ledger: data directory, database, log key, and the first event.

    Example: muniment init --ledger ledger.xa-test --authority auth.xa --name "Registry of XA"
    --jurisdiction XA --root a.pem --root b.pem --root c.pem --threshold 2
    """
    settings: Settings = context.obj
    with errors_told():
        keys = [load_key(path) for path in root]
        _make(settings, LedgerName(audience=ledger, origin=origin or ledger))
        founding = Founding(
            authority=authority, name=name, jurisdictions=jurisdiction, threshold=threshold
        )
        with open_office(settings) as office:
            if office.ledger.size:
                raise _taken(settings, office.audience)
            receipt = found(office, founding, keys)
        data({"ledger": ledger, "home": str(settings.home), "genesis": receipt.eid})
        say("Next: `muniment authority register` and `muniment authority enrol`.")


def _make(settings: Settings, name: LedgerName) -> None:
    """Make a ledger's files, or go on where a founding was refused or interrupted."""
    if not (settings.home / LEDGER_FILE).exists():
        create_ledger(settings, name)
        return
    present = LedgerName.read(settings.home)
    if present != name:
        raise _taken(settings, present.audience)


def _taken(settings: Settings, audience: str) -> UsageError:
    return UsageError(
        f"{settings.home} holds the ledger {audience} already.",
        slug="ledger_exists",
        next_step="Choose another --home.",
    )
