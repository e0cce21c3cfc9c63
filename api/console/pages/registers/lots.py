# SPDX-License-Identifier: Apache-2.0
"""Lots of firearms to be destroyed: what is on the list, who signed, and who has to sign second.

Implements the procedure of MOSAIC 05.50 for whoever carries it out: list, check at the site, and
destruction that a second person witnesses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.console.asking import asks
from api.console.forms.labels.codes import words_of
from api.console.pages.registers.history import history_of
from api.console.pages.registers.listing import Register, chosen, give
from api.console.pages.registers.words import KINDS_OF_TAG, LOT_STATES
from api.console.rendering import page
from api.gate.asking import Asked, hidden
from api.gate.listing import columns
from api.gate.listing.sources import lots_listed
from api.gate.records import record_within
from api.languages import marked as _
from domain.identifiers import parse_stream_id, short_form
from domain.lot.membership import WITNESSES
from domain.lot.state import Lot
from projections.lots.queries import lot_on

REGISTER: Final = Register(template="lots/list.html", columns=columns.LOTS, name="lots")
WORDS: Final[dict[str, Any]] = {
    "states": LOT_STATES,
    "kinds_of_tag": KINDS_OF_TAG,
    "coded": words_of,
}
DESTROYED: Final = "lot.destroyed"


PLACES: Final = {
    "found": _("There at the check"),
    "missing": _("Not there at the check"),
    "outstanding": _("Not looked for yet"),
    "extra": _("There, but not on the list"),
}

Reading = Annotated[Asked, Depends(asks("firearm.read"))]
Word = Annotated[str, Query(max_length=64)]
One = Annotated[str, Path(max_length=64, pattern=r"^lot\.[0-9a-f-]{36}$")]

router = APIRouter(include_in_schema=False)


@router.get("/lots")
def list_lots(request: Request, asked: Reading, *, state: Word = "") -> Response:
    """List lots with how far each has come."""
    source, standing = lots_listed(), chosen(state, LOT_STATES)
    if standing:
        source = source.only(lambda row: row["state"] == standing)
    return give(request, asked, source=source, register=REGISTER, state=state, **WORDS)


@router.get("/lots/{name}")
def show_lot(request: Request, asked: Reading, name: One) -> Response:
    """Show one lot: its firearms, its steps with every signature, and what is still to be signed.

    Raises:
        UnknownError: It is a lot of ammunition.
    """
    with asked.admitted(lot=name) as note:
        found = record_within(asked, note, name)
        lot = found.state
        if not isinstance(lot, Lot) or lot.purpose != "destruction":
            raise hidden()
    return page(
        request,
        "lots/one.html",
        row=lot_on(lot.entries, asked.service.gate.today()),
        lot=lot,
        firearms=list(_firearms(lot)),
        places=PLACES,
        witnesses=WITNESSES,
        destroyed=DESTROYED,
        **history_of(asked, found),
        **WORDS,
    )


def _firearms(lot: Lot) -> Iterator[tuple[str, str, str]]:
    """Give each firearm with its short form and where it was at the check."""
    for firearm in (*lot.firearms, *sorted(lot.extra)):
        place = next(
            (each for each in ("found", "missing", "extra") if firearm in getattr(lot, each)),
            "outstanding",
        )
        yield firearm, short_form(parse_stream_id(firearm).uuid), place
