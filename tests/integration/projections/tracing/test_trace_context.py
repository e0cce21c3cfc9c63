# SPDX-License-Identifier: Apache-2.0
"""A trace tells what the records that an entry names were worth when it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.registrar import Act, perform
from api.tracing.inquiry import Inquiry, Trace, open_queries, trace
from api.tracing.page import Page, history_page
from api.tracing.record import trace_record
from domain.identifiers import StreamId, parse_stream_id
from tests.integration.projections.conftest import HOLDING, Desk

LICENCE = parse_stream_id("lic.01a2076b-4018-7111-8222-00000000aaaa")


ISSUED = (
    ("licence.applied", "2016-01-02", {"kind": "possession", "hld": HOLDING}),
    ("licence.issued", "2016-02-01", {"valid_from": "2016-02-01", "valid_to": "2021-01-31"}),
)
REVOKED = (
    ("licence.revoked", "2018-01-01", {"effective_on": "2018-01-01", "ground": "violent_crime"}),
)


def decided(desk: Desk, acts: Sequence[tuple[str, str, Mapping[str, str]]]) -> None:
    for evt, occ, dat in acts:
        perform(desk.office, Act(evt=evt, dat=dat, sub=LICENCE, occ=occ), desk.key)


def sold(desk: Desk, occ: str) -> StreamId:
    arm = desk.manufacture("A-1", occ="2015")
    terms = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
    desk.record("transferred", arm, occ, licence=str(LICENCE), **terms)
    return arm


def traced(desk: Desk, arm: StreamId, as_known_on: str | None = None) -> Trace:
    with open_queries(desk.office) as queries:
        found = trace(queries, Inquiry(identifier=str(arm), as_known_on=as_known_on))
    assert isinstance(found, Trace)
    return found


def test_a_transfer_tells_what_its_licence_was_worth_on_that_day(desk: Desk) -> None:
    decided(desk, ISSUED)
    found = traced(desk, sold(desk, "2016-05-03"))
    (under,) = trace_record(found)["entries"][1]["under"]
    assert under == {
        "record": str(LICENCE),
        "told": "licence (possession), valid on 2016-05-03",
    }
    assert "under       licence (possession), valid on 2016-05-03" in history_page(found, Page(96))


def test_a_revocation_that_was_recorded_later_is_told_to_whom_it_was_known(desk: Desk) -> None:
    decided(desk, ISSUED)
    arm = sold(desk, "2018-05-03")
    before = str(desk.office.ledger.size - 1)
    decided(desk, REVOKED)
    (now,) = traced(desk, arm).context.values()
    assert [each.told for each in now] == ["licence (possession), revoked on 2018-05-03"]
    (then,) = traced(desk, arm, as_known_on=before).context.values()
    assert [each.told for each in then] == ["licence (possession), valid on 2018-05-03"]
