# SPDX-License-Identifier: Apache-2.0
"""``muniment log-key``: the keys that sign the log's checkpoints, and one after another.

Implements rotation on one origin (`log.md` 2.8) at the side of whoever holds the signer's folder.
No database is asked; the signer has to be stopped. Keys of officers are another matter.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from api.cli.speech import data, errors_told, say, table
from api.settings import LedgerName, Settings
from audit.proof.verify.trust import fingerprint
from audit.signer.keys.lines import LINES, Line
from audit.signer.keys.ring import RingKey, read_ring
from audit.signer.keys.rotation import OVERLAP_ENTRIES, rotate_log_key
from audit.signer.state import signed_tree
from domain.errors import UsageError

COLUMNS: Final = ("type", "key id", "first size", "last size", "state", "SHA-256")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

log_key = typer.Typer(
    help="Show the keys that sign the log's checkpoints, or change them.\n\n"
    "\b\nExample:\n  muniment log-key show",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@log_key.command()
def show(context: typer.Context, *, json: Json = False) -> None:
    """Show every key of the log, and which sizes each of them signs.

    Example: muniment log-key show --json
    """
    with errors_told():
        size, ring = _read(context.obj)
    for key in ring if json else ():
        data(_as_record(key, size))
    if not json:
        table(COLUMNS, [_as_row(key, size) for key in ring])


@log_key.command()
def rotate(
    context: typer.Context,
    *,
    overlap: Annotated[
        int, typer.Option(metavar="ENTRIES", help="For how long the old key goes on signing.")
    ] = OVERLAP_ENTRIES,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", help=f"{' or '.join(LINES)}; both by default; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Make new log keys; the old ones go on for a while.

    Example: muniment log-key rotate --overlap 50000

    Close every program that uses the ledger first. Hand out the new trust file and tell each
    witness the new key before the old one ends.
    """
    with errors_told():
        LedgerName.read(context.obj.home)
        lines = tuple(_line(each) for each in types or LINES)
        rotate_log_key(context.obj.signer_folder, overlap=overlap, lines=lines)
        size, ring = _read(context.obj)
    for key in ring if json else ():
        data(_as_record(key, size))
    if not json:
        table(COLUMNS, [_as_row(key, size) for key in ring])
    say("Next: `muniment trust write trust.json` writes the new trust file. Let root keys sign it")
    say("with `muniment trust sign`, and hand it out before the old key ends. Every witness")
    say("is told with `muniment witness watch --log VKEY` (see `muniment log-key show --json`).")


def _read(settings: Settings) -> tuple[int, tuple[RingKey, ...]]:
    LedgerName.read(settings.home)
    ring = read_ring(settings.signer_folder)
    return signed_tree(settings.signer_folder).size, ring


def _line(text: str) -> Line:
    found = next((line for line in LINES if line == text), None)
    if found is None:
        raise UsageError(
            f"The log has no key of type {text}.",
            slug="log_key_type",
            next_step=f"Choose one of: {', '.join(LINES)}.",
        )
    return found


def _as_row(key: RingKey, size: int) -> tuple[str, ...]:
    last = "" if key.to_size is None else f"{key.to_size:,}"
    first = f"{key.from_size:,}"
    return key.line, _key_id(key), first, last, _state(key, size), fingerprint(key.vkey)


def _as_record(key: RingKey, size: int) -> dict[str, Any]:
    return {
        "type": key.line,
        "key_id": _key_id(key),
        "vkey": key.vkey,
        "sha256": fingerprint(key.vkey),
        "from_size": key.from_size,
        "to_size": key.to_size,
        "state": _state(key, size),
        "file": key.file,
    }


def _key_id(key: RingKey) -> str:
    return key.vkey.split("+", 2)[1]


def _state(key: RingKey, size: int) -> str:
    """Tell in a word how a key is, once the log has a size."""
    if key.to_size is None:
        return "signs" if key.from_size <= size else "signs next"
    return "ends" if size <= key.to_size else "ended"
