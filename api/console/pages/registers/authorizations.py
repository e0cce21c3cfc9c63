# SPDX-License-Identifier: Apache-2.0
"""Authorizations to move firearms across borders: quantities and days used, and shipments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.asking import open_snapshot
from api.console.asking import asks
from api.console.forms.labels.codes import words_of
from api.console.pages.registers.history import history_of
from api.console.pages.registers.listing import Register, chosen, give
from api.console.pages.registers.words import (
    AUTHORIZATION_STATES,
    KINDS_OF_TAG,
    SHIPMENT_STATES,
)
from api.console.rendering import page
from api.gate.asking import Asked
from api.gate.listing import columns
from api.gate.listing.listing import Row
from api.gate.listing.sources import authorizations_used
from api.gate.records import record_within
from domain.authorization.shipment.state import Shipment
from domain.authorization.state import Authorization
from domain.identifiers import parse_stream_id
from projections.asking.authorizations import authorizations
from projections.asking.folded import fold_streams
from projections.asking.snapshot import Snapshot

REGISTER: Final = Register(
    template="authorizations/list.html", columns=columns.AUTHORIZATIONS, name="authorizations"
)
WORDS: Final[dict[str, Any]] = {
    "states": AUTHORIZATION_STATES,
    "shipment_states": SHIPMENT_STATES,
    "kinds_of_tag": KINDS_OF_TAG,
    "coded": words_of,
}

Reading = Annotated[Asked, Depends(asks("authorizations.read"))]
Word = Annotated[str, Query(max_length=64)]
One = Annotated[str, Path(max_length=64, pattern=r"^aut\.[0-9a-f-]{36}$")]

router = APIRouter(include_in_schema=False)


@router.get("/authorizations")
def list_authorizations(
    request: Request, asked: Reading, *, state: Word = "", unmatched: Word = ""
) -> Response:
    """List authorizations with what was drawn, and shipments of which an end is missing."""
    standing = chosen(state, AUTHORIZATION_STATES)
    source = authorizations_used().only(
        lambda row: standing in (None, row["state"]) and (not unmatched or _open_end(row))
    )
    return give(
        request, asked, source=source, register=REGISTER, state=state, unmatched=unmatched, **WORDS
    )


@router.get("/authorizations/{name}")
def show_authorization(request: Request, asked: Reading, name: One) -> Response:
    """Show one authorization: quantity and days used, its shipments, and its history."""
    today = asked.service.gate.today()
    with asked.admitted(authorization=name) as note, open_snapshot(asked.service.readers) as known:
        found = record_within(asked, note, name)
        told = authorizations(known, on=today, stream=found.stream.uuid)
        row = next(told, None)
        shipments = _shipments(known, found.state)
    return page(
        request,
        "authorizations/one.html",
        row=row,
        shipments=shipments,
        missing={each["shipment"] for each in (row or {}).get("without_receipt", ())},
        **history_of(asked, found),
        **WORDS,
    )


def _open_end(row: Row) -> bool:
    return bool(row["without_receipt"] or row["without_export"])


def _shipments(known: Snapshot, state: object) -> Mapping[str, Shipment | None]:
    """Give what became of each shipment that drew on an authorization."""
    draws = state.draws if isinstance(state, Authorization) else ()
    names = [each.shipment for each in draws]
    folded = fold_streams(known, [parse_stream_id(each).uuid for each in names])
    states = {str(each.stream): each.state for each in folded.values()}
    return {name: states.get(name) for name in names}
