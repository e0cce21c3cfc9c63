# SPDX-License-Identifier: Apache-2.0
"""``muniment export``: the whole log, or one firearm's evidence, for a stranger to verify."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from api.asking import reader
from api.beside import ledger_trust, what_others_said
from api.bootstrap import Office, open_office
from api.cli.projecting.tables import write_tables
from api.cli.speech import data, errors_told, progress_shown, say
from audit.export.approving import approvals_beside
from audit.export.log import Exported, add_beside
from audit.export.log import export_log as write_log
from audit.link import Link
from audit.proof.verify.evidence import pack_log
from domain.errors import UnreachableError, UsageError


def export_log(  # noqa: PLR0913 - each option is one part of what is asked for
    context: typer.Context,
    directory: Annotated[
        Path | None, typer.Argument(help="Where to; continued if it holds this log.")
    ] = None,
    *,
    bundle: Annotated[
        Path | None, typer.Option(help="Write one file instead, a bundle of the whole log.")
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write tables for analysts instead, as Parquet files."),
    ] = None,
    approvals: Annotated[
        bool, typer.Option("--approvals", help="Add the evidence of approvals by passkey.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Write the log as tiles, entries and a checkpoint; verify them with muniment-verify.

    Example: muniment export public/ && muniment-verify public/ --trust trust.json

    With --bundle the whole log goes into one file of always the same octets. With --approvals its
    reader can check who approved which event by a passkey: evidence for auditors, which is no part
    of the public log. With --parquet the public fields of its events, and of what is known of
    firearms and records, go into one file a table; they prove nothing.
    """
    with errors_told():
        target = _target(directory, bundle, parquet)
        if parquet is not None:
            write_tables(context.obj, parquet, json=json)
            return
        with open_office(context.obj) as office:
            write = write_folder if bundle is None else write_whole
            done = write(office, target, approvals=approvals)
        _tell(done, target, json=json)


def write_folder(office: Office, directory: Path, *, approvals: bool = False) -> Exported:
    """Write the whole log, and what others said about it, into a folder.

    Args:
        office: The open ledger.
        directory: The folder.
        approvals: Whether the evidence of approvals by passkey goes with it.

    Raises:
        UsageError: The folder holds something else.
        UnsafeError: The ledger contradicts what it signed, or what the folder proves.
        UnreachableError: The database or the signer is away, or the disk is full.
    """
    checkpoint, note = office.notary.checkpoint()
    said = what_others_said(office, checkpoint.size)
    with reader(office) as link, progress_shown("exporting") as progress:
        done = write_log(
            office.database.conninfo("ledger_reader"),
            directory,
            note=said.notes.get(checkpoint.size, note),
            trust=ledger_trust(office, link),
            progress=progress,
        )
        add_beside(directory, said.files())
        if approvals:
            with closing(Link(office.database.conninfo("ledger_people"))) as people:
                kept = approvals_beside(people, link, registry=office.registry, size=done.size)
                add_beside(directory, kept)
    return done


def write_whole(office: Office, path: Path, *, approvals: bool = False) -> Exported:
    """Write the whole log into one file, by way of a folder beside it; see ``write_folder``.

    Raises:
        UnreachableError: The database or the signer is away, or the disk is full.
        ProofError: The log is too large for one file.
    """
    try:
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            done = write_folder(office, Path(folder), approvals=approvals)
            pack_log(path, Path(folder))
            return done
    except OSError as error:
        raise UnreachableError(
            f"The bundle {path} cannot be written: {error.strerror}.",
            slug="bundle_unwritable",
            next_step="Free space or choose another folder, and run it again.",
        ) from error


def _target(*places: Path | None) -> Path:
    named = [each for each in places if each is not None]
    if len(named) != 1:
        raise UsageError(
            "An export goes either into a folder or, with --bundle, into one file; or into the "
            "folder of --parquet.",
            slug="export_where",
            next_step="Name one of them.",
        )
    return named[0]


def _tell(done: Exported, target: Path, *, json: bool) -> None:
    if json:
        where = "directory" if target.is_dir() else "bundle"
        data({where: str(target), "size": done.size, "before": done.before})
    added = done.size - done.before
    say(f"{target} holds {done.size:,} entries, {added:,} of them new.")
    say(f"Verify it with `muniment-verify {target} --trust TRUST_FILE`.")
