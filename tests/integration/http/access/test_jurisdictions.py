# SPDX-License-Identifier: Apache-2.0
"""Whoever has no mandate for a thing is not told that it exists (API1)."""

from __future__ import annotations

import pytest

from tests.integration.append.desk import born
from tests.integration.http.conftest import FOREIGN, POLICE, Served
from tests.integration.http.test_firearms import FIREARM_PATHS, UNKNOWN
from tests.integration.http.test_lists import LISTS


@pytest.fixture(scope="module")
def arm(served: Served) -> str:
    """Record a firearm of ours."""
    return str(served.desk.life("OURS-1"))


@pytest.mark.parametrize("rest", FIREARM_PATHS)
@pytest.mark.parametrize("role", ["POL", "LIC", "CUS"])
def test_a_foreign_jurisdictions_firearm_and_an_unknown_one_look_the_same(
    served: Served, arm: str, role: str, rest: str
) -> None:
    abroad = served.machine(role, authority=FOREIGN, place="XB")
    theirs = abroad.get(f"/v1/firearms/{arm}{rest}")
    unknown = abroad.get(f"/v1/firearms/{UNKNOWN}{rest}")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content


def test_the_trade_sees_its_own_firearms_alone(served: Served, arm: str) -> None:
    own = served.machine("DLR").get(f"/v1/firearms/{arm}")
    other = served.machine("DLR", authority=POLICE).get(f"/v1/firearms/{arm}")
    assert (own.status_code, other.status_code) == (200, 404)


def test_a_foreign_entry_and_an_unknown_one_look_the_same(served: Served) -> None:
    _, told = served.recorded(born())
    abroad = served.machine("POL", authority=FOREIGN, place="XB")
    theirs = abroad.get(f"/v1/events/{told['index']}")
    unknown = abroad.get("/v1/events/99999999")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content


@pytest.mark.parametrize("path", LISTS)
def test_a_foreign_authority_is_shown_no_row_of_ours(served: Served, path: str) -> None:
    reason = {"Muniment-Purpose": "tracing", "Muniment-Legal-Basis": "act_7"}
    abroad = served.machine("POL", authority=FOREIGN, place="XB")
    answer = abroad.get(f"/v1/{path}", reason=reason)
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"] == []


def test_a_foreign_authority_is_told_no_event_of_ours(served: Served) -> None:
    served.recorded()
    abroad = served.machine("POL", authority=FOREIGN, place="XB")
    told = abroad.get("/v1/feed/events").json()
    assert [each for each in told["items"] if each.get("iss") == "auth.xa"] == []
    assert all("firearm" not in str(each.get("type")) for each in told["items"])
