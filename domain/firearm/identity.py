# SPDX-License-Identifier: Apache-2.0
"""What is known of a firearm's identity beyond its description: parts, links and doubts.

Implements rules 8, 9 and 10 of the domain facts, section 9: the part that leads, the records
before and after this one, suspected duplicates and aliases, and what a laboratory restored. The
state of the marks themselves is an axis of ``State``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from domain.codes import DuplicateReason, MarkState
from domain.component.parts import LEADING_UNLESS_STATED, LeadingPart
from domain.firearm.events.identifying import MarkRestored

Ending = Literal["dismantled", "leading_part_replaced"]
"""Why a record ended although the firearm was not destroyed (rule 9)."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What is known of a firearm's identity.

    Attributes:
        leading_part: Kind of the part that carries it, where stated.
        leading_component: That part, where it has a record of its own.
        ended: Why this record ended, if it did.
        successor: The firearm that continues this one.
        predecessor: The firearm that this one continues.
        tampered: Whether a mark was found removed or damaged.
        restored: What laboratories made visible again, oldest first.
        duplicates: Other records that may be this firearm, not yet looked into.
        duplicate_reason: Why it is on record although its maker and serial occur already, while
            nobody has looked into that.
        undisputed: State of the marks before a duplicate was suspected.
        aliases: Other records that are this firearm, as two persons decided.
        settled: Sightings after its end that two persons have looked into.
    """

    leading_part: LeadingPart | None = None
    leading_component: str | None = None
    ended: Ending | None = None
    successor: str | None = None
    predecessor: str | None = None
    tampered: bool = False
    restored: tuple[MarkRestored, ...] = ()
    duplicates: frozenset[str] = frozenset()
    duplicate_reason: DuplicateReason | None = None
    undisputed: MarkState | None = None
    aliases: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()


UNDOUBTED: Final = Identity()
"""Nothing but the description is known of it."""


def leads(identity: Identity, part: str) -> bool:
    """Tell whether a kind of part carries the identity of a firearm (rule 8)."""
    if identity.leading_part is None:
        return part in LEADING_UNLESS_STATED
    return part == identity.leading_part
