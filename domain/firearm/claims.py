# SPDX-License-Identifier: Apache-2.0
"""The claim that a firearm makes on one maker's serial number.

Implements rule 10 of the domain facts, section 9: maker and serial are an index, never
the key. The ledger stops a second registration under the same claim until the registrar
states why; then it is recorded and flagged.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from domain.event import Event
from domain.firearm.events.common import Description
from domain.firearm.events.making import Manufactured, Marked, ProductionPlanned, Registered
from domain.markings import Marking, canonical
from domain.refusal import Refusal
from domain.schema import Stated, value_of


def claim_key(event: Event) -> str | None:
    """Give the canonical ``maker|serial`` that an event claims, where both are known."""
    dat = event.dat
    if isinstance(dat, Description):
        return _key(value_of(dat.make), dat.serial) if _is_legible(dat) else None
    if isinstance(dat, ProductionPlanned):
        return _key(dat.make.known, dat.serial)
    if isinstance(dat, Marked) and dat.mark.kind == "manufacture":
        return _key(dat.mark.maker, dat.mark.text) if dat.mark.condition == "legible" else None
    return None


def duplicate_reason(event: Event) -> str | None:
    """Give the stated reason why maker and serial may occur a second time, if any."""
    dat = event.dat
    return dat.duplicate_reason if isinstance(dat, _REASONED) else None


def claimed_elsewhere(event: Event, holder: UUID | None) -> Refusal | None:
    """Rule 10: refuse a second firearm of one maker and serial without a stated reason.

    Args:
        event: The event that claims them.
        holder: The firearm that holds them already, if any does.
    """
    if holder is None or holder == event.sub.uuid or duplicate_reason(event):
        return None
    return Refusal(
        rule="marking_claimed",
        sentence="Another firearm is registered with this maker and serial number.",
        axis="M",
        found=f"arm.{holder}",
        legal=("record on that firearm", "state a duplicate_reason"),
    )


_REASONED: Final = ProductionPlanned | Manufactured | Registered | Marked
"""Schemas that may state why maker and serial occur a second time."""


def _is_legible(dat: Description) -> bool:
    marks: list[Marking] = [mark for mark in dat.markings if mark.kind == "manufacture"]
    return not marks or any(mark.condition in ("legible", "unknown") for mark in marks)


def _key(maker: str | None, serial: Stated) -> str | None:
    number = value_of(serial)
    parts = (canonical(maker or ""), canonical(number or ""))
    return "|".join(parts) if all(parts) else None
