# SPDX-License-Identifier: Apache-2.0
"""One firearm over HTTP: its state and version, its history, its custody, and whom it is for."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from domain.identifiers import parse_stream_id, short_form
from tests.integration.append.desk import following
from tests.integration.http.conftest import Machine, Served

UNKNOWN = "arm.01a2076b-4018-7111-8222-00000000dead"
FIREARM_PATHS = ("", "/timeline", "/custody")


@dataclass(frozen=True)
class Arm:
    """A firearm with a life behind it, and a tracing desk that asks for it."""

    id: str
    desk: Machine

    def get(self, rest: str = "") -> httpx.Response:
        return self.desk.get(f"/v1/firearms/{self.id}{rest}")


@pytest.fixture(scope="module")
def arm(served: Served) -> Arm:
    return Arm(str(served.desk.life("LIFE-1")), served.machine("TRC"))


def test_the_state_is_told_on_all_axes_with_its_proof(arm: Arm) -> None:
    answer = arm.get()
    assert answer.status_code == 200
    told = answer.json()
    assert told["firearm"] == arm.id
    assert told["short_form"] == short_form(parse_stream_id(arm.id).uuid)
    assert told["entries"] == 6
    assert told["proof"] in ("checkpointed", "witnessed")
    assert answer.headers["etag"] == '"v6"'
    assert answer.headers["cache-control"] == "no-store"


def test_the_short_form_leads_to_the_same_firearm(arm: Arm) -> None:
    short = arm.get().json()["short_form"]
    assert arm.desk.get(f"/v1/firearms/{short}").json()["firearm"] == arm.id


def test_a_version_that_is_still_current_is_not_sent_again(arm: Arm) -> None:
    headers = {"If-None-Match": '"v6"'}
    same = arm.desk.request("GET", f"/v1/firearms/{arm.id}", headers=headers)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == '"v6"'
    headers = {"If-None-Match": '"v5"'}
    assert arm.desk.request("GET", f"/v1/firearms/{arm.id}", headers=headers).status_code == 200


def test_the_version_grows_with_each_event(served: Served) -> None:
    machine = served.machine("TRC")
    draft, told = served.recorded()
    before = machine.get(f"/v1/firearms/{draft.sub}")
    served.recorded(following(draft, told["eid"]))
    after = machine.get(f"/v1/firearms/{draft.sub}")
    assert (before.headers["etag"], after.headers["etag"]) == ('"v1"', '"v2"')
    assert before.json()["state"] != after.json()["state"]


def test_the_timeline_has_every_entry_in_the_order_of_the_world(arm: Arm) -> None:
    told = arm.get("/timeline").json()
    times = [each["signed"]["occ"] for each in told["entries"]]
    assert len(times) == 6
    assert times == sorted(times)


def test_the_timeline_can_be_told_as_of_a_day_and_as_known_at_an_index(arm: Arm) -> None:
    whole = arm.get("/timeline").json()
    early = arm.get("/timeline?as_at=2017-01-01").json()
    first = min(each["index"] for each in whole["entries"])
    known = arm.get(f"/timeline?as_known_on={first}").json()
    assert len(early["entries"]) == 2
    assert [each["index"] for each in known["entries"]] == [first]
    assert len(arm.get("/timeline?view=both").json()["entries"]) >= len(whole["entries"])


@pytest.mark.parametrize("query", ["as_at=yesterday", "view=sideways", "as_known_on=-1"])
def test_a_limit_that_cannot_be_is_refused(arm: Arm, query: str) -> None:
    answer = arm.get(f"/timeline?{query}")
    assert answer.status_code in (400, 404), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_the_log_does_not_reach_yet_is_not_told_as_known(served: Served, arm: Arm) -> None:
    size = served.client.get("/v1/registry").json()["log_size"]
    assert arm.get(f"/timeline?as_known_on={size - 1}").status_code == 200
    for beyond in (size, 10**20):
        for rest in ("/timeline", "/custody"):
            answer = arm.get(f"{rest}?as_known_on={beyond}")
            assert (answer.status_code, answer.json()["code"]) == (400, "known_beyond")


def test_custody_is_a_chain_with_its_seals(arm: Arm) -> None:
    told = arm.get("/custody").json()
    assert told["firearm"] == arm.id
    assert [each["evt"] for each in told["links"]][-1] == "firearm.custody-moved"
    assert told["links"][-1]["seals"] == ["S-881"]


@pytest.mark.parametrize("rest", FIREARM_PATHS)
def test_a_firearm_that_is_not_there_is_not_found(arm: Arm, rest: str) -> None:
    answer = arm.desk.get(f"/v1/firearms/{UNKNOWN}{rest}")
    assert answer.status_code == 404


def test_whoever_has_no_right_to_any_firearm_is_not_told_which_there_are(
    served: Served, arm: Arm
) -> None:
    service = served.machine("service")
    theirs = service.get(f"/v1/firearms/{arm.id}")
    unknown = service.get(f"/v1/firearms/{UNKNOWN}")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content


def test_a_stranger_is_asked_who_he_is_whatever_he_names(served: Served, arm: Arm) -> None:
    theirs = served.client.get(f"/v1/firearms/{arm.id}")
    unknown = served.client.get(f"/v1/firearms/{UNKNOWN}")
    assert theirs.status_code == unknown.status_code == 401
    assert theirs.content == unknown.content
    assert theirs.headers["www-authenticate"].startswith("Signature")
