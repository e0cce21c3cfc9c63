# SPDX-License-Identifier: Apache-2.0
"""``muniment heads``: state every stream's newest event, prove one, check such a proof offline."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, Final

import typer

from api.bootstrap import Office, open_office
from api.cli.passphrases import load_key
from api.cli.speech import data, errors_told, say, table
from api.registrar import Act, perform
from audit.heads.taking import newest_epoch, prove_head, take_epoch
from audit.link import Link
from audit.proof.heads.proof import PROOF_OCTETS_MAX, check_head
from audit.proof.verify.fraud import read_capped
from audit.proof.verify.trust import read_trust
from audit.witness.memory import replace_file
from domain.identifiers import StreamId, parse_stream_id
from domain.registry.events import HEADS
from domain.registry.state import Epoch

Json = Annotated[bool, typer.Option("--json", help="Give JSON, one object a line.")]

_RAW: Final = "select raw from ledger.event where idx = %b"

heads = typer.Typer(
    help="State every stream's newest event, so that nobody is shown an old one as the latest.\n\n"
    "\b\nExample:\n  muniment heads take --key service.pem",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@heads.command()
def take(
    context: typer.Context,
    *,
    key: Annotated[Path, typer.Option(help="Key file of a root, or with the role service.")],
    json: Json = False,
) -> None:
    """Record which event of every stream is its newest now.

    Example: muniment heads take --key service.pem

    It reads the whole log and compares it with the signed root. Run it daily, and before proofs
    of newest events are handed out.
    """
    with errors_told():
        signer = load_key(key)
        with open_office(context.obj) as office:
            checkpoint, _ = office.notary.checkpoint()
            reader = office.database.conninfo("ledger_reader")
            dat = take_epoch(reader, office.registry, checkpoint)
            receipt = perform(office, Act(evt=HEADS, dat=dat, sub=_own(office)), signer)
        if json:
            data({**dat, "index": receipt.index, "eid": receipt.eid})
        say(
            f"Epoch {dat['epoch']} covers {dat['size']:,} entries of {dat['streams']:,} streams; "
            f"it is entry {receipt.index}."
        )


@heads.command()
def show(context: typer.Context, *, json: Json = False) -> None:
    """List the epochs that the log states.

    Example: muniment heads show
    """
    with errors_told(), open_office(context.obj) as office:
        epochs = office.registry.epochs
    for each in epochs if json else ():
        data(_epoch(each))
    if not json:
        rows = [
            (str(each.number), str(each.size), str(each.streams), each.root, str(each.index))
            for each in epochs
        ]
        table(("epoch", "entries", "streams", "root", "index"), rows)


@heads.command()
def prove(
    context: typer.Context,
    stream: Annotated[str, typer.Argument(metavar="ID", help="Stream, such as arm.<uuid>.")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the proof is written.")],
) -> None:
    """Prove which event of a stream is its newest.

    Example: muniment heads prove arm.0193... --out gun.head-proof
    """
    with errors_told(), open_office(context.obj) as office:
        sub = parse_stream_id(stream)
        epoch = newest_epoch(office.registry)
        receipt = office.notary.prove([epoch.index])[epoch.index]
        reader = office.database.conninfo("ledger_reader")
        with closing(Link(reader)) as link:
            ((entry,),) = link.read(_RAW, (epoch.index,))
        proof = prove_head(reader, epoch, str(sub), entry=bytes(entry), receipt=receipt)
        replace_file(out, proof.encode())
    say(f"{out} proves it as of the first {epoch.size:,} entries (epoch {epoch.number}).")


@heads.command()
def check(
    file: Annotated[Path, typer.Argument(help="A head proof.")],
    *,
    trust: Annotated[Path, typer.Option(help="The trust file that you were given.")],
    json: Json = False,
) -> None:
    """Check a head proof offline, without a ledger.

    Example: muniment heads check gun.head-proof --trust trust.json

    The log's signature, the receipt and the map are checked. Who signed the epoch's entry takes
    the registry: muniment-verify has it.
    """
    with errors_told():
        verdict = check_head(read_capped(file, PROOF_OCTETS_MAX), trust=read_trust(trust))
    if json:
        data(verdict.to_json())
    else:
        typer.echo(str(verdict))
    say("The log answers for the epoch; that its map is true, a reader of the whole log checks.")


def _own(office: Office) -> StreamId | None:
    log = office.registry.log
    return StreamId("log", log) if log else None


def _epoch(each: Epoch) -> dict[str, object]:
    return {
        "epoch": each.number,
        "size": each.size,
        "streams": each.streams,
        "root": each.root,
        "index": each.index,
        "eid": each.eid,
    }
