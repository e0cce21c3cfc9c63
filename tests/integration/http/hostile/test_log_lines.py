# SPDX-License-Identifier: Apache-2.0
"""The lines that the service writes: one a request, and nothing in them that a client sent."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest

from tests.integration.append.desk import born, signed
from tests.integration.http.conftest import REASON, Served

MARKER = "MARKER-Jane-Doe"
BREAKING = "%0d%0aMARKER%3a%20injected"


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(each.getMessage()) for each in caplog.records if "muniment" in each.name]


def _line_of(answer: httpx.Response, caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    asked = answer.headers["muniment-request"]
    (found,) = [each for each in _lines(caplog) if each["request"] == asked]
    return found


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def test_a_line_leads_from_a_request_to_its_event_and_back(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    answer = served.post(signed(born(), served.key))
    line = _line_of(answer, caplog)
    assert line["recorded"] == [answer.json()["eid"]]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/events", 201)


def test_a_line_names_the_route_and_the_caller_and_not_the_address(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    machine = served.machine("TRC")
    answer = machine.get(f"/v1/search?text={MARKER}")
    line = _line_of(answer, caplog)
    assert line["route"] == "/search"
    assert line["caller"] == machine.key.kid


def test_nothing_that_a_client_sent_stands_in_any_line(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    machine = served.machine("TRC")
    case = {**REASON, "Muniment-Case": MARKER}
    answers = [
        machine.get(f"/v1/search?text={MARKER}", reason=case),
        machine.get(f"/v1/search?text={BREAKING}"),
        machine.get(f"/v1/firearms/{MARKER}"),
        machine.get(f"/v1/holdings?custodian={MARKER}"),
        served.client.get(f"/{MARKER}/{BREAKING}?{MARKER}={BREAKING}"),
        served.client.get("/v1/limits", headers={"User-Agent": MARKER, MARKER: MARKER}),
        served.client.get("/v1/limits", headers={"Cookie": f"__Host-session={MARKER}"}),
        served.client.post("/v1/events", content=MARKER.encode(), headers={"Content-Type": MARKER}),
        served.post(signed(born(iss=f"{served.desk.office.audience}"), served.key)),
        served.post(MARKER.encode() + b"~"),
        served.client.request("MARKER", "/v1/limits"),
    ]
    disclosed = signed(born(), served.key, {})
    answers.append(served.post(disclosed.to_bytes() + MARKER.encode() + b"~"))
    assert len(answers) == 12
    assert "MARKER" not in str(_lines(caplog))
    assert all("\n" not in each.getMessage() for each in caplog.records)
    assert all("MARKER" not in str(each.headers) for each in answers)


def test_no_refusal_gives_back_what_was_sent(served: Served) -> None:
    machine = served.machine("TRC")
    for path in (
        f"/v1/holdings?country={MARKER}",
        f"/v1/holdings?limit={MARKER}",
        f"/v1/holdings?on={MARKER}",
        f"/v1/duties?policy={MARKER}",
        f"/v1/feed/{MARKER}",
        f"/v1/statistics/marker?by={MARKER}",
        f"/v1/firearms/{MARKER}",
        f"/v1/streams/{MARKER}",
        f"/v1/events/{MARKER}",
        f"/v1/problems/{MARKER}",
    ):
        answer = machine.get(path)
        assert answer.status_code >= 400
        assert MARKER not in answer.text, path
