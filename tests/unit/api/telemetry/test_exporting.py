# SPDX-License-Identifier: Apache-2.0
"""Sending spans: a collector gets them, and one that is away keeps nothing from ending."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.service.settings import Telemetry
from api.telemetry.exporting import sent_to
from api.telemetry.steps import step


class Collector(ThreadingHTTPServer):
    """Keeps what is sent to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[bytes] = []

    def names(self) -> list[str]:
        sent = [ExportTraceServiceRequest.FromString(each) for each in self.bodies]
        scopes = [
            scope for one in sent for each in one.resource_spans for scope in each.scope_spans
        ]
        return [span.name for scope in scopes for span in scope.spans]


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding") == "gzip"
        self.server.bodies.append(gzip.decompress(body) if packed else body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture(name="collector")
def _collector() -> Iterator[Collector]:
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever, args=(0.02,))
        thread.start()
        yield collector
        collector.shutdown()
        thread.join()


def _endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1/traces"


def test_what_is_not_sent_yet_is_sent_when_the_service_stops(collector: Collector) -> None:
    spans = sent_to(Telemetry(endpoint=_endpoint(collector.server_port)))
    with step(spans._tracer, "append.commit"):
        pass
    spans.close()
    assert collector.names() == ["append.commit"]


def test_a_share_of_none_sends_nothing(collector: Collector) -> None:
    spans = sent_to(Telemetry(endpoint=_endpoint(collector.server_port), share=0))
    with step(spans._tracer, "append.commit"):
        pass
    spans.close()
    assert collector.bodies == []


def test_a_collector_that_is_away_is_told_in_the_log_and_keeps_nothing_from_ending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens here
        spans = sent_to(Telemetry(endpoint=_endpoint(taken.getsockname()[1])))
        with step(spans._tracer, "append.commit"):
            pass
        with caplog.at_level(logging.WARNING):
            spans.close()
    told = [json.loads(each.getMessage()) for each in caplog.records]
    assert told
    assert {each["fault"] for each in told} == {"telemetry"}
    assert {each.name for each in caplog.records} == {"muniment.telemetry"}
