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
from api.erasing.standing import told
from api.gate.asking import Asked
from api.gate.erasures import given_within

router = APIRouter(include_in_schema=False)


@router.get("/erasures/{erasure}/recipients")
def show_recipients(
    request: Request,
    asked: Annotated[Asked, Depends(asks("erasure.propose"))],
    erasure: Annotated[str, Path(pattern=r"^ers\.[0-9a-f-]{36}$")],
) -> Response:
    """Show whoever was shown it or asked for it, and how far their webhooks are."""
    standing, recipients, notices = given_within(asked, erasure)
    return page(
        request,
        "stewarding/recipients.html",
        words=WORDS,
        erasure=told(standing, asked.service.gate.clock()),
        recipients=recipients,
        notices=notices,
    )
