# SPDX-License-Identifier: Apache-2.0
"""The page on which anybody verifies evidence in his own browser; it needs no log-in."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.console.assets import DIGEST_CHARS, EACH_TIME, FOR_EVER, TYPES
from api.console.rendering import HTML, language_of, page
from api.console.verifying.joining import joined_script
from api.console.verifying.saved import data_block, single_file

SAVED_AS: Final = 'attachment; filename="verify.html"'

router = APIRouter(include_in_schema=False)


@router.get("/verify")
def show_verify(request: Request) -> Response:
    """Show the page."""
    data = data_block(language_of(request))
    return page(request, "verify/page.html", data=data, digest=_digest())


@router.get("/verify/verify.js")
def show_script(request: Request) -> Response:
    """Give its script; for ever where the address names its digest."""
    kept = FOR_EVER if request.query_params.get("v") == _digest() else EACH_TIME
    return Response(joined_script(), media_type=TYPES["js"], headers={"Cache-Control": kept})


@router.get("/verify/verify.html")
def save_page(request: Request) -> Response:
    """Give the page as one file to be kept."""
    headers = {
        "Content-Disposition": SAVED_AS,
        "Cache-Control": EACH_TIME,
        "Vary": "Accept-Language, Cookie",
    }
    return Response(single_file(language_of(request)), media_type=HTML, headers=headers)


@cache
def _digest() -> str:
    return sha256(joined_script().encode()).hexdigest()[:DIGEST_CHARS]
