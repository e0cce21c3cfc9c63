# SPDX-License-Identifier: Apache-2.0
"""How a firearm is altered: converted, parts replaced, dismantled, deactivated, reactivated.

Implements Converted, ComponentReplaced, LeadingComponentReplaced, Dismantled,
DeactivationPerformed, DeactivationVerified, ReactivatedIllicitly and IllicitlyConverted of the
domain facts, section 5 (Directive (EU) 2021/555 art. 4(5)(d); Firearms Protocol art. 9;
Implementing Regulation (EU) 2015/2403; NWR 2.14 and 2.15). What the components themselves go
through is in ``domain.component``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import GunAction, GunKind, Maybe
from domain.component.parts import LeadingPart, PartHistory, PartKind
from domain.firearm.events.common import Fact
from domain.licence.codes import Category, Exemption
from domain.markings import Markings, Serial
from domain.schema import Closed, ComponentId, Country, FirearmId, LicenceId, Stated, Text, Year

BARREL_MILLIMETRES_MAX: Final = 5_000
OPERATIONS_MAX: Final = 24
PARTS_MAX: Final = 12

ReplacementReason = Literal[
    "worn", "broken", "lost", "recalled", "improved", "calibre_change", "other", "unknown"
]
"""Why a part was replaced; own list, version 1."""

DeactivationTable = Literal[
    "pistol",
    "revolver",
    "single_shot_long",
    "break_open",
    "repeating_long",
    "semi_automatic_long",
    "automatic",
    "muzzle_loading",
]
"""The eight types of Annex I, Table I, of Implementing Regulation (EU) 2015/2403 (as of 2018)."""

OperationKind = Literal[
    "slot",
    "drill",
    "pin",
    "plug",
    "weld",
    "cut",
    "mill",
    "remove",
    "weaken",
    "block_movement",
    "other",
]
"""What is done to a part; own grouping of Annex I, Tables II and III, of the same regulation."""

IllicitBase = Literal[
    "blank_firer",
    "flobert",
    "gas_or_alarm",
    "salute_or_acoustic",
    "air_gun",
    "replica",
    "signal",
    "deactivated",
    "firearm",
    "other",
    "unknown",
]
"""What was converted without authorization; domain facts, section 6 and SDG 16.4.2."""


class Form(Closed):
    """The form of a firearm, as far as it is stated.

    Attributes:
        kind: Kind of gun.
        action: How it works.
        calibre: Calibre as written in the source.
        category: Category by law.
        barrel_mm: Length of the barrel in millimetres.
    """

    kind: Maybe[GunKind] = None
    action: Maybe[GunAction] = None
    calibre: Maybe[Stated] = None
    category: Maybe[Category] = None
    barrel_mm: Maybe[Annotated[int, Field(ge=1, le=BARREL_MILLIMETRES_MAX)]] = None


class Converted(Fact):
    """``firearm.converted``: lawfully altered so that its kind, calibre or category changes.

    Attributes:
        before: Its form before.
        after: Its form from now on.
        markings: Marks added.
        reference: Reference of the authorization.
        licence: Licence of the business that converted it.
        exemption: Why none is shown.
    """

    before: Form
    after: Form
    markings: Markings = ()
    reference: Maybe[Text] = None
    licence: Maybe[LicenceId] = None
    exemption: Maybe[Exemption] = None


class ComponentReplaced(Fact):
    """``firearm.component-replaced``: another part than the leading one; the identity stays.

    Attributes:
        part: Kind of the part.
        reason: Why.
        serial_out: Number on the part taken out.
        serial_in: Number on the part put in.
        component_out: The part taken out, where it has a record of its own.
        component_in: The part put in, where it has a record of its own.
        markings: Marks on the part put in.
    """

    part: PartKind
    reason: ReplacementReason
    serial_out: Maybe[Serial] = None
    serial_in: Maybe[Serial] = None
    component_out: Maybe[ComponentId] = None
    component_in: Maybe[ComponentId] = None
    markings: Markings = ()


class LeadingComponentReplaced(Fact):
    """``firearm.leading-component-replaced``: the part that carries the identity.

    A part that was never installed ends this firearm's record, and another firearm continues
    it; with a used part this firearm goes on (WaffG Anlage 1; NWR 2.15).

    Attributes:
        part: Kind of the leading part.
        part_history: Whether the part put in was ever in a firearm.
        reason: Why.
        serial_in: Number on the part put in.
        component_out: The part taken out, where it has a record of its own.
        component_in: The part put in, where it has a record of its own.
        successor: The firearm that continues this one; only for a part never installed.
        markings: Marks on the part put in.
    """

    part: LeadingPart
    part_history: PartHistory
    reason: ReplacementReason
    serial_in: Maybe[Serial] = None
    component_out: Maybe[ComponentId] = None
    component_in: Maybe[ComponentId] = None
    successor: Maybe[FirearmId] = None
    markings: Markings = ()


class Dismantled(Fact):
    """``firearm.dismantled``: taken apart for good; its parts live on under their own records.

    Attributes:
        components: Every part that goes on, by its own record.
        reference: Reference of the notice.
    """

    components: Annotated[
        tuple[ComponentId, ...], Field(strict=False, min_length=1, max_length=PARTS_MAX)
    ]
    reference: Maybe[Text] = None


class Operation(Closed):
    """One operation on one part.

    Attributes:
        part: The part.
        operation: What was done.
        item: Number of the operation in the table, as printed there.
    """

    part: PartKind
    operation: OperationKind
    item: Maybe[Text] = None


class DeactivationPerformed(Fact):
    """``firearm.deactivation-performed``: made inoperable, still a firearm until verified.

    Attributes:
        table: Type by Annex I, Table I.
        operations: What was done to which part.
        reference: Reference of the order.
    """

    table: DeactivationTable
    operations: Annotated[
        tuple[Operation, ...], Field(strict=False, min_length=1, max_length=OPERATIONS_MAX)
    ]
    reference: Maybe[Text] = None


class Deactivation(Fact):
    """What a certificate of deactivation states, and the mark with it.

    Attributes:
        certificate_no: Number of the certificate.
        country: Country that issues it, as in the mark.
        entity: Symbol of the verifying entity, as in the mark.
        year: Year of the deactivation, as in the mark.
        serials_kept: Whether the original serials stay.
        markings: Further marks as then seen.
    """

    certificate_no: Text
    country: Country
    entity: Text
    year: Year
    serials_kept: bool
    markings: Markings = ()


class DeactivationVerified(Deactivation):
    """``firearm.deactivation-verified``: checked by another person, certified and marked.

    Attributes:
        parts: Kinds of the parts that bear the mark.
    """

    parts: Annotated[tuple[PartKind, ...], Field(strict=False, min_length=1, max_length=PARTS_MAX)]


class ReactivatedIllicitly(Fact):
    """``firearm.reactivated-illicitly``: a deactivated firearm found able to fire again.

    Attributes:
        evidence: Number of the report that shows it.
        after: Its form as found.
        parts: Kinds of the parts that were replaced or restored.
        markings: Marks as then seen.
    """

    evidence: Text
    after: Maybe[Form] = None
    parts: Annotated[
        tuple[PartKind, ...], Field(strict=False, min_length=1, max_length=PARTS_MAX)
    ] = ()
    markings: Markings = ()


class ConvertedIllicitly(Fact):
    """``firearm.converted-illicitly``: found converted without authorization.

    Attributes:
        evidence: Number of the report that shows it.
        base: What was converted.
        base_model: Model of that object as written in the source.
        after: Its form as found.
        markings: Marks as then seen.
    """

    evidence: Text
    base: IllicitBase
    base_model: Maybe[Stated] = None
    after: Maybe[Form] = None
    markings: Markings = ()
