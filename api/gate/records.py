# SPDX-License-Identifier: Apache-2.0
"""One record that a question names, with its proved history, if the caller may see it."""

from __future__ import annotations

from api.gate.asking import Asked, Note, hidden
from api.gate.reach import history_within
from api.tracing.recorded import Recorded, recorded
from domain.identifiers import parse_stream_id


def record_within(asked: Asked, note: Note, identifier: str) -> Recorded:
    """Read a record for a caller, and note which events are shown.

    Args:
        asked: The request.
        note: What is written down of its answer.
        identifier: ``<kind>.<uuid>``.

    Raises:
        UnknownError: There is none, or it is out of the caller's reach.
    """
    with asked.service.queries() as queries:
        found = recorded(queries, parse_stream_id(identifier))
    if not history_within(note.decision, found.events, asked.service.office.registry):
        raise hidden()
    note.told(events=[each.eid for each in found.events])
    return found
