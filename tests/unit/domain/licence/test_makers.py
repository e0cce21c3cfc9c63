# SPDX-License-Identifier: Apache-2.0
"""A maker's licence that is named is one, and was valid on the day (Firearms Protocol 3(d)(ii))."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.identifiers import parse_stream_id
from domain.licence.state import Licence
from domain.refusal import Refusal
from tests.unit.domain.identity.scenes import part_event, ruling
from tests.unit.domain.licence.licences import SUB, decided, licence
from tests.unit.domain.lives import happened

NOBODY = "lic.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
TERM = {"valid_from": "2015-01-01", "valid_to": "2019-12-31"}
MAKERS = ("production-planned", "manufactured", "component")


def made(evt: str, occ: str, **dat: Any) -> Event:
    """Build the event by which something is made, or planned to be."""
    if evt == "component":
        return part_event("manufactured", occ, **dat)
    year = {"year": int(occ[:4])} if evt == "manufactured" else {}
    return happened(evt, occ, **{**year, **dat})


def held(kind: str = "maker", *events: Event) -> Licence:
    """Give a licence of a kind, issued for five years."""
    return licence(decided("applied", kind=kind), decided("issued", **TERM), *events)


def judged(evt: str, occ: str, state: Licence, **dat: Any) -> Refusal | None:
    return ruling(made(evt, occ, **{"licence": SUB, **dat}), None, {SUB: state})


@pytest.mark.parametrize("evt", MAKERS)
def test_what_is_made_names_no_licence_where_the_record_knows_none(evt: str) -> None:
    event = made(evt, "2016")
    assert ruling(event, None) is None
    assert getattr(event.dat, "licence", "no member") is None


@pytest.mark.parametrize("evt", MAKERS)
def test_a_makers_licence_that_was_valid_on_the_day_is_accepted(evt: str) -> None:
    assert judged(evt, "2016-05", held()) is None
    revoked = decided("revoked", effective_on="2018-01-01")
    assert judged(evt, "2016-05", held("maker", revoked)) is None


@pytest.mark.parametrize("evt", MAKERS)
def test_a_licence_that_the_ledger_does_not_hold_is_refused(evt: str) -> None:
    refusal = judged(evt, "2016-05", held(), licence=NOBODY)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("licence_unknown", "H", NOBODY)


@pytest.mark.parametrize("evt", MAKERS)
@pytest.mark.parametrize("kind", ["dealer", "broker", "acquisition", "unknown"])
def test_only_a_licence_to_make_firearms_permits_it(evt: str, kind: str) -> None:
    refusal = judged(evt, "2016-05", held(kind))
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == ("licence_kind", kind, ("maker",))


@pytest.mark.parametrize("evt", MAKERS)
@pytest.mark.parametrize(
    ("occ", "found"),
    [
        ("2014-12-31", "not_yet_valid"),
        ("2020-01-01", "expired"),
        ("2018-06-01", "revoked"),
    ],
)
def test_nothing_is_made_under_a_licence_that_was_not_valid_that_day(
    evt: str, occ: str, found: str
) -> None:
    events = [decided("revoked", effective_on="2018-01-01")] if found == "revoked" else []
    refusal = judged(evt, occ, held("maker", *events))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("licence_not_valid", "H")
    assert (refusal.found, refusal.legal) == (found, ("valid",))


@pytest.mark.parametrize("evt", MAKERS)
def test_the_licence_is_linked_so_that_it_is_read_at_the_same_head(evt: str) -> None:
    assert "licence" in made(evt, "2016").type.links
    assert parse_stream_id(SUB).kind == "lic"
