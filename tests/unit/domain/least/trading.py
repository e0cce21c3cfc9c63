# SPDX-License-Identifier: Apache-2.0
"""The least data of the events of trade, trade custody, estates and release."""

from __future__ import annotations

from typing import Any

HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"

EXEMPT = {"exemption": "not_required"}
"""So that no test but those of entitlement meets a note that none was shown."""

TRADING: dict[str, dict[str, Any]] = {
    "firearm.dealer-acquired": {"acq": "purchase", **EXEMPT},
    "firearm.dealer-disposed": {
        "disposal": "sale",
        "holder": "civilian",
        "hld": HOLDING,
        "from_hld": HOLDING,
        **EXEMPT,
    },
    "firearm.receipt-confirmed": {"hld": HOLDING, **EXEMPT},
    "firearm.custody-received": {"purpose": "repair", **EXEMPT},
    "firearm.custody-returned": {},
    "firearm.inherited": {"hld": HOLDING},
    "firearm.possession-taken": {"role": "heir", "hld": HOLDING},
    "firearm.released-to-civilian": {
        "entity": "POLICE XA",
        "authority_ref": "REL-2019-4",
        "mark_event": "A" * 43,
        **EXEMPT,
        "hld": HOLDING,
    },
}
