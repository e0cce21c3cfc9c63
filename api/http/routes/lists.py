# SPDX-License-Identifier: Apache-2.0
"""Lists: holdings, licences, authorizations, tracing requests, duties and findings, in pages.

The same lists as on the command line (design decision D12), each on a day of the world and as
known at a position of the log. The first page pins both, and its cursor keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.asking import day_asked, desk_of, open_snapshot
from api.gate.asking import Asked, asks
from api.gate.effects import shipped_policy
from api.gate.reach import IndexOf, issuers_in, rows_within
from api.http.answering.answers import answered
from api.http.answering.paging import (
    PAGE_USUAL,
    Cursor,
    CursorText,
    Limit,
    asked_digest,
    link_header,
    page,
    read_cursor,
)
from api.http.models import PageAnswer
from api.policies.asking import UNDONE
from api.policies.loading import USUAL
from api.policies.record import duties_in_order
from domain.codes import Custody, HolderClass
from domain.occurrence import Occurrence
from domain.policy.duties import DutyState
from projections.asking.authorizations import authorizations
from projections.asking.findings import ordered, record_findings
from projections.asking.holdings import Holder, holdings
from projections.asking.licences import licences
from projections.asking.requests import Box, requests
from projections.asking.snapshot import Snapshot
from projections.duties.queries import Question, all_duties
from projections.findings.store import FINDINGS
from projections.projection import Projection

Told = Callable[[Snapshot, Occurrence], Iterable[dict[str, Any]]]
"""Tells a whole list from what was known, on a day."""

On = Annotated[str | None, Query(max_length=10, description="A day, YYYY-MM-DD; today at first.")]
Known = Annotated[
    str | None,
    Query(max_length=32, description="The record on a date, or at an index of the log."),
]
Name = Annotated[str | None, Query(max_length=64)]
Holding = Annotated[str | None, Query(max_length=64, pattern=r"^hld\.[0-9a-f-]{36}$")]

router = APIRouter(tags=["lists"])


class Listing:
    """What every list takes: a day, a position of the log, and which page."""

    def __init__(
        self,
        request: Request,
        on: On = None,
        as_known_on: Known = None,
        limit: Limit = PAGE_USUAL,
        cursor: CursorText = None,
    ) -> None:
        """Take the parameters of one request."""
        self._request = request
        self._on = on
        self._known = as_known_on
        self._limit = limit
        self._cursor = cursor

    def answer(
        self,
        asked: Asked,
        told: Told,
        *,
        index_of: IndexOf,
        also: Sequence[Projection] = (),
    ) -> Response:
        """Give one page of a list, as far as the caller may see it."""
        begins = read_cursor(self._cursor, self._asked())
        day = day_asked(begins.on if begins else self._on, asked.service.gate.now())
        known_on = str(begins.size - 1) if begins else self._known
        service = asked.service
        with (
            asked.admitted() as note,
            open_snapshot(service.readers, known_on, also=also) as known,
        ):
            rows = rows_within(
                told(known, day),
                note.decision,
                index_of=index_of,
                issuers=issuers_in(known),
                registry=service.office.registry,
            )
            first = Cursor(asked=self._asked(), size=known.size, on=day.text, after=0)
            record = page(rows, begins or first, limit=self._limit)
            note.told(answers=len(record["items"]))
        return answered(record, headers=link_header(self._address, record))

    def _asked(self) -> str:
        """Give the digest of what is asked for, whichever page of it."""
        left_out = ("cursor", "limit")
        parameters = self._request.query_params.multi_items()
        asked = {name: value for name, value in parameters if name not in left_out}
        return asked_digest(self._request.url.path, asked)

    def _address(self, cursor: str) -> str:
        url = self._request.url.include_query_params(cursor=cursor)
        return f"{url.path}?{url.query}"


@router.get("/holdings", summary="Who holds what", response_model=PageAnswer)
def list_holdings(  # noqa: PLR0913 - each parameter is one part of the question
    asked: Annotated[Asked, Depends(asks("holdings.read"))],
    listing: Annotated[Listing, Depends()],
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
    return listing.answer(
        asked, lambda known, on: holdings(known, by, on=on), index_of=_member("index")
    )


@router.get("/licences", summary="Licences", response_model=PageAnswer)
def list_licences(
    asked: Annotated[Asked, Depends(asks("licences.read"))],
    listing: Annotated[Listing, Depends()],
    holding: Holding = None,
) -> Response:
    """List licences with what each is worth on the day."""
    return listing.answer(
        asked,
        lambda known, on: licences(known, on=on, holding=holding),
        index_of=_member("index"),
    )


@router.get("/authorizations", summary="Authorizations", response_model=PageAnswer)
def list_authorizations(
    asked: Annotated[Asked, Depends(asks("authorizations.read"))],
    listing: Annotated[Listing, Depends()],
) -> Response:
    """List authorizations with what was drawn of them, and shipments of which an end is missing."""
    return listing.answer(
        asked, lambda known, on: authorizations(known, on=on), index_of=_member("index")
    )


@router.get("/tracing-requests", summary="Tracing requests", response_model=PageAnswer)
def list_requests(
    asked: Annotated[Asked, Depends(asks("requests.read"))],
    listing: Annotated[Listing, Depends()],
    *,
    box: Box | None = None,
    authority: Name = None,
    unclosed: bool = False,
) -> Response:
    """List tracing requests asked of us and by us, with clocks, answers and where they went on."""
    desk = desk_of(asked.service.office, authority)

    def told(known: Snapshot, on: Occurrence) -> Iterable[dict[str, Any]]:
        for each in requests(known, desk, on=on):
            if (box is None or box in each["boxes"]) and (each["open"] or not unclosed):
                yield each

    return listing.answer(asked, told, index_of=_member("index"))


@router.get("/duties", summary="Duties", response_model=PageAnswer)
def list_duties(
    asked: Annotated[Asked, Depends(asks("duties.read"))],
    listing: Annotated[Listing, Depends()],
    *,
    policy: Annotated[str, Query(max_length=64)] = USUAL,
    state: DutyState | None = None,
    who: Name = None,
) -> Response:
    """List what is due, overdue ones first, with the rule and the events behind each."""
    under = shipped_policy(policy)
    assert under is not None  # noqa: S101 - a name was given
    moment = int(asked.service.gate.now().timestamp())

    def told(known: Snapshot, on: Occurrence) -> Iterable[dict[str, Any]]:
        question = Question(
            policy=under,
            on=on,
            now=moment,
            states=frozenset((state,) if state else UNDONE),
            who=who,
        )
        return duties_in_order(all_duties(known, question))

    return listing.answer(asked, told, index_of=_opened_by)


@router.get("/findings", summary="Findings of the record", response_model=PageAnswer)
def list_findings(
    asked: Annotated[Asked, Depends(asks("findings.read"))],
    listing: Annotated[Listing, Depends()],
) -> Response:
    """List what contradicts itself, is suspected to be a duplicate, late or unusual."""
    return listing.answer(
        asked,
        lambda known, on: ordered(record_findings(known, on=on)),
        index_of=_member("index"),
        also=[FINDINGS],
    )


def _member(name: str) -> IndexOf:
    return lambda row: row[name]


def _opened_by(row: Mapping[str, Any]) -> int | None:
    index: int = row["opened_by"]["index"]
    return index
