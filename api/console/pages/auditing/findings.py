# SPDX-License-Identifier: Apache-2.0
"""Every finding of the record, by sort and weight, with the entries behind it; and who signs."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.auditing.signers import signers_of
from api.console.asking import asks
from api.console.pages.auditing.seen import findings_seen
from api.console.pages.auditing.words import WORDS
from api.console.rendering import page
from api.gate.asking import Asked
from domain.event import INTEGER_MAX

SHOWN: Final = 40

Reading = Annotated[Asked, Depends(asks("findings.read"))]
Code = Annotated[str, Query(max_length=64)]

router = APIRouter(include_in_schema=False)


@router.get("/audit/findings")
def show_findings(  # noqa: PLR0913 - each parameter is one part of the question
    request: Request,
    asked: Reading,
    *,
    severity: Code = "",
    check: Code = "",
    after: Annotated[int, Query(ge=0, le=INTEGER_MAX)] = 0,
    size: Annotated[int | None, Query(ge=1, le=INTEGER_MAX)] = None,
) -> Response:
    """Give one page of the findings; further pages are told from the same entries."""
    with asked.admitted() as note, findings_seen(asked, note, size=size) as seen:
        chosen = (
            each
            for each in seen.rows
            if severity in ("", each["severity"]) and check in ("", each["check"])
        )
        rows = list(islice(chosen, after, after + SHOWN + 1))
        told: dict[str, Any] = {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}
        note.told(answers=len(told["rows"]))
        told |= {"size": seen.size, "after": after, "step": SHOWN}
    return page(request, "audit/findings.html", words=WORDS, severity=severity, check=check, **told)


@router.get("/audit/signers")
def show_signers(request: Request, asked: Reading) -> Response:
    """Give every authority with its keys: who holds them, for what, until when."""
    office, now = asked.service.office, int(asked.service.gate.clock())
    with asked.admitted() as note, asked.service.link() as link:
        registry = office.ledger.catch_up()
        size = office.ledger.size
        signers = signers_of(link, registry, size=size, now=now)
        note.told(answers=len(signers))
    return page(
        request, "audit/signers.html", words=WORDS, signers=signers, registry=registry, now=now
    )
