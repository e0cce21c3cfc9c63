# SPDX-License-Identifier: Apache-2.0
"""``muniment lists``: the code lists, and which entry a text means."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.speech import data, errors_told, say, table
from api.lists.countries import resolve
from api.lists.model import CodeList, Entry, Found
from api.lists.shelf import COUNTRIES, Shelf


def lists(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Name of a list; none for all.")] = None,
    *,
    find: Annotated[str | None, typer.Option(help="A text as seen, for example 9 Para.")] = None,
    year: Annotated[int | None, typer.Option(help="Only what counted in this year.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Give one JSON object a line.")] = False,
) -> None:
    """Show the code lists with their sources, one of them, or what a text means in them.

    A text that may mean several entries gives them all, with the reason of each; none is
    chosen. Additions of the registry are read from the folder lists of the data directory.

    Example: muniment lists calibres --find "9 Para"
    """
    with errors_told():
        shelf = Shelf(context.obj.home)
        shelf.check()
        shown = [shelf.get(name)] if name else list(shelf)
    if find is not None:
        _tell_found([(each, _found(each, find, year=year)) for each in shown], as_json=json)
    elif name:
        _tell_entries(shown[0], year=year, as_json=json)
    else:
        _tell_lists(shown, as_json=json)


def _found(listed: CodeList, text: str, *, year: int | None) -> tuple[Found, ...]:
    """A code of a country has reasons of its own, also for the States that it cannot mean."""
    candidates = resolve(text, year) if listed.name == COUNTRIES else ()
    if not candidates:
        return listed.find(text, year=year)
    entries = {entry.key: entry for entry in listed.entries}
    return tuple(
        Found(entries[each.key], each.reason if each.possible else f"not in {year}: {each.reason}")
        for each in candidates
    )


def _tell_lists(shown: list[CodeList], *, as_json: bool) -> None:
    if as_json:
        for each in shown:
            data(_about(each))
        return
    rows = [(each.name, str(len(each.entries)), each.version, each.title) for each in shown]
    table(("list", "entries", "version", "title"), rows)


def _tell_entries(found: CodeList, *, year: int | None, as_json: bool) -> None:
    entries = [entry for entry in found.entries if entry.counts_in(year)]
    if as_json:
        for entry in entries:
            data({"list": found.name, **_record(entry)})
        return
    say(f"{found.title}. Source: {found.source}. Version: {found.version}.")
    say(f"Licence: {found.licence}." + (f" {found.note}" if found.note else ""))
    if found.extended_by:
        say(f"With additions of this registry: {found.extended_by}.")
    rows = [(entry.key, entry.code or "", entry.label, _others(entry)) for entry in entries]
    table(("key", "code", "name", "also"), rows)


def _tell_found(found: list[tuple[CodeList, tuple[Found, ...]]], *, as_json: bool) -> None:
    rows = [(listed, *match) for listed, matches in found for match in matches]
    if as_json:
        for listed, entry, reason in rows:
            data({"list": listed.name, "reason": reason, **_record(entry)})
    elif rows:
        table(
            ("list", "key", "name", "why"),
            [(listed.name, entry.key, entry.label, reason) for listed, entry, reason in rows],
        )
    if not rows:
        say("No entry has that name. Add it to the registry's own lists; see docs/code-lists.md.")


def _others(entry: Entry) -> str:
    names = ", ".join((*entry.synonyms, *entry.former))
    return ". ".join(each for each in (names, entry.description) if each)


def _about(each: CodeList) -> dict[str, Any]:
    return {
        "list": each.name,
        "title": each.title,
        "entries": len(each.entries),
        "source": each.source,
        "version": each.version,
        "licence": each.licence,
        "note": each.note,
        "closed": each.closed,
        "extended_by": each.extended_by,
    }


def _record(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.model_dump().items() if value}
