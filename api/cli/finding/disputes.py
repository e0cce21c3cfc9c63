# SPDX-License-Identifier: Apache-2.0
"""``muniment disputes``: what a compromised key signed, and what became of each entry."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap import open_office
from api.cli.authorities import BY_KID
from api.cli.passphrases import load_key
from api.cli.speech import data, errors_told, say, table
from api.registrar import change_key
from audit.findings.settling import parse_word, settled_entries
from audit.heads.entries import read_entries
from audit.link import Link
from audit.proof.disputes.listing import Dispute, list_disputes
from domain.registry.events import SETTLED

Json = Annotated[bool, typer.Option("--json", help="Give JSON, one object a line.")]

disputes = typer.Typer(
    help="List what compromised keys signed; settle it by two officers.\n\n"
    "\b\nExample:\n  muniment disputes",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)


@disputes.callback()
def list_all(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Those that are settled too.")] = False,
    json: Json = False,
) -> None:
    """List the entries that await a word, because their key was compromised."""
    if context.invoked_subcommand:
        return
    with errors_told(), open_office(context.obj) as office:
        reader = office.database.conninfo("ledger_reader")
        found = list(list_disputes(read_entries(reader, office.ledger.size), office.registry))
    shown = [each for each in found if every or each.standing == "disputed"]
    for each in shown if json else ():
        data(each.to_json())
    if not json and shown:
        columns = ("index", "event", "stream", "standing", "by entry", "key")
        table(columns, [_row(each) for each in shown])
    waiting = sum(each.standing == "disputed" for each in found)
    say(f"{len(found)} entries by compromised keys, {waiting} of them await a word.")


@disputes.command(context_settings=BY_KID)
def settle(
    context: typer.Context,
    kid: Annotated[str, typer.Argument(metavar="KID", help="Thumbprint of the compromised key.")],
    entry: Annotated[
        list[str], typer.Argument(metavar="INDEX[=INDEX]", help="Entry; after = what supersedes.")
    ],
    *,
    key: Annotated[
        list[Path], typer.Option("--key", metavar="FILE", help="Key file that signs; repeat.")
    ],
) -> None:
    """Confirm disputed entries, or name what supersedes them.

    Example: muniment disputes settle KID 1042 1050=1077 --key supervisor.pem --key admin.pem

    Neither officer may be the holder of the key. A correction or a reversal is recorded first,
    and named here by its index.
    """
    with errors_told():
        words = [parse_word(each) for each in entry]
        signers = [load_key(path) for path in key]
        with open_office(context.obj) as office:
            with closing(Link(office.database.conninfo("ledger_reader"))) as link:
                entries = settled_entries(link, words)
            receipt = change_key(office, SETTLED, {"kid": kid, "entries": entries}, signers=signers)
        data({"index": receipt.index, "eid": receipt.eid, "settled": len(entries)})


def _row(each: Dispute) -> tuple[str, ...]:
    settled = str(each.settlement.index) if each.settlement else ""
    return str(each.index), each.evt, each.sub, each.standing, settled, each.kid
