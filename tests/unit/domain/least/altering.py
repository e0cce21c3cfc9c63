# SPDX-License-Identifier: Apache-2.0
"""Least data of the events of altering a firearm, and of planning and proving one."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.domain.least.trading import EXEMPT

COMPONENT = "cmp.01a2076b-4018-7111-8222-aaaaaaaaaaaa"
OTHER_COMPONENT = "cmp.01a2076b-4018-7111-8222-bbbbbbbbbbbb"
SUCCESSOR = "arm.01a2076b-4018-7111-8222-444444444444"

ALTERING: Final[dict[str, dict[str, Any]]] = {
    "firearm.production-planned": {
        "make": {"known": "TESTWERK"},
        "model": {"known": "TW-9"},
        "kind": "pistol",
        "serial": {"known": "TW9-000042"},
        **EXEMPT,
    },
    "firearm.proof-tested": {"house": "PROOF HOUSE XA", "passed": True},
    "firearm.converted": {
        "before": {"calibre": {"known": "9x19"}},
        "after": {"calibre": {"known": ".22 LR"}},
        **EXEMPT,
    },
    "firearm.component-replaced": {"part": "barrel", "reason": "worn"},
    "firearm.leading-component-replaced": {
        "part": "frame",
        "part_history": "used",
        "reason": "broken",
    },
    "firearm.dismantled": {"components": [COMPONENT]},
    "firearm.deactivation-performed": {
        "table": "pistol",
        "operations": [
            {"part": "barrel", "operation": "slot"},
            {"part": "frame", "operation": "weld"},
            {"part": "slide", "operation": "mill"},
        ],
    },
    "firearm.deactivation-verified": {
        "certificate_no": "XA-2026-0001",
        "country": "XA",
        "entity": "VE1",
        "year": 2026,
        "parts": ["barrel", "frame", "slide"],
        "serials_kept": True,
    },
    "firearm.reactivated-illicitly": {"evidence": "LAB 17/2026"},
    "firearm.converted-illicitly": {"evidence": "LAB 18/2026", "base": "blank_firer"},
}
