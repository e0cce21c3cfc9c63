# SPDX-License-Identifier: Apache-2.0
"""How a record is put right without being touched: corrected, reversed.

Implements Corrected and Reversed of the domain facts, section 5 and rule 1: a new event that
names the event and what was wrong about it, whether one value or that it was recorded at all.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from domain.codes import CorrectionReason, Maybe, ReversalReason
from domain.firearm.events.common import Fact
from domain.registry.members import Endorsements
from domain.schema import Closed, Digest, Known, Text

CHANGES_MAX: Final = 8

FieldPath = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^[a-z][a-z_]*(\.[a-z][a-z_]*|\.\d{1,2})*$")
]
"""Dotted path of one value in the target's ``dat``, or ``occ`` for when it happened.

List positions count from 0, as in ``seals.0``."""

Value = Text | int | bool | Known


class Change(Closed):
    """One value put right.

    Attributes:
        field: Which value.
        old: The value as it stands; absent where the member was absent.
        new: The right value; absent to take the member away.
    """

    field: FieldPath
    old: Maybe[Value] = None
    new: Maybe[Value] = None


class Corrected(Fact):
    """``firearm.corrected``: an earlier event of this firearm was wrong.

    Attributes:
        target: Event id of the event that was wrong.
        reason: Why it was wrong.
        changes: What is put right.
        endorsements: The second person, where the target takes two.
    """

    target: Digest
    reason: CorrectionReason
    changes: Annotated[
        tuple[Change, ...], Field(strict=False, min_length=1, max_length=CHANGES_MAX)
    ]
    endorsements: Endorsements = ()


class Reversed(Fact):
    """``firearm.reversed``: the newest event of this firearm should not have been recorded.

    Attributes:
        target: Event id of that event.
        reason: Why not.
        endorsements: The second person, where the target takes two.
    """

    target: Digest
    reason: ReversalReason
    endorsements: Endorsements = ()
