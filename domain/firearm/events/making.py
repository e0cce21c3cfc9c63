# SPDX-License-Identifier: Apache-2.0
"""How a firearm comes to be known and marked: planned, manufactured, registered, marked, proved.

Implements ProductionPlanned, FirearmManufactured, LegacyRegistered, MarkApplied and ProofTested
of the domain facts, section 5. Restored and re-applied marks are in ``identifying``; the streams
of parts are in ``domain.component``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import Custody, DuplicateReason, GunKind, HolderClass, Maybe, Technical
from domain.component.parts import LeadingPart, StatedLeadingPart
from domain.firearm.events.common import Description, Fact, Photos, Source
from domain.licence.codes import Exemption
from domain.markings import KnownSerial, Marking, Markings
from domain.schema import (
    ComponentId,
    Country,
    FirearmId,
    HoldingId,
    Known,
    LicenceId,
    Stated,
    Text,
)

HEIGHT_MICROMETRES_MAX: Final = 1_000_000
DEPTH_MICROMETRES_MAX: Final = 10_000


class ProductionPlanned(Fact):
    """``firearm.production-planned``: a maker reserves a serial for a firearm not yet made.

    Attributes:
        make: Maker who will make it.
        model: Model that it will be.
        kind: Kind of gun that it will be.
        serial: The serial reserved for it.
        duplicate_reason: Why it is reserved although maker and serial occur already.
        licence: Licence of the maker.
        exemption: Why none is shown.
    """

    make: Known
    model: Stated
    kind: GunKind
    serial: KnownSerial
    duplicate_reason: Maybe[DuplicateReason] = None
    licence: Maybe[LicenceId] = None
    exemption: Maybe[Exemption] = None


class Manufactured(Description):
    """``firearm.manufactured``: made, or assembled, by a licensed maker.

    Attributes:
        leading_part: Kind of the part that carries its identity.
        place: Place of manufacture, as the mark names it.
        duplicate_reason: Why it is registered although maker and serial occur already.
        technical: ``unfinished`` where it still needs proof; complete where absent.
        leading_component: That part, where it has a record of its own.
        predecessor: The firearm that ended when its leading part was replaced by a new one.
        licence: Licence of the maker.
        exemption: Why none is shown.
    """

    leading_part: StatedLeadingPart
    place: Maybe[Text] = None
    duplicate_reason: Maybe[DuplicateReason] = None
    technical: Maybe[Literal["unfinished"]] = None
    leading_component: Maybe[ComponentId] = None
    predecessor: Maybe[FirearmId] = None
    licence: Maybe[LicenceId] = None
    exemption: Maybe[Exemption] = None


class Registered(Description):
    """``firearm.registered``: taken over from a record that existed before this ledger.

    It sets only what the record says; an absent member changes nothing.

    Attributes:
        source: How it was found, which is what makes a legacy record worth something.
        holder: Class of the holder by the record.
        hld: Opaque holding; persons are disclosures under it.
        custodian: Agency or unit that has it.
        custody: Where it is by the record.
        technical: What it is technically, where the record says so.
        presence: Country in which it is.
        licence: Licence under which its holder has it, by the record.
        duplicate_reason: Why it is registered although maker and serial occur already.
        leading_part: Kind of the part that carries its identity, where the record says so.
        leading_component: That part, where it has a record of its own.
    """

    source: Source
    holder: Maybe[HolderClass] = None
    hld: Maybe[HoldingId] = None
    custodian: Maybe[Text] = None
    custody: Maybe[Custody] = None
    technical: Maybe[Technical] = None
    presence: Maybe[Country] = None
    licence: Maybe[LicenceId] = None
    duplicate_reason: Maybe[DuplicateReason] = None
    leading_part: Maybe[LeadingPart] = None
    leading_component: Maybe[ComponentId] = None


class MarkApplied(Fact):
    """What is stated of a mark that was applied (27 CFR 478.92; Directive (EU) 2019/68).

    Attributes:
        mark: The mark as applied.
        authority_ref: Reference of the order or authorization to apply it.
        height_um: Height of its characters in micrometres.
        depth_um: Their depth in micrometres.
        photos: Digests of the photographs.
    """

    mark: Marking
    authority_ref: Maybe[Text] = None
    height_um: Maybe[Annotated[int, Field(ge=1, le=HEIGHT_MICROMETRES_MAX)]] = None
    depth_um: Maybe[Annotated[int, Field(ge=1, le=DEPTH_MICROMETRES_MAX)]] = None
    photos: Photos = ()


class Marked(MarkApplied):
    """``firearm.marked``: one mark applied.

    Attributes:
        duplicate_reason: Why a mark is applied although maker and serial occur already.
    """

    duplicate_reason: Maybe[DuplicateReason] = None


class ProofTested(Fact):
    """``firearm.proof-tested``: fired under excess pressure by a proof house, passed or failed.

    Attributes:
        house: The proof house.
        passed: Whether it passed.
        date_code: Its code for the date, as struck.
        markings: Proof marks as applied.
    """

    house: Text
    passed: bool
    date_code: Maybe[Text] = None
    markings: Markings = ()
