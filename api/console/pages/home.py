# SPDX-License-Identifier: Apache-2.0
"""The first page, the glossary, and the choice of a language."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.console.asking import local, me_in, next_cookie, next_in
from api.console.languages import NAMES
from api.console.rendering import LANGUAGE_COOKIE, away, page
from api.console.vocabulary.glossary import TERMS
from api.service.service import Service

YEAR_SECONDS: Final = 365 * 24 * 60 * 60

router = APIRouter(include_in_schema=False)


@router.get("/")
def show_home(request: Request) -> Response:
    """Show what there is to do; whoever has just logged in goes on where the log-in began."""
    begun = next_in(request)
    if begun and me_in(request):
        return away(begun, next_cookie(""))
    service: Service = request.app.state.service
    office = service.office
    return page(request, "home.html", size=office.ledger.size, audience=office.audience)


@router.get("/glossary")
def show_glossary(request: Request) -> Response:
    """Show what the words mean."""
    return page(request, "glossary.html", terms=TERMS)


@router.get("/language/{language}")
def choose_language(
    language: str, to: Annotated[str, Query(alias="next", max_length=1_024)] = "/"
) -> Response:
    """Remember a language, and go back."""
    back = local(to) or "/"
    if language not in NAMES:
        return away(back)
    kept = f"{LANGUAGE_COOKIE}={language}; Path=/; Max-Age={YEAR_SECONDS}; Secure; SameSite=Lax"
    return away(back, kept)
