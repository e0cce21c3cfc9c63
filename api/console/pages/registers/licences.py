# SPDX-License-Identifier: Apache-2.0
"""Licences: what each is worth on a day, and every decision behind it with its proof."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.console.asking import asks
from api.console.forms.labels.codes import words_of
from api.console.pages.registers.history import history_of
from api.console.pages.registers.listing import Register, chosen, give
from api.console.pages.registers.words import KINDS_OF_TAG, LICENCE_STATES
from api.console.rendering import page
from api.gate.asking import Asked
from api.gate.listing import columns
from api.gate.listing.sources import licences_of
from api.gate.records import record_within
from domain.licence.state import Licence
from projections.asking.licences import licence_on

REGISTER: Final = Register(template="licences/list.html", columns=columns.LICENCES, name="licences")
WORDS: Final[dict[str, Any]] = {
    "states": LICENCE_STATES,
    "kinds_of_tag": KINDS_OF_TAG,
    "coded": words_of,
}

Reading = Annotated[Asked, Depends(asks("licences.read"))]
Word = Annotated[str, Query(max_length=64)]
One = Annotated[str, Path(max_length=64, pattern=r"^lic\.[0-9a-f-]{36}$")]

router = APIRouter(include_in_schema=False)


@router.get("/licences")
def list_licences(
    request: Request, asked: Reading, *, holding: Word = "", state: Word = ""
) -> Response:
    """List licences with what each is worth on the day."""
    source, standing = licences_of(holding.strip() or None), chosen(state, LICENCE_STATES)
    if standing:
        source = source.only(lambda row: row["state"] == standing)
    return give(
        request, asked, source=source, register=REGISTER, holding=holding, state=state, **WORDS
    )


@router.get("/licences/{name}")
def show_licence(request: Request, asked: Reading, name: One) -> Response:
    """Show one licence with its whole history."""
    with asked.admitted(licence=name) as note:
        found = record_within(asked, note, name)
    state = found.state
    bans = state.bans if isinstance(state, Licence) else ()
    return page(
        request,
        "licences/one.html",
        today=licence_on(state.entries, asked.service.gate.today()),
        bans=bans,
        **history_of(asked, found),
        **WORDS,
    )
