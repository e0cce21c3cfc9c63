# SPDX-License-Identifier: Apache-2.0
"""``muniment notices``: list webhooks, list what was missed, tell it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final
from uuid import UUID

import typer

from api.bootstrap import open_office
from api.cli.speech import data, errors_told, say, table
from api.notices import subscriptions
from api.notices.delivering import missed
from api.notices.mailroom import Mailroom
from api.notices.subscriptions import Subscription
from api.service.settings import ServiceSettings
from api.settings import Settings

COLUMNS: Final = ("subscription", "authority", "told up to", "state", "address", "kinds")
MISSED: Final = ("subscription", "first", "last", "attempts", "tried again", "problem")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Authority = Annotated[str | None, typer.Option(help="Only those of this authority.")]

notices = typer.Typer(
    help="Show who is told by webhook, and what they missed.\n\n"
    "\b\nExample:\n  muniment notices list",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@contextmanager
def opened(settings: Settings) -> Iterator[Mailroom]:
    """Open the mailroom of a ledger; errors are told."""
    with errors_told():
        service = ServiceSettings.read(settings.home)
        with (
            open_office(settings) as office,
            Mailroom.opened(
                settings, service, database=office.database, ledger=office.ledger
            ) as mailroom,
        ):
            yield mailroom


@notices.command("list")
def list_subscriptions(
    context: typer.Context, *, authority: Authority = None, json: Json = False
) -> None:
    """List the subscriptions, and how far each was told.

    Example: muniment notices list
    """
    with opened(context.obj) as mailroom:
        found = subscriptions.subscriptions(mailroom, authority)
    for each in found if json else ():
        data(each.record())
    if not json:
        table(COLUMNS, [_row(each) for each in found])


@notices.command("missed")
def list_missed(context: typer.Context, *, authority: Authority = None, json: Json = False) -> None:
    """List what was tried and not delivered, by indexes of the log.

    Example: muniment notices missed
    """
    with opened(context.obj) as mailroom:
        found = missed(mailroom, authority)
    for each in found if json else ():
        data(each.record())
    if not json:
        rows = [
            (
                *(str(each.subscription), str(each.first), str(each.last), str(each.attempts)),
                *("no" if each.given_up else "yes", each.problem),
            )
            for each in found
        ]
        table(MISSED, rows)


@notices.command()
def replay(
    context: typer.Context,
    subscription: Annotated[UUID, typer.Argument(help="Which; see muniment notices list.")],
    *,
    after: Annotated[int, typer.Option(min=-1, help="Tell everything after this index again.")],
) -> None:
    """Tell a subscription again from an index of the log on, and try anew what was given up.

    Example: muniment notices replay 01a2076b-4018-7111-8222-333333333333 --after 1041
    """
    with opened(context.obj) as mailroom:
        again = subscriptions.replay(mailroom, subscription, after=after)
        say(f"It is told again from index {again.position} on.")


def _row(each: Subscription) -> tuple[str, ...]:
    state = "active" if each.failing_since is None else "failing"
    return (
        *(str(each.id), each.authority, str(each.position - 1)),
        *(state if each.disabled_at is None else "given up", each.url),
        ", ".join(each.kinds) or "every kind",
    )
