# SPDX-License-Identifier: Apache-2.0
"""What monitors read, in the format of Prometheus; every label has few values (docs/metrics.md)."""

from __future__ import annotations

from functools import cache
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

METHODS: Final = frozenset(("GET", "HEAD", "POST", "DELETE", "OPTIONS"))
"""Methods that are told by their names; a client may choose any."""


class Metrics:
    """The metrics of one process; several processes are told apart by whoever gathers them."""

    def __init__(self) -> None:
        """Begin with every count at zero."""
        self.registry = CollectorRegistry()
        self.appends = Counter(
            "muniment_appends",
            "Events taken in, by outcome: recorded, repeated, or the status of the refusal.",
            ["outcome"],
            registry=self.registry,
        )
        self.refusals = Counter(
            "muniment_verification_failures",
            "Submissions and requests whose signature or form did not hold, by code.",
            ["code"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "muniment_request_seconds",
            "Time from the first octet to the answer, by route and status.",
            ["route", "method", "status"],
            buckets=SECONDS,
            registry=self.registry,
        )
        # Finding what counts by its labels is slow, and both are asked for with every append.
        self.appends_of = cache(self.appends.labels)
        self.seconds_of = cache(self.seconds.labels)
        self.log_size = Gauge("muniment_log_entries", "Entries of the log.", registry=self.registry)
        self.lag = Gauge(
            "muniment_projection_lag_entries",
            "Entries that a projection has not read yet.",
            ["projection"],
            registry=self.registry,
        )
        self.checkpoint_age = Gauge(
            "muniment_checkpoint_age_seconds",
            "Age of the newest checkpoint that is kept.",
            registry=self.registry,
        )
        self.waiting = Gauge(
            "muniment_appends_waiting", "Submissions that wait.", registry=self.registry
        )

    def text(self) -> bytes:
        """Give everything as Prometheus reads it."""
        return generate_latest(self.registry)
