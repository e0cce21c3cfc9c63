# SPDX-License-Identifier: Apache-2.0
"""How a firearm is seized and kept as evidence: seized, custody moved.

Implements Seized and CustodyMoved of the domain facts, section 5. Examination, forfeiture,
disposal and return follow with the full catalogue.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from domain.codes import (
    CustodyPurpose,
    DeclaredOrigin,
    Maybe,
    OwnerStatus,
    PhysicalCondition,
    Proceeding,
    SeizureGround,
)
from domain.firearm.events.common import Fact, Observation
from domain.markings import Markings
from domain.schema import Code, HoldingId, OfficerId, Stated, Text, Year

CRIMES_MAX: Final = 16
SEALS_MAX: Final = 8


class Seized(Fact):
    """``firearm.seized``: taken by an authority, even for a time.

    Attributes:
        ground: Legal ground.
        proceeding: Criminal or administrative.
        case_no: Number of the case, as the authority counts.
        station: Station or agency that seized it.
        condition: State in which it was seized.
        loaded: Whether it was loaded.
        crimes: Codes of the offences of the case.
        owner_status: Whether a public force owns it.
        owner_force: The force that owns it, as written in the source.
        declared_origin: What the source says of its origin; a claim, not a finding.
        forensic_report: Whether a forensic report exists.
        hld: Opaque identifier of the possessor; persons are disclosures under it.
        described: How it was described when seized.
        markings: Marks as then seen.
    """

    ground: SeizureGround
    proceeding: Proceeding
    case_no: Maybe[Text] = None
    station: Maybe[Text] = None
    condition: Maybe[PhysicalCondition] = None
    loaded: Maybe[bool] = None
    crimes: Annotated[
        tuple[Code, ...], Field(strict=False, min_length=1, max_length=CRIMES_MAX)
    ] = ()
    owner_status: Maybe[OwnerStatus] = None
    owner_force: Maybe[Text] = None
    declared_origin: Maybe[DeclaredOrigin] = None
    forensic_report: Maybe[bool] = None
    hld: Maybe[HoldingId] = None
    described: Maybe[Observation] = None
    markings: Markings = ()


class CustodyMoved(Fact):
    """``firearm.custody-moved``: from one custodian of evidence to the next.

    Attributes:
        from_custodian: Who gave it out of hand.
        to_custodian: Who took it over.
        purpose: What for.
        seals: Numbers of the seals on it.
        deposit_no: Number under which it is deposited.
        deposit_year: Year of that number.
        released_by: Officer who gave it.
        received_by: Officer who took it.
    """

    from_custodian: Stated
    to_custodian: Stated
    purpose: Maybe[CustodyPurpose] = None
    seals: Annotated[tuple[Text, ...], Field(strict=False, min_length=1, max_length=SEALS_MAX)] = ()
    deposit_no: Maybe[Text] = None
    deposit_year: Maybe[Year] = None
    released_by: Maybe[OfficerId] = None
    received_by: Maybe[OfficerId] = None
