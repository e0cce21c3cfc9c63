# SPDX-License-Identifier: Apache-2.0
"""Names of events for people; translations will replace this module.

Neutral throughout: an event says what was done or seen, never who is to blame.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EVENT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "firearm.production-planned": "Production planned",
        "firearm.manufactured": "Manufactured",
        "firearm.registered": "Registered from an older record",
        "firearm.marked": "Marked",
        "firearm.proof-tested": "Proof tested",
        "firearm.converted": "Converted",
        "firearm.component-replaced": "Component replaced",
        "firearm.leading-component-replaced": "Leading component replaced",
        "firearm.dismantled": "Dismantled",
        "firearm.deactivation-performed": "Deactivation performed",
        "firearm.deactivation-verified": "Deactivation verified",
        "firearm.reactivated-illicitly": "Found reactivated without authorization",
        "firearm.converted-illicitly": "Found converted without authorization",
        "firearm.obliteration-discovered": "Obliterated mark discovered",
        "firearm.mark-restored": "Mark restored in a laboratory",
        "firearm.re-marked": "Marked anew",
        "firearm.admin-serial-assigned": "Administrative serial assigned",
        "firearm.duplicate-flagged": "Possible duplicate flagged",
        "firearm.duplicate-resolved": "Possible duplicate resolved",
        "firearm.identity-merged": "Joined with another record",
        "firearm.identity-split": "Parted from another record",
        "firearm.stock-issued": "Issued from government stock",
        "firearm.stock-received": "Received into government stock",
        "firearm.stock-counted": "Counted in a stock",
        "firearm.discrepancy-found": "Stock and record found to differ",
        "firearm.transferred": "Transferred",
        "firearm.dealer-acquired": "Acquired by a dealer",
        "firearm.dealer-disposed": "Disposed of by a dealer",
        "firearm.receipt-confirmed": "Receipt confirmed",
        "firearm.released-to-civilian": "Released from government stock to civilian use",
        "firearm.custody-received": "Taken into custody by a business",
        "firearm.custody-returned": "Returned from custody by a business",
        "firearm.inherited": "Inherited",
        "firearm.possession-taken": "Taken into possession",
        "firearm.exported": "Exported",
        "firearm.transit-crossed": "Crossed a transit point",
        "firearm.imported": "Imported",
        "firearm.temporarily-exported": "Exported for a time",
        "firearm.temporarily-imported": "Imported for a time",
        "firearm.returned-from-abroad": "Returned from abroad",
        "firearm.lost-reported": "Reported lost",
        "firearm.stolen-reported": "Reported stolen",
        "firearm.sought": "Listed as sought",
        "firearm.alert-published": "Alert published",
        "firearm.alert-withdrawn": "Alert withdrawn",
        "firearm.alert-cleared": "Alert cleared",
        "firearm.found": "Found",
        "firearm.surrendered": "Surrendered",
        "firearm.seized": "Seized",
        "firearm.custody-moved": "Moved to another custodian",
        "firearm.forensically-examined": "Examined in a laboratory",
        "firearm.forfeited": "Forfeited",
        "firearm.disposal-authorised": "Disposal authorized",
        "firearm.returned-to-owner": "Returned to its owner",
        "firearm.retained-for-state": "Retained for the State",
        "firearm.placed-in-museum": "Placed in a museum",
        "firearm.released-to-trade": "Released to the trade",
        "firearm.destruction-scheduled": "Destruction scheduled",
        "firearm.destroyed": "Destroyed",
        "firearm.corrected": "Record corrected",
        "firearm.reversed": "Record reversed",
        "firearm.point-of-diversion-established": "Point of diversion established",
        "firearm.hold-placed": "Personal data held",
        "firearm.hold-released": "Hold released",
        "firearm.conflict-settled": "Conflict settled",
    }
)
