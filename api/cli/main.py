# SPDX-License-Identifier: Apache-2.0
"""The ``muniment`` command: its commands by name, and the last stop of every error.

A command's module is loaded when that command is run, so that help and completion
answer at once (console conventions, section 2). What a command does stands in its own
module; which exit code an error has, in ``exit_codes``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

from api.cli.exit_codes import ExitCode
from api.cli.speech import say, show_trace, tell_error
from api.settings import DEBUG_VARIABLE, Settings
from domain.errors import MunimentError


class Command(NamedTuple):
    """Where a command is found, and the line that help shows for it."""

    module: str
    name: str
    summary: str


COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {
        "demo": Command("api.demo.command", "demo", "Walk a firearm through a test ledger."),
        "init": Command(
            "api.cli.founding",
            "init",
            "Found a ledger in a data directory.",
        ),
        "key": Command("api.cli.keys", "key", "Make and show officers' key files."),
        "authority": Command(
            "api.cli.authorities",
            "authority",
            "Admit authorities; enrol, change and end keys.",
        ),
        "sign": Command(
            "api.cli.writing",
            "sign",
            "Sign events with an officer's key file.",
        ),
        "endorse": Command(
            "api.cli.signing.endorsing",
            "endorse",
            "Endorse a draft as the second person.",
        ),
        "append": Command(
            "api.cli.writing",
            "append",
            "Append signed events and get their receipts.",
        ),
        "import": Command(
            "api.cli.importing",
            "import_register",
            "Turn a legacy register into signed events.",
        ),
        "trace": Command(
            "api.cli.tracing",
            "trace",
            "Tell the history of a firearm, with its proofs.",
        ),
        "certificate": Command(
            "api.cli.certifying.command",
            "certificate",
            "Write a trace for a court, as PDF with its evidence.",
        ),
        "search": Command(
            "api.cli.asking.searching",
            "search",
            "Find what bears a number or a mark, or a list of them.",
        ),
        "hits": Command(
            "api.cli.asking.hits",
            "hits",
            "List what happened to firearms that an authority listed.",
        ),
        "duties": Command(
            "api.cli.asking.duties",
            "duties",
            "List what is due by when, for a firearm or for all.",
        ),
        "policies": Command(
            "api.cli.asking.duties",
            "policies",
            "List the policies, or the duties of one.",
        ),
        "holdings": Command(
            "api.cli.asking.holdings",
            "holdings",
            "List who holds what, on any day.",
        ),
        "custody": Command(
            "api.cli.asking.holdings",
            "custody",
            "Tell through whose hands a firearm went.",
        ),
        "authorizations": Command(
            "api.cli.asking.authorizations",
            "authorizations",
            "List authorizations: used, open, expired.",
        ),
        "requests": Command(
            "api.cli.asking.requests",
            "requests",
            "List tracing requests, in and out, with their clocks.",
        ),
        "retention": Command(
            "api.cli.asking.retention",
            "retention",
            "List how long persons in records are kept.",
        ),
        "erasure": Command(
            "api.cli.erasing.command",
            "erasure",
            "Erase personal data: due, propose, approve, execute.",
        ),
        "person": Command(
            "api.cli.erasing.person",
            "person",
            "Give everything that is held about a person.",
        ),
        "stats": Command(
            "api.cli.counting.stats",
            "stats",
            "Count a statistic, with its definition.",
        ),
        "report": Command(
            "api.cli.counting.report",
            "report",
            "Write a yearly report as a workbook or CSV.",
        ),
        "serve": Command(
            "api.service.command",
            "serve",
            "Serve the ledger over HTTP.",
        ),
        "export": Command(
            "api.cli.export",
            "export_log",
            "Write the log out, for a stranger to verify.",
        ),
        "trust": Command(
            "api.cli.trusting.command",
            "trust",
            "Write, sign and check the trust file.",
        ),
        "receipt": Command(
            "api.cli.receipting.command",
            "receipt",
            "Show, verify and upgrade receipts.",
        ),
        "publish": Command(
            "api.cli.publishing.command",
            "publish",
            "Publish the log as files that any web server serves.",
        ),
        "witness": Command(
            "api.cli.witnessing.command",
            "witness",
            "Run a witness, or have witnesses cosign this ledger.",
        ),
        "timestamp": Command(
            "api.cli.timing.timestamp",
            "timestamp",
            "Have checkpoints dated; tell when events were recorded.",
        ),
        "heads": Command(
            "api.cli.finding.heads",
            "heads",
            "State and prove every stream's newest event.",
        ),
        "disputes": Command(
            "api.cli.finding.disputes",
            "disputes",
            "List what compromised keys signed; settle it.",
        ),
        "findings": Command(
            "api.cli.finding.findings",
            "findings",
            "List everything that was found, the weightiest first.",
        ),
        "fsck": Command(
            "api.cli.checking.fsck",
            "fsck",
            "Check rows, tiles, head and signer against each other.",
        ),
        "access": Command(
            "api.cli.accessing.command",
            "access",
            "Read and verify who was shown what.",
        ),
        "log-key": Command(
            "api.cli.rotating.command",
            "log_key",
            "Show the keys that sign checkpoints, or change them.",
        ),
        "signer": Command(
            "api.cli.restoring.reseeding",
            "signer",
            "Make a signer's lost state anew from witnesses.",
        ),
        "restore": Command(
            "api.cli.restoring.restoring",
            "restore",
            "Put back the newest entries after a loss, from a copy.",
        ),
        "people": Command(
            "api.cli.logins.command",
            "people",
            "Say who logs in to the service as which officer.",
        ),
        "notices": Command(
            "api.cli.noticing.command",
            "notices",
            "Show who is told by webhook, and what they missed.",
        ),
        "status": Command("api.cli.upkeep", "status", "Show how the ledger is, part by part."),
        "projections": Command(
            "api.cli.projecting.command",
            "projections",
            "List the projections and where each stands.",
        ),
        "feed": Command(
            "api.cli.projecting.feeding",
            "feed",
            "Follow the log, or what changes in a projection.",
        ),
        "rebuild": Command(
            "api.cli.upkeep",
            "rebuild",
            "Build projections anew from the log.",
        ),
        "lists": Command(
            "api.lists.command", "lists", "Show the code lists; find what a text means."
        ),
        "events": Command(
            "api.cli.describing.events",
            "events",
            "List the event types, or describe one.",
        ),
        "explain": Command(
            "api.cli.describing.explaining",
            "explain",
            "Tell whether an event would be legal now.",
        ),
    }
)
"""Every command in the order of help: start, found, write, read, keep up."""

INTERRUPTED: Final = 130
STOPPED: Final = "Stopped. What was acknowledged is kept; run the command again to go on."
EXAMPLE: Final = "Example: "


class Commands(TyperGroup):
    """The commands of the table; each is loaded when it is run."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Give the command that the arguments name, from its module."""
        name, found, rest = super().resolve_command(ctx, args)
        if name is not None and found is not None:
            found = get_command(load(COMMANDS[name]))
            found.name = name
        return name, found, rest


app = typer.Typer(
    name="muniment",
    cls=Commands,
    help="An append-only, signed and verifiable ledger of the life of every firearm.\n\n"
    "\b\nExample:\n  muniment demo",
    epilog="Verify an export or a bundle offline with `muniment-verify`.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Data directory of the ledger [default: $MUNIMENT_HOME or .muniment]."),
    ] = None,
) -> None:
    """Remember which ledger the command is about."""
    settings = Settings.from_environment()
    if home is not None:
        settings = replace(settings, home=home.absolute())
    context.obj = settings


for _name, _command in COMMANDS.items():
    app.command(_name, help=_command.summary, add_help_option=False)(lambda: None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    try:
        app(arguments, prog_name="muniment")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say(STOPPED)
        raise
    except KeyboardInterrupt:
        say(STOPPED)
        sys.exit(INTERRUPTED)
    except MunimentError as error:
        sys.exit(tell_error(error))
    except Exception as error:  # noqa: BLE001 - the last stop: nobody is shown a traceback unasked
        sys.exit(_unexpected(error))


def load(command: Command) -> typer.Typer:
    """Load a command from its module, its help laid out for a terminal."""
    found = getattr(import_module(command.module), command.name)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(rich_markup_mode=None, add_completion=False)
        single.command()(found)
        found = single
    for each in found.registered_commands:
        each.help = laid_out(each.callback.__doc__ or "") if each.callback else each.help
    return found


def laid_out(docstring: str) -> str:
    """Put the example of a docstring first below its summary, as lines to be copied."""
    summary, *rest = (
        "\n".join(line.strip() for line in paragraph.splitlines())
        for paragraph in docstring.strip().split("\n\n")
    )
    examples = [each for each in rest if each.startswith(EXAMPLE)]
    others = [each for each in rest if not each.startswith(EXAMPLE)]
    return "\n\n".join([summary, *map(_as_shell, examples), *others])


def _as_shell(paragraph: str) -> str:
    lines = paragraph.removeprefix(EXAMPLE).splitlines()
    return "\b\nExample:\n  " + " \\\n      ".join(lines)


def _unexpected(error: Exception) -> ExitCode:
    """Say that the program is at fault, in one sentence; the trace is for who mends it."""
    show_trace(error)
    say(
        f"internal: Muniment failed in a way it should not ({type(error).__name__}); what was"
        f" acknowledged is kept. Run the command again with {DEBUG_VARIABLE}=1 and give its"
        " output to whoever maintains this installation; it may hold personal data."
    )
    return ExitCode.INTERNAL


if __name__ == "__main__":
    main()
