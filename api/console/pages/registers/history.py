# SPDX-License-Identifier: Apache-2.0
"""What a page shows of the history of any record: its steps, and what may follow."""

from __future__ import annotations

from typing import Any

from api.console.correcting.record import correctable
from api.console.correcting.telling import stated_in
from api.console.pages.registers.words import action_words, event_words
from api.following import following
from api.gate.asking import Asked
from api.tracing.recorded import Recorded
from domain.catalogue import CATALOGUE
from domain.firearm.events.correcting import Corrected


def history_of(asked: Asked, found: Recorded) -> dict[str, Any]:
    """Give what a template of a record names.

    Returns:
        ``found``, what each entry states by its number as ``says``, its name as ``names``, by
        which event it may be put right as ``correcting``, and ``ways``, the events that the state
        and the roles of whoever asks allow next.
    """
    legal = following(found.stream.kind, found.state, asked.caller.roles)
    kinds = ((step.number, step.proven.line.kind.partition("/")[0]) for step in found.steps)
    return {
        "found": found,
        "says": {
            step.number: stated_in(step.moment.event, found.state.entries)
            for step in found.steps
            if step.moment
        },
        "names": {number: event_words(evt) for number, evt in kinds},
        "correcting": _correcting(asked, found),
        "ways": [(evt, action_words(evt)) for evt in legal],
    }


def _correcting(asked: Asked, found: Recorded) -> dict[int, str]:
    """Give the event by which each entry can be put right, by the number of the entry."""
    kinds = (each.evt for each in CATALOGUE if issubclass(each.dat, Corrected))
    evt = next((each for each in kinds if CATALOGUE.latest(each).subject == found.stream.kind), "")
    mine = {each.index for each in found.state.entries if correctable(each, asked.caller.roles)}
    return {step.number: evt for step in found.steps if evt and step.proven.line.index in mine}
