# SPDX-License-Identifier: Apache-2.0
"""``muniment witness``: run a witness of other ledgers, or have witnesses cosign this one.

The witness (`log.md` 2.6) needs no ledger and no database of ours: an audit office or a court
runs it with ``new``, ``watch``, ``serve`` and ``show``. ``collect`` is the ledger's side.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from signal import SIGTERM, signal
from threading import Thread
from typing import Annotated, Final

import typer

from api.cli.speech import data, errors_told, say, table
from audit.proof.note import NOTE_OCTETS_MAX, VerifierKey, parse_verifier_key
from audit.witness.evidence import EvidenceStore
from audit.witness.key import create_cosigner, load_cosigner
from audit.witness.listener import WitnessServer, parse_address
from audit.witness.pinning import pin
from audit.witness.service import Witness
from audit.witness.store import WitnessStore
from domain.errors import UsageError

EMPTY: Final = "empty"

witness = typer.Typer(
    help="Run a witness of ledgers, or have witnesses cosign this one.\n\n\b\nExample:\n"
    "  muniment witness new --store w/ --name witness.example/w1",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Store = Annotated[Path, typer.Option("--store", metavar="DIR", help="Folder of the witness.")]
Json = Annotated[bool, typer.Option("--json", help="Give JSON, one object a line.")]


@witness.command()
def new(
    *,
    store: Store,
    name: Annotated[str, typer.Option(help="Its name in notes, such as witness.example/w1.")],
) -> None:
    """Make a witness: its key and its empty memory.

    Example: muniment witness new --store w/ --name witness.example/w1
    """
    with errors_told():
        made = create_cosigner(store, name)
        WitnessStore(store, create=True).close()
        data({"witness": str(made.verifier), "store": str(store)})
        say("Publish the verifier key. Next: `muniment witness watch`, then `witness serve`.")


@witness.command()
def watch(
    *,
    store: Store,
    log: Annotated[
        str, typer.Option(metavar="VKEY", help="Verifier key of the log, or a file that holds it.")
    ],
    start: Annotated[
        str, typer.Option(metavar="FILE", help="A checkpoint to begin with, or the word empty.")
    ],
    origin: Annotated[
        str, typer.Option(metavar="NAME", help="Its name, if its key has another.")
    ] = "",
) -> None:
    """Watch a log, from a start that you trust.

    Example: muniment witness watch --store w/ --log log.vkey --start empty

    Say empty for a new log, else name the file of a checkpoint. With a log that is watched
    already, it trusts one more key.
    """
    with errors_told():
        cosigner, key = load_cosigner(store), _log_key(log)
        note = None if start == EMPTY else _read_note(Path(start))
        with closing(WitnessStore(store)) as memory:
            found = pin(memory, cosigner, key, origin=origin or key.name, start=note)
        data({"origin": found.origin, "size": found.size, "root": found.root.hex()})


@witness.command()
def serve(
    *,
    store: Store,
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where; port 0 is any.")],
) -> None:
    """Serve the witness until it is stopped.

    Example: muniment witness serve --store w/ --listen 127.0.0.1:7380

    It answers POST /add-checkpoint and GET /HASH/checkpoint of c2sp.org/tlog-witness. Put a
    proxy in front of it for TLS.
    """
    with errors_told():
        cosigner = load_cosigner(store)
        with closing(WitnessStore(store)) as memory:
            server = WitnessServer(
                parse_address(listen),
                Witness(cosigner, memory, EvidenceStore(store), clock=time.time),
            )
            # It may only be told to end by another thread than the one that serves.
            signal(SIGTERM, lambda *_: Thread(target=server.shutdown).start())
            data({"witness": str(cosigner.verifier), "listening": server.url})
            with server:
                server.serve_forever()


@witness.command()
def show(*, store: Store, json: Json = False) -> None:
    """Show what a witness watches, and what it refused.

    Example: muniment witness show --store w/
    """
    with errors_told():
        cosigner, evidence = load_cosigner(store), EvidenceStore(store)
        with closing(WitnessStore(store)) as memory:
            logs = memory.all()
        refused = [(each.origin, found) for each in logs for found in evidence.of(each.origin)]
        rows = [(each.origin, str(each.size), _utc(each.at)) for each in logs]
        if not json:
            say(f"Witness {cosigner.verifier}")
            table(("log", "size", "cosigned"), rows)
            for origin, found in refused:
                say(f"refused {found.kind} of {origin}, size {found.size}: {found.note}")
            return
        for each in logs:
            data({"origin": each.origin, "size": each.size, "root": each.root.hex(), "at": each.at})
        for origin, found in refused:
            record = {"refused": found.kind, "origin": origin, "size": found.size}
            data({**record, "note": str(found.note), "held": str(found.held)})


@witness.command()
def collect(
    context: typer.Context,
    *,
    policy: Annotated[Path, typer.Option(help="Policy file with the witnesses and the quorum.")],
    json: Json = False,
) -> None:
    """Have witnesses cosign this ledger's newest checkpoint.

    Example: muniment witness collect --policy policy.txt

    The newest checkpoint with its quorum is kept as witnesses/checkpoint in the data directory.
    Exit code 1 where a witness tells of another history, 4 where the quorum is not reached.
    """
    # A witness needs none of what this loads.
    from api.cli.witnessing.collecting import collect_now, tell  # noqa: PLC0415

    with errors_told():
        code = tell(collect_now(context.obj, policy), json=json)
    raise typer.Exit(code)


def _log_key(given: str) -> VerifierKey:
    """Read a verifier key from the command line, or from the file that it names."""
    path = Path(given)
    try:
        text = path.read_text("utf-8") if path.is_file() else given
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{given} holds no verifier key of a log.", slug="witness_log_key"
        ) from error
    return parse_verifier_key(text.strip())


def _read_note(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(NOTE_OCTETS_MAX + 1)
    except OSError as error:
        raise UsageError(
            f"The checkpoint {path} cannot be read: {error.strerror}.",
            slug="checkpoint_unreadable",
            next_step="Give the file of a checkpoint that you trust, or `--start empty`.",
        ) from error


def _utc(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at)) if at else "not yet"
