# SPDX-License-Identifier: Apache-2.0
"""Least data of the events of a component's stream."""

from __future__ import annotations

from typing import Any, Final

FIREARM = "arm.01a2076b-4018-7111-8222-333333333333"
PART: Final[dict[str, Any]] = {
    "part": "frame",
    "make": {"known": "TESTWERK"},
    "serial": {"known": "F-0042"},
}

COMPONENT: Final[dict[str, dict[str, Any]]] = {
    "component.manufactured": PART,
    "component.registered": {
        **PART,
        "source": {"register_code": "test_register", "as_of": "2018"},
    },
    "component.marked": {
        "mark": {"kind": "component", "text": {"known": "F-0042"}, "condition": "legible"}
    },
    "component.installed": {"firearm": FIREARM},
    "component.removed": {"firearm": FIREARM},
    "component.destroyed": {"method": "melt", "certificate_no": "XA-D-1"},
    "component.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "serial.known", "old": "F-0042", "new": "F-0024"}],
    },
}
