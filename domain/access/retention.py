# SPDX-License-Identifier: Apache-2.0
"""Who may still see the persons behind a firearm that was destroyed.

Implements rule 17 of the domain facts, section 9 (WaffRG 27 and 29; Directive (EU) 2021/555,
article 4(5)): the clock starts with the destruction and not with the last transfer. Erasing
what nobody may see any more is the concern of the vault.
"""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime
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

LAST_SECOND: Final = 253_402_300_799
"""End of the year 9999."""


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
    moments = (
        min(entry.effective.occ.latest, entry.event.iat)
        for entry in firearm.entries
        if entry.event.evt == "firearm.destroyed" and entry.stands
    )
    # An older record may say that it was destroyed, and not when: then no clock is known.
    return max(moments, default=None)


def years_after(moment: int, years: int) -> int:
    """Give the same second of another year; after 29 February comes 1 March.

    What would lie beyond the last year that there is stands at its end.
    """
    start = datetime.fromtimestamp(moment, UTC)
    year = start.year + years
    if year > MAXYEAR:
        return LAST_SECOND
    try:
        return int(start.replace(year=year).timestamp())
    except ValueError:
        return int(start.replace(year=year, month=3, day=1).timestamp())
