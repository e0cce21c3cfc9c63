# SPDX-License-Identifier: Apache-2.0
"""Who was given what an erasure is about, so that each can be told to forget it too.

GDPR, article 19; envelope specification, section 6. What was disclosed is told by its name alone.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from api.console.asking import asks
from api.console.pages.stewarding.words import WORDS
from api.console.rendering import page
from api.erasing.recipients import notices_about, recipients_of
from api.erasing.standing import told
from api.gate.asking import Asked
from api.gate.erasures import erasure_within

router = APIRouter(include_in_schema=False)


@router.get("/erasures/{erasure}/recipients")
def show_recipients(
    request: Request,
    asked: Annotated[Asked, Depends(asks("erasure.propose"))],
    erasure: Annotated[str, Path(pattern=r"^ers\.[0-9a-f-]{36}$")],
) -> Response:
    """Show whoever was shown it or asked for it, and how far their webhooks are."""
    service = asked.service
    with asked.admitted(erasure=erasure) as note:
        standing = erasure_within(asked, note, erasure)
        found = recipients_of(service.office, standing)
        notices = notices_about(service.mailroom, standing)
        note.told(answers=len(found))
    return page(
        request,
        "stewarding/recipients.html",
        words=WORDS,
        erasure=told(standing, service.gate.clock()),
        recipients=found,
        notices=notices,
    )
