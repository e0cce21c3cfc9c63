# SPDX-License-Identifier: Apache-2.0
"""The search by marking: one question, or a list of them.

Every tier of the domain facts, section 6, with score and reasons; nothing is merged, and the
officer compares every field with the object.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.caller import STRANGER
from api.gate.asking import Asked, asks
from api.gate.tracing import found_within
from api.http.answering.answers import JSON, answered
from api.http.models import Record
from api.http.passing.bodies import check_form
from domain.errors import InvalidValueError, UsageError
from projections.marking_search.queries import CANDIDATES_MAX
from projections.marking_search.question import Question

Searching = Annotated[Asked, Depends(asks("marking.search"))]
Text = Annotated[
    str,
    Query(
        min_length=1,
        max_length=1_000,
        description="As read: `?` one unknown character, `*` several, `[5S]` either.",
        examples=["TW9-0000?2"],
    ),
]
Seen = Annotated[str | None, Query(max_length=200)]
Few = Annotated[int, Query(ge=1, le=CANDIDATES_MAX, description="Candidates for each question.")]

QUESTIONS_MAX: Final = 100
"""Questions of one list."""

router = APIRouter(prefix="/search", tags=["search"])


class Wanted(BaseModel):
    """One question of a list."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, Field(min_length=1, max_length=1_000, examples=["TW9-0000?2"])]
    make: Annotated[str | None, Field(max_length=200, examples=["TESTWERK"])] = None
    model: Annotated[str | None, Field(max_length=200)] = None
    calibre: Annotated[str | None, Field(max_length=200)] = None
    kind: Annotated[str | None, Field(max_length=64)] = None
    year: Annotated[int | None, Field(ge=0, le=9999)] = None
    country: Annotated[str | None, Field(max_length=8)] = None


class List(BaseModel):
    """Questions, each answered on its own and in their order."""

    model_config = ConfigDict(extra="forbid", strict=True)

    questions: Annotated[list[Wanted], Field(min_length=1, max_length=QUESTIONS_MAX)]


_SENT: Final = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": List.model_json_schema(),
                "example": {"questions": [{"text": "TW9-0000?2", "make": "TESTWERK"}]},
            }
        },
    }
}


@router.get("", summary="Find by a number or a mark", response_model=Record)
def search(  # noqa: PLR0913 - each parameter is one thing that was seen
    asked: Searching,
    text: Text,
    *,
    make: Seen = None,
    model: Seen = None,
    calibre: Seen = None,
    kind: Seen = None,
    year: Annotated[int | None, Query(ge=0, le=9999)] = None,
    country: Seen = None,
    limit: Few = CANDIDATES_MAX,
) -> Response:
    """Give firearms, components and lots that may bear it, the most alike first, with reasons."""
    seen = {"make": make, "model": model, "calibre": calibre, "kind": kind, "country": country}
    return _given(asked, Question(text=text, year=year, **seen), limit)


@router.post("", summary="Find a list", response_model=Record, openapi_extra=_SENT)
async def search_many(request: Request, asked: Searching, limit: Few = CANDIDATES_MAX) -> Response:
    """Answer up to 100 questions; one that cannot be asked holds up no other."""
    return await run_in_threadpool(_all_given, asked, request, await request.body(), limit=limit)


def _given(asked: Asked, question: Question, limit: int) -> Response:
    question.check()
    with asked.admitted(text=question.text) as note, asked.service.queries() as queries:
        record = found_within(asked, note, queries, question=question, limit=limit)
        note.told(answers=len(record["candidates"]))
    return answered(record)


def _all_given(asked: Asked, request: Request, octets: bytes, *, limit: int) -> Response:
    """Answer a list; that of a stranger, who is refused whatever it says, is not read."""
    questions: list[Question] = []
    if asked.caller != STRANGER:
        check_form(request, JSON)
        questions = _questions(octets)
    with (
        asked.admitted(text="\n".join(each.text for each in questions)) as note,
        asked.service.queries() as queries,
    ):
        answers: list[dict[str, Any]] = []
        for question in questions:
            try:
                question.check()
                found = found_within(asked, note, queries, question=question, limit=limit)
                answers.append(found)
            except InvalidValueError as error:
                answers.append({"error": error.slug, "sentence": str(error)})
        note.told(answers=sum(len(each.get("candidates", ())) for each in answers))
    return answered({"answers": answers})


def _questions(octets: bytes) -> list[Question]:
    """Read a list of questions.

    Raises:
        UsageError: ``request_invalid``.
    """
    try:
        wanted = List.model_validate_json(octets)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = "/".join(map(str, first["loc"]))
        raise UsageError(
            f"The list cannot be read at /{place}: {first['msg']}.",
            slug="request_invalid",
            next_step='Send {"questions": [{"text": ...}]} as /v1/openapi.json shows.',
        ) from error
    return [Question(**each.model_dump()) for each in wanted.questions]
