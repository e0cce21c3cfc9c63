# SPDX-License-Identifier: Apache-2.0
"""What examples of some event types state, since no value by name or form alone would be legal.

A rule that looks at the data alone would refuse every firearm otherwise: a conversion that
changes nothing, a deactivation of one part, a disposal that was traced and excepted at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Members = Mapping[str, Any]

_ARM: Final = "arm.01a2076b-4400-7abc-8def-01234567890"
_EXEMPT: Final[Members] = {"exemption": "not_required"}
_DOCUMENTED: Final[Members] = {
    "document": "european_firearms_pass",
    "document_no": "PASS 17",
}
_GONE: Final[Members] = {
    "kind": "manufacture",
    "text": "unknown",
    "condition": "obliterated",
    "damage": "filed_or_ground",
    "location": "frame_or_lower",
}
_OF_XA: Final[Members] = {"text": {"known": "XA-000042"}, "condition": "legible", "country": "XA"}

LEAST: Final[Mapping[str, Members]] = {
    "firearm.production-planned": _EXEMPT,
    "firearm.manufactured": _EXEMPT,
    "component.manufactured": _EXEMPT,
    "firearm.converted": {
        **_EXEMPT,
        "before": {"calibre": {"known": "9x19"}},
        "after": {"calibre": {"known": "9x21"}},
    },
    "firearm.component-replaced": {"part": "barrel"},
    "firearm.leading-component-replaced": {"part_history": "used"},
    "firearm.deactivation-performed": {
        "operations": [
            {"part": "barrel", "operation": "slot"},
            {"part": "frame", "operation": "weld"},
            {"part": "slide", "operation": "mill"},
        ]
    },
    "firearm.deactivation-verified": {"parts": ["barrel", "frame", "slide"]},
    "firearm.obliteration-discovered": {"mark": _GONE},
    "firearm.admin-serial-assigned": {"mark": {"kind": "admin_serial", **_OF_XA}},
    "firearm.transferred": _EXEMPT,
    "firearm.dealer-acquired": _EXEMPT,
    "firearm.dealer-disposed": _EXEMPT,
    "firearm.receipt-confirmed": _EXEMPT,
    "firearm.custody-received": _EXEMPT,
    "firearm.released-to-civilian": {
        **_EXEMPT,
        "struck": {"kind": "state_stock", **_OF_XA},
    },
    "firearm.released-to-trade": _EXEMPT,
    "firearm.temporarily-exported": _DOCUMENTED,
    "firearm.temporarily-imported": _DOCUMENTED,
    "firearm.disposal-authorised": {"trace_outcome": "no_record", "trace_report_no": "TRACE 17"},
    "firearm.returned-to-owner": {"entitlement": "not_required"},
    "component.transferred": _EXEMPT,
    "component.returned": {"entitlement": "not_required"},
    "lot.reconciled": {"found": [f"{_ARM}0"]},
    "licence.varied": {"firearms": 2},
    "licence.business-ceased": {"successor": "lic.01a2076b-4400-7abc-8def-012345678900"},
    "authorization.import-licence-recorded": {
        "authorization": "aut.01a2076b-4400-7abc-8def-012345678900"
    },
    "trace.requested": {"cause": "criminal_investigation"},
    "authorization.varied": {"expires_on": "2027-10-31"},
    "authorization.brokering-recorded": {"registration_no": "BRK-17"},
}
"""Members of every example of a type, beside those that its schema requires."""

FULL: Final[Mapping[str, Members]] = {
    "firearm.proof-tested": {"markings": [{"kind": "proof", **_OF_XA}]},
    "firearm.leading-component-replaced": {"part_history": "never_installed"},
    "firearm.obliteration-discovered": {"mark": {**_GONE, "condition": "partial"}},
    "firearm.surrendered": {"anonymous": False},
    "firearm.returned-to-owner": {"entitlement": "licence"},
    "component.returned": {"entitlement": "licence"},
    "lot.reconciled": {
        "found": [f"{_ARM}0"],
        "not_found": [f"{_ARM}1"],
        "extra": [f"{_ARM}2"],
    },
}
"""Members of a full example that its other members call for."""

APART: Final[Mapping[str, tuple[str, ...]]] = {
    "firearm.disposal-authorised": ("trace_exception",),
    "firearm.destruction-scheduled": ("trace_exception",),
    "licence.business-ceased": ("authority",),
    "authorization.import-licence-recorded": ("foreign_number",),
}
"""Members that a full example leaves out, since another one of it excludes them."""


def as_stated(evt: str, example: Members, *, full: bool) -> dict[str, Any]:
    """Give an example with what its type has to state."""
    if not full:
        return {**example, **LEAST.get(evt, {})}
    stated = {**example, **LEAST.get(evt, {}), **FULL.get(evt, {})}
    return {name: value for name, value in stated.items() if name not in APART.get(evt, ())}
