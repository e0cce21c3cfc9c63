# SPDX-License-Identifier: Apache-2.0
"""Who has a firearm now, looked up for a form: a reading like any other, and logged like one."""

from __future__ import annotations

from api.console.forms.form import Form
from api.console.forms.stream import FIREARM
from api.gate.asking import Asked
from api.gate.tracing import event_ids, traced
from api.tracing.inquiry import Inquiry
from domain.identifiers import StreamId

_GIVERS = ("from_hld", "hld")
"""Members that name who had the firearm before; the first of them that an event has."""


def holder_field(form: Form) -> str:
    """Give the field that asks who has the firearm so far; empty where none does."""
    if form.kind.subject != FIREARM:
        return ""
    names = {each.name for each in form.data.members}
    return next((f"dat.{each}" for each in _GIVERS if each in names), "")


def present_holding(reading: Asked, firearm: StreamId) -> str:
    """Give the holding that answers for a firearm now; empty where none is on record.

    Raises:
        MunimentError: Who asks may not see the firearm.
    """
    with reading.admitted(firearm=str(firearm)) as note:
        found = traced(reading, note, Inquiry(identifier=str(firearm)))
        note.told(events=event_ids(found))
        return found.state.holding or ""
