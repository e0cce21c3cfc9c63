# SPDX-License-Identifier: Apache-2.0
"""How the identity of a firearm is damaged, restored, renewed, disputed and joined.

Implements ObliterationDiscovered, MarkRestored, ReMarked, AdminSerialAssigned,
DuplicateFlagged, DuplicateResolved, IdentityMerged and IdentitySplit of the domain facts,
section 5 and 6 (Firearms Protocol art. 5(1)(c); ITI 9). Nothing is merged without two persons,
and both histories stay as they are; ranking of candidates is a matter of the search.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import Confidence, Maybe
from domain.firearm.candidates import Damaged
from domain.firearm.events.common import Fact
from domain.firearm.events.making import Marked
from domain.markings import MarkDamage, Marking, Markings, MarkKind, MarkLocation
from domain.registry.members import Endorsements
from domain.schema import Digest, FirearmId, Text

FIREARMS_MAX: Final = 8

RestorationMethod = Literal["visual", "magnetic", "chemical", "other", "unknown"]
"""``restoration_method`` of the domain facts, section 7, version 1."""

ReMarkReason = Literal[
    "never_marked", "missing", "obliterated", "duplicate", "untranslatable", "other"
]
"""Why a new mark is needed (ITI 9; the US Army's rule on untranslatable numbers, section 6)."""

DuplicateGround = Literal[
    "same_maker_and_serial", "same_description", "same_component", "other_register", "other"
]
"""What makes two records look like one firearm; own list, version 1."""

DuplicateDecision = Literal[
    "different_firearms", "same_firearm", "false_mark", "entry_error", "undecidable"
]
"""What the inquiry into a suspected duplicate came to; own list, version 1."""

ConflictDecision = Literal[
    "another_firearm", "still_exists", "sighting_mistaken", "undecidable", "other"
]
"""What became of a firearm that was seen although it is recorded as gone; own list, version 1."""

OtherFirearms = Annotated[
    tuple[FirearmId, ...], Field(strict=False, min_length=1, max_length=FIREARMS_MAX)
]
"""Other firearms of this ledger."""


class ObliterationDiscovered(Fact):
    """``firearm.obliteration-discovered``: a mark was found removed or damaged.

    Attributes:
        mark: The mark as it looks now, with its kind, part, condition and damage.
        residual: Characters that are left of it, with their positions.
        report_no: Number of the report.
    """

    mark: Marking
    residual: Maybe[Damaged] = None
    report_no: Maybe[Text] = None


class MarkRestored(Fact):
    """``firearm.mark-restored``: a laboratory made characters of a damaged mark visible again.

    Attributes:
        kind: Kind of the mark.
        restored: The candidates position by position.
        method: How they were made visible.
        confidence: How sure the laboratory is of the whole.
        report_no: Number of the report.
        location: The part that carries the mark.
        damage: What had been done to it.
    """

    kind: MarkKind
    restored: Damaged
    method: RestorationMethod
    confidence: Confidence
    report_no: Text
    location: Maybe[MarkLocation] = None
    damage: Maybe[MarkDamage] = None


class NewlyMarked(Marked):
    """A mark applied in place of one that is missing, unreadable or not unique.

    Attributes:
        reason: Why a new mark is needed.
        markings: The old marks as they look now; they stay searchable.
    """

    reason: ReMarkReason
    markings: Markings = ()


class ReMarked(NewlyMarked):
    """``firearm.re-marked``: marked anew on the order of an authority."""


class AdminSerialAssigned(NewlyMarked):
    """``firearm.admin-serial-assigned``: given a number of the registry's own."""


class DuplicateFlagged(Fact):
    """``firearm.duplicate-flagged``: this record and others may be one firearm.

    Attributes:
        firearms: The other firearms.
        ground: What makes them look like one.
        evidence: Reference of what shows it.
    """

    firearms: OtherFirearms
    ground: DuplicateGround
    evidence: Maybe[Text] = None


class Decided(Fact):
    """What two persons decided about records that may be one firearm.

    Attributes:
        firearms: The other firearms.
        evidence: Reference of what shows it.
        endorsements: The second person.
    """

    firearms: OtherFirearms
    evidence: Text
    endorsements: Endorsements = ()


class DuplicateResolved(Decided):
    """``firearm.duplicate-resolved``: a suspected duplicate was looked into.

    Attributes:
        decision: What it came to.
    """

    decision: DuplicateDecision


class IdentityMerged(Decided):
    """``firearm.identity-merged``: the others are this firearm under other identifiers."""


class IdentitySplit(Decided):
    """``firearm.identity-split``: the others are not this firearm after all."""


class ConflictSettled(Fact):
    """``firearm.conflict-settled``: why it was seen although the record says that it is gone.

    What was wrong is put right by events of its own: a correction, or another record.

    Attributes:
        target: Event id of the sighting.
        decision: What two persons found out.
        evidence: Reference of what shows it.
        endorsements: The second person.
    """

    target: Digest
    decision: ConflictDecision
    evidence: Text
    endorsements: Endorsements = ()
