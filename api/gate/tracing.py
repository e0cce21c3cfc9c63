# SPDX-License-Identifier: Apache-2.0
"""One firearm, or what may bear a mark, as far as whoever asks may see it."""

from __future__ import annotations

from typing import Any, Final

from api.gate.asking import Asked, Note, hidden
from api.gate.reach import history_within, issuers_by, rows_within, sees_everything
from api.tracing.candidates import candidates_record
from api.tracing.inquiry import Choice, Inquiry, Trace, trace
from domain.errors import InvalidValueError, UsageError
from domain.event import Event
from domain.identifiers import StreamId
from projections.marking_search.question import Question
from projections.queries import Queries

SOME: Final = "Several firearms have this short form; each is given, and none is chosen."


def traced(asked: Asked, note: Note, inquiry: Inquiry) -> Trace:
    """Trace one firearm.

    Raises:
        InvalidValueError: No firearm is named so, or several are.
        UnknownError: It is out of the caller's reach.
    """
    with asked.service.queries() as queries:
        found = seen(asked, note, trace(queries, inquiry))
    if isinstance(found, Trace):
        return found
    raise InvalidValueError(SOME, slug="firearm_ambiguous", next_step="Give arm.<uuid>.")


def present_holding(asked: Asked, firearm: StreamId) -> str:
    """Give the holding that answers for a firearm now; empty where none is on record.

    Raises:
        MunimentError: Who asks may not see the firearm.
    """
    with asked.admitted(firearm=str(firearm)) as note:
        found = traced(asked, note, Inquiry(identifier=str(firearm)))
        note.told(events=event_ids(found))
        return found.state.holding or ""


def seen(asked: Asked, note: Note, found: Trace | Choice) -> Trace | Choice:
    """Give what was found if the caller may see it.

    Raises:
        UnknownError: It is out of the caller's reach.
        UsageError: ``known_beyond``, it was asked for as known at an index that is to come.
    """
    registry = asked.service.office.registry
    if sees_everything(note.decision) or (
        isinstance(found, Trace) and history_within(note.decision, _events(found), registry)
    ):
        _check_reached(found)
        return found
    raise hidden()


def _check_reached(found: Trace | Choice) -> None:
    """Check that what is told as known at an index is not about what is still to come."""
    if not isinstance(found, Trace) or found.known_index is None:
        return
    size = found.proof.history.size
    if found.known_index >= size:
        raise UsageError(
            f"The log has {size:,} entries, and what is known at a later one is still to come.",
            slug="known_beyond",
            next_step="Give the index of an entry, or a date, YYYY-MM-DD.",
        )


def _events(found: Trace | Choice) -> list[Event]:
    """Give the events that an answer shows."""
    steps = found.steps if isinstance(found, Trace) else ()
    return [step.proven.event for step in steps if step.proven.event]


def event_ids(found: Trace | Choice) -> list[str]:
    """Give the ids of the events that an answer shows, for the access log."""
    return [each.eid for each in _events(found)]


def found_within(
    asked: Asked, note: Note, queries: Queries, *, question: Question, limit: int
) -> dict[str, Any]:
    """Search for a mark; leave out candidates that the caller may not see.

    Raises:
        UnreachableError: The database does not answer.
    """
    record = candidates_record(queries.markings.search(question), limit)
    with asked.service.link() as link:
        kept = rows_within(
            record["candidates"],
            note.decision,
            index_of=lambda row: row["index"],
            issuers=issuers_by(link),
            registry=asked.service.office.registry,
        )
        return {**record, "candidates": list(kept)}
