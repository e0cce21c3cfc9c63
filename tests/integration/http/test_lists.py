# SPDX-License-Identifier: Apache-2.0
"""Lists over HTTP: pages that stay as they are while the log grows, filters, strange cursors."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.http.conftest import FOREIGN, Machine, Served
from tests.integration.lists.nation import BUYER, HOLDER, Nation, told

LISTS = (
    "holdings?limit=500",
    "licences?limit=500",
    "authorizations?limit=500",
    "tracing-requests?limit=500",
    "duties?policy=example-state&limit=500",
    "findings?limit=500",
)
Item = dict[str, Any]


@pytest.fixture(scope="module")
def nation(served: Served) -> Nation:
    """Record a bit of everything."""
    made = Nation(served.desk)
    told(made)
    return made


@pytest.fixture
def desk(served: Served, nation: Nation) -> Machine:
    del nation
    return served.machine("TRC")


def _pages(desk: Machine, path: str) -> Iterator[dict[str, Any]]:
    """Follow the links from page to page."""
    following: str | None = path
    while following:
        answer = desk.get(following)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        link = answer.links.get("next")
        assert (link is None) == (answer.json()["next"] is None)
        following = link["url"] if link else None


def _items(desk: Machine, path: str) -> list[Item]:
    return [item for page in _pages(desk, path) for item in page["items"]]


@pytest.mark.parametrize("path", LISTS)
def test_the_pages_of_a_list_are_the_list(desk: Machine, path: str) -> None:
    whole = _items(desk, f"/v1/{path}")
    assert len(whole) > 1
    pages = list(_pages(desk, f"/v1/{path.replace('500', '5')}"))
    assert [item for page in pages for item in page["items"]] == whole
    assert {page["log_size"] for page in pages} == {pages[0]["log_size"]}


@pytest.mark.parametrize("path", LISTS)
def test_a_page_stays_what_it_is_while_the_log_grows(
    served: Served, desk: Machine, nation: Nation, path: str
) -> None:
    before = _items(desk, f"/v1/{path}")
    pages = _pages(desk, f"/v1/{path.replace('500', '2')}")
    given = next(pages)["items"]
    nation.gun(f"GROWN-{path[:4]}", "2018")
    nation.did("firearm.transferred", f"GROWN-{path[:4]}", "2019-01-01", hld=HOLDER)
    served.recorded()
    assert [*given, *(item for page in pages for item in page["items"])] == before


def test_a_cursor_of_another_list_or_of_other_parameters_is_refused(desk: Machine) -> None:
    cursor = desk.get("/v1/holdings?limit=1").json()["next"]
    assert desk.get(f"/v1/holdings?limit=3&cursor={cursor}").status_code == 200
    for path in ("findings?", "holdings?country=XA&", f"holdings?holding={BUYER}&"):
        answer = desk.get(f"/v1/{path}cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


def _forged(**changes: Any) -> str:
    """Write a cursor down as somebody would who looked into one."""
    asked, size, on, after = "x" * 12, 5, "2026-01-01", 0
    parts = [changes.get("asked", asked), changes.get("size", size), on, after]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    ["", "A", "AAAA", "%00", "e30", _forged(), _forged(size=-1), _forged(asked=1), "A" * 300],
)
def test_what_is_no_cursor_is_refused(desk: Machine, cursor: str) -> None:
    answer = desk.get(f"/v1/holdings?cursor={cursor}")
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("after", [2**62, 2**63, 10**300])
@pytest.mark.parametrize("on", ["2026-01-01", "no day", "9999-99-99", ""])
def test_a_cursor_that_somebody_changed_is_no_way_in(desk: Machine, after: int, on: str) -> None:
    given = desk.get("/v1/holdings?limit=1").json()["next"]
    asked, size, _, _ = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    for length in (size, size + 10**6, after):
        octets = json.dumps([asked, length, on, after]).encode()
        cursor = base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
        answer = desk.get(f"/v1/holdings?cursor={cursor}")
        assert answer.status_code in (200, 400, 404), answer.text
        assert answer.status_code != 200 or answer.json()["items"] == []


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1e2", "9" * 40])
def test_a_page_has_a_least_and_a_greatest_size(desk: Machine, limit: str) -> None:
    answer = desk.get(f"/v1/holdings?limit={limit}")
    assert (answer.status_code, answer.json()["code"]) == (400, "request_invalid")
    assert answer.json()["errors"][0]["pointer"] == "/query/limit"


def test_holdings_are_found_by_each_filter(desk: Machine, nation: Nation) -> None:
    every = _items(desk, "/v1/holdings?limit=500")
    held = _items(desk, f"/v1/holdings?holding={BUYER}")
    assert 0 < len(held) < len(every)
    assert nation["MANY0"] in {each["firearm"] for each in held}
    assert _items(desk, "/v1/holdings?country=XB") == []
    dealers = _items(desk, "/v1/holdings?holder=dealer")
    assert 0 < len(dealers) < len(every)


def test_the_other_lists_are_narrowed_by_their_filters(desk: Machine) -> None:
    licences = _items(desk, f"/v1/licences?holding={HOLDER}")
    assert 0 < len(licences) < len(_items(desk, "/v1/licences"))
    every = _items(desk, "/v1/tracing-requests")
    boxed = [_items(desk, f"/v1/tracing-requests?box={box}") for box in ("inbox", "outbox")]
    assert [len(each) for each in boxed] == [len(every), 0]
    unclosed = _items(desk, "/v1/tracing-requests?unclosed=true")
    assert 0 < len(unclosed) < len(every)
    assert all(each["open"] for each in unclosed)
    overdue = _items(desk, "/v1/duties?policy=example-state&state=overdue")
    assert overdue
    assert {each["state"] for each in overdue} == {"overdue"}


def test_one_licence_is_told_with_every_event_and_its_proof(desk: Machine, nation: Nation) -> None:
    record = desk.get(f"/v1/licences/{nation['BANNED']}").json()
    assert record["today"]["state"] == "valid"
    assert [each["type"] for each in record["entries"]] == [
        "licence.registered/1",
        "licence.ban-imposed/1",
        "licence.ban-lifted/1",
    ]
    assert record["proof"] == "checkpointed"
    assert {each["proof"] for each in record["entries"]} == {"checkpointed"}
    assert all(each["jws"] and each["tlog_proof"] for each in record["entries"])
    assert record["entries"][0]["signatures"][0]["roles"] == ["LIC"]


def test_a_licence_that_is_none_or_out_of_reach_is_not_found(
    served: Served, nation: Nation
) -> None:
    unknown = nation["BANNED"][:-4] + "dead"
    assert served.machine("TRC").get(f"/v1/licences/{unknown}").status_code == 404
    firearm = nation["UNDER"].replace("arm.", "lic.")
    assert served.machine("TRC").get(f"/v1/licences/{firearm}").status_code == 404
    elsewhere = served.machine("LIC", authority=FOREIGN, place="XB")
    assert elsewhere.get(f"/v1/licences/{nation['BANNED']}").status_code == 404


def test_a_list_is_told_for_a_day_and_as_known_at_an_index(desk: Machine) -> None:
    on = desk.get("/v1/authorizations?on=2023-01-15").json()
    assert (on["on"], len(on["items"])) == ("2023-01-15", 1)
    assert desk.get("/v1/authorizations?as_known_on=2").json()["items"] == []


@pytest.mark.parametrize(
    "path", ["duties?policy=/etc/passwd", "duties?policy=../x", "holdings?on=tomorrow"]
)
def test_what_names_no_policy_and_no_day_is_refused(desk: Machine, path: str) -> None:
    answer = desk.get(f"/v1/{path}")
    assert answer.status_code == 400, answer.text
    assert "passwd" not in answer.text
