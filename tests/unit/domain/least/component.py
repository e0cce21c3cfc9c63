# SPDX-License-Identifier: Apache-2.0
"""Least data of the events of a component's stream."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.domain.erasure.holding import holds
from tests.unit.domain.least.moving import AUTHORIZATION_ID, SHIPMENT_ID
from tests.unit.domain.least.trading import EXEMPT, HOLDING

FIREARM = "arm.01a2076b-4018-7111-8222-333333333333"
LOSS: Final[dict[str, Any]] = {
    "discovered_on": "2019-05-02",
    "window_from": "unknown",
    "window_to": "unknown",
    "cause": "unknown",
}
PART: Final[dict[str, Any]] = {
    "part": "frame",
    "make": {"known": "TESTWERK"},
    "serial": {"known": "F-0042"},
}

COMPONENT: Final[dict[str, dict[str, Any]]] = {
    "component.manufactured": {**PART, **EXEMPT},
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
    "component.transferred": {**EXEMPT, "acq": "purchase", "hld": HOLDING, "permit_class": "sport"},
    "component.lost-reported": LOSS,
    "component.stolen-reported": LOSS,
    "component.alert-cleared": {"flag": "lost", "reason": "recovered_and_identified"},
    "component.found": {"station": "STATION 7"},
    "component.seized": {"ground": "illicit_possession", "proceeding": "criminal"},
    "component.forfeited": {"order_no": "C-1", "ordered_on": "2020-05-01", "final": True},
    "component.returned": {
        "hld": HOLDING,
        "basis": "seizure_lifted",
        "entitlement": "not_required",
    },
    "component.exported": {
        "authorization": AUTHORIZATION_ID,
        "shipment": SHIPMENT_ID,
        "destination": "XB",
    },
    "component.imported": {
        "authorization": AUTHORIZATION_ID,
        "shipment": SHIPMENT_ID,
        "country": "XB",
    },
    "component.deactivated": {
        "certificate_no": "XA-DE-1",
        "country": "XA",
        "entity": "VE1",
        "year": 2020,
        "serials_kept": True,
    },
    **holds("component"),
    "component.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "serial.known", "old": "F-0042", "new": "F-0024"}],
    },
}
