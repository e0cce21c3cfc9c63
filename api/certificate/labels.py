# SPDX-License-Identifier: Apache-2.0
"""What the members and codes of events are called on a certificate, as message ids.

Only what a court reads most is named. Any other member keeps its name in the ledger, and every
value outside of the lists here its code, so that nothing of what was signed is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from api.certificate.wording import N_
from api.tracing.words import plain
from domain.codes import Alert, Custody, GunAction, GunKind, HolderClass, MarkState, Technical
from domain.tracing.codes import Circumstance
from projections.timeline.proving import ProofState

MEMBERS: Final[Mapping[str, str]] = {
    "acq": N_("Way of acquisition"),
    "action": N_("Action"),
    "agency": N_("Agency"),
    "authorization": N_("Authorization"),
    "calibre": N_("Calibre"),
    "case": N_("Case"),
    "case_no": N_("Case number"),
    "cause": N_("Cause"),
    "circumstance": N_("Circumstance"),
    "condition": N_("Condition"),
    "country": N_("Country"),
    "crimes": N_("Offences"),
    "custodian": N_("Custodian"),
    "described": N_("Described as"),
    "destination": N_("Destination"),
    "discovered_on": N_("Discovered on"),
    "documents": N_("Documents (SHA-256)"),
    "evidence": N_("Report (SHA-256)"),
    "from_custodian": N_("From custodian"),
    "from_hld": N_("From holding"),
    "ground": N_("Ground"),
    "hld": N_("Holding"),
    "holder": N_("Class of holder"),
    "importer": N_("Importer"),
    "jur": N_("Jurisdiction"),
    "kind": N_("Kind"),
    "legal_basis": N_("Legal basis"),
    "licence": N_("Licence"),
    "location": N_("Place on the firearm"),
    "lot": N_("Lot"),
    "make": N_("Make"),
    "mark": N_("Mark"),
    "markings": N_("Marks"),
    "model": N_("Model"),
    "numbers": N_("Further numbers"),
    "on": N_("Date"),
    "order_no": N_("Number of the order"),
    "permit_class": N_("Class of permit"),
    "place": N_("Place"),
    "proceeding": N_("Proceeding"),
    "purpose": N_("Purpose"),
    "reason": N_("Reason"),
    "report_no": N_("Number of the report"),
    "seals": N_("Seals"),
    "serial": N_("Serial number"),
    "shipment": N_("Shipment"),
    "source": N_("Taken over from"),
    "station": N_("Station"),
    "to_custodian": N_("To custodian"),
    "to_hld": N_("To holding"),
    "window_from": N_("Not before"),
    "window_to": N_("Not after"),
    "year": N_("Year of manufacture"),
}
"""Members of events by their names in the schemas."""

_SAID_OTHERWISE: Final[Mapping[str, str]] = {
    "holder": N_("with the holder"),
    "evidence": N_("in evidence"),
    "state_stock": N_("government stock"),
}

CODES: Final[Mapping[str, str]] = {
    code: _SAID_OTHERWISE.get(code, plain(code))
    for codes in (
        *(Alert, Circumstance, Custody, GunAction, GunKind),
        *(HolderClass, MarkState, ProofState, Technical),
    )
    for code in get_args(codes)
}
"""Codes that are written in words; each says the same wherever it stands."""

CODED: Final = frozenset({"action", "circumstance", "holder", "kind", "technical", "year"})
"""Members whose values are such codes."""

AXES: Final[Mapping[str, str]] = {
    "technical": N_("Object"),
    "holder": N_("Class of holder"),
    "custody": N_("Custody"),
    "alerts": N_("Alerts"),
    "marks": N_("State of the marks"),
    "country": N_("Country"),
    "custodian": N_("Custodian"),
    "holding": N_("Holding"),
}
"""Parts of the state of a firearm."""

STATES: Final[Mapping[ProofState, str]] = {
    "failed": N_("A check failed. Do not rely on this history as it stands."),
    "signed": N_("Each signature is valid, by a key that was entitled to sign."),
    "chained": N_(
        "Each signature is valid, and each entry follows the one before it without a gap."
    ),
    "checkpointed": N_(
        "Each signature is valid, no entry is missing between others, and every entry stands in "
        "the tree that the ledger has signed, so that none of them can be changed unnoticed."
    ),
    "witnessed": N_(
        "Each signature is valid, no entry is missing between others, and every entry stands in a "
        "signed tree that independent witnesses have cosigned, so that nobody is shown another one."
    ),
}
"""What a proof state means of all entries of a history, of which it is the weakest."""

PENDING: Final[Mapping[str, str]] = {
    "hand-over": N_("A hand-over awaits the report of the other side."),
    "import_mark": N_("An import mark is due."),
    "stay_abroad": N_("A stay abroad has not ended."),
    "discrepancy": N_("A count differed from the record, and awaits an explanation."),
    "destruction": N_("It is listed for destruction."),
}
"""What can be open at the end of a history, by its code."""
