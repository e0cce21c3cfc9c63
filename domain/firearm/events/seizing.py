# SPDX-License-Identifier: Apache-2.0
"""How a firearm is seized and kept as evidence: seized, custody moved, examined.

Implements Seized, CustodyMoved and ForensicallyExamined of the domain facts, section 5. What a
court makes of the firearm is in ``disposing``; the positions of a restored mark are an event of
their own, and an examination keeps only the pattern that its report states.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from domain.codes import (
    CustodyPurpose,
    DeclaredOrigin,
    Maybe,
    OwnerStatus,
    PhysicalCondition,
    Proceeding,
    SeizureGround,
)
from domain.firearm.events.common import Fact, Observation, Photos, Place
from domain.markings import Markings
from domain.registry.members import Endorsements
from domain.schema import Closed, Code, HoldingId, OfficerId, Stated, Text, Year

CRIMES_MAX: Final = 16
SEALS_MAX: Final = 8
FINDINGS_MAX: Final = 12
ROLES_MAX: Final = 8
CONDITIONS_MAX: Final = 16

Finding = Literal[
    "functional",
    "not_functional",
    "recently_fired",
    "marks_intact",
    "marks_tampered",
    "marks_restored",
    "converted",
    "reactivated",
    "home_made",
    "parts_of_several",
    "linked_to_other_case",
    "nothing_of_note",
    "other",
]
"""What an examination found (own list, version 1, from MOSAIC 05.31 and ATF form F 3312.1)."""

BallisticSystem = Literal["ibis", "evofinder", "arsenal", "papillon", "national", "other"]
"""Where fired marks are kept for comparison (own list, version 1)."""

RestoredPattern = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^(?:[^\s\[\]]|\[[^\s\[\]]{2,8}\])+$")
]
"""Characters as restored: ``?`` for one unread, ``[5S]`` for one of several, ``..`` for any."""

PersonRole = Literal[
    "possessor",
    "owner",
    "carrier",
    "occupant",
    "consignor",
    "consignee",
    "seller",
    "buyer",
    "maker",
    "converter",
    "other",
    "unknown",
]
"""In which roles persons appear in a seizure, never who they are (own list, version 1)."""

SeizureCondition = Literal[
    "safety_on",
    "safety_off",
    "no_safety",
    "mode_safe",
    "mode_single",
    "mode_burst",
    "mode_automatic",
    "chamber_loaded",
    "chamber_empty",
    "magazine_loaded",
    "magazine_empty",
    "magazine_absent",
    "cocked",
    "uncocked",
    "barrel_clear",
    "barrel_obstructed",
    "barrel_shortened",
    "barrel_replaced",
    "barrel_threaded",
    "bolt_open",
    "bolt_closed",
    "altered_illicitly",
    "altered_from_blank_firer",
    "altered_from_deactivated",
    "altered_to_automatic",
    "home_made",
    "calibre_changed",
    "grooves_present",
    "grooves_absent",
    "proof_marks_present",
    "proof_marks_absent",
]
"""What was seen of a firearm when it was seized (domain facts, section 7: after XPolizei)."""


class Seizure(Fact):
    """What every seizure states, whatever was seized (Firearms Protocol, article 6).

    Attributes:
        ground: Legal ground.
        proceeding: Criminal or administrative.
        case_no: Number of the case, as the authority counts.
        station: Station or agency that seized it.
        place: Where it was seized.
        crimes: Codes of the offences of the case, by the list ``linked-crimes``.
        person_roles: Roles of the persons involved.
        hld: Opaque identifier of the possessor; persons are disclosures under it.
    """

    ground: SeizureGround
    proceeding: Proceeding
    case_no: Maybe[Text] = None
    station: Maybe[Text] = None
    place: Maybe[Place] = None
    crimes: Annotated[
        tuple[Code, ...], Field(strict=False, min_length=1, max_length=CRIMES_MAX)
    ] = ()
    person_roles: Annotated[
        tuple[PersonRole, ...], Field(strict=False, min_length=1, max_length=ROLES_MAX)
    ] = ()
    hld: Maybe[HoldingId] = None


class Seized(Seizure):
    """``firearm.seized``: taken by an authority, even for a time.

    Attributes:
        condition: State in which it was seized.
        conditions: What else was seen of it: safety, fire mode, chamber, alterations.
        loaded: Whether it was loaded.
        owner_status: Whether a public force owns it.
        owner_force: The force that owns it, as written in the source.
        declared_origin: What the source says of its origin; a claim, not a finding.
        forensic_report: Whether a forensic report exists.
        described: How it was described when seized.
        markings: Marks as then seen.
    """

    condition: Maybe[PhysicalCondition] = None
    conditions: Annotated[
        tuple[SeizureCondition, ...], Field(strict=False, min_length=1, max_length=CONDITIONS_MAX)
    ] = ()
    loaded: Maybe[bool] = None
    owner_status: Maybe[OwnerStatus] = None
    owner_force: Maybe[Text] = None
    declared_origin: Maybe[DeclaredOrigin] = None
    forensic_report: Maybe[bool] = None
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
        endorsements: The second of the two who hand it over; a record taken over has none.
    """

    from_custodian: Stated
    to_custodian: Stated
    purpose: Maybe[CustodyPurpose] = None
    seals: Annotated[tuple[Text, ...], Field(strict=False, min_length=1, max_length=SEALS_MAX)] = ()
    deposit_no: Maybe[Text] = None
    deposit_year: Maybe[Year] = None
    released_by: Maybe[OfficerId] = None
    received_by: Maybe[OfficerId] = None
    endorsements: Endorsements = ()


class Ballistics(Closed):
    """Where the marks that it leaves on what it fires are kept.

    Attributes:
        system: System that compares them.
        reference: Number of the entry there.
    """

    system: BallisticSystem
    reference: Text


class Examined(Fact):
    """``firearm.forensically-examined``: a laboratory looked at it and reported.

    Attributes:
        findings: What was found.
        report_no: Number of the report.
        laboratory: Laboratory that made it.
        ballistics: Where its fired marks are kept.
        restored: Characters of a serial as restored; evidence, never a replacement.
        photos: Digests of the photographs.
        described: How it was described when examined.
        markings: Marks as then seen.
    """

    findings: Annotated[
        tuple[Finding, ...], Field(strict=False, min_length=1, max_length=FINDINGS_MAX)
    ]
    report_no: Text
    laboratory: Maybe[Text] = None
    ballistics: Maybe[Ballistics] = None
    restored: Maybe[RestoredPattern] = None
    photos: Photos = ()
    described: Maybe[Observation] = None
    markings: Markings = ()
