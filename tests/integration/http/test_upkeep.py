# SPDX-License-Identifier: Apache-2.0
"""What the service tells of itself: health, limits, metrics, problems, and its reference."""

from __future__ import annotations

import asyncio
import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import Receive, Scope, Send

from api.http.passing.observing import Observing
from api.service.metrics import Metrics
from tests.integration.append.desk import born, signed
from tests.integration.http.conftest import Served

SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PLACES = ("/v1/limits", "/v1/firearms/x", "/v1/nothing", "/nothing", "/reference", "/v1/events")


def test_the_process_is_live_and_every_part_is_ready(served: Served) -> None:
    live, ready = (served.client.get(f"/v1/health/{each}") for each in ("live", "ready"))
    assert (live.status_code, live.json()) == (200, {"ready": True, "checks": {}})
    assert ready.status_code == 200, ready.text
    assert {"database", "keystore", "signer", "projections"} <= ready.json()["checks"].keys()
    assert set(ready.json()["checks"].values()) == {"ok"}


def test_health_tells_nothing_secret(served: Served) -> None:
    text = served.client.get("/v1/health/ready").text
    assert str(served.office.settings.home) not in text
    assert "ledger_" not in text


def test_every_limit_has_a_value_a_unit_and_a_meaning(served: Served) -> None:
    found = served.client.get("/v1/limits").json()["limits"]
    assert len({each["name"] for each in found}) == len(found) > 15
    assert all(each["value"] > 0 and each["unit"] and each["what"] for each in found)
    assert {"body": 131_072, "json_depth": 6, "page": 500}.items() <= {
        each["name"]: each["value"] for each in found
    }.items()


def test_an_operator_reads_metrics_and_nobody_else(served: Served) -> None:
    assert served.client.get("/v1/metrics").status_code == 401
    assert served.machine("TRC").get("/v1/metrics").status_code == 403
    before = _metrics(served)
    served.recorded()
    after = _metrics(served)
    recorded = "muniment_appends_total", ("outcome", "recorded")
    assert after[recorded] == before.get(recorded, 0) + 1
    assert after["muniment_log_entries", None] == before["muniment_log_entries", None] + 1


def test_a_metric_has_no_label_that_a_client_chooses(served: Served) -> None:
    served.client.get("/v1/MARKER-1?MARKER-2=MARKER-3", headers={"MARKER-4": "MARKER-5"})
    served.client.request("MARKER", "/v1/limits")
    assert "MARKER" not in served.machine("service").get("/v1/metrics").text


def _metrics(served: Served) -> dict[tuple[str, Any], float]:
    answer = served.machine("service").get("/v1/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, next(iter(sample.labels.items()), None)): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name in ("muniment_appends_total", "muniment_log_entries")
    }


def test_every_code_has_a_page(served: Served) -> None:
    slugs = json.loads((files("api.http") / "data" / "problems.json").read_bytes())
    for slug in list(slugs)[::25]:
        answer = served.client.get(f"/v1/problems/{slug}")
        assert (answer.status_code, answer.json()["code"]) == (200, slug)
    assert served.client.get("/v1/problems/nothing").status_code == 404
    assert served.client.get("/v1/problems/..%2f..%2fetc").status_code in (400, 404)


def test_the_type_of_a_problem_leads_to_its_page(served: Served) -> None:
    problem = served.post(b"e30~").json()
    assert problem.keys() >= {"type", "title", "status", "code", "detail", "next_step"}
    assert served.client.get(problem["type"]).json()["code"] == problem["code"]


class _Outside(HTMLParser):
    """Notes every address of a page, and every element that could run something."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        self.active += [tag] if tag in ("script", "iframe", "object", "embed", "form") else []
        self.active += [name for name, _ in attrs if name.startswith("on") or name == "style"]


def test_the_reference_loads_nothing_from_elsewhere_and_runs_nothing(served: Served) -> None:
    answer = served.client.get("/reference")
    assert answer.headers["content-type"].startswith("text/html")
    page = _Outside()
    page.feed(answer.text)
    assert page.active == []
    assert [each for each in page.addresses if not each.startswith(("#", "/"))] == []
    assert [each for each in page.addresses if each.startswith("//")] == []
    for address in page.addresses:
        if address.startswith("/"):
            assert served.client.get(address).status_code == 200, address
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "url(" not in served.client.get("/reference.css").text


def test_the_reference_shows_every_call_of_the_document(served: Served) -> None:
    page = served.client.get("/reference").text
    document = served.client.get("/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/v1/docs", "/v1/events/"])
def test_there_is_no_other_address(served: Served, path: str) -> None:
    assert served.client.get(path).status_code == 404


@pytest.mark.parametrize("path", PLACES)
def test_every_answer_has_safe_headers_and_an_id_of_its_own(served: Served, path: str) -> None:
    first, second = served.client.get(path), served.client.get(path)
    assert SAFE.items() <= dict(first.headers).items()
    assert "default-src 'none'" in first.headers["content-security-policy"]
    assert "server" not in first.headers
    ids = [each.headers["muniment-request"] for each in (first, second)]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", each) for each in ids)


def test_a_client_does_not_choose_the_id_of_its_request(served: Served) -> None:
    headers = {"Muniment-Request": "MARKER-7", "X-Request-ID": "MARKER-8"}
    answer = served.client.get("/v1/limits", headers=headers)
    assert "MARKER" not in str(answer.headers)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
def test_a_method_that_an_address_does_not_take_is_refused(served: Served, method: str) -> None:
    answer = served.client.request(method, "/v1/limits")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_denied")
    assert answer.headers["allow"] == "GET"


def test_an_append_is_taken_by_post_alone(served: Served) -> None:
    assert served.client.get("/v1/events").status_code == 405
    body = signed(born(), served.key).to_bytes()
    assert served.client.put("/v1/events", content=body).status_code == 405


async def _fails(_: Scope, __: Receive, ___: Send) -> None:
    raise RuntimeError("MARKER-9")


async def _asked(app: Observing) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://ledger.example") as client:
        return await client.get("/v1/limits")


def test_a_failure_that_nobody_foresaw_is_a_problem_without_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = asyncio.run(_asked(Observing(_fails, metrics=Metrics(), secure=True)))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert "RuntimeError" in caplog.text
    assert "MARKER" not in caplog.text + answer.text
