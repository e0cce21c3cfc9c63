# SPDX-License-Identifier: Apache-2.0
"""Drafts for two persons: the second one endorses what the first one then signs.

A draft travels between the two as a text or a file, as between two machines of the command line
(``muniment sign --draft``, ``muniment endorse``), so that personal data in it is kept nowhere. What
the second person's key signs is the act alone: the type, the place in the stream, and the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.console.asking import asks, form_of, text_in
from api.console.languages import translate
from api.console.pages.signing import check_page
from api.console.rendering import language_of, page
from api.console.signing.answers import Answer
from api.console.signing.keyring import signing_keys
from api.drafting import MEMBERS, check_draft, shown
from api.gate.asking import Asked
from api.registrar import Act
from audit.proof.attestation import endorsement_input
from domain.errors import RefusedError, UsageError
from domain.identifiers import parse_stream_id

Signing = Annotated[Asked, Depends(asks("event.append"))]

DRAFT_OCTETS_MAX: Final = 65_536
ENDORSE: Final = "endorse"

router = APIRouter(include_in_schema=False)


@router.get("/drafts")
def show_drafts(request: Request, asked: Signing) -> Response:
    """Take a draft in; takes a fresh factor, since it is about to be signed."""
    with asked.admitted():
        return page(request, "signing/drafts.html")


@router.post("/drafts")
async def take_draft(request: Request, asked: Signing) -> Response:
    """Show a draft to its second person, or to its first person once it is endorsed."""
    form = await form_of(request)
    text = await _text_of(form)
    endorse = text_in(form, "go") == ENDORSE
    return await run_in_threadpool(_shown, request, asked, text, endorse=endorse)


def _shown(request: Request, asked: Asked, text: bytes, *, endorse: bool) -> Response:
    with asked.admitted():
        draft = _read(text)
        if draft["aud"] != asked.service.office.audience:
            raise RefusedError("The draft is for another ledger.", slug="aud_mismatch")
    return (_endorsing if endorse else _signing)(request, asked, draft)


def _endorsing(request: Request, asked: Asked, draft: Mapping[str, Any]) -> Response:
    keys = signing_keys(asked.service.people.desk, asked.caller.officer)
    inputs = {
        each.kid: endorsement_input(draft, alg=each.alg, kid=each.kid).decode() for each in keys
    }
    text = json.dumps(draft, ensure_ascii=False)
    return page(
        request, "signing/endorse.html", draft=draft, text=text, act=shown(draft), inputs=inputs
    )


def _signing(request: Request, asked: Asked, draft: Mapping[str, Any]) -> Response:
    _ = translate(language_of(request))
    act = Act(
        evt=draft["evt"],
        dat=draft["dat"],
        sub=parse_stream_id(draft["sub"]),
        occ=draft["occ"],
        disclosures=draft.get("disclosures", {}),
    )
    seconds = [each["kid"] for each in draft["dat"].get("endorsements", ())]
    answers = [Answer(_("Endorsed by the key"), each) for each in seconds]
    return check_page(request, asked, act, answers=answers)


async def _text_of(form: FormData) -> bytes:
    """Give what was put in: a file, or a text."""
    try:
        file = form.get("file")
        if isinstance(file, UploadFile) and file.size:
            return await file.read(DRAFT_OCTETS_MAX + 1)
        return text_in(form, "draft").encode()
    finally:
        await form.close()


def _read(text: bytes) -> dict[str, Any]:
    """Read a draft.

    Raises:
        UsageError: ``event_file_invalid``, it is none; ``endorsement_unused``.
        EnvelopeError: A member has another form than the ledger admits.
    """
    try:
        draft: Any = json.loads(text) if len(text) <= DRAFT_OCTETS_MAX else None
    except (ValueError, RecursionError):
        draft = None
    whole = isinstance(draft, dict) and draft.keys() >= set(MEMBERS)
    if not whole or not isinstance(draft.get("disclosures", {}), dict):
        raise UsageError(
            "That is no draft of an event for two persons.",
            slug="event_file_invalid",
            next_step="Take the whole text, or the file, that the page of the first person gave.",
        )
    check_draft(draft)
    return dict(draft)
