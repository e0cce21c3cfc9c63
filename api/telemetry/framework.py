# SPDX-License-Identifier: Apache-2.0
"""What the web framework may tell by itself: nothing.

Its own spans hold whole addresses and what was asked in them, and its log records what failed with
the values; one variable of the environment would be enough to send both to somebody.
"""

from __future__ import annotations

from typing import Final

from fastapi.telemetry import TelemetryConfig

SILENT: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
