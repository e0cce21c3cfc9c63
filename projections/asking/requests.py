# SPDX-License-Identifier: Apache-2.0
"""Tracing requests, those asked of a State and those that it asks: where each stands, until when.

Implements paragraphs 16 to 23 of the International Tracing Instrument for whoever works requests
off: acknowledged with a day, asked for more, forwarded to a further State, answered in whole, in
part or not, closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from domain.identifiers import StreamId
from domain.occurrence import Occurrence, parse_occurrence
from domain.policy.duties import DAY_SECONDS
from projections.asking.snapshot import Snapshot

Box = Literal["inbox", "outbox"]
"""Asked of a State, or by it."""

_REQUESTS: Final = """
select stream, min(idx), (array_agg(occ order by place))[1] as asked_on,
    (array_agg(facts order by place))[1] as question,
    (array_agg(state order by place desc))[1] as state,
    (array_agg(jsonb_build_object('evt', evt, 'on', occ, 'index', idx, 'facts', facts)
        order by place desc) filter (where stands and evt = any(%(answers)s)))[1] as answer,
    (array_agg(occ order by place desc) filter (where evt = 'trace.closed'))[1] as closed_on
from record where subject = 'trc' and (%(stream)s::uuid is null or stream = %(stream)s)
group by stream
order by (array_agg(status order by place desc))[1] = 'closed',
    (array_agg(state order by place desc))[1] ->> 'due_on' nulls last, min(idx)
"""
_ANSWERS: Final = ("trace.responded", "trace.restricted", "trace.refused")
_QUESTION: Final = ("ground", "kind", "urgency", "case_no", "agency", "requesting_state")
_ANSWER: Final = ("last_status", "last_on", "last_country", "certainty", "ground", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Whose requests are listed.

    Attributes:
        countries: States that count as its own.
        authority: Authority that asks; any by default.
    """

    countries: Collection[str]
    authority: str | None = None

    def boxes(self, asked_by: str, trail: Collection[str]) -> list[Box]:
        """Tell in which boxes a request lies; one that comes back to its State lies in both.

        Args:
            asked_by: Authority that recorded the question.
            trail: States that were asked, in order.
        """
        own = self.authority in (None, asked_by)
        abroad = next(iter(trail), None) not in self.countries
        found: list[Box] = ["inbox"] if set(trail) & set(self.countries) else []
        return [*found, "outbox"] if own and abroad else found


def requests(
    snapshot: Snapshot, desk: Desk, *, on: Occurrence, stream: UUID | None = None
) -> Iterator[dict[str, Any]]:
    """Give the requests of a desk: open ones first, then by the day on which an answer is due.

    Args:
        snapshot: What was known.
        desk: Whose requests.
        on: The day from which the days that are left are counted.
        stream: Only this one.
    """
    given = {"answers": list(_ANSWERS), "stream": stream}
    for found, index, asked_on, question, state, answer, closed_on in snapshot.rows(
        _REQUESTS, given
    ):
        trail = state.get("trail", [])
        boxes = desk.boxes(state["asked_by"], trail)
        if boxes:
            closed = state["status"] == "closed"
            yield {
                "request": str(StreamId("trc", found)),
                "boxes": boxes,
                "state": state["status"],
                "open": not closed,
                "asked_by": state["asked_by"],
                "asked_on": asked_on,
                "index": index,
                "trail": trail,
                "now_with": trail[-1] if trail else None,
                "firearm": state.get("firearm"),
                **{name: question.get(name) for name in _QUESTION},
                "due_on": state.get("due_on"),
                "days_left": None if closed else _days_left(state.get("due_on"), on),
                "days_open": _days_open(asked_on, closed_on if closed else on.text),
                "answer": _answered(answer),
                "restrictions": state.get("restrictions", []),
                "outcome": state.get("outcome"),
                "reason": state.get("reason"),
            }


def _answered(answer: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    facts = {name: answer["facts"].get(name) for name in _ANSWER}
    return {"evt": answer["evt"], "on": answer["on"], "index": answer["index"], **facts}


def _days_left(due: str | None, on: Occurrence) -> int | None:
    """Give the days up to the last one for an answer; below zero once it has passed."""
    last = parse_occurrence(due or "unknown")
    if last.precision == "unknown":
        return None
    return (last.latest - on.latest) // DAY_SECONDS


def _days_open(asked: str, until: str) -> int | None:
    """Give the days since it was asked at the latest, where both days are known."""
    first, last = parse_occurrence(asked), parse_occurrence(until)
    if "unknown" in (first.precision, last.precision):
        return None
    return max(0, (last.latest - first.latest) // DAY_SECONDS)
