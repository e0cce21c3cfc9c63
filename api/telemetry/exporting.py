# SPDX-License-Identifier: Apache-2.0
"""Sending spans to a collector: OTLP over HTTP, gathered and sent by a thread of its own.

A collector that is away costs spans and a line of the log, and nothing else.
"""

from __future__ import annotations

import logging
import time
from typing import Final

import orjson
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from api.service.settings import Telemetry
from api.telemetry.spans import Spans

SEND_SECONDS_MAX: Final = 2
"""Tries and all, so that a service that is told to stop does not wait for a collector."""

TOLD_CHARACTERS_MAX: Final = 200

LOGGER: Final = logging.getLogger("muniment.telemetry")


def sent_to(telemetry: Telemetry) -> Spans:
    """Give spans that are sent to a collector."""
    sender = logging.getLogger("opentelemetry")
    sender.handlers, sender.propagate = [_Telling()], False
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: "muniment"}),
        sampler=ParentBased(TraceIdRatioBased(telemetry.share)),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=telemetry.endpoint, timeout=SEND_SECONDS_MAX)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Spans(provider)


class _Telling(logging.Handler):
    """Tells what keeps spans from being sent as the service tells everything: JSON, one line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the sentence alone; a trace might show values."""
        told = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "fault": "telemetry",
            "said": record.getMessage()[:TOLD_CHARACTERS_MAX],
        }
        LOGGER.warning(orjson.dumps(told).decode())
