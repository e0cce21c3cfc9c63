# SPDX-License-Identifier: Apache-2.0
"""A person's file, for the person: everything that is held, masked until the steward opens it.

Implements the right of access (envelope specification, section 6). The number of the document is
never in an address, and each look and each opening stands in the access log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.quotas import refuse_wildcards
from api.auditing.entries import visible
from api.console.asking import asks, form_of, text_in
from api.console.pages.stewarding.words import WORDS
from api.console.rendering import page
from api.erasing.person import person_file
from api.gate.asking import Asked
from api.languages import marked as _
from api.tracing.words import event_name
from audit.proof.encoding import canonical
from domain.errors import InvalidValueError, RefusedError

DOCUMENT_CHARS_MAX: Final = 128
MASK: Final = "\N{BULLET}" * 8

Reading = Annotated[Asked, Depends(asks("person.file"))]

router = APIRouter(include_in_schema=False)


NO_NUMBER: Final = _("Enter the whole number of the document, without * and ?.")
NO_CASE: Final = _("State the case number first: it is kept with what you look at.")


@router.get("/persons")
def ask_person(request: Request, asked: Reading) -> Response:
    """Ask for the number of the person's document."""
    asked.check_allowed()
    return _form(request, asked)


@router.post("/persons")
async def show_person(request: Request, asked: Reading) -> Response:
    """Give the file of whoever has that document; personal data only where it is asked for."""
    form = await form_of(request)
    document, opened = text_in(form, "document"), bool(text_in(form, "open"))
    await run_in_threadpool(asked.check_allowed)
    if not _case(asked):
        return _form(request, asked, wrong=NO_CASE)
    if not 0 < len(document) <= DOCUMENT_CHARS_MAX:
        return _form(request, asked, wrong=NO_NUMBER)
    try:
        found = await run_in_threadpool(_file, asked, document, opened=opened)
    except (InvalidValueError, RefusedError) as error:
        if error.slug not in ("document_invalid", "selector_wildcard"):
            raise
        return _form(request, asked, wrong=NO_NUMBER)
    return page(
        request,
        "stewarding/person.html",
        words=WORDS,
        found=found,
        document=document,
        opened=opened,
        mask=MASK,
        event_name=event_name,
        shown_data=_written,
    )


def _file(asked: Asked, document: str, *, opened: bool) -> Mapping[str, Any]:
    """Give everything that is held; what is shown of it stands in the access log before."""
    with asked.admitted(document=document) as note:
        refuse_wildcards({"document": document})
        found = person_file(asked.service.office, document)
        events = [event for holding in found["holdings"] for event in holding["events"]]
        shown = {name for event in events for name in event["disclosed"]} if opened else set()
        note.told(events=[event["eid"] for event in events], claims=sorted(shown))
        return found if opened else _masked(found)


def _masked(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave names of what is disclosed, and none of the values."""
    holdings = [
        {**holding, "events": [_hidden(event) for event in holding["events"]]}
        for holding in found["holdings"]
    ]
    return {**found, "holdings": holdings}


def _hidden(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**event, "disclosed": dict.fromkeys(event["disclosed"], MASK)}


def _written(data: Mapping[str, Any]) -> str:
    """Write public data so that every character of it can be seen."""
    return visible(canonical(data))


def _case(asked: Asked) -> str:
    return asked.reason.case if asked.reason else ""


def _form(request: Request, asked: Asked, *, wrong: str = "") -> Response:
    errors = {"document": wrong} if wrong else {}
    status = 400 if wrong else 200
    case = _case(asked)
    return page(request, "stewarding/persons.html", status=status, errors=errors, case=case)
