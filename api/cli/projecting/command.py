# SPDX-License-Identifier: Apache-2.0
"""``muniment projections``: where each projection stands, how far one lags, and one built anew."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from api.asking import reader
from api.bootstrap import open_office
from api.cli.exit_codes import ExitCode
from api.cli.projecting.words import standing_record
from api.cli.speech import data, errors_told, say, table, tell_error
from api.cli.upkeep import rebuild
from api.settings import Settings
from audit.proof.verify.findings import counted
from projections.standing import Standing, read_standings

COLUMNS: Final = ("name", "version", "entries read", "entries behind", "state")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

projections = typer.Typer(
    help="List the projections and where each stands; build them anew.\n\n"
    "\b\nExample:\n  muniment projections",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)
projections.command("rebuild")(rebuild)


@projections.callback()
def list_(context: typer.Context, *, json: Json = False) -> None:
    """List the projections; those that an entry of the log has stopped are told below.

    Example: muniment projections --json

    Exit code 1 where one is stopped.
    """
    if context.invoked_subcommand:
        return
    found = _standings(context.obj)
    _show(found, json=json)
    problems = [each.problem for each in found if each.problem]
    for problem in problems:
        tell_error(problem)
    if problems:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


@projections.command()
def lag(
    context: typer.Context,
    *,
    most: Annotated[
        int, typer.Option("--max", metavar="ENTRIES", min=0, help="How far one may lag.")
    ] = 0,
    json: Json = False,
) -> None:
    """Tell how many entries each projection has not read; exit code 1 if one lags too far.

    Example: muniment projections lag --max 10000

    One that is not built, or of another version, lags by the whole log.
    """
    found = _standings(context.obj)
    _show(found, json=json)
    late = [each for each in found if _behind(each) > most]
    for each in late:
        say(f"{each.name} is {counted(_behind(each), 'entry', 'entries')} behind.")
    if late:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


def _standings(settings: Settings) -> tuple[Standing, ...]:
    with errors_told(), open_office(settings) as office, reader(office) as link:
        return read_standings(link)


def _show(found: tuple[Standing, ...], *, json: bool) -> None:
    for each in found if json else ():
        data(standing_record(each))
    if not json:
        table(COLUMNS, [_row(each) for each in found])


def _row(each: Standing) -> tuple[str, ...]:
    stopped = each.poison if each.state == "stopped" else None
    state = f"stopped at entry {stopped.index:,}" if stopped else each.state
    behind = "-" if each.behind is None else f"{each.behind:,}"
    return (each.name, str(each.version), f"{each.entries:,}", behind, state)


def _behind(each: Standing) -> int:
    return each.size if each.behind is None else each.behind
