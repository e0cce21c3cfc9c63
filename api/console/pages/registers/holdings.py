# SPDX-License-Identifier: Apache-2.0
"""Who holds what, by class, place and authority, on a day and as it was known on another."""

from __future__ import annotations

from typing import Annotated, Final, get_args

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.console.asking import asks
from api.console.forms.labels.codes import words_of
from api.console.pages.registers.listing import Register, chosen, give
from api.console.vocabulary.countries import code_of
from api.gate.asking import Asked
from api.gate.listing import columns
from api.gate.listing.sources import holdings_by
from domain.codes import Custody, HolderClass
from projections.asking.holdings import Holder

REGISTER: Final = Register(template="holdings/list.html", columns=columns.HOLDINGS, name="holdings")
HOLDERS: Final = get_args(HolderClass)
PLACES: Final = get_args(Custody)

Reading = Annotated[Asked, Depends(asks("holdings.read"))]
Word = Annotated[str, Query(max_length=128)]

router = APIRouter(include_in_schema=False)


@router.get("/holdings")
def list_holdings(  # noqa: PLR0913 - each parameter is one part of the question
    request: Request,
    asked: Reading,
    *,
    holder: Word = "",
    custody: Word = "",
    custodian: Word = "",
    country: Word = "",
    holding: Word = "",
) -> Response:
    """List firearms by holder, custody, custodian and country; a holding is opaque."""
    by = Holder(
        holder=chosen(holder, HOLDERS),
        custody=chosen(custody, PLACES),
        custodian=custodian.strip() or None,
        country=code_of(country.strip()) or None,
        holding=holding.strip() or None,
    )
    return give(
        request,
        asked,
        source=holdings_by(by),
        register=REGISTER,
        by={"holder": holder, "custody": custody, "custodian": custodian, "country": country,
            "holding": holding},
        holders=[(each, words_of(each)) for each in HOLDERS],
        places=[(each, words_of(each)) for each in PLACES],
        coded=words_of,
    )  # fmt: skip
