# SPDX-License-Identifier: Apache-2.0
"""Personal data: what an event disclosed, a person's file, erasures, and who looked at what.

No purpose, no data; of what is opened only those claims are shown that the access policy opens to
the caller's roles for that purpose, and which stand in the access log before they are handed out.
What was erased is 410, with the entry that proves it (envelope specification, section 6).
"""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Path, Query
from starlette.responses import Response

from api.access.quotas import refuse_wildcards
from api.erasing.person import person_file, shown_of
from api.erasing.standing import told
from api.gate.asking import Asked, asks
from api.gate.entries import event_at
from api.gate.erasures import given_within, standings_within
from api.gate.revealing import revealed
from api.http.answering.answers import answered
from api.http.models import Record
from audit.access.reading import open_access_log
from audit.proof.encoding import encode
from domain.event import INTEGER_MAX

RECORDS_MAX: Final = 500

_EXAMPLE: Final = "ers.01a2076b-4018-7111-8222-444444444444"

Index = Annotated[int, Path(ge=0, le=INTEGER_MAX, description="Index of the log.")]
Erasure = Annotated[str, Path(pattern=r"^ers\.[0-9a-f-]{36}$", examples=[_EXAMPLE])]
Document = Annotated[
    str,
    Body(
        embed=True,
        min_length=1,
        max_length=128,
        description="Number of the person's document, whole.",
        examples=["AB-1234567"],
    ),
]

router = APIRouter(tags=["personal data"])


@router.get(
    "/events/{index}/disclosures",
    summary="What an event disclosed",
    response_model=Record,
    responses={410: {"description": "It was erased; `next_step` names the entry that proves it."}},
)
def reveal(asked: Annotated[Asked, Depends(asks("person.reveal"))], index: Index) -> Response:
    """Give the personal data of an event, as far as the caller may see it for that purpose."""
    with asked.admitted(index=str(index)) as note, asked.service.link() as link:
        found = event_at(link, index)
        shown = revealed(asked, note, found)
    return answered({"index": index, "eid": found.eid, "disclosures": shown})


@router.post("/persons/file", summary="A person's file", response_model=Record)
def read_file(
    asked: Annotated[Asked, Depends(asks("person.file"))], document: Document
) -> Response:
    """Give everything held about a person, for the person; what was erased is told as erased."""
    with asked.admitted(document=document) as note:
        refuse_wildcards({"document": document})
        found = person_file(asked.service.office, document)
        shown = shown_of(found)
        note.told(events=shown.events, claims=sorted(shown.claims))
    return answered(found)


@router.get("/erasures", summary="Where erasures stand", response_model=Record)
def list_erasures(asked: Annotated[Asked, Depends(asks("erasure.propose"))]) -> Response:
    """Give every erasure that was proposed, with what has become of it."""
    with asked.admitted() as note:
        now = asked.service.gate.clock()
        found = [told(each, now) for each in standings_within(asked, note)]
        note.told(answers=len(found))
    return answered({"erasures": found})


@router.get(
    "/erasures/{erasure}/recipients",
    summary="Who was given what is erased",
    response_model=Record,
)
def list_recipients(
    asked: Annotated[Asked, Depends(asks("erasure.propose"))], erasure: Erasure
) -> Response:
    """Give those who were shown the personal data, by the access log, so that they can be told.

    ``notices`` says of each authority with a webhook how far this is with the erasure.
    """
    _, recipients, notices = given_within(asked, erasure)
    return answered({"erasure": erasure, "recipients": recipients, "notices": notices})


@router.get("/access", summary="Who looked at what", response_model=Record)
def read_access(
    asked: Annotated[Asked, Depends(asks("access.read"))],
    *,
    start: Annotated[int, Query(ge=0, le=INTEGER_MAX, description="Number of a record.")] = 0,
    limit: Annotated[int, Query(ge=1, le=RECORDS_MAX)] = RECORDS_MAX,
) -> Response:
    """Give records of the access log verbatim; `muniment access verify` checks their chain."""
    conninfo = asked.service.office.database.conninfo("ledger_auditor")
    with asked.admitted() as note, open_access_log(conninfo) as log:
        records = [
            {
                "n": each.n,
                "record": each.raw.decode("utf-8", "backslashreplace"),
                "digest": encode(each.digest or b"").decode(),
            }
            for each in islice(log.records(start=start), limit)
        ]
        extent = log.extent()
        note.told(answers=len(records))
    told: dict[str, Any] = {"first": extent.first, "count": extent.count, "records": records}
    return answered(told)
