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
from domain.firearm.events.common import Fact, Observation
from domain.markings import Markings
from domain.schema import Closed, Code, Digest, HoldingId, OfficerId, Stated, Text, Year

CRIMES_MAX: Final = 16
SEALS_MAX: Final = 8
FINDINGS_MAX: Final = 12
PHOTOS_MAX: Final = 16

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

Photos = Annotated[tuple[Digest, ...], Field(strict=False, min_length=1, max_length=PHOTOS_MAX)]
"""SHA-256 of each photograph; the pictures are kept elsewhere."""


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
