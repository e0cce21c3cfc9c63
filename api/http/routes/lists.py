# SPDX-License-Identifier: Apache-2.0
"""Lists: holdings, licences, authorizations, tracing requests, duties and findings, in pages.

The same lists as on the command line (design decision D12), each on a day of the world and as
known at a position of the log. The first page pins both, and its cursor keeps them.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.asking import desk_of
from api.gate.asking import Asked, asks
from api.gate.listing import sources
from api.gate.listing.listing import Listing, Source
from api.gate.listing.paging import PAGE_USUAL, CursorText, Limit
from api.gate.records import record_within
from api.http.answering.answers import answered
from api.http.models import PageAnswer, Record
from api.policies.loading import USUAL
from api.tracing.recorded import recorded_record
from domain.codes import Custody, HolderClass
from domain.policy.duties import DutyState
from projections.asking.holdings import Holder
from projections.asking.licences import licence_on
from projections.asking.requests import Box

On = Annotated[str | None, Query(max_length=10, description="A day, YYYY-MM-DD; today at first.")]
Known = Annotated[
    str | None,
    Query(max_length=32, description="The record on a date, or at an index of the log."),
]
Name = Annotated[str | None, Query(max_length=64)]
Holding = Annotated[str | None, Query(max_length=64, pattern=r"^hld\.[0-9a-f-]{36}$")]

router = APIRouter(tags=["lists"])


def listing_of(
    request: Request,
    *,
    on: On = None,
    as_known_on: Known = None,
    limit: Limit = PAGE_USUAL,
    cursor: CursorText = None,
) -> Listing:
    """Take what every list takes: a day, a position of the log, and which page."""
    return Listing(
        path=request.url.path,
        parameters=dict(request.query_params.multi_items()),
        on=on,
        as_known_on=as_known_on,
        limit=limit,
        cursor=cursor,
    )


Listed = Annotated[Listing, Depends(listing_of)]


@router.get("/holdings", summary="Who holds what", response_model=PageAnswer)
def list_holdings(  # noqa: PLR0913 - each parameter is one part of the question
    asked: Annotated[Asked, Depends(asks("holdings.read"))],
    listing: Listed,
    *,
    holding: Holding = None,
    holder: HolderClass | None = None,
    custody: Custody | None = None,
    custodian: Name = None,
    country: Annotated[str | None, Query(max_length=2)] = None,
) -> Response:
    """List firearms by holder, custody and country; a holding is opaque."""
    by = Holder(
        holding=holding, holder=holder, custody=custody, custodian=custodian, country=country
    )
    return _answered(asked, listing, sources.holdings_by(by))


@router.get("/licences", summary="Licences", response_model=PageAnswer)
def list_licences(
    asked: Annotated[Asked, Depends(asks("licences.read"))],
    listing: Listed,
    holding: Holding = None,
) -> Response:
    """List licences with what each is worth on the day."""
    return _answered(asked, listing, sources.licences_of(holding))


@router.get("/licences/{licence}", summary="One licence", response_model=Record)
def read_licence(
    asked: Annotated[Asked, Depends(asks("licences.read"))],
    licence: Annotated[
        str,
        Path(
            max_length=64,
            pattern=r"^lic\.[0-9a-f-]{36}$",
            examples=["lic.01a2076b-4018-7111-8222-00000000dead"],
        ),
    ],
) -> Response:
    """Give what a licence is worth today, and its history with proofs."""
    with asked.admitted(licence=licence) as note:
        found = record_within(asked, note, licence)
    today = licence_on(found.state.entries, asked.service.gate.today())
    return answered({"licence": licence, "today": today, **recorded_record(found)})


@router.get("/authorizations", summary="Authorizations", response_model=PageAnswer)
def list_authorizations(
    asked: Annotated[Asked, Depends(asks("authorizations.read"))], listing: Listed
) -> Response:
    """List authorizations with what was drawn of them, and shipments of which an end is missing."""
    return _answered(asked, listing, sources.authorizations_used())


@router.get("/tracing-requests", summary="Tracing requests", response_model=PageAnswer)
def list_requests(
    asked: Annotated[Asked, Depends(asks("requests.read"))],
    listing: Listed,
    *,
    box: Box | None = None,
    authority: Name = None,
    unclosed: bool = False,
) -> Response:
    """List tracing requests asked of us and by us, with clocks, answers and where they went on."""
    desk = desk_of(asked.service.office, authority)
    return _answered(asked, listing, sources.requests_at(desk, box=box, unclosed=unclosed))


@router.get("/duties", summary="Duties", response_model=PageAnswer)
def list_duties(
    asked: Annotated[Asked, Depends(asks("duties.read"))],
    listing: Listed,
    *,
    policy: Annotated[str, Query(max_length=64)] = USUAL,
    state: DutyState | None = None,
    who: Name = None,
) -> Response:
    """List what is due, overdue ones first, with the rule and the events behind each."""
    under, now = sources.policy_named(policy), asked.service.gate.now()
    return _answered(asked, listing, sources.duties_under(under, now=now, state=state, who=who))


@router.get("/findings", summary="Findings of the record", response_model=PageAnswer)
def list_findings(
    asked: Annotated[Asked, Depends(asks("findings.read"))], listing: Listed
) -> Response:
    """List what contradicts itself, is suspected to be a duplicate, late or unusual."""
    return _answered(asked, listing, sources.findings_on_record())


def _answered(asked: Asked, listing: Listing, source: Source) -> Response:
    """Give one page, and the header that leads to the next one, if there is one (RFC 8288)."""
    with listing.opened(asked, source) as found:
        record = found.page(listing.limit)
    headers = {}
    if record["next"]:
        following = urlencode({**listing.parameters, "cursor": record["next"]})
        headers["Link"] = f'<{listing.path}?{following}>; rel="next"'
    return answered(record, headers=headers)
