# SPDX-License-Identifier: Apache-2.0
"""``muniment people``: bind log-ins to officers, invite, list, take back, end sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from api.bootstrap import open_office
from api.cli.speech import data, errors_told, say, table
from api.people import bindings
from api.people.desk import Desk
from api.people.passkeys.store import passkeys_of, remove
from api.people.sessions import end_sessions
from api.service.settings import ServiceSettings
from api.settings import Settings
from audit.proof.encoding import decode, encode
from domain.errors import EnvelopeError, UsageError

COLUMNS: Final = ("officer", "logs in by", "made at (Unix seconds)", "id")

Officer = Annotated[str, typer.Argument(help="Identifier of the officer, off.<uuid>.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

people = typer.Typer(
    help="Say who logs in to the service as which officer.\n\n\b\nExample:\n  muniment people list",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@contextmanager
def opened(settings: Settings) -> Iterator[Desk]:
    """Open the desk of a ledger; errors are told."""
    with errors_told():
        service = ServiceSettings.read(settings.home)
        with (
            open_office(settings) as office,
            Desk.opened(settings, service, database=office.database, ledger=office.ledger) as desk,
        ):
            yield desk


@people.command()
def bind(context: typer.Context, officer: Officer) -> None:
    """Let a person of the provider log in as an officer.

    Example: muniment people bind off.01a2076b-4018-7111-8222-333333333333

    The provider's subject of the person is read from the terminal or from standard input, never
    from the command line, where every user of the machine could read it. It is not kept.
    """
    with opened(context.obj) as desk:
        subject = typer.prompt("Subject of the person at the provider", err=True)
        bindings.bind(desk, subject.strip(), officer)
        say(f"That person logs in as {officer}.")


@people.command()
def invite(context: typer.Context, officer: Officer) -> None:
    """Give a code by which an officer registers one passkey within a day.

    Example: muniment people invite off.01a2076b-4018-7111-8222-333333333333
    """
    with opened(context.obj) as desk:
        typer.echo(bindings.invite(desk, officer))
        say("Hand it over in person: whoever has it first is that officer. It is kept nowhere.")


@people.command("list")
def list_people(context: typer.Context, *, json: Json = False) -> None:
    """List who logs in by what.

    Example: muniment people list
    """
    with opened(context.obj) as desk:
        rows = sorted(_rows(desk))
    if json:
        for row in rows:
            data(dict(zip(("officer", "by", "made_at", "id"), row, strict=True)))
    else:
        table(COLUMNS, [tuple(map(str, row)) for row in rows])


@people.command()
def unbind(
    context: typer.Context,
    officer: Officer,
    *,
    passkey: Annotated[str | None, typer.Option(help="Only this passkey, by its id.")] = None,
) -> None:
    """Take every log-in of an officer back, or one passkey, and end the sessions.

    Example: muniment people unbind off.01a2076b-4018-7111-8222-333333333333
    """
    with opened(context.obj) as desk:
        if passkey is not None:
            count = int(remove(desk, officer, _identifier(passkey)))
        else:
            count = bindings.unbind(desk, officer)
            count += sum(remove(desk, officer, each.id) for each in passkeys_of(desk, officer))
        say(f"Taken back: {count}.")


@people.command()
def end(
    context: typer.Context,
    officer: Annotated[str | None, typer.Argument(help="Whose; all officers' by default.")] = None,
) -> None:
    """End every session of an officer, or of everybody.

    Example: muniment people end
    """
    with opened(context.obj) as desk:
        say(f"Sessions ended: {end_sessions(desk, officer)}.")


def _rows(desk: Desk) -> Iterator[tuple[str, str, int, str]]:
    for each in bindings.bindings(desk):
        yield each.officer, each.issuer, each.made_at, encode(each.subject).decode()
    for passkey in passkeys_of(desk, None):
        by = "passkey (synced)" if passkey.synced else "passkey"
        yield passkey.officer, by, passkey.made_at, encode(passkey.id).decode()


def _identifier(text: str) -> bytes:
    try:
        return decode(text.encode())
    except EnvelopeError as error:
        raise UsageError(
            "That is no identifier of a passkey.", next_step="See `muniment people list`."
        ) from error
