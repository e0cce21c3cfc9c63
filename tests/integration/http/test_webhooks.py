# SPDX-License-Identifier: Apache-2.0
"""Webhooks over HTTP: a machine subscribes, the running service tells it, and it sees its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import httpx
import pytest

from api.http.answering.problem import MEDIA_TYPE
from tests.integration.append.desk import AUTHORITY
from tests.integration.http.conftest import POLICE, SECONDS, Machine, Served
from tests.integration.notices.conftest import Receiver, receiving

NOBODY = "00000000-0000-7000-8000-000000000000"
URL = "https://example.org/hook"


@pytest.fixture
def machine(served: Served) -> Iterator[Machine]:
    found = served.machine("service")
    yield found
    for each in found.get("/v1/webhooks").json()["items"]:
        assert found.request("DELETE", f"/v1/webhooks/{each['id']}").status_code == 204


def _send(machine: Machine, path: str, body: Any) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return machine.request("POST", path, content=json.dumps(body).encode(), headers=headers)


def _refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    return str(answer.json()["code"])


def test_a_machine_subscribes_and_the_running_service_tells_it(
    served: Served, machine: Machine
) -> None:
    told = Event()
    with receiving(Receiver(told=told.set)) as receiver:
        begun = _send(machine, "/v1/webhooks", {"url": receiver.url, "kinds": ["firearm.*"]})
        assert begun.status_code == 201, begun.text
        _, recorded = served.recorded()
        assert told.wait(SECONDS)
    (notice,) = receiver.notices
    assert (notice["index"], notice["eid"]) == (recorded["index"], recorded["eid"])
    moment = int(receiver.requests[0][1]["webhook-timestamp"])
    assert receiver.believes(begun.json()["secret"], moment) == receiver.identifiers


def test_the_secret_is_shown_once(machine: Machine) -> None:
    begun = _send(machine, "/v1/webhooks", {"url": URL})
    assert begun.json()["secret"].startswith("whsec_")
    assert begun.headers["cache-control"] == "no-store"
    (listed,) = machine.get("/v1/webhooks").json()["items"]
    assert listed == {name: value for name, value in begun.json().items() if name != "secret"}
    assert listed["authority"] == AUTHORITY


def test_a_subscription_is_replayed_and_ended(machine: Machine) -> None:
    made = _send(machine, "/v1/webhooks", {"url": URL}).json()
    again = _send(machine, f"/v1/webhooks/{made['id']}/replay", {"after": 0})
    assert again.status_code == 200
    assert machine.request("DELETE", f"/v1/webhooks/{made['id']}").status_code == 204
    assert machine.get("/v1/webhooks").json() == {"items": []}
    assert machine.get("/v1/webhooks/missed").json() == {"items": []}


def test_another_authoritys_subscription_looks_like_none(served: Served, machine: Machine) -> None:
    made = _send(machine, "/v1/webhooks", {"url": URL}).json()
    other = served.machine("service", authority=POLICE)
    assert other.get("/v1/webhooks").json() == {"items": []}
    for identifier in (made["id"], NOBODY):
        replayed = _send(other, f"/v1/webhooks/{identifier}/replay", {"after": 0})
        ended = other.request("DELETE", f"/v1/webhooks/{identifier}")
        assert _refused(replayed, 404) == _refused(ended, 404) == "webhook_unknown"
    assert len(machine.get("/v1/webhooks").json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "https://169.254.169.254/latest"}, "webhook_url"),
        ({"url": "http://example.org/"}, "webhook_url"),
        ({"url": URL, "kinds": ["*"]}, "webhook_kinds"),
        ({"url": URL, "authority": "auth.xb"}, "request_invalid"),
        ({"url": URL, "after": "0"}, "request_invalid"),
        ({"url": URL, "after": -2}, "request_invalid"),
        ({"url": URL, "kinds": ["firearm.*"] * 65}, "request_invalid"),
        ({"kinds": []}, "request_invalid"),
        ([], "request_invalid"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_told(machine: Machine, body: Any, code: str) -> None:
    assert _refused(_send(machine, "/v1/webhooks", body), 400) == code


def test_an_index_that_the_log_does_not_have_is_told(machine: Machine) -> None:
    answer = _send(machine, "/v1/webhooks", {"url": URL, "after": 1_000_000})
    assert _refused(answer, 404) == "index_unknown"


def test_a_stranger_and_another_role_manage_no_webhooks(served: Served) -> None:
    assert _refused(served.client.get("/v1/webhooks"), 401) == "unknown_caller"
    assert _refused(served.machine("POL").get("/v1/webhooks"), 403) == "role_denied"
