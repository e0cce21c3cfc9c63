# SPDX-License-Identifier: Apache-2.0
"""``muniment fsck``: whether the ledger's parts still say the same, and what to do if not.

Opens the database alone: neither the ledger nor the signer is started, since both may rightly
refuse what is to be examined here.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.auditing.kept import keep_check
from api.cli.exit_codes import ExitCode
from api.cli.speech import data, errors_told, say
from api.settings import LedgerName, Settings
from audit.database.connection import open_database
from audit.fsck.derived.references import REFERENCES, references
from audit.fsck.inspect import Inspection, inspect
from audit.proof.verify.book import Progress, silent
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.progress import TerminalProgress
from audit.proof.verify.report import ExitCode as Verdict
from audit.proof.verify.report import Report
from audit.vault.opening import open_present_keys
from audit.vault.vault import Vault
from domain.errors import UnreachableError, UsageError
from projections.rebuilding.comparing import COMPARED, compared_projections

_NAME_CHARS = 12


def fsck(
    context: typer.Context,
    *,
    published: Annotated[
        Path | None, typer.Option(help="A published copy of the log to compare with.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Leave out projections or references; repeat."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Compare rows, tiles, head, checkpoints, signer and read models; say what to restore.

    Example: muniment fsck --published public/

    Read models and references are made anew to compare them, which takes most of the time.
    """
    with errors_told():
        report = check_ledger(context.obj, published, frozenset(without or ()))
        _keep(context.obj, report)
    if json:
        data(report.to_json())
    else:
        for line in _as_lines(report):
            typer.echo(line)
    say(_conclusion(report))
    if report.exit_code is not Verdict.OK:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


def check_ledger(
    settings: Settings, published: Path | None, without: frozenset[str] = frozenset()
) -> Report:
    """Check the ledger of a data directory, without starting it.

    Args:
        settings: Where it is.
        published: A published copy to compare with.
        without: Names of what is to be left out: ``references``, ``projections``.

    Raises:
        UsageError: The directory holds no ledger, the folder no published log, or there is no
            such check.
        UnreachableError: The database does not answer.
    """
    unknown = sorted(without - {REFERENCES, COMPARED})
    if unknown:
        raise UsageError(
            f"There is no check {unknown[0][:40]} that can be left out.",
            slug="check_unknown",
            next_step=f"Choose {REFERENCES} or {COMPARED}.",
        )
    name = LedgerName.read(settings.home)
    with (
        open_database(settings.home, settings.database_url) as database,
        _vault(settings, name) as vault,
        _shown() as progress,
    ):
        return inspect(
            Inspection(
                conninfo=database.conninfo("ledger_api"),
                audience=name.audience,
                origin=name.origin,
                signer_folder=settings.signer_folder,
                published=published,
                vault=vault,
                derived=(
                    references(database.conninfo("ledger_reader")),
                    compared_projections(database.conninfo("ledger_reader")),
                ),
                without=without,
                progress=progress,
            )
        )


def _keep(settings: Settings, report: Report) -> None:
    """Keep the result for the auditor's page; where that fails, the check was made all the same."""
    try:
        keep_check(settings, report, now=int(time.time()))
    except UnreachableError as error:
        say(f"{error.sentence} {error.next_step}")


def _as_lines(report: Report) -> Iterator[str]:
    yield f"ledger {report.ledger} (log {report.origin}), {counted(report.size or 0)}"
    for check in report.checks:
        yield f"  {check.state:<12}{check.name:<{_NAME_CHARS}} {check.sentence}"
    for finding in report.findings:
        yield from _told(finding)


def _told(finding: Finding) -> Iterator[str]:
    yield ""
    yield f"{finding.severity}: {finding.check}: {finding}"
    if finding.evidence:
        yield f"  evidence: {finding.evidence}"
    if finding.next_step:
        yield f"  next: {finding.next_step}"


def _conclusion(report: Report) -> str:
    if report.exit_code is Verdict.OK:
        agree = counted(report.examined, "entry agrees", "entries agree")
        return f"OK: {agree} with everything that was checked."
    first = report.first
    return f"{report.exit_code.name}: {first}" if first else report.exit_code.name


@contextmanager
def _vault(settings: Settings, name: LedgerName) -> Iterator[Vault | None]:
    """Open the vault, if there is one; looking must not make its keys."""
    with open_present_keys(settings.vault_folder, settings.keystore_url) as keys:
        yield Vault(keys, audience=name.audience) if keys else None


@contextmanager
def _shown() -> Iterator[Progress]:
    """Show progress on standard error, if it is a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    line = TerminalProgress(sys.stderr, time.monotonic)
    yield line
    line.clear()
