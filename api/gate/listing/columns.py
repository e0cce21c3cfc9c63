# SPDX-License-Identifier: Apache-2.0
"""The columns of every list as a file of comma-separated values, the same from every door.

A dot leads into a member of a member. Days are ISO 8601, and codes are the ledger's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

GOODS: Final = ("firearm", "component", "ammunition")
QUANTITIES: Final = ("authorized", "drawn", "left")

HOLDINGS: Final = (
    *("firearm", "kind", "make", "model", "calibre", "serial", "technical", "holder", "holding"),
    *("custody", "custodian", "country", "alerts", "since", "index"),
)
LICENCES: Final = (
    *("licence", "kind", "state", "number", "holding", "since", "until", "days_left"),
    *("firearms", "conditions", "ground", "appeal", "place_by", "holds", "index"),
)
AUTHORIZATIONS: Final = (
    *("authorization", "kind", "number", "state", "authority", "export_country"),
    *("import_country", "issued_on", "expires_on", "revoked_from", "days_left"),
    *(f"quantities.{goods}.{what}" for goods in GOODS for what in QUANTITIES),
    *("shipments", "without_receipt", "without_export"),
)
REQUESTS: Final = (
    *("request", "boxes", "state", "open", "asked_by", "asked_on", "index", "trail", "now_with"),
    *("firearm", "ground", "kind", "urgency", "case_no", "agency", "requesting_state"),
    *("due_on", "days_left"),
    *("days_open", "answer.evt", "answer.on", "answer.index", "answer.last_status"),
    *("answer.last_on", "answer.last_country", "answer.certainty", "answer.ground"),
    *("answer.reason", "restrictions", "outcome", "reason"),
)
DUTIES: Final = (
    *("duty", "state", "due_on", "who", "severity", "about", "successor"),
    *("opened_by.index", "opened_by.evt", "opened_by.occ", "opened_by.eid", "opened_by.sub"),
    *("closed_by.index", "closed_by.evt", "closed_at", "sentence", "source"),
)
LOTS: Final = (
    *("lot", "state", "place", "basis", "listed_on", "planned_on", "firearms", "found"),
    *("missing", "extra", "unidentified", "certificate_no", "method", "index"),
)


def cell(record: Any, path: str) -> str:
    """Give what stands in a column of a row."""
    for name in path.split("."):
        record = record.get(name) if isinstance(record, Mapping) else None
    if isinstance(record, bool):
        return str(record).lower()
    if isinstance(record, list | tuple):
        return " ".join(map(str, record))
    return "" if record is None else str(record)
