# SPDX-License-Identifier: Apache-2.0
"""Who gets a firearm out of official hands is entitled on that day (domain facts, section 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.disposing.desk import ARMS, Desk, register

ARM = ARMS[0]
LICENCE = "lic.01a2076b-4018-7111-8222-666666666661"
TERM = {"valid_from": "2015-01-01", "valid_to": "2024-12-31"}
CATEGORY = {"scheme": "eu_2021_555", "as_of": "2021", "code": "B4"}
BACK = {"entitlement": "licence", "licence": LICENCE}


def licensed(kind: str, *later: tuple[str, dict[str, Any]], **term: Any) -> Desk:
    """Give a desk with a seized firearm and a licence."""
    desk = register()
    done(desk, "firearm.seized", ARM, "2018")
    done(desk, "licence.applied", LICENCE, kind=kind)
    done(desk, "licence.issued", LICENCE, **{**TERM, **term})
    for evt, dat in later:
        done(desk, f"licence.{evt}", LICENCE, **dat)
    return desk


def done(desk: Desk, evt: str, sub: str, occ: str = "unknown", **dat: Any) -> None:
    """Record an event that has to be legal."""
    assert desk.put(evt, sub, occ, **dat) is None, (evt, dat)


@pytest.mark.parametrize(
    ("later", "occ", "rule"),
    [
        ((), "2020-06-01", None),
        ((), "2025-06-01", "licence_not_valid"),
        ((("revoked", {"effective_on": "2019-01-01"}),), "2020-06-01", "licence_not_valid"),
        ((("revoked", {"effective_on": "2021-01-01"}),), "2020-06-01", None),
        ((("ban-imposed", {"effective_on": "2019-01-01"}),), "2020-06-01", "licence_not_valid"),
    ],
)
def test_a_firearm_goes_back_only_to_an_owner_who_is_entitled_on_that_day(
    later: tuple[tuple[str, dict[str, Any]], ...], occ: str, rule: str | None
) -> None:
    desk = licensed("possession", *later)
    assert desk.put("firearm.returned-to-owner", ARM, occ, **BACK) == rule


def test_an_owner_whose_licence_covers_another_category_does_not_get_it_back() -> None:
    desk = licensed("possession", categories=[{**CATEGORY, "code": "C1"}])
    refusal = desk.judge("firearm.returned-to-owner", ARM, "2020-06-01", **BACK, category=CATEGORY)
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == ("licence_scope", "B4", ("C1",))


def test_a_forfeited_firearm_is_not_returned_whatever_the_licence_says() -> None:
    desk = licensed("possession")
    done(desk, "firearm.forfeited", ARM, "2019-02-01")
    assert desk.put("firearm.returned-to-owner", ARM, "2020-06-01", **BACK) == "forfeited"


@pytest.mark.parametrize(
    ("kind", "occ", "rule"),
    [
        ("dealer", "2020", None),
        ("maker", "2020", None),
        ("possession", "2020", "licence_kind"),
        ("broker", "2020", "licence_kind"),
        ("dealer", "2026", "licence_not_valid"),
    ],
)
def test_only_the_licensed_trade_buys_a_forfeited_firearm(
    kind: str, occ: str, rule: str | None
) -> None:
    desk = licensed(kind)
    done(desk, "firearm.forfeited", ARM, "2019-02-01")
    done(desk, "firearm.disposal-authorised", ARM, "2019-06-01", method="release_to_trade")
    mark = {"kind": "confiscation", "text": {"known": "C 1"}, "condition": "legible"}
    done(desk, "firearm.marked", ARM, "2019-07", mark=mark)
    eid = desk.events[-1].eid
    sold = desk.put("firearm.released-to-trade", ARM, occ, mark_event=eid, licence=LICENCE)
    assert sold == rule
