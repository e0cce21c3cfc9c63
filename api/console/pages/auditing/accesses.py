# SPDX-License-Identifier: Apache-2.0
"""Who looked at what, why, and under which case; and whether that record is whole.

Reading it stands in it (envelope specification, section 7).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.access.table import ACTIONS
from api.auditing.accesses import verified_ledger
from api.auditing.looks import RECORDS_MAX, Wanted, indexes_of, looks
from api.console.asking import asks
from api.console.pages.auditing.words import WORDS
from api.console.rendering import page
from api.gate.asking import Asked
from audit.access.reading import open_access_log
from domain.errors import InvalidValueError
from domain.event import INTEGER_MAX

SHOWN: Final = 50

Reading = Annotated[Asked, Depends(asks("access.read"))]
Word = Annotated[str, Query(max_length=128)]
Number = Annotated[int | None, Query(ge=0, le=INTEGER_MAX)]

router = APIRouter(include_in_schema=False)


@router.get("/audit/access")
def show_access(  # noqa: PLR0913 - each parameter is one part of the question
    request: Request,
    asked: Reading,
    *,
    who: Word = "",
    action: Word = "",
    case: Word = "",
    since: Word = "",
    until: Word = "",
    refused: Word = "",
    before: Number = None,
) -> Response:
    """Give the newest looks that answer the question."""
    given = {"who": who.strip(), "action": action, "case": case.strip(), "since": since.strip()}
    given |= {"until": until.strip(), "refused": refused}
    errors, days = _days(given)
    wanted = Wanted(
        who=given["who"],
        action=action,
        case=given["case"],
        refused=bool(refused),
        since=days.get("since", 0),
        until=days.get("until"),
        before=before,
    )
    conninfo = asked.service.office.database.conninfo("ledger_auditor")
    with (
        asked.admitted() as note,
        open_access_log(conninfo) as log,
        asked.service.link() as link,
    ):
        found, extent = looks(log, wanted, most=SHOWN), log.extent()
        records = [each.record for each in found.found if each.record]
        told: dict[str, Any] = {"found": found, "extent": extent, "at": indexes_of(link, records)}
        note.told(answers=len(found.found))
    return page(
        request,
        "audit/access.html",
        status=400 if errors else 200,
        words=WORDS,
        given=given,
        errors=errors,
        onward=_onward(given, found.onward),
        actions=[(each, WORDS["actions"][each]) for each in sorted(ACTIONS)],
        looked_through=RECORDS_MAX,
        **told,
    )


@router.get("/audit/access/verify")
def verify_access(request: Request, asked: Reading) -> Response:
    """Go along the whole chain, and compare it with what the ledger states of it."""
    office, now = asked.service.office, int(asked.service.gate.clock())
    with asked.admitted() as note:
        office.ledger.catch_up()
        verdict = verified_ledger(office, now=now)
        heads = office.registry.accesses
        note.told(answers=0)
    return page(request, "audit/chain.html", verdict=verdict, heads=heads, words=WORDS)


def _days(given: dict[str, str]) -> tuple[dict[str, str], dict[str, int]]:
    """Read the two days of a question, the last one included; tell which is none."""
    errors, found = dict[str, str](), dict[str, int]()
    for name in ("since", "until"):
        try:
            if given[name]:
                found[name] = _second(given[name], days=name == "until")
        except InvalidValueError as error:
            errors[name] = error.sentence
    return errors, found


def _second(text: str, *, days: int) -> int:
    """Give the second at which a day begins, or one some days later."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        return int((day + timedelta(days=days)).timestamp())
    except (ValueError, OverflowError):
        raise InvalidValueError("A day is written like 2026-11-01.", slug="day_invalid") from None


def _onward(given: dict[str, str], before: int | None) -> str:
    """Give the address of the next page; empty where there is none."""
    if before is None:
        return ""
    kept = {name: value for name, value in given.items() if value}
    return f"/audit/access?{urlencode({**kept, 'before': before})}"
