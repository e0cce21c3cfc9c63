# SPDX-License-Identifier: Apache-2.0
"""How a firearm passes through the trade and through estates, and who confirms it.

Implements DealerAcquired, DealerDisposed, CustodyReceived, CustodyReturned, Inherited,
TakenIntoPossession and StateStockToCivil of the domain facts, section 5: the columns of the
bound book (27 CFR 478.125(e)), the United Kingdom's register (Firearms Act 1968, section 40
and Schedule 4), WaffG 37 to 37e, and the Firearms Protocol, article 8(1)(c). Prices and
deadlines are left out; deadlines are the concern of a jurisdiction's policy.
"""

from __future__ import annotations

from typing import Literal

from domain.codes import Maybe, When
from domain.firearm.events.common import Fact, Observation
from domain.licence.codes import Exemption
from domain.licence.entitlement import Entitled, Supplied
from domain.markings import Marking
from domain.schema import Code, Digest, HoldingId, LicenceId, Stated, Text

CustodyTask = Literal[
    "sale",
    "repair",
    "test",
    "proof",
    "cleaning",
    "storage",
    "destruction",
    "exhibition",
    "other",
    "unknown",
]
"""What a trader has it in hand for (Firearms Act 1968, Schedule 4, Part I, paragraph 3; WaffG
37e; domain facts, section 7: custody_purpose)."""

PossessorRole = Literal[
    "heir",
    "executor",
    "insolvency_administrator",
    "bailiff",
    "guardian",
    "finder",
    "other",
    "unknown",
]
"""In which role somebody takes possession without an acquisition (WaffG 37c)."""

ReceiverClass = Literal["maker", "dealer", "civilian", "estate", "museum", "state_stock"]
"""Classes of holders to which a dealer may dispose of a firearm."""


class DealerAcquired(Supplied):
    """``firearm.dealer-acquired``: into the stock of a dealer (27 CFR 478.125(e); EU art. 4(4)).

    Attributes:
        acq: How it was acquired, for example ``purchase``.
        licence: The dealer's own licence.
        from_licence: Licence of the business that it comes from.
        hld: Opaque identifier of the supplier; the person is a disclosure.
        to_hld: Opaque holding of the dealer.
        importer: Importer as marked, unknown or none.
        described: Maker, model, type, calibre and serial as entered in the dealer's book.
        book_no: Number of the entry there.
    """

    acq: Code
    hld: Maybe[HoldingId] = None
    to_hld: Maybe[HoldingId] = None
    importer: Maybe[Stated] = None
    described: Maybe[Observation] = None
    book_no: Maybe[Text] = None


class DealerDisposed(Supplied):
    """``firearm.dealer-disposed``: out of the stock of a dealer (27 CFR 478.125(e); EU art. 4(4)).

    Attributes:
        from_licence: The dealer's own licence.
        disposal: How it left, for example ``sale``.
        holder: Class of the receiver.
        hld: Opaque holding of the receiver; the person is a disclosure.
        from_hld: Opaque holding of the dealer.
        permit_class: Class of the permit shown.
        form_no: Number of the form of the transaction, for example ATF Form 4473.
        described: The firearm as entered in the dealer's book.
        book_no: Number of the entry there.
        to_report: Whether the receiver has to report too; a dealer or maker has where absent.
    """

    disposal: Code
    holder: ReceiverClass
    hld: HoldingId
    from_hld: Maybe[HoldingId] = None
    permit_class: Maybe[Code] = None
    form_no: Maybe[Text] = None
    described: Maybe[Observation] = None
    book_no: Maybe[Text] = None
    to_report: Maybe[bool] = None


class ReceiptConfirmed(Entitled):
    """``firearm.receipt-confirmed``: the receiver's report of a hand-over (WaffG 37a).

    Attributes:
        holder: Class of the receiver; as the giver reported it, else a civilian.
        hld: Opaque holding of the receiver; the person is a disclosure.
        from_hld: Opaque holding it comes from.
        described: The firearm as the receiver describes it.
    """

    hld: HoldingId
    holder: Maybe[ReceiverClass] = None
    from_hld: Maybe[HoldingId] = None
    described: Maybe[Observation] = None


class CustodyReceived(Fact):
    """``firearm.custody-received``: in the hands of a trader or proof house; no change of owner.

    Firearms Act 1968, section 40 and Schedule 4; WaffG 37e.

    Attributes:
        purpose: What for.
        custodian: Business that has it.
        licence: Licence of that business.
        exemption: Why none is shown.
        hld: Opaque holding of the owner; the person is a disclosure.
        due_on: Day by which it is to go back.
        job_no: Number of the job or deposit.
        described: The firearm as the business describes it.
    """

    purpose: CustodyTask
    custodian: Maybe[Text] = None
    licence: Maybe[LicenceId] = None
    exemption: Maybe[Exemption] = None
    hld: Maybe[HoldingId] = None
    due_on: Maybe[When] = None
    job_no: Maybe[Text] = None
    described: Maybe[Observation] = None


class CustodyReturned(Fact):
    """``firearm.custody-returned``: back from a trader or proof house; no change of owner.

    Attributes:
        custodian: Business that had it.
        hld: Opaque holding of the owner.
        job_no: Number of the job or deposit.
        described: The firearm as it was given back.
    """

    custodian: Maybe[Text] = None
    hld: Maybe[HoldingId] = None
    job_no: Maybe[Text] = None
    described: Maybe[Observation] = None


class Inherited(Fact):
    """``firearm.inherited``: its holder died; the estate answers for it (WaffG 37c(1)).

    Attributes:
        hld: Opaque holding of the heir or executor; the person is a disclosure.
        from_hld: Opaque holding of the deceased.
        died_on: Day of the death.
        due_on: Day by which the heir is to be licensed or to place it elsewhere.
    """

    hld: HoldingId
    from_hld: Maybe[HoldingId] = None
    died_on: Maybe[When] = None
    due_on: Maybe[When] = None


class PossessionTaken(Fact):
    """``firearm.possession-taken``: in hand without an acquisition (WaffG 37c).

    Attributes:
        role: As whom.
        hld: Opaque holding of the possessor; the person is a disclosure.
        from_hld: Opaque holding it was in.
        due_on: Day by which it is to be placed with somebody entitled.
        described: The firearm as the possessor describes it.
    """

    role: PossessorRole
    hld: HoldingId
    from_hld: Maybe[HoldingId] = None
    due_on: Maybe[When] = None
    described: Maybe[Observation] = None


class ReleasedToCivilian(Entitled):
    """``firearm.released-to-civilian``: out of government stock for good (Protocol art. 8(1)(c)).

    Attributes:
        entity: Agency that releases it.
        authority_ref: Reference of the authorization.
        mark_event: Event id of the civil transfer mark, on this firearm.
        hld: Opaque holding of the receiver; the person is a disclosure.
        holder: Class of the receiver; a civilian where absent.
        struck: The State mark as it is now: struck, but legible (AWaffV 21(6)). Absent only
            where no State mark is on record.
        permit_class: Class of the permit shown.
    """

    entity: Text
    authority_ref: Text
    mark_event: Digest
    hld: HoldingId
    holder: Maybe[Literal["dealer", "civilian", "museum"]] = None
    struck: Maybe[Marking] = None
    permit_class: Maybe[Code] = None
