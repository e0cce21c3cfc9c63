# SPDX-License-Identifier: Apache-2.0
"""What happened, by name: how events are called and grouped where somebody chooses one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.schema import EventType

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Making and marking": (
        "firearm.production-planned", "firearm.manufactured", "firearm.registered",
        "firearm.marked", "firearm.proof-tested", "component.manufactured",
        "component.registered", "component.marked",
    ),
    "Holding, trade and inheritance": (
        "firearm.transferred", "firearm.dealer-acquired", "firearm.dealer-disposed",
        "firearm.receipt-confirmed", "firearm.custody-received", "firearm.custody-returned",
        "firearm.inherited", "firearm.possession-taken", "component.transferred",
        "firearm.stock-issued", "firearm.stock-received", "firearm.released-to-civilian",
    ),
    "Loss, theft and finding": (
        "firearm.lost-reported", "firearm.stolen-reported", "firearm.found",
        "firearm.surrendered", "firearm.sought", "firearm.alert-published",
        "firearm.alert-withdrawn", "firearm.alert-cleared",
        "firearm.point-of-diversion-established", "component.lost-reported",
        "component.stolen-reported", "component.found", "component.alert-cleared",
    ),
    "Seizure, evidence and court": (
        "firearm.seized", "firearm.custody-moved", "firearm.forensically-examined",
        "firearm.forfeited", "firearm.returned-to-owner", "firearm.disposal-authorised",
        "component.seized", "component.forfeited", "component.returned",
    ),
    "Disposal and destruction": (
        "firearm.retained-for-state", "firearm.placed-in-museum", "firearm.released-to-trade",
        "firearm.destruction-scheduled", "firearm.destroyed", "component.destroyed",
        "lot.scheduled", "lot.extended", "lot.reconciled", "lot.destroyed", "lot.cancelled",
    ),
    "Change of the firearm": (
        "firearm.converted", "firearm.component-replaced", "firearm.leading-component-replaced",
        "firearm.dismantled", "firearm.deactivation-performed", "firearm.deactivation-verified",
        "firearm.reactivated-illicitly", "firearm.converted-illicitly", "component.installed",
        "component.removed", "component.deactivated",
    ),
    "Identity and damaged marks": (
        "firearm.obliteration-discovered", "firearm.mark-restored", "firearm.re-marked",
        "firearm.admin-serial-assigned", "firearm.duplicate-flagged",
        "firearm.duplicate-resolved", "firearm.identity-merged", "firearm.identity-split",
        "firearm.conflict-settled",
    ),
    "Licences": (
        "licence.applied", "licence.registered", "licence.issued", "licence.refused",
        "licence.renewed", "licence.varied", "licence.suspended", "licence.reinstated",
        "licence.revoked", "licence.expired", "licence.business-ceased", "licence.ban-imposed",
        "licence.ban-lifted",
    ),
    "Borders": (
        "authorization.applied", "authorization.import-licence-recorded",
        "authorization.transit-no-objection-recorded",
        "authorization.transit-objection-recorded", "authorization.transit-objection-withdrawn",
        "authorization.issued", "authorization.refused", "authorization.drawn",
        "authorization.draw-cancelled", "authorization.varied",
        "authorization.brokering-recorded", "authorization.revoked", "authorization.expired",
        "shipment.declared", "shipment.extended", "shipment.crossed", "shipment.received",
        "shipment.closed", "firearm.exported", "firearm.transit-crossed", "firearm.imported",
        "firearm.temporarily-exported", "firearm.temporarily-imported",
        "firearm.returned-from-abroad", "component.exported", "component.imported",
    ),
    "Ammunition": (
        "lot.ammunition-registered", "lot.ammunition-issued", "lot.ammunition-destroyed",
        "lot.ammunition-lost-reported", "lot.ammunition-stolen-reported",
        "lot.ammunition-seized", "lot.ammunition-exported", "lot.ammunition-imported",
    ),
    "Tracing": (
        "trace.requested", "trace.acknowledged", "trace.more-info-asked",
        "trace.more-info-given", "trace.forwarded", "trace.responded", "trace.restricted",
        "trace.refused", "trace.point-of-diversion-established", "trace.closed",
        "trace.reopened", "trace.onward-disclosed",
    ),
    "Counting": (
        "firearm.stock-counted", "firearm.discrepancy-found", "stocktake.recorded",
    ),
    "Corrections": (
        "firearm.corrected", "firearm.reversed", "component.corrected", "lot.corrected",
        "stocktake.corrected", "licence.corrected", "authorization.corrected",
        "shipment.corrected", "trace.corrected",
    ),
    "Personal data and rules": (
        "firearm.hold-placed", "firearm.hold-released", "component.hold-placed",
        "component.hold-released", "lot.hold-placed", "lot.hold-released",
        "licence.hold-placed", "licence.hold-released", "authorization.hold-placed",
        "authorization.hold-released", "trace.hold-placed", "trace.hold-released",
        "officer.hold-placed", "officer.hold-released",
        "record.accessed", "erasure.proposed", "erasure.approved", "erasure.executed",
        "policy.adopted", "policy.withdrawn",
    ),
    "Keys and authorities": (
        "ledger.founded", "alg.policy", "log.heads", "log.access", "authority.registered",
        "key.enrol-proposed", "key.enrol-approved", "key.rotated", "key.suspended",
        "key.reinstated", "key.revoked", "key.dispute-settled", "role.granted",
        "role.withdrawn",
    ),
}  # fmt: skip
"""Every event type by what it is about, in the order in which they are offered."""

SUBJECTS: Final[Mapping[str, str]] = {
    "arm": "Firearm",
    "cmp": "Component",
    "lot": "Lot",
    "stk": "Stocktake",
    "lic": "Licence",
    "aut": "Authorization",
    "shp": "Shipment",
    "trc": "Tracing request",
    "acc": "Access",
    "off": "Officer",
    "ers": "Erasure",
    "pol": "Policy",
    "log": "Ledger",
    "auth": "Authority",
    "key": "Key",
}
"""What a stream is about, by its kind."""

TITLES: Final[Mapping[str, str]] = {
    "alg.policy": "Algorithm closed",
    "authorization.draw-cancelled": "Authorization: quantity freed again",
    "authorization.drawn": "Authorization: quantity set aside",
    "authorization.transit-no-objection-recorded": "Authorization: transit not objected to",
    "authorization.transit-objection-recorded": "Authorization: transit objected to",
    "authorization.transit-objection-withdrawn": "Authorization: transit objection withdrawn",
    "firearm.admin-serial-assigned": "Firearm: number of the registry assigned",
    "firearm.alert-cleared": "Firearm: alert closed here",
    "firearm.alert-published": "Firearm: alert entered in another system",
    "firearm.alert-withdrawn": "Firearm: alert taken back in another system",
    "firearm.dealer-acquired": "Firearm: acquired by a dealer",
    "firearm.dealer-disposed": "Firearm: sold or given by a dealer",
    "firearm.lost-reported": "Firearm: loss reported",
    "firearm.mark-restored": "Firearm: mark made readable again",
    "firearm.obliteration-discovered": "Firearm: damaged mark discovered",
    "firearm.registered": "Firearm: taken over from an older record",
    "firearm.sought": "Firearm: sought by the police",
    "firearm.stolen-reported": "Firearm: theft reported",
    "component.lost-reported": "Component: loss reported",
    "component.registered": "Component: taken over from an older record",
    "component.stolen-reported": "Component: theft reported",
    "licence.registered": "Licence: taken over from an older record",
    "log.access": "Ledger: state of the access log",
    "log.heads": "Ledger: newest event of each stream",
    "lot.ammunition-lost-reported": "Ammunition: loss reported",
    "lot.ammunition-stolen-reported": "Ammunition: theft reported",
    "record.accessed": "Record: consulted",
}
"""Titles of events whose names do not read as one."""

FIRST_WORDS: Final[Mapping[str, str]] = {
    "lot.ammunition-": "Ammunition",
    "trace.": "Tracing",
}


def title_of(kind: EventType) -> str:
    """Say what happened in a few words, for example ``Firearm: stock received``."""
    if kind.evt in TITLES:
        return TITLES[kind.evt]
    begins = next((each for each in FIRST_WORDS if kind.evt.startswith(each)), "")
    subject, _, done = kind.evt.partition(".")
    if begins:
        return f"{FIRST_WORDS[begins]}: {_words(kind.evt.removeprefix(begins))}"
    return f"{_words(subject).capitalize()}: {_words(done)}"


def _words(name: str) -> str:
    return name.replace("-", " ")
