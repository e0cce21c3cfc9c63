# SPDX-License-Identifier: Apache-2.0
"""Screen 5: tracing requests asked of us and by us, with their clocks, matches and next steps.

Implements paragraphs 16 to 23 of the International Tracing Instrument for whoever works requests
off; every step of one is a signed event.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.asking import desk_of, open_snapshot
from api.console.asking import asks
from api.console.forms.labels.codes import words_of
from api.console.pages.registers.history import history_of
from api.console.pages.registers.listing import (
    AS,
    Register,
    as_file,
    chosen,
    listing_of,
    paged,
)
from api.console.pages.registers.matching import Matches, matches
from api.console.pages.registers.words import (
    KINDS_OF_TAG,
    REQUEST_STATES,
    UNANSWERED,
    URGENCIES,
)
from api.console.policies import policies_for
from api.console.rendering import page
from api.gate.asking import Asked
from api.gate.listing import columns
from api.gate.listing.listing import Opened, Row
from api.gate.listing.sources import policy_named, requests_at
from api.gate.records import record_within
from api.policies.asking import UNDONE
from api.policies.record import duty_record
from api.tracing.recorded import Recorded
from api.tracing.wanted import questions_of
from domain.identifiers import parse_stream_id
from domain.occurrence import Occurrence
from domain.policy.duties import DAY_SECONDS, Duty, duties
from domain.policy.model import Policy
from domain.tracing.events import Requested
from projections.asking.folded import Folded, fold_streams
from projections.asking.requests import Desk
from projections.asking.requests import requests as told_requests

BOXES: Final = ("incoming", "outgoing", "closed")
REGISTER: Final = Register(
    template="requests/list.html", columns=columns.REQUESTS, name="tracing-requests"
)
WORDS: Final[dict[str, Any]] = {
    "states": REQUEST_STATES,
    "unanswered": UNANSWERED,
    "urgencies": URGENCIES,
    "kinds_of_tag": KINDS_OF_TAG,
    "coded": words_of,
}

Reading = Annotated[Asked, Depends(asks("requests.read"))]
Searching = Annotated[Asked, Depends(asks("marking.search"))]
Word = Annotated[str, Query(max_length=128)]
One = Annotated[str, Path(max_length=64, pattern=r"^trc\.[0-9a-f-]{36}$")]

router = APIRouter(include_in_schema=False)


@router.get("/requests")
def list_requests(  # noqa: PLR0913 - each parameter is one part of the question
    request: Request,
    asked: Reading,
    searching: Searching,
    *,
    box: Word = BOXES[0],
    text: Word = "",
    whose: Word = "",
    policy: Word = "",
) -> Response:
    """List the requests of one box, with the number in each."""
    box, offered = chosen(box, BOXES) or BOXES[0], policies_for(asked)
    under = policy_named(policy or offered.usual)
    source = requests_at(_desk(asked, whose))
    source = source.only(lambda row: _names(row, text.strip()))
    listing = listing_of(request)
    if request.query_params.get(AS) == "csv":
        kept = source.only(lambda row: box in _boxes(row))
        return as_file(asked, listing, kept, register=REGISTER)
    tally = Counter[str]()
    with listing.opened(asked, source) as found:
        rows = _counted(found.rows, tally)
        here = replace(found, rows=(row for row in rows if box in _boxes(row)))
        record = here.page(listing.limit)
        deque(rows, maxlen=0)  # the numbers are those of the whole list
        folded = _folded(found, record["items"])
        clocks = {name: _clock(each, under, found.on) for name, each in folded.items()}
    asked_for = {
        name: questions_of(entry.effective for entry in each.entries)
        for name, each in folded.items()
    }
    return page(
        request,
        REGISTER.template,
        box=box,
        boxes=BOXES,
        text=text,
        whose=whose,
        policy=under.id,
        policies=offered,
        tally=tally,
        clocks=clocks,
        asked_for=asked_for,
        matches=matches(searching, asked_for),
        **WORDS,
        **paged(listing, record),
    )


@router.get("/requests/{name}")
def show_request(
    request: Request, asked: Reading, searching: Searching, *, name: One, policy: Word = ""
) -> Response:
    """Show one request: what is asked, what happened so far, and what can be done next."""
    offered = policies_for(asked)
    under = policy_named(policy or offered.usual)
    today = asked.service.gate.today()
    stream = parse_stream_id(name)
    with asked.admitted(request=name) as note, open_snapshot(asked.service.readers) as known:
        found = record_within(asked, note, name)
        everybody = desk_of(asked.service.office, None)
        row = next(told_requests(known, everybody, on=today, stream=stream.uuid), None)
    folded = Folded(stream, found.state)
    effective = [entry.effective for entry in found.state.entries]
    return page(
        request,
        "requests/one.html",
        row=row or {},
        question=next((e.dat for e in effective if isinstance(e.dat, Requested)), None),
        clocks=_clocks(folded, under, today),
        policy=under.id,
        policies=offered,
        matches=_matches(searching, name, found),
        **history_of(asked, found),
        **WORDS,
    )


def _desk(asked: Asked, whose: str) -> Desk:
    """Give the desk of the caller's authority, or that of all authorities of the ledger."""
    everybody = chosen(whose, ("all",)) is not None
    own = asked.caller.authority
    known = own in asked.service.office.registry.authorities
    return desk_of(asked.service.office, own if known and not everybody else None)


def _names(row: Row, text: str) -> bool:
    """Tell whether a text stands in what a request is known by."""
    names = ("request", "case_no", "agency", "requesting_state", "asked_by")
    known = (*(row[name] for name in names), *row["trail"])
    return not text or any(text.casefold() in (each or "").casefold() for each in known)


def _boxes(row: Row) -> tuple[str, ...]:
    if not row["open"]:
        return ("closed",)
    names = {"inbox": "incoming", "outbox": "outgoing"}
    return tuple(names[each] for each in row["boxes"])


def _counted(rows: Iterator[Row], tally: Counter[str]) -> Iterator[Row]:
    for row in rows:
        tally.update(_boxes(row))
        yield row


def _folded(found: Opened, rows: list[Row]) -> Mapping[str, Folded]:
    streams = [parse_stream_id(row["request"]).uuid for row in rows]
    folded = fold_streams(found.known, streams)
    return {str(each.stream): each for each in folded.values()}


def _clock(folded: Folded, policy: Policy, on: Occurrence) -> dict[str, Any] | None:
    """Give what is due first of a request; nothing where nothing is."""
    return next(iter(_clocks(folded, policy, on)), None)


def _clocks(folded: Folded, policy: Policy, on: Occurrence) -> list[dict[str, Any]]:
    found = duties(folded.entries, policy, on=on, notes=folded.notes)
    return [
        {**duty_record(each), "days_left": _days_left(each, on)}
        for each in found
        if each.state in UNDONE
    ]


def _days_left(duty: Duty, on: Occurrence) -> int | None:
    return None if duty.due is None else (duty.due - on.latest) // DAY_SECONDS


def _matches(searching: Asked, name: str, found: Recorded) -> Matches:
    entries = found.state.entries
    return matches(searching, {name: questions_of(each.effective for each in entries)})
