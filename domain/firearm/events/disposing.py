# SPDX-License-Identifier: Apache-2.0
"""What becomes of a firearm that came into official hands: forfeited, disposed of, destroyed.

Implements Forfeited, DisposalAuthorised, ReturnedToOwner, RetainedForState, DestructionScheduled,
Destroyed and StocktakeRecorded of the domain facts, section 5 (Firearms Protocol, article 6;
MOSAIC 05.20, 05.31 and 05.50; rules 15 and 16 of section 9). What is confiscated is destroyed
unless another disposal is officially authorized, the firearm is marked and the method recorded.
The lists of a destruction are in ``domain.lot``.
"""

from __future__ import annotations

from typing import Literal

from domain.codes import Maybe, When
from domain.firearm.events.common import Fact, Photos
from domain.licence.entitlement import Entitled, UnderLicence
from domain.markings import Markings
from domain.registry.members import Endorsements
from domain.schema import Digest, HoldingId, LotId, Text, TracingRequestId

DisposalMethod = Literal["destroy", "retain", "release_to_trade", "museum", "deactivate", "return"]
"""What is to become of it (Firearms Protocol, article 6(2); domain facts, section 7)."""

DestructionMethod = Literal["melt", "shred", "cut", "crush", "other"]
"""How it is destroyed (domain facts, section 7: disposal methods; MOSAIC 05.50)."""

DisposalBasis = Literal["forfeiture", "owner_consent"]
"""What entitles an authority to dispose of it (domain facts, section 5)."""

TraceOutcome = Literal[
    "last_legal_holder",
    "first_purchaser",
    "dealer",
    "importer_or_state",
    "no_record",
    "records_destroyed",
    "insufficient_identification",
    "not_answered",
    "refused",
]
"""What tracing led to (domain facts, section 7: trace_outcome)."""

TraceException = Literal[
    "amnesty_collection", "diversion_risk_of_delay", "made_before_1946", "antique", "other"
]
"""Why it was not traced (MOSAIC 05.31; ``antique`` from domain facts, section 7)."""

ReturnBasis = Literal[
    "court_order", "seizure_lifted", "surrender_withdrawn", "owner_identified",
    "forfeiture_set_aside",
]  # fmt: skip
"""Why it goes back (own list, version 1)."""

Entitlement = Literal["licence", "exempt_body", "not_required"]
"""By what the owner may have it now (domain facts, section 5: owner entitled now)."""

Discrepancy = Literal[
    "missing", "surplus", "marks_differ", "description_differs", "wrong_place", "other"
]
"""What a count found wrong (MOSAIC 05.20; own list, version 1)."""


class Forfeited(Fact):
    """``firearm.forfeited``: by order of a court it has no owner any more.

    A second event tells that the order became final.

    Attributes:
        order_no: Number of the order.
        ordered_on: Date of the order.
        final: Whether no appeal is possible any more.
        appeal_until: Last day of an appeal, where the order is not final.
        court: Court that gave it.
        markings: Marks as then seen; a confiscation mark that was cut before it counts.
    """

    order_no: Text
    ordered_on: When
    final: bool
    appeal_until: Maybe[When] = None
    court: Maybe[Text] = None
    markings: Markings = ()


class DisposalAuthorised(Fact):
    """``firearm.disposal-authorised``: officially decided what is to become of it.

    It states what tracing led to, by a request of this ledger or by a report about one made
    elsewhere, or why the firearm was not traced; never both.

    Attributes:
        method: What is to become of it.
        basis: What entitles the authority to decide so.
        authorised_on: Date of the decision.
        order_no: Number of the decision.
        trace_outcome: What tracing led to.
        trace: The tracing request.
        trace_report_no: Number of the report on its tracing, where no request of this ledger is
            named.
        trace_exception: Why it was not traced.
    """

    method: DisposalMethod
    basis: DisposalBasis
    authorised_on: When
    order_no: Maybe[Text] = None
    trace_outcome: Maybe[TraceOutcome] = None
    trace: Maybe[TracingRequestId] = None
    trace_report_no: Maybe[Text] = None
    trace_exception: Maybe[TraceException] = None


class ReturnedToOwner(UnderLicence):
    """``firearm.returned-to-owner``: given back to somebody who may have it now.

    Attributes:
        hld: Opaque holding of the owner; persons are disclosures under it.
        basis: Why it goes back.
        entitlement: By what the owner may have it.
        holder: Class of the owner; as before, or a civilian where nobody held it.
        order_no: Number of the order or decision.
    """

    hld: HoldingId
    basis: ReturnBasis
    entitlement: Entitlement
    holder: Maybe[Literal["maker", "dealer", "civilian", "estate", "state_stock", "museum"]] = None
    order_no: Maybe[Text] = None


class Kept(Fact):
    """A disposal other than destruction: authorized, marked, and its method recorded.

    Attributes:
        custodian: Agency, museum or trader that has it now.
        mark_event: Event id of the mark that identifies it, on this firearm.
        order_no: Number of the decision.
    """

    custodian: Text
    mark_event: Digest
    order_no: Maybe[Text] = None


class RetainedForState(Kept):
    """``firearm.retained-for-state``: kept as government stock."""


class PlacedInMuseum(Kept):
    """``firearm.placed-in-museum``: kept as an exhibit."""


class ReleasedToTrade(Kept, Entitled):
    """``firearm.released-to-trade``: sold to the licensed trade."""


class DestructionScheduled(Fact):
    """``firearm.destruction-scheduled``: brought to the place where its lot is destroyed.

    Attributes:
        lot: The lot that lists it.
        basis: An authorized disposal, or the wish of an owner who never lost it.
        trace: The tracing request, which is closed.
        trace_exception: Why nobody waits for the request on which the disposal rests.
    """

    lot: LotId
    basis: Literal["disposal_authorised", "owner_consent"]
    trace: Maybe[TracingRequestId] = None
    trace_exception: Maybe[TraceException] = None


class Destroyed(Fact):
    """``firearm.destroyed``: destroyed before a witness; nothing happens to it afterwards.

    Attributes:
        lot: The lot in whose reconciled list it stands.
        method: How.
        certificate_no: Number of the certificate of the lot.
        residue_checked: Whether the remains were checked for usable parts.
        photos: Digests of the photographs.
        endorsements: Signature of the witness, another person than the signer.
    """

    lot: LotId
    method: DestructionMethod
    certificate_no: Text
    residue_checked: Maybe[bool] = None
    photos: Photos = ()
    endorsements: Endorsements = ()


class Counted(Fact):
    """What a count states.

    Attributes:
        count_no: Number of the count.
        stock: Stock that was counted.
    """

    count_no: Text
    stock: Maybe[Text] = None


class StockCounted(Counted):
    """``firearm.stock-counted``: looked for, serial by serial.

    Attributes:
        expected: Whether it should have been there.
        seen: Whether it was.
    """

    expected: bool
    seen: bool


class DiscrepancyFound(Counted):
    """``firearm.discrepancy-found``: a count and the record differ.

    Attributes:
        kind: In what.
    """

    kind: Discrepancy
