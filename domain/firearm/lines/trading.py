# SPDX-License-Identifier: Apache-2.0
"""Events of the trade, of trade custody, of inheritance and of release to civilian use."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.trading import (
    custody_received,
    custody_returned,
    dealer_acquired,
    dealer_disposed,
    inherited,
    possession_taken,
    receipt_confirmed,
    released_to_civilian,
)
from domain.firearm.events.trading import (
    CustodyReceived,
    CustodyReturned,
    DealerAcquired,
    DealerDisposed,
    Inherited,
    PossessionTaken,
    ReceiptConfirmed,
    ReleasedToCivilian,
)
from domain.firearm.lines.persons import PERSON, REPORTER
from domain.firearm.rules.common import (
    alerts_clear,
    counterparts_clear,
    holder_in,
    not_destroyed,
    release_recorded,
)
from domain.firearm.rules.holding import (
    holding_agrees,
    illicit_state_noted,
    marks_adequate,
    technically_lawful,
    transfer_mark_present,
)
from domain.firearm.rules.trading import (
    PRIVATE,
    acquisition_open,
    alerts_noted,
    described_as_registered,
    handover_settled,
    in_trade_custody,
    not_entrusted_already,
    owner_agrees,
    release_mark_on_record,
    release_mark_present,
    released_before_receipt,
    returned_by_who_had_it,
    sides_agree,
    somebody_owns_it,
    state_mark_legible,
    state_mark_struck,
)
from domain.firearm.state import State
from domain.licence.checking import (
    business_entitled,
    receiver_entitled,
    supplier_known,
    supplier_may_trade,
)
from domain.licence.showing import category_agrees, entitlement_shown

CHANGING_HANDS: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.dealer-acquired",
        source="27 CFR 478.125(e); Firearms Act 1968, section 40; WaffG 37",
        dat=DealerAcquired,
        roles="DLR",
        rules=(
            not_destroyed,
            holder_in(*PRIVATE, "state_stock"),
            transfer_mark_present,
            alerts_noted,
            illicit_state_noted,
            release_recorded,
            described_as_registered,
            sides_agree,
            handover_settled,
            category_agrees,
            entitlement_shown,
        ),
        checks=(receiver_entitled, supplier_known),
        links=("licence", "from_licence"),
        effect=dealer_acquired,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.dealer-disposed",
        source="27 CFR 478.125(e); Firearms Act 1968, section 40; WaffG 37",
        dat=DealerDisposed,
        roles="DLR",
        rules=(
            not_destroyed,
            technically_lawful,
            alerts_clear,
            acquisition_open,
            marks_adequate,
            holding_agrees,
            described_as_registered,
            sides_agree,
            handover_settled,
            category_agrees,
            entitlement_shown,
        ),
        checks=(counterparts_clear, receiver_entitled, supplier_known, supplier_may_trade),
        links=("licence", "from_licence"),
        effect=dealer_disposed,
        claims=PERSON,
        digests=8,
    ),
    Line(
        evt="firearm.receipt-confirmed",
        source="WaffG 37a; 27 CFR 478.125(e)",
        dat=ReceiptConfirmed,
        roles="LIC DLR",
        rules=(
            not_destroyed,
            holder_in(*PRIVATE, "state_stock"),
            released_before_receipt,
            alerts_noted,
            illicit_state_noted,
            release_recorded,
            holding_agrees,
            described_as_registered,
            sides_agree,
            handover_settled,
            category_agrees,
            entitlement_shown,
        ),
        checks=(receiver_entitled,),
        links=("licence",),
        effect=receipt_confirmed,
        claims=PERSON,
        digests=8,
    ),
    Line(
        evt="firearm.released-to-civilian",
        source="Firearms Protocol, article 8(1)(c); AWaffV 21(6)",
        dat=ReleasedToCivilian,
        roles="STK",
        rules=(
            not_destroyed,
            technically_lawful,
            alerts_clear,
            holder_in("state_stock"),
            release_mark_present,
            state_mark_legible,
            state_mark_struck,
            marks_adequate,
            handover_settled,
            category_agrees,
            entitlement_shown,
        ),
        checks=(counterparts_clear, release_mark_on_record, receiver_entitled),
        links=("licence",),
        effect=released_to_civilian,
        claims=PERSON,
        digests=8,
    ),
)
"""In the order of a firearm's life."""

CUSTODY: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.custody-received",
        source="Firearms Act 1968, Schedule 4, Part I, paragraph 3; WaffG 37e",
        dat=CustodyReceived,
        roles="DLR PRF",
        rules=(
            not_destroyed,
            alerts_noted,
            release_recorded,
            not_entrusted_already,
            owner_agrees,
            described_as_registered,
            entitlement_shown,
        ),
        checks=(business_entitled,),
        links=("licence",),
        effect=custody_received,
        claims=PERSON,
        digests=8,
    ),
    Line(
        evt="firearm.custody-returned",
        source="Firearms Act 1968, Schedule 4, Part I, paragraph 3; WaffG 37e",
        dat=CustodyReturned,
        roles="DLR PRF",
        rules=(
            not_destroyed,
            in_trade_custody,
            somebody_owns_it,
            alerts_noted,
            returned_by_who_had_it,
            owner_agrees,
            described_as_registered,
        ),
        effect=custody_returned,
    ),
)
"""Without a change of owner."""

SUCCEEDING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.inherited",
        source="WaffG 37c",
        dat=Inherited,
        roles="LIC",
        rules=(
            not_destroyed,
            holder_in(*PRIVATE),
            alerts_noted,
            holding_agrees,
            handover_settled,
        ),
        effect=inherited,
        claims=PERSON,
        digests=8,
    ),
    Line(
        evt="firearm.possession-taken",
        source="WaffG 37c",
        dat=PossessionTaken,
        roles="LIC",
        rules=(
            not_destroyed,
            holder_in(*PRIVATE),
            alerts_noted,
            release_recorded,
            holding_agrees,
            described_as_registered,
            handover_settled,
        ),
        effect=possession_taken,
        claims=PERSON,
        digests=8,
    ),
)
"""By death, insolvency or a find."""

TRADING: Final[tuple[Line[State, Any], ...]] = (*CHANGING_HANDS, *CUSTODY, *SUCCEEDING)
"""In the order of a firearm's life."""
