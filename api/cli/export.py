# SPDX-License-Identifier: Apache-2.0
"""``muniment export``: the whole log, or one firearm's evidence, for a stranger to verify."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.bootstrap import Office, open_office
from api.cli.speech import data, errors_told, say
from audit.export.evidence import gather
from audit.export.founding import trust_of
from audit.export.log import Exported, Progress
from audit.export.log import export_log as write_log
from audit.link import Link
from audit.proof.verify.bundle import write_bundle
from audit.proof.verify.progress import TerminalProgress
from audit.proof.verify.trust import Trust
from audit.signer.identity import read_verifier


def export_log(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="Where to; continued if it holds this log.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Write the log as tiles, entries and a checkpoint; verify them with muniment-verify.

    Example: muniment export public/ && muniment-verify public/
    """
    with errors_told(), open_office(context.obj) as office:
        _, note = office.notary.checkpoint()
        with _reader(office) as link, _shown() as progress:
            done = write_log(
                office.database.conninfo("ledger_reader"),
                directory,
                note=note,
                trust=_trust(office, link),
                progress=progress,
            )
        _tell(done, directory, json=json)


def write_evidence(office: Office, stream: UUID, path: Path) -> None:
    """Write the evidence about one firearm, as of now, into a bundle.

    Raises:
        UsageError: The log has no such firearm.
        UnreachableError: The database or the signer is away, or the disk is full.
    """
    checkpoint = office.notary.checkpoint()
    with _reader(office) as link:
        evidence = gather(link, stream, checkpoint=checkpoint, trust=_trust(office, link))
    write_bundle(path, evidence)


@contextmanager
def _reader(office: Office) -> Iterator[Link]:
    with closing(Link(office.database.conninfo("ledger_reader"))) as link:
        yield link


def _trust(office: Office, link: Link) -> Trust:
    vkey = read_verifier(office.settings.signer_folder)
    return trust_of(link, audience=office.name.audience, origin=office.name.origin, vkey=vkey)


@contextmanager
def _shown() -> Iterator[Progress]:
    """Show progress on standard error, if it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    line = TerminalProgress(sys.stderr, time.monotonic)
    yield lambda done, total: line("exporting", done, total)
    line.clear()


def _tell(done: Exported, directory: Path, *, json: bool) -> None:
    if json:
        data({"directory": str(directory), "size": done.size, "before": done.before})
    added = done.size - done.before
    say(f"{directory} holds {done.size:,} entries, {added:,} of them new.")
    say(f"Verify it with `muniment-verify {directory}`.")
