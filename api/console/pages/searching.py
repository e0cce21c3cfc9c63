# SPDX-License-Identifier: Apache-2.0
"""Screen 1: find a firearm by what can still be read of its markings, or by a list of numbers.

Implements the match tiers of the domain facts, section 6: candidates with reasons, the most alike
first; nothing is ever chosen for the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.console.asking import asks, form_of, text_in
from api.console.rendering import page
from api.console.spelling import spelled
from api.console.vocabulary.countries import code_of
from api.gate.asking import Asked
from api.gate.tracing import found_within
from api.languages import marked as _
from domain.codes import GunKind
from domain.country.codes import check_place
from domain.errors import InvalidValueError
from projections.marking_search.question import Question

CANDIDATES_SHOWN: Final = 25
LINES_MAX: Final = 100
MANY: Final = _("Give 1 to 100 numbers, one on each line.")
KINDS: Final = get_args(GunKind)
SEEN: Final = ("text", "make", "model", "calibre", "kind", "year", "country")

WRONG: Final = {"kind_unknown": "kind", "year_invalid": "year", "country_unknown": "country"}
"""The field to which an error belongs; any other belongs to the text."""

Searching = Annotated[Asked, Depends(asks("marking.search"))]
Text = Annotated[str, Query(max_length=1_000)]
Word = Annotated[str, Query(max_length=128)]

router = APIRouter(include_in_schema=False)


@router.get("/search")
def show_search(  # noqa: PLR0913 - each parameter is one thing that was seen
    request: Request,
    asked: Searching,
    *,
    text: Text = "",
    make: Word = "",
    model: Word = "",
    calibre: Word = "",
    kind: Word = "",
    year: Word = "",
    country: Word = "",
) -> Response:
    """Ask what was seen, and give what may bear it, with reasons."""
    asked.check_caller()
    values = (text, make, model, calibre, kind, year, country)
    given = {name: value.strip() for name, value in zip(SEEN, values, strict=True)}
    given["country"] = code_of(given["country"])
    if not any(given.values()):
        return _shown(request, given)
    try:
        question = _question(given)
    except InvalidValueError as error:
        return _shown(request, given, wrong={_wrong(error): error.sentence})
    with asked.admitted(text=question.text) as note, asked.service.queries() as queries:
        found = found_within(asked, note, queries, question=question, limit=CANDIDATES_SHOWN)
        note.told(answers=len(found["candidates"]))
    return _shown(request, given, found=_spelled(question, found))


@router.get("/search/list")
def show_list(request: Request, asked: Searching) -> Response:
    """Ask for a list of numbers."""
    asked.check_caller()
    return page(request, "search/list.html", lines="", answers=(), wrong="")


@router.post("/search/list")
async def search_list(request: Request, asked: Searching) -> Response:
    """Answer each line on its own; one that cannot be asked holds up no other."""
    lines = text_in(await form_of(request), "lines")
    return await run_in_threadpool(_listed, request, asked, lines)


def _listed(request: Request, asked: Asked, lines: str) -> Response:
    asked_for = [each.strip() for each in lines.splitlines() if each.strip()]
    if not 0 < len(asked_for) <= LINES_MAX:
        return page(request, "search/list.html", status=400, lines=lines, answers=(), wrong=MANY)
    answers = _answers(asked, asked_for)
    return page(request, "search/list.html", lines=lines, answers=answers, wrong="")


def _answers(asked: Asked, lines: list[str]) -> list[dict[str, Any]]:
    with asked.admitted(text="\n".join(lines)) as note, asked.service.queries() as queries:
        answers: list[dict[str, Any]] = []
        for line in lines:
            question = Question(text=line)
            try:
                question.check()
            except InvalidValueError as error:
                answers.append({"line": line, "sentence": error.sentence})
                continue
            found = found_within(asked, note, queries, question=question, limit=CANDIDATES_SHOWN)
            answers.append({"line": line, "sentence": "", **_spelled(question, found)})
        note.told(answers=sum(len(each.get("candidates", ())) for each in answers))
    return answers


def _question(given: Mapping[str, str]) -> Question:
    """Make a question of what was entered.

    Raises:
        InvalidValueError: A value has a wrong form.
    """
    named = {name: given[name] or None for name in SEEN if name not in ("text", "year")}
    if given["year"] and not (given["year"].isascii() and given["year"].isdigit()):
        raise InvalidValueError("A year has four digits.", slug="year_invalid")
    if given["country"]:
        check_place(given["country"])
    year = int(given["year"]) if given["year"] else None
    question = Question(text=given["text"], year=year, **named)
    question.check()
    return question


def _wrong(error: InvalidValueError) -> str:
    return WRONG.get(error.slug, "text")


def _spelled(question: Question, found: dict[str, Any]) -> dict[str, Any]:
    """Mark in each candidate the characters that were read otherwise."""
    candidates = [
        {**each, "spelled": spelled(question.text, each["text"])} for each in found["candidates"]
    ]
    return {**found, "candidates": candidates}


def _shown(
    request: Request,
    given: Mapping[str, str],
    *,
    found: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    return page(
        request,
        "search/page.html",
        status=400 if wrong else 200,
        given=given,
        found=found,
        errors=wrong or {},
        kinds=[(each, each.replace("_", " ").capitalize()) for each in KINDS],
    )
