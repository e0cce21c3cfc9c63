# SPDX-License-Identifier: Apache-2.0
"""The entries of a record that whoever asks may see and put right, through its own gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from api.access.table import Action
from api.console.correcting.form import (
    amending_in,
    answers_to,
    correction_form,
    is_correction,
)
from api.console.correcting.telling import corrected_rows
from api.console.forms.answers import Answers
from api.console.forms.form import Form, Reply
from api.console.forms.stream import FIREARM
from api.console.forms.telling import Row, rows_of
from api.gate.asking import Asked
from api.gate.records import record_within
from api.gate.tracing import event_ids, traced
from api.tracing.inquiry import Inquiry, Trace
from domain.aggregate.correcting import DATA_STEWARD
from domain.aggregate.recorded import Entry
from domain.errors import MunimentError
from domain.firearm.events.correcting import Corrected

READING: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "aut": "authorizations.read",
        "lic": "licences.read",
        "shp": "authorizations.read",
        "trc": "requests.read",
    }
)
"""The action that shows a record, by its kind; that of firearms for whatever goes with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A form with what its record says.

    Attributes:
        form: The form; of a correction, with the questions of what it corrects.
        answers: The answers that belong to it.
        known: Whether an entry of a record can be chosen.
        error: Why the record is not told.
    """

    form: Form
    answers: Answers
    known: bool = False
    error: MunimentError | None = None


def opened(asked: Asked, form: Form, *, stream: str, answers: Answers) -> Opened:
    """Give the form of a correction by what its record says; any other one as it is."""
    if not is_correction(form):
        return Opened(form=form, answers=answers)
    if not stream.startswith(f"{form.kind.subject}."):
        return Opened(form=correction_form(form, (), answers), answers=answers)
    try:
        entries = _entries(asked.also(READING.get(form.kind.subject, "firearm.read")), stream)
    except MunimentError as error:
        return Opened(form=form, answers=answers, error=error)
    mine = [each for each in entries if correctable(each, asked.caller.roles)]
    told = correction_form(form, mine, answers)
    return Opened(form=told, answers=answers_to(told, answers), known=True)


def told_rows(form: Form, reply: Reply) -> tuple[Row, ...]:
    """Tell the answers to a form; to a correction in the words of what it corrects."""
    rows, amending = rows_of(form, reply), amending_in(form)
    if amending is None or amending.entry is None:
        return rows
    return corrected_rows(rows, amending.entry, reply.dat.get("changes", ()), step=len(form.steps))


def entries_in(found: Trace) -> list[Entry]:
    """Give the entries of a firearm as they count at present."""
    moments = [step.moment for step in found.steps if step.moment]
    return [
        replace(each.entry, amended=each.event, reversed_by=each.reversed_by)
        for each in moments
        if not each.superseded
    ]


def _entries(asked: Asked, stream: str) -> Iterable[Entry]:
    with asked.admitted(record=stream) as note:
        if not stream.startswith(f"{FIREARM}."):
            return record_within(asked, note, stream).state.entries
        found = traced(asked, note, Inquiry(identifier=stream))
        note.told(events=event_ids(found))
        return entries_in(found)


def correctable(entry: Entry, roles: frozenset[str]) -> bool:
    """Tell whether an entry counts, and holders of some roles may put it right."""
    mine = not roles.isdisjoint({DATA_STEWARD, *entry.event.type.roles})
    return mine and entry.stands and not isinstance(entry.event.dat, Corrected)
