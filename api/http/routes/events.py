# SPDX-License-Identifier: Apache-2.0
"""Appending events, one or many, and reading them back with what proves them.

A submission is authenticated by its own signature (envelope specification, sections 4.1 and 4.7):
whoever sends it again gets its receipt again. ``seq`` and ``prev`` are signed and say which version
of the stream was known, so that ``If-Match`` is honoured and not demanded.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.gate.approvals import signer_of
from api.gate.asking import Asked, Note, asks, hidden
from api.gate.effects import (
    Appended,
    opened_duties,
    shipped_policy,
    stated_in,
)
from api.gate.entries import StoredEvent, check_index, event_at, event_requested
from api.gate.reach import admits
from api.http.answering.answers import KEPT, answered, octets_answered, version
from api.http.answering.problem import problem
from api.http.models import BatchAnswer, EventAnswer, ReceiptAnswer
from api.http.passing.bodies import check_form
from api.people.passkeys.approving import kept_approval
from audit.proof.approvals.record import approval_record
from audit.proof.encoding import decode
from audit.tree import read_size
from domain.errors import ConflictError, EnvelopeError, MunimentError
from domain.event import INTEGER_MAX

SUBMISSION: Final = "application/sd-jwt"
SUBMISSIONS: Final = "application/vnd.muniment.submissions"
"""Submissions, one a line."""

BATCH_EVENTS_MAX: Final = 256
"""Events of one batch, as many as one group commit holds."""

RECEIPT: Final = "text/plain"
EXAMPLE: Final = "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi...~"

Reading = Annotated[Asked, Depends(asks("entries.read"))]
Appending = Annotated[Asked, Depends(asks("event.append"))]
PolicyName = Annotated[
    str | None,
    Query(max_length=64, description="Tell the duties that it opened under this policy."),
]
Index = Annotated[int, Path(ge=0, le=INTEGER_MAX, description="Index of the log.")]
Authority = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
Chosen = Annotated[UUID, Path(description="The identifier that the authority chose (`jti`).")]


def _sent(media_type: str, example: str) -> dict[str, Any]:
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


router = APIRouter(tags=["events"])


@router.post(
    "/events",
    summary="Append one event",
    status_code=201,
    response_model=ReceiptAnswer,
    responses={200: {"model": ReceiptAnswer, "description": "It was recorded before."}},
    openapi_extra=_sent(SUBMISSION, EXAMPLE),
)
async def append_event(request: Request, asked: Appending, policy: PolicyName = None) -> Response:
    """Record one signed event and give its receipt.

    201 when it is new, 200 with its first place when it is known. What it has set off stands in
    the answer: hits, what does not fit, and duties where a policy is named.
    """
    check_form(request, SUBMISSION)
    under, submission = shipped_policy(policy), await request.body()
    await asked.admit_append([submission])
    if "if-match" in request.headers:
        _check_version(request.headers["if-match"], submission)
    (answer,) = await _append(asked, [submission])
    if isinstance(answer, MunimentError):
        raise answer
    told = dict(answer.record)
    if under is not None:
        ledger, today = asked.service.office.ledger, asked.service.gate.today()
        duties = partial(opened_duties, ledger, answer.stream, under, by=answer.index, on=today)
        told["duties"] = await run_in_threadpool(duties)
    return answered(
        told,
        status=200 if answer.repeated else 201,
        headers={"Location": f"/v1/events/{answer.index}"},
    )


@router.post(
    "/events/batch",
    summary="Append many events",
    response_model=BatchAnswer,
    openapi_extra=_sent(SUBMISSIONS, f"{EXAMPLE}\n{EXAMPLE}\n"),
)
async def append_batch(request: Request, asked: Appending) -> Response:
    """Record up to 256 submissions, one a line, each accepted or refused on its own."""
    check_form(request, SUBMISSIONS)
    submissions = [line for line in (await request.body()).split(b"\n") if line.strip()]
    if not 0 < len(submissions) <= BATCH_EVENTS_MAX:
        raise EnvelopeError(
            f"A batch has 1 to {BATCH_EVENTS_MAX} submissions, one a line.",
            slug="too_large" if submissions else "sdjwt_syntax",
            next_step="Send them in several batches.",
        )
    await asked.admit_append(submissions)
    answers = await _append(asked, submissions)
    results = [_item(line, each) for line, each in enumerate(answers, start=1)]
    recorded = sum("receipt" in each for each in results)
    return answered({"recorded": recorded, "refused": len(results) - recorded, "results": results})


@router.get("/events/{index}", summary="Read one event", response_model=EventAnswer)
def read_event(asked: Reading, index: Index) -> Response:
    """Give an event by its index: the signed bytes, verbatim, and its place."""
    with asked.admitted(index=str(index)) as note, asked.service.link() as link:
        return _given(asked, note, event_at(link, index))


@router.get(
    "/authorities/{authority}/events/{jti}",
    summary="Find an event that was sent",
    response_model=EventAnswer,
)
def find_event(asked: Reading, authority: Authority, jti: Chosen) -> Response:
    """Give an event by the identifier that its authority chose; for an answer that was lost."""
    with asked.admitted(authority=authority, jti=str(jti)) as note, asked.service.link() as link:
        return _given(asked, note, event_requested(link, authority, jti))


@router.get(
    "/receipts/{index}",
    summary="Read a receipt",
    response_class=Response,
    responses={200: {"content": {RECEIPT: {"schema": {"type": "string"}}}}},
)
def read_receipt(asked: Annotated[Asked, Depends(asks("log.read"))], index: Index) -> Response:
    """Give the receipt of an event as a C2SP tlog-proof, to a checkpoint signed now."""
    with asked.admitted(), asked.service.link() as link:
        check_index(index, size=read_size(link))
    proof = asked.service.office.notary.prove([index])[index]
    return octets_answered(proof.encode(), f"{RECEIPT}; charset=utf-8")


def _given(asked: Asked, note: Note, found: StoredEvent) -> Response:
    if not admits(note.decision, found.iss, registry=asked.service.office.registry):
        raise hidden()
    note.told(events=[found.eid])
    return answered({**found.record(), **_approval(asked, found)}, cache=KEPT)


def _approval(asked: Asked, found: StoredEvent) -> dict[str, Any]:
    """Give the evidence that whoever signed an event also approved it by a passkey."""
    officer = signer_of(asked.service.office.ledger, found.raw)
    desk, eid = asked.service.people.desk, decode(found.eid.encode())
    kept = kept_approval(desk, officer, eid) if officer else None
    return {"approval": approval_record(officer, kept)} if officer and kept else {}


async def _append(asked: Asked, submissions: list[bytes]) -> list[Appended | MunimentError]:
    answers = await asked.service.appending.append_all(submissions)
    asked.appended(submissions, answers)
    return answers


def _item(line: int, answer: Appended | MunimentError) -> dict[str, Any]:
    if isinstance(answer, MunimentError):
        told = problem(answer)
        return {"line": line, "status": told["status"], "problem": told}
    status = 200 if answer.repeated else 201
    return {"line": line, "status": status, "receipt": answer.record}


def _check_version(wanted: str, submission: bytes) -> None:
    """Check the version that a client expects against the one that the event continues.

    Raises:
        ConflictError: ``version_stale``.
    """
    try:
        continued = stated_in(submission)["seq"] - 1
    except (EnvelopeError, ValueError, KeyError, TypeError):
        return  # whoever opens the envelope says what is wrong with it
    if wanted not in {version(continued), "*"}:
        raise ConflictError(
            "The event continues another version of its stream than If-Match names.",
            slug="version_stale",
        )
