# SPDX-License-Identifier: Apache-2.0
"""``muniment findings``: everything that was found about a ledger, in one list.

Looks at the ledger itself as ``muniment fsck`` does, without starting it, and at what witnesses,
time-stamps, epochs of newest events and settled disputes say; reports of ``muniment-verify`` are
given as files.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.beside import STAMP_FOLDER, WITNESS_FOLDER
from api.cli.checking.fsck import check_ledger
from api.cli.exit_codes import ExitCode
from api.cli.speech import data, errors_told, say
from api.settings import LedgerName, Settings
from audit.database.connection import open_database
from audit.findings.collecting import Findings, Listed
from audit.findings.reports import read_report, reported
from audit.findings.witnesses import answer_findings, lag_findings, witness_findings
from audit.heads.entries import read_entries
from audit.link import Link
from audit.proof.disputes.listing import check_settlements, list_disputes, open_disputes
from audit.proof.heads.epochs import check_epochs
from audit.proof.timestamps.findings import stamp_findings
from audit.proof.verify.findings import Finding
from audit.proof.verify.registry import REGISTRY
from audit.timestamps.asking import Asker
from audit.timestamps.settings import SETTINGS_FILE, read_settings
from audit.timestamps.shelf import Shelf
from audit.timestamps.stamping import Stamper
from audit.tree import read_size
from domain.errors import UnreachableError
from projections.timeline.registry import SignerBook, read_on


def findings(  # noqa: PLR0913 - each option is one more place to look at
    context: typer.Context,
    *,
    report: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="JSON of muniment-verify; repeat.")
    ] = None,
    fsck: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON of muniment fsck, instead of a run.")
    ] = None,
    witness: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="Folder of a witness; repeat.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not read the whole log.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List everything that was found, the weightiest first, with what to do about it.

    Example: muniment findings --report verified.json

    Exit code 1 where anything is contradicted, and 0 otherwise, even if something is missing.
    """
    settings: Settings = context.obj
    found = Findings()
    with errors_told():
        for path in report or ():
            _take_report(found, path)
        if fsck is not None:
            _take_report(found, fsck)
        name = LedgerName.read(settings.home)
    if not quick:
        if fsck is None:
            found.take("fsck", lambda: check_ledger(settings, None).findings)
        found.take("log", lambda: _of_the_log(settings, name))
    else:
        found.leave_out("log", "left out by --quick")
    for folder in witness or ():
        found.take("witness", partial(witness_findings, folder))
    for look in (answer_findings, lag_findings):
        found.take("witnesses", partial(look, settings.home / WITNESS_FOLDER))
    _take_stamps(found, settings)
    _tell(found, json=json)


def _take_report(found: Findings, path: Path) -> None:
    told = read_report(path)
    found.take(f"report {path.name}", lambda: reported(told))
    for check in told.checks:
        if check.state == "not checked":
            found.leave_out(f"report {path.name}: {check.name}", check.sentence)


def _of_the_log(settings: Settings, name: LedgerName) -> list[Finding]:
    """Fold the registry anew, then make every epoch again and look at disputed entries."""
    with open_database(settings.home, settings.database_url) as database:
        reader = database.conninfo("ledger_reader")
        with closing(Link(reader)) as link:
            size = read_size(link)
            book = read_on(link, SignerBook(), audience=name.audience, size=size)
        registry = book.registry
        found = list(_doubt(book))
        if registry.epochs:
            found += _epochs(reader, book, size)
        if any(key.compromised_since is not None for key in registry.keys.values()):
            found += open_disputes(list_disputes(read_entries(reader, size), registry))
            found += check_settlements(read_entries(reader, size), registry)
    return found


def _epochs(reader: str, book: SignerBook, size: int) -> list[Finding]:
    entries = (raw for _, raw in read_entries(reader, size))
    try:
        return list(check_epochs(entries, book.registry.epochs))
    except OSError as error:
        raise UnreachableError(
            f"The map of newest events cannot be kept: {error.strerror}.",
            slug="heads_unwritable",
            next_step="Free space in the temporary folder ($TMPDIR) and run it again.",
        ) from error


def _doubt(book: SignerBook) -> Iterator[Finding]:
    if book.doubt:
        yield Finding(
            check=REGISTRY,
            code="registry_doubtful",
            sentence=f"Who may sign is in doubt: {book.doubt}",
            next_step="Run `muniment-verify` on an export; it names every such entry.",
        )


def _take_stamps(found: Findings, settings: Settings) -> None:
    path = settings.home / SETTINGS_FILE
    if not path.exists():
        found.leave_out("time", f"there is no {SETTINGS_FILE} that names authorities")
        return

    def look() -> Iterator[Finding]:
        stamper = Stamper(Shelf(settings.home / STAMP_FOLDER), read_settings(path), Asker())
        return stamp_findings(stamper.verdicts(int(time.time())))

    found.take("time", look)


def _tell(found: Findings, *, json: bool) -> None:
    listed = found.in_order()
    for each in listed:
        if json:
            data(each.to_json())
        else:
            for line in _lines(each):
                typer.echo(line)
    for source, reason in found.left_out.items():
        say(f"not looked at: {source}: {reason}")
    counts = [each.finding.severity for each in listed]
    say(
        f"{counts.count('violation')} violations, {counts.count('gap')} gaps, "
        f"{counts.count('notice')} notices."
    )
    if found.violated:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


def _lines(listed: Listed) -> Iterator[str]:
    finding = listed.finding
    yield f"{finding.severity}: {listed.source}: {finding.check} ({finding.code}): {finding}"
    if finding.evidence:
        yield f"  evidence: {finding.evidence}"
    if finding.next_step:
        yield f"  next: {finding.next_step}"
