# SPDX-License-Identifier: Apache-2.0
"""Proofs made while the auditor waits: a range verified, a kept checkpoint compared.

Nothing here asks to be believed: each answer says what was checked, what was not, and how to do
the same offline with another program's eyes.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.auditing.proving.comparing import NOTES_MAX, Comparison, compare
from api.auditing.proving.ranges import ENTRIES_MAX, RangeReport, verify_range
from api.console.asking import asks, form_of, text_in
from api.console.pages.auditing.seen import check_whole
from api.console.pages.auditing.words import WORDS
from api.console.rendering import page
from api.gate.asking import Asked
from domain.errors import InvalidValueError, UsageError

PASTED_CHARS_MAX: Final = 65_536

Reading = Annotated[Asked, Depends(asks("findings.read"))]
Number = Annotated[str, Query(max_length=20)]

router = APIRouter(include_in_schema=False)


@router.get("/audit/verify")
def show_verify(
    request: Request, asked: Reading, *, first: Number = "", last: Number = ""
) -> Response:
    """Ask for a range and verify it; without one, the newest entries are offered."""
    report: RangeReport | None = None
    errors: dict[str, str] = {}
    with asked.admitted() as note, asked.service.link() as link:
        check_whole(note)
        office = asked.service.office
        office.ledger.catch_up()
        size = office.ledger.size
        if first or last:
            try:
                report = verify_range(office, link, _span(first, last))
            except UsageError as error:
                errors = {"first": error.sentence}
    given = {"first": first or str(max(0, size - 100)), "last": last or str(size - 1)}
    return page(
        request,
        "audit/verify.html",
        status=400 if errors else 200,
        words=WORDS,
        given=given,
        report=report,
        errors=errors,
        size=size,
        most=ENTRIES_MAX,
    )


@router.get("/audit/compare")
def ask_compare(request: Request, asked: Reading) -> Response:
    """Ask for checkpoints that the auditor kept."""
    with asked.admitted() as note:
        check_whole(note)
    return _compared(request, {"notes": ""})


@router.post("/audit/compare")
async def show_compare(request: Request, asked: Reading) -> Response:
    """Compare them with the log as it is here now."""
    notes = text_in(await form_of(request), "notes")[:PASTED_CHARS_MAX]
    try:
        found = await run_in_threadpool(_compare, asked, notes)
    except InvalidValueError as error:
        if error.slug != "checkpoints_unreadable":
            raise
        wrong = f"{error.sentence} {error.next_step}"
        return _compared(request, {"notes": notes}, errors={"notes": wrong})
    return _compared(request, {"notes": notes}, found=found)


def _compare(asked: Asked, notes: str) -> Comparison:
    with asked.admitted() as note, asked.service.link() as link:
        check_whole(note)
        return compare(asked.service.office, link, notes)


def _compared(
    request: Request,
    given: dict[str, str],
    *,
    found: Comparison | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    told: dict[str, Any] = {"given": given, "found": found, "errors": errors or {}}
    status = 400 if errors else 200
    return page(request, "audit/compare.html", status=status, words=WORDS, most=NOTES_MAX, **told)


def _span(first: str, last: str) -> tuple[int, int]:
    """Read a range; what is no number is no range either."""
    numbers = [int(each) if each.isascii() and each.isdigit() else -1 for each in (first, last)]
    return numbers[0], numbers[1]
