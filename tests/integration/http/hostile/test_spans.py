# SPDX-License-Identifier: Apache-2.0
"""The spans that the service sends: what took how long, and nothing that a client sent."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from api.telemetry.spans import Spans
from tests.integration.append.desk import born, signed
from tests.integration.http.conftest import REASON, SECONDS, Served

MARKER = "MARKER-Jane-Doe"
TRACEPARENT = "00-11111111111111111111111111111111-2222222222222222-01"


class Gathered(InMemorySpanExporter):
    """Spans that have ended; the one of a request does so after its answer."""

    def __init__(self) -> None:
        super().__init__()
        self._grown = Condition()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._grown:
            result = super().export(spans)
            self._grown.notify_all()
            return result

    def of_requests(self, number: int) -> list[ReadableSpan]:
        """Give every span, once so many requests have ended."""
        with self._grown:
            self._grown.wait_for(lambda: self._requests() >= number, SECONDS)
            assert self._requests() == number
            return list(self.get_finished_spans())

    def _requests(self) -> int:
        return sum(each.kind is SpanKind.SERVER for each in self.get_finished_spans())


@pytest.fixture(scope="module")
def exporter() -> Gathered:
    """Where spans are gathered."""
    return Gathered()


@pytest.fixture(scope="module")
def watch(exporter: Gathered) -> Spans:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Spans(provider)


@pytest.fixture(autouse=True)
def _fresh(served: Served, exporter: Gathered) -> None:
    served.machine("TRC")
    exporter.clear()


def _trace_of(answer: httpx.Response, exporter: Gathered) -> dict[str, ReadableSpan]:
    """Give the spans of one request by their names; its own bears the id of the answer."""
    found = exporter.of_requests(1)
    asked = answer.headers["muniment-request"]
    (request,) = [each for each in found if _told(each).get("muniment.request") == asked]
    same = [each for each in found if each.context.trace_id == request.context.trace_id]
    return {each.name: each for each in same}


def _told(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def test_an_append_tells_how_long_it_waited_and_how_long_it_was_verified_committed_and_signed(
    served: Served, exporter: Gathered
) -> None:
    answer = served.post(signed(born(), served.key))
    spans = _trace_of(answer, exporter)
    assert set(spans) == {
        *("POST /events", "append.wait", "append.batch"),
        *("append.verify", "append.commit", "append.sign"),
    }
    batch = spans["append.batch"]
    steps = [spans[f"append.{each}"] for each in ("verify", "commit", "sign")]
    assert all(each.parent == batch.context for each in steps)
    assert batch.parent == spans["append.wait"].parent == spans["POST /events"].context
    assert _told(spans["POST /events"])["muniment.recorded"] == (answer.json()["eid"],)
    assert _told(batch) == {"muniment.events": 1}


def test_a_read_tells_how_long_the_gate_took(served: Served, exporter: Gathered) -> None:
    answer = served.machine("TRC").get("/v1/search?text=AB12")
    spans = _trace_of(answer, exporter)
    assert set(spans) == {"GET /search", "gate.caller", "gate.keep"}
    assert _told(spans["GET /search"])["http.response.status_code"] == 200
    assert spans["gate.caller"].parent == spans["GET /search"].context


def test_a_refusal_is_told_by_its_code_alone(served: Served, exporter: Gathered) -> None:
    answer = served.client.get(
        "/v1/holdings", headers={"Signature": f"{MARKER}=:AA==:", "Signature-Input": MARKER}
    )
    spans = _trace_of(answer, exporter)
    code = answer.json()["code"]
    assert _told(spans["GET /holdings"])["muniment.code"] == code
    assert _told(spans["gate.caller"]) == {"error.type": code}
    assert not any(each.events or each.status.description for each in spans.values())
    assert spans["GET /holdings"].status.status_code is StatusCode.UNSET


def test_those_who_wait_for_one_batch_are_all_led_to_it(served: Served, exporter: Gathered) -> None:
    submissions = [signed(born(), served.key) for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(served.post, submissions))
    assert {each.status_code for each in answers} == {201}
    spans = exporter.of_requests(len(submissions))
    requests = {each.context.span_id for each in spans if each.name == "POST /events"}
    batches = [each for each in spans if each.name == "append.batch"]
    led = [each.parent.span_id for each in batches if each.parent]
    led += [link.context.span_id for each in batches for link in each.links]
    assert sorted(led) == sorted(requests)
    assert sum(int(str(_told(each)["muniment.events"])) for each in batches) == len(submissions)


def test_nothing_that_a_client_sent_stands_in_any_span(served: Served, exporter: Gathered) -> None:
    machine = served.machine("TRC")
    case = {**REASON, "Muniment-Case": MARKER}
    strange = {"User-Agent": MARKER, MARKER: MARKER, "Host": MARKER, "Baggage": f"a={MARKER}"}
    answers = [
        machine.get(f"/v1/search?text={MARKER}", reason=case),
        machine.get(f"/v1/firearms/{MARKER}"),
        machine.get(f"/v1/holdings?custodian={MARKER}"),
        machine.get(f"/v1/holdings?limit={MARKER}"),
        served.client.get(f"/{MARKER}?{MARKER}={MARKER}"),
        served.client.get("/v1/limits", headers={**strange, "Traceparent": TRACEPARENT}),
        served.client.post("/v1/events", content=MARKER.encode(), headers={"Content-Type": MARKER}),
        served.post(MARKER.encode() + b"~"),
        served.post(signed(born(), served.key, {}).to_bytes() + MARKER.encode() + b"~"),
        served.client.request("PURGE", f"/v1/limits?a={MARKER}"),
    ]
    told = [each.to_json() for each in exporter.of_requests(len(answers))]
    never = ("MARKER", "PURGE", TRACEPARENT[3:35], machine.key.kid, served.key.kid)
    assert [each for each in told if any(word in each for word in never)] == []


def test_the_framework_tells_nothing_by_itself(
    served: Served, exporter: Gathered, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    assert served.client.get(f"/v1/limits?a={MARKER}").status_code in {200, 400}
    assert served.client.get(f"/?a={MARKER}").status_code in {200, 303, 400}
    exporter.of_requests(2)
    assert spans.get_finished_spans() == ()
