# SPDX-License-Identifier: Apache-2.0
"""One firearm: what it is now, its whole history with proofs, its custody and its duties.

Histories are those of ``muniment trace``: the same use case, told as JSON (design decision D12).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.gate.asking import Asked, asks
from api.gate.entries import head_of
from api.gate.tracing import event_ids, seen, traced
from api.http.answering.answers import answered, version
from api.http.models import Record, StreamAnswer
from api.tracing.inquiry import Choice, Inquiry, Trace, trace
from api.tracing.record import choice_record, state_record, trace_record
from domain.firearm.history import View
from domain.identifiers import parse_stream_id, short_form
from projections.asking.custody import chain

Reading = Annotated[Asked, Depends(asks("firearm.read"))]
Firearm = Annotated[
    str,
    Path(
        max_length=64,
        pattern=r"^[A-Za-z0-9.-]+$",
        description="`arm.<uuid>`, or the short form with its check character.",
        examples=["48HK-6CSK-6CSK-R"],
    ),
]
Stream = Annotated[
    str,
    Path(max_length=64, pattern=r"^[a-z]{3,4}\.[0-9a-f-]{36}$", description="`<kind>.<uuid>`."),
]
Known = Annotated[
    str | None,
    Query(max_length=32, description="The record on a date, or at an index of the log."),
]
At = Annotated[str | None, Query(max_length=32, description="The world on a date, YYYY-MM-DD.")]

router = APIRouter(tags=["firearms"])


@router.get(
    "/firearms/{firearm}",
    summary="What a firearm is now",
    response_model=Record,
    responses={304: {"description": "It is still the version that `If-None-Match` names."}},
)
def read_firearm(request: Request, asked: Reading, firearm: Firearm) -> Response:
    """Give the state on all axes and the proof state of its history; `ETag` is its version."""
    with asked.admitted(firearm=firearm) as note:
        found = traced(asked, note, Inquiry(identifier=firearm, today=asked.service.gate.today()))
        note.told(events=event_ids(found))
    tag = version(len(found.steps))
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    record = {
        "firearm": str(found.firearm),
        "short_form": short_form(found.firearm.uuid),
        "proof": found.headline,
        "state": state_record(found.state),
        "entries": len(found.steps),
        "log_size": found.proof.history.size,
    }
    return answered(record, headers={"ETag": tag})


@router.get("/firearms/{firearm}/timeline", summary="The whole history", response_model=Record)
def read_timeline(
    asked: Reading,
    firearm: Firearm,
    *,
    as_at: At = None,
    as_known_on: Known = None,
    view: View = "corrected",
) -> Response:
    """Give every entry, oldest first, with who signed, the state after it, and its proof."""
    inquiry = Inquiry(
        identifier=firearm,
        as_at=as_at,
        as_known_on=as_known_on,
        view=view,
        today=asked.service.gate.today(),
    )
    with asked.admitted(firearm=firearm) as note, asked.service.queries() as queries:
        found = seen(asked, note, trace(queries, inquiry))
        note.told(events=event_ids(found))
        record = trace_record(found) if isinstance(found, Trace) else choice_record(found)
    return answered(record, status=300 if isinstance(found, Choice) else 200)


@router.get("/firearms/{firearm}/custody", summary="Through whose hands", response_model=Record)
def read_custody(asked: Reading, firearm: Firearm, as_known_on: Known = None) -> Response:
    """Give the chain of custody with its seals, signatures and breaks."""
    with asked.admitted(firearm=firearm) as note:
        found = traced(asked, note, Inquiry(identifier=firearm, as_known_on=as_known_on))
        note.told(events=event_ids(found))
    links = chain(step.moment for step in found.steps if step.moment)
    return answered({"firearm": str(found.firearm), "links": [asdict(each) for each in links]})


@router.get("/streams/{stream}", summary="The head of a stream", response_model=StreamAnswer)
def read_stream(asked: Annotated[Asked, Depends(asks("event.append"))], stream: Stream) -> Response:
    """Give whoever may append what the next event has to continue; `ETag` is its version."""
    named = parse_stream_id(stream)
    with asked.admitted(stream=stream), asked.service.link() as link:
        seq, eid = head_of(link, named)
    return answered({"stream": stream, "seq": seq, "eid": eid}, headers={"ETag": version(seq)})
