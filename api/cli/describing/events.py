# SPDX-License-Identifier: Apache-2.0
"""``muniment events``: the event types, one of them in full, the page, or the table of roles."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer

from api.cli.speech import data, errors_told, table
from api.describing.page import markdown
from api.describing.roles import role_rows, roles_in_words
from api.describing.words import described, listed
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError, UsageError
from domain.schema import EventType


def events(
    name: Annotated[
        str | None, typer.Argument(metavar="EVT", help="One event type, described in full.")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="With schema, rules and example.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="The whole catalogue as a page of documentation.")
    ] = False,
    roles: Annotated[
        bool, typer.Option("--roles", help="Which role may record which event, as one table.")
    ] = False,
) -> None:
    """List the event types, or describe one: roles, rules, members, personal data.

    Example: muniment events firearm.seized
    """
    with errors_told():
        kinds = list(CATALOGUE) if name is None else [event_type(name)]
        if as_markdown:
            typer.echo(markdown(CATALOGUE), nl=False)
        elif roles:
            table(*role_rows(CATALOGUE))
        elif json:
            for kind in kinds:
                data(listed(kind, schema=True))
        elif name is None:
            rows = [[each.evt, str(each.ver), roles_in_words(each), each.subject] for each in kinds]
            table(["event", "version", "roles", "stream"], rows)
        else:
            typer.echo(described(kinds[0]))


def event_type(name: str) -> EventType:
    """Give the newest version of a type that a person named.

    Raises:
        UsageError: ``schema_unknown``, with the names most like it.
    """
    try:
        return CATALOGUE.latest(name)
    except InvalidValueError as error:
        near = get_close_matches(name, {kind.evt for kind in CATALOGUE}, n=3)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise UsageError(
            error.sentence, slug=error.slug, next_step=f"{hint}List them with `muniment events`."
        ) from error
