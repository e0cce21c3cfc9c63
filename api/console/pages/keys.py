# SPDX-License-Identifier: Apache-2.0
"""Keys: one's own, those that wait for the registry, and what becomes of them.

Implements enrolment with proof of possession and by two persons (envelope specification, section
7). A key is made in the browser and never leaves it; every change of the registry is an event that
is checked and signed like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.asking import asks, form_of, text_in
from api.console.languages import translate
from api.console.pages.signing import check_page
from api.console.rendering import away, language_of, page
from api.console.signing.answers import Answer
from api.console.signing.keyring import own_keys, shown_key
from api.describing.roles import ROLE_NAMES, in_order
from api.gate.asking import Asked, hidden
from api.languages import Translate, written_list
from api.people.callers import present
from api.people.enrolling.request import KeyRequest, read_request
from api.people.enrolling.waiting import ask_for, question, stranger_question, waiting, withdraw
from api.people.sessions import Session
from api.registrar import Act, Enrolment, approval, key_change, key_record, proposal
from domain.errors import InvalidValueError
from domain.registry.members import REGISTRY_ADMIN, ROLES, ROOT, SUPERVISOR
from domain.registry.state import KeyRecord

Known = Annotated[Asked, Depends(asks("registry.read"))]
Fresh = Annotated[Asked, Depends(asks("event.append"))]

GUARDIANS: Final = frozenset((REGISTRY_ADMIN, SUPERVISOR, ROOT))
"""Who may look after other officers' keys; what exactly, the registry itself says."""

CHANGES: Final = ("key.revoked", "key.suspended", "key.reinstated")
REASONS: Final = ("lost", "compromised", "superseded", "ceased")
TEXT_CHARS_MAX: Final = 4_096

router = APIRouter(include_in_schema=False)


@router.get("/keys")
def show_keys(request: Request, asked: Known) -> Response:
    """Show one's own keys, and those of the authority to whoever looks after them."""
    asked.check_caller()
    desk, me = asked.service.people.desk, asked.caller
    registry, index = desk.registry()
    own = [shown_key(each, index, desk.now()) for each in own_keys(desk, me.officer)]
    others = [
        shown_key(each, index, desk.now())
        for each in registry.keys.values()
        if each.officer != me.officer and (each.authority == me.authority or ROOT in me.roles)
    ]
    return page(
        request,
        "keys/list.html",
        own=own,
        valid=[each for each in own if each.state == "valid"],
        waiting=[each for each in waiting(desk, registry) if each.officer == me.officer],
        others=others,
        guards=_guards(asked),
        reasons=REASONS,
    )


@router.get("/keys/new")
def show_new_key(request: Request, asked: Fresh) -> Response:
    """Show where a key is made; takes a fresh factor."""
    with asked.admitted():
        asked_for = question(asked.service.people.desk, _session(request, asked))
    audience = asked.service.office.audience
    return page(request, "keys/new.html", question=asked_for, audience=audience)


@router.post("/keys/new")
async def ask_for_key(request: Request, asked: Fresh) -> Response:
    """Let a new key wait for the registry, once its proof holds."""
    form = await form_of(request)
    text = text_in(form, "request")
    await run_in_threadpool(_ask, request, asked, text)
    return away("/keys")


@router.get("/keys/first")
def show_first_key(request: Request, asked: Known) -> Response:
    """Show where somebody makes a key whom the registry does not know yet; nothing is kept."""
    office = asked.service.office
    return page(
        request,
        "keys/first.html",
        question=stranger_question(asked.service.people.desk),
        audience=office.audience,
        authorities=[
            (each.id, each.name) for each in office.ledger.catch_up().authorities.values()
        ],
    )


@router.get("/keys/waiting")
def show_waiting(request: Request, asked: Known) -> Response:
    """Show to whoever looks after keys which of them wait for a proposal or an approval."""
    _check_guard(asked)
    desk = asked.service.people.desk
    registry, index = desk.registry()
    return page(
        request,
        "keys/waiting.html",
        waiting=[(each, _held(asked, each.officer)) for each in waiting(desk, registry)],
        proposed=[
            shown_key(each, index, desk.now())
            for each in registry.keys.values()
            if each.state_at(index) == "proposed"
        ],
        roles=[(code, name) for code, name in ROLE_NAMES.items() if code in ROLES],
    )


@router.post("/keys/propose")
async def propose_key(request: Request, asked: Known) -> Response:
    """Check and sign the proposal of a key that waits, or that came as a file."""
    form = await form_of(request)
    return await run_in_threadpool(_propose, request, asked, form)


@router.post("/keys/approve")
async def approve_key(request: Request, asked: Known) -> Response:
    """Check and sign the approval of a key that another person proposed."""
    form = await form_of(request)
    return await run_in_threadpool(_approve, request, asked, text_in(form, "kid"))


@router.post("/keys/change")
async def change_key(request: Request, asked: Known) -> Response:
    """Check and sign what stops a key, or lets it sign again."""
    form = await form_of(request)
    return await run_in_threadpool(_change, request, asked, form)


@router.post("/keys/withdraw")
async def withdraw_key(request: Request, asked: Known) -> Response:
    """Forget a key that waits: one's own, or any by whoever looks after keys."""
    kid = text_in(await form_of(request), "kid")
    await run_in_threadpool(_withdraw, asked, kid)
    return away("/keys/waiting" if _guards(asked) else "/keys")


def _ask(request: Request, asked: Asked, text: str) -> None:
    with asked.admitted():
        found = read_request(text.encode())
        if (found.officer, found.authority) != (asked.caller.officer, asked.caller.authority):
            raise _unreadable("The key was not made for you.")
        desk, session = asked.service.people.desk, _session(request, asked)
        ask_for(desk, session, found, audience=asked.service.office.audience)


def _propose(request: Request, asked: Asked, form: FormData) -> Response:
    _check_guard(asked)
    found = _request_in(asked, form)
    material = found.checked(asked.service.office.audience)
    enrolment = Enrolment(
        authority=found.authority,
        roles=in_order(str(each) for each in form.getlist("role")),
        jurisdictions=text_in(form, "places").split(),
        officer=found.officer,
        officer_name=text_in(form, "name") or None,
    )
    _ = _translate(request)
    answers = [
        Answer(_("Fingerprint of the new key"), found.kid),
        Answer(_("For"), found.officer or _("a new officer")),
        Answer(_("Authority"), found.authority),
        Answer(_("Roles"), _roles(request, enrolment.roles)),
        Answer(_("Jurisdictions"), " ".join(enrolment.jurisdictions)),
    ]
    return check_page(request, asked, proposal(enrolment, material), answers=answers)


def _approve(request: Request, asked: Asked, kid: str) -> Response:
    _check_guard(asked)
    office = asked.service.office
    record = key_record(office, kid)
    return check_page(request, asked, approval(office, kid), answers=_about(request, record))


def _change(request: Request, asked: Asked, form: FormData) -> Response:
    asked.check_caller()
    office, _ = asked.service.office, _translate(request)
    evt, kid, reason = (text_in(form, name) for name in ("evt", "kid", "reason"))
    if evt not in CHANGES:
        raise _unreadable("There is no such change of a key.")
    record = key_record(office, kid)
    dat = {"kid": kid} | ({"reason": reason} if evt == "key.revoked" else {})
    act: Act = key_change(office, evt, dat)
    answers = [*_about(request, record), *([Answer(_("Reason"), reason)] if reason else [])]
    return check_page(request, asked, act, answers=answers)


def _withdraw(asked: Asked, kid: str) -> None:
    asked.check_caller()
    officer = None if _guards(asked) else asked.caller.officer
    withdraw(asked.service.people.desk, kid, officer=officer)


def _request_in(asked: Asked, form: FormData) -> KeyRequest:
    """Give the request that a form names, or that somebody put into it."""
    kid = text_in(form, "kid")
    if not kid:
        return read_request(text_in(form, "request")[:TEXT_CHARS_MAX].encode())
    desk = asked.service.people.desk
    registry, _ = desk.registry()
    found = next((each for each in waiting(desk, registry) if each.request.kid == kid), None)
    if found is None:
        raise hidden()
    return found.request


def _session(request: Request, asked: Asked) -> Session:
    desk = asked.service.people.desk
    _, session, _ = present(desk, cookies=request.headers.get("cookie"), method="GET", csrf=None)
    return session


def _held(asked: Asked, officer: str) -> tuple[frozenset[str], Sequence[str]]:
    """Give the roles and places that an officer has by the keys that count."""
    standing = asked.service.people.desk.standing()
    keys = asked.service.people.desk.keys(standing.registry, officer)
    mandates = standing.mandates([each for each in keys if standing.counts(each)])
    places = sorted({place for _, held in mandates for place in held})
    return frozenset(role for role, _ in mandates), places


def _about(request: Request, record: KeyRecord) -> list[Answer]:
    _ = _translate(request)
    grants = [each for each in record.grants if each.during.until is None]
    return [
        Answer(_("Fingerprint of the key"), record.kid),
        Answer(_("Holder"), record.officer),
        Answer(_("Authority"), record.authority),
        Answer(_("Roles"), _roles(request, [each.role for each in grants])),
        Answer(_("Proposed by"), record.proposer),
    ]


def _roles(request: Request, codes: Sequence[str]) -> str:
    language = language_of(request)
    told = map(translate(language), (ROLE_NAMES.get(code, code) for code in codes))
    return written_list(told, language)


def _translate(request: Request) -> Translate:
    return translate(language_of(request))


def _guards(asked: Asked) -> bool:
    return not asked.caller.roles.isdisjoint(GUARDIANS)


def _check_guard(asked: Asked) -> None:
    asked.check_caller()
    if not _guards(asked):
        raise hidden()


def _unreadable(sentence: str) -> InvalidValueError:
    return InvalidValueError(sentence, slug="request_invalid")
