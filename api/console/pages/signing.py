# SPDX-License-Identifier: Apache-2.0
"""Check your answers and sign: the last page before an event is in the log, and its receipt.

The event is signed in the browser, by a key that never leaves it. What is signed travels in the
page as octets, and what is shown is read out of them, here and again by the script that signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.client.signer import Submission
from api.console.asking import asks, form_of, text_in
from api.console.forms.labels.kinds import title_of
from api.console.forms.labels.persons import CLAIMS
from api.console.languages import translate
from api.console.rendering import away, language_of, page
from api.console.signing.answers import Answer, carried, read_answers
from api.console.signing.assembling import assemble
from api.console.signing.elsewhere import elsewhere
from api.console.signing.keyring import key_of_signer, signing_keys
from api.console.signing.receipts import changed_since, recorded_by
from api.console.signing.sheets import (
    FRESH_SECONDS,
    Sheet,
    joined,
    read_sheet,
    sheet_again,
    sheet_of,
    unsigned_of,
)
from api.drafting import has_room, waits_for_second
from api.explaining import Explanation, Question, explain
from api.gate.asking import Asked
from api.gate.effects import Appended
from api.gate.entries import StoredEvent, event_requested
from api.gate.status import status_of
from api.people.passkeys.approving import may_approve
from api.registrar import Act
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError, MunimentError
from domain.event import INTEGER_MAX

Signing = Annotated[Asked, Depends(asks("event.append"))]
Known = Annotated[Asked, Depends(asks("registry.read"))]
Index = Annotated[int, Path(ge=0, le=INTEGER_MAX)]

MOVED: Final = frozenset(("seq_conflict", "prev_mismatch"))
"""Somebody else recorded on the stream meanwhile."""

KEPT: Final = frozenset(("step_up_needed", "unreachable", "quota_exceeded"))
"""Nothing is wrong with the event: the very same octets may be sent again."""

LEFT: Final = frozenset(("session_ended", "unknown_caller", "csrf_invalid", "key_foreign"))
"""Whoever sends this is not, or no more, who was shown the page."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check page carries, and what was against it so far.

    Attributes:
        sheet: What is to be signed.
        answers: The summary above it.
        error: Why it was not recorded when it was signed.
        changes: What was recorded on its stream meanwhile.
    """

    sheet: Sheet
    answers: Sequence[Answer]
    error: MunimentError | None = None
    changes: Sequence[StoredEvent] = ()


def check_page(
    request: Request, asked: Asked, draft: Act, *, answers: Sequence[Answer], jti: str = ""
) -> Response:
    """Give the page on which an event is checked and signed; other screens end in it.

    Args:
        request: What is answered.
        asked: Who asks; a session.
        draft: What is to be recorded; without ``sub`` a new stream begins.
        answers: The summary: label, value in words, address to change it.
        jti: UUIDv7 that was drawn when the first question was asked, so that the questions sent
            once more lead to the same event; a new one by default.

    Raises:
        EnvelopeError: What the ledger would refuse by its form, with its code.
        RefusedError: ``key_missing``, the officer has no key that may sign it.
        UnreachableError: The database does not answer.
    """
    people, officer = asked.service.people, asked.caller.officer
    stopped = str(draft.dat.get("kid", "")) if draft.evt in _STOPS else ""
    key = signing_keys(people.desk, officer, but=stopped)[0]
    before = _known(asked, key.authority, jti) if jti else None
    if before is not None:
        return away(f"/recorded/{before}")
    sheet = sheet_of(asked.service.office, draft, key, jti=jti or None)
    return _shown(request, asked, Check(sheet=sheet, answers=answers))


@router.post("/sign")
async def sign(request: Request, asked: Signing) -> Response:
    """Record what was signed, and lead to its receipt; or show the page again, and why."""
    form = await form_of(request)
    check = _sent(form)
    try:
        index = await _recorded(asked, check.sheet, text_in(form, "signature"))
    except MunimentError as error:
        if error.slug in LEFT:
            raise
        told = replace(check, error=error)
        return await run_in_threadpool(_again, request, asked, told)
    return away(f"/recorded/{index}")


@router.get("/sign/{jti}")
def show_left(request: Request, asked: Known, jti: UUID) -> Response:
    """Lead whoever comes back to a page that was left to its receipt, or say that there is none."""
    asked.check_caller()
    index = _known(asked, asked.caller.authority, str(jti))
    return page(request, "signing/left.html") if index is None else away(f"/recorded/{index}")


@router.post("/sign/again")
async def prepare_again(request: Request, asked: Known) -> Response:
    """Show the page anew: for another key of the officer, or because it has become old."""
    form = await form_of(request)
    check = _sent(form)
    kid = text_in(form, "kid")
    return await run_in_threadpool(_again, request, asked, check, kid=kid)


@router.get("/recorded/{index}")
def show_recorded(request: Request, asked: Known, index: Index) -> Response:
    """Show the receipt of an event that one signed oneself."""
    asked.check_caller()
    recorded = recorded_by(asked.service, index, asked.caller.officer)
    title = title_of(recorded.event.type)
    return page(request, "signing/recorded.html", recorded=recorded, title=title)


async def _recorded(asked: Asked, sheet: Sheet, signature: str) -> int:
    """Record an event; give its index, which it may have had before."""
    submission = await run_in_threadpool(_admitted, asked, sheet, signature)
    octets = submission.to_bytes()
    await asked.admit_append([octets])
    answers = await asked.service.appending.append_all([octets])
    asked.appended([octets], answers)
    (answer,) = answers
    if isinstance(answer, Appended):
        return answer.index
    if answer.slug == "jti_conflict":
        # The same page was signed before, under another moment: it is recorded already.
        stated = sheet.payload
        known = await run_in_threadpool(_known, asked, stated["iss"], stated["jti"])
        if known is not None:
            return known
    raise answer


def _admitted(asked: Asked, sheet: Sheet, signature: str) -> Submission:
    with asked.admitted():
        key_of_signer(asked.service.office.ledger.catch_up(), sheet.kid, asked.caller.officer)
        return assemble(sheet, signature)


def _known(asked: Asked, authority: str, jti: str) -> int | None:
    """Give the index of an event that was asked for before; nothing where there is none."""
    try:
        with asked.service.link() as link:
            return event_requested(link, authority, UUID(jti)).index
    except InvalidValueError:
        return None


def _again(request: Request, asked: Asked, check: Check, *, kid: str = "") -> Response:
    """Show a page again, at the head of the stream as it is now, with what is new there."""
    asked.check_caller()
    service, sheet = asked.service, check.sheet
    registry = service.office.ledger.catch_up()
    key = key_of_signer(registry, kid or sheet.kid, asked.caller.officer)
    if check.error is not None and check.error.slug in KEPT:
        return _shown(request, asked, check)
    fresh = sheet_again(service.office, sheet, key)
    moved = fresh.payload["seq"] != sheet.payload["seq"]
    changes = changed_since(service, sheet.stream, sheet.payload["seq"]) if moved else ()
    return _shown(request, asked, replace(check, sheet=fresh, changes=changes))


def _shown(request: Request, asked: Asked, check: Check) -> Response:
    service, sheet = asked.service, check.sheet
    desk, registry = service.people.desk, service.office.ledger.catch_up()
    own = signing_keys(desk, asked.caller.officer)
    _ = translate(language_of(request))
    kind = CATALOGUE.find(sheet.payload["evt"], sheet.payload["ver"])
    return page(
        request,
        "signing/check.html",
        status=status_of(check.error) if check.error else 200,
        check=check,
        sheet=sheet,
        title=_(title_of(kind)),
        title_of=lambda evt: title_of(CATALOGUE.latest(evt)),
        labels={name: _(CLAIMS[name]) for name in sheet.claims},
        disclosures=joined(sheet.unsigned.disclosures),
        carried=carried(check.answers),
        key=registry.keys[sheet.kid],
        kids=" ".join(each.kid for each in own),
        fresh_seconds=FRESH_SECONDS,
        approval=_takes_passkey(asked, sheet),
        explained=_explained(asked, sheet),
        waits_for_second=waits_for_second,
        two=has_room(sheet.payload["evt"]),
        ways=elsewhere(sheet.act, service.settings.origin, sheet.payload["iss"]),
    )


def _takes_passkey(asked: Asked, sheet: Sheet) -> bool:
    """Tell whether the service records it only once the officer's passkey has approved it.

    A script that was slipped into a page could use the signing key of this browser; it cannot
    verify a person to an authenticator (envelope specification, section 7).
    """
    desk = asked.service.people.desk
    wanted = sheet.payload["evt"] in desk.settings.approved
    return wanted and may_approve(desk, asked.caller.officer)


def _explained(asked: Asked, sheet: Sheet) -> Explanation:
    """Tell what would become of it now, before anything is signed."""
    question = Question(
        kind=CATALOGUE.find(sheet.payload["evt"], sheet.payload["ver"]),
        stream=sheet.stream,
        dat=sheet.payload["dat"],
        occ=sheet.payload["occ"],
        kid=sheet.kid,
    )
    return explain(asked.service.office.ledger, question)


def _sent(form: FormData) -> Check:
    """Read what the page sent back; every disclosure has to be bound to what is signed."""
    unsigned = unsigned_of(text_in(form, "signing_input"), text_in(form, "disclosures"))
    return Check(sheet=read_sheet(unsigned), answers=read_answers(text_in(form, "answers")))


_STOPS: Final = frozenset(("key.revoked", "key.suspended"))
"""A key that may be in wrong hands is not heard about itself."""
