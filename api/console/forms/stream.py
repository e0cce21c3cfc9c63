# SPDX-License-Identifier: Apache-2.0
"""Which stream an event belongs to: a record that is there, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final
from uuid import UUID

from api.console.forms.answers import Said
from api.console.forms.form import Form
from api.describing.examples import begins_stream, example_of
from api.languages import marked as _
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError
from domain.identifiers import StreamId, parse_short_form, parse_stream_id
from domain.schema import EventType

FIREARM: Final = "arm"
GIVERS: Final = ("from_hld", "hld")
"""Members that name who had the firearm before; the first of them that an event has."""

Find = Callable[[int], Sequence[UUID]]
"""Finds the firearms of a short form, usually one."""


@cache
def begins(evt: str) -> bool:
    """Tell whether a new record may begin with an event of this type."""
    kind = CATALOGUE.latest(evt)
    return begins_stream(kind, example_of(kind))


def read_stream(text: str, kind: EventType, find: Find) -> StreamId | Said | None:
    """Read which record is meant: the identifier itself, or the short form of a firearm.

    Returns:
        The record; nothing for a new one; or what is wrong.
    """
    if not text:
        return None if begins(kind.evt) else Said(_("Say which record it belongs to."))
    try:
        if kind.subject == FIREARM and "." not in text:
            return _spoken(text, find)
        stream = parse_stream_id(text)
    except InvalidValueError:
        stream = None
    if stream is None or stream.kind != kind.subject:
        begin = {"begins": f"{kind.subject}."}
        return Said(_("Copy the identifier from its page; it begins with %(begins)s"), begin)
    return stream


def holder_field(form: Form) -> str:
    """Give the field that asks who has the firearm so far; empty where none does."""
    if form.kind.subject != FIREARM:
        return ""
    names = {each.name for each in form.data.members}
    return next((f"dat.{each}" for each in GIVERS if each in names), "")


def _spoken(text: str, find: Find) -> StreamId | Said:
    found = find(parse_short_form(text))
    if len(found) == 1:
        return StreamId(FIREARM, found[0])
    if found:
        return Said(_("Several records have that short form. Copy the identifier from its page."))
    return Said(_("No record has that short form. Ask for it again, four characters at a time."))
