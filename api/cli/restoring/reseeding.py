# SPDX-License-Identifier: Apache-2.0
"""``muniment signer reseed``: a signer's lost state, made anew from a quorum of witnesses."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from api.bootstrap import open_stopped
from api.cli.speech import data, errors_told, say
from api.cli.witnessing.collecting import FOLDER
from api.settings import Settings
from audit.database.connection import Database
from audit.link import Link
from audit.proof.merkle import SIZE_MAX
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.policy.file import read_policy
from audit.proof.policy.rule import shown
from audit.proof.verify.beside.folder import read_regular
from audit.proof.verify.trust import LogKey
from audit.publishing.rows import open_snapshot
from audit.restoring.copy import open_copy
from audit.restoring.reseeding import ask_witnesses, signed_by_quorum, tree_of
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from audit.signer.state import refuse_state, reseed_state
from audit.witness.collecting import PENDING_FILE, WITNESSED_FILE
from domain.errors import ProofError

_KEPT: Final = "select note from ledger.checkpoint order by size desc limit 8"


signer = typer.Typer(
    help="Make a signer's lost state anew from witnesses.\n\n"
    "\b\nExample:\n  muniment signer reseed --policy policy.txt",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@signer.callback()
def group() -> None:
    """Keep the group, though it has one command."""


@signer.command()
def reseed(
    context: typer.Context,
    *,
    policy: Annotated[Path, typer.Option(help="Policy file with the witnesses and the quorum.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Take the entries from a copy of the log."),
    ] = None,
) -> None:
    """Make the signer's state anew, where it was lost and has no backup.

    Example: muniment signer reseed --policy policy.txt

    Each witness is asked for the newest checkpoint that it has cosigned; a quorum has to answer.
    The entries of the database, or of the copy, have to give every root that is known to be
    signed. A state that is there is never replaced.
    """
    with errors_told():
        settings: Settings = context.obj
        rule, keys = read_policy(policy), known_log_keys(settings.signer_folder)
        with open_stopped(settings) as database:
            refuse_state(settings.signer_folder)
            heard = ask_witnesses(rule, keys)
            for name, error in heard.failures.items():
                say(f"{shown(name)}: {error.slug}: {error}")
            with _source(database, source, keys) as (pieces, copied):
                kept = [*copied, *_kept(settings, database, keys)]
                signed = signed_by_quorum(rule, keys, heard, others=kept)
                tree = tree_of(pieces, signed)
            reseed_state(settings.signer_folder, tree)
        names = [shown(each) for each in signed.names]
        data({"size": tree.size, "root": b64encode(tree.root()).decode(), "witnesses": names})
    say(f"The signer remembers {tree.size:,} entries again.")
    say("Next: `muniment status`; where it says that entries are missing, `muniment restore`.")


@contextmanager
def _source(
    database: Database, source: Path | None, keys: tuple[LogKey, ...]
) -> Iterator[tuple[Iterable[Sequence[bytes]], list[bytes]]]:
    """Open the entries, and the checkpoint that comes with those of a copy."""
    if source is None:
        with open_snapshot(database.conninfo("ledger_reader")) as rows:
            yield rows.entries(0, SIZE_MAX), []
        return
    with open_copy(source, keys) as copy:
        yield (entries for _, entries in copy.entries(0)), [copy.note]


def _kept(settings: Settings, database: Database, keys: tuple[LogKey, ...]) -> Iterator[bytes]:
    """Give what this ledger itself keeps of what was signed, as far as it holds."""
    folder = settings.home / FOLDER
    files = (
        read_regular(folder / each, NOTE_OCTETS_MAX) for each in (WITNESSED_FILE, PENDING_FILE)
    )
    with closing(Link(database.conninfo("ledger_reader"))) as link:
        rows = [bytes(note) for (note,) in link.read(_KEPT)]
    yield from (note for note in (*files, *rows) if note is not None and _holds(note, keys))


def _holds(note: bytes, keys: tuple[LogKey, ...]) -> bool:
    try:
        open_own_checkpoint(note, keys)
    except ProofError:
        return False
    return True
