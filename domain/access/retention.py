# SPDX-License-Identifier: Apache-2.0
"""Who may still see the persons behind a firearm that was destroyed.

Implements rule 17 of the domain facts, section 9 (WaffRG 27 and 29; Directive (EU) 2021/555,
article 4(5)): the clock starts with the destruction and not with the last transfer. Erasing
what nobody may see any more is the concern of the vault.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from domain.access.events import Accessed
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.firearm.state import Firearm

CRIMINAL_JUSTICE: Final = ("CRT", "EVC", "LAB", "POL", "TRC")
"""The roles whose access lasts longer."""

ANY_ROLE_YEARS: Final = 10
"""For how many years after the destruction any role may see persons."""

CRIMINAL_JUSTICE_YEARS: Final = 30
"""For how many years criminal justice may; afterwards the persons are erased."""


def persons_still_open(scene: Scene, dat: Accessed) -> Objection | None:
    """Refuse the statement that persons were shown after the access to them had ended."""
    firearm = scene.other(dat.firearm, Firearm) if dat.firearm and dat.claims else None
    destroyed = destroyed_at(firearm) if firearm else None
    if destroyed is None:
        return None
    longer = scene.signer_holds(*CRIMINAL_JUSTICE)
    years = CRIMINAL_JUSTICE_YEARS if longer else ANY_ROLE_YEARS
    if scene.event.iat <= years_after(destroyed, years):
        return None
    return blocked(
        "access_ended",
        f"Persons are shown for {years} years after the destruction, and no longer.",
        axis="role",
        found=f"destroyed {datetime.fromtimestamp(destroyed, UTC):%Y-%m-%d}",
        legal=("leave claims out",) if longer else ("leave claims out", *CRIMINAL_JUSTICE),
    )


def destroyed_at(firearm: Firearm) -> int | None:
    """Give the last possible second of the destruction that counts; nothing without one."""
    if firearm.state.technical != "destroyed":
        return None
    return max(
        min(entry.effective.occ.latest, entry.event.iat)
        for entry in firearm.entries
        if entry.event.evt == "firearm.destroyed" and entry.stands
    )


def years_after(moment: int, years: int) -> int:
    """Give the same second of another year; after 29 February comes 1 March."""
    start = datetime.fromtimestamp(moment, UTC)
    try:
        return int(start.replace(year=start.year + years).timestamp())
    except ValueError:
        return int(start.replace(year=start.year + years, month=3, day=1).timestamp())
