# SPDX-License-Identifier: Apache-2.0
"""What a page shows of the history of any record: its steps, and what may follow."""

from __future__ import annotations

from typing import Any

from api.console.forms.telling import stated
from api.console.pages.registers.words import action_words, event_words
from api.following import following
from api.gate.asking import Asked
from api.tracing.recorded import Recorded


def history_of(asked: Asked, found: Recorded) -> dict[str, Any]:
    """Give what a template of a record names.

    Returns:
        ``found``, what each entry states by its number as ``says``, its name as ``names``, and
        ``ways``, the events that the state and the roles of whoever asks allow next.
    """
    legal = following(found.stream.kind, found.state, asked.caller.roles)
    kinds = ((step.number, step.proven.line.kind.partition("/")[0]) for step in found.steps)
    return {
        "found": found,
        "says": {step.number: stated(step.moment.event) for step in found.steps if step.moment},
        "names": {number: event_words(evt) for number, evt in kinds},
        "ways": [(evt, action_words(evt)) for evt in legal],
    }
