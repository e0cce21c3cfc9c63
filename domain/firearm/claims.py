# SPDX-License-Identifier: Apache-2.0
"""The claim that a firearm makes on one maker's serial number.

Implements rule 10 of the domain facts, section 9: maker and serial are an index, never
the key. The ledger stops a second registration under the same claim until the registrar
states why; then it is recorded and flagged. Until somebody has looked into it, both records may
be one firearm, and what is open on the one concerns the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from domain.event import Event
from domain.firearm.events.common import Description
from domain.firearm.events.making import Manufactured, Marked, ProductionPlanned, Registered
from domain.firearm.state import Firearm, State
from domain.identifiers import parse_stream_id
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
    if isinstance(dat, Marked) and _is_makers(dat.mark):
        return _key(dat.mark.maker, dat.mark.text)
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


def claims_in_doubt(record: object) -> tuple[str, ...]:
    """Give the claims of a firearm that another one may hold, while that is not looked into.

    Args:
        record: State of any stream; only that of a firearm claims anything.
    """
    if not isinstance(record, Firearm) or record.state.identity.duplicate_reason is None:
        return ()
    return claims_of(record.state)


def claims_of(state: State) -> tuple[str, ...]:
    """Give every claim that a record makes by its description and its marks, each once."""
    known = state.description
    by_marks = (_key(mark.maker, mark.text) for mark in state.markings if _is_makers(mark))
    described = _key(value_of(known.make), known.serial) if known else None
    return tuple(dict.fromkeys(filter(None, (described, *by_marks))))


def counterparts(record: object, holder: Callable[[str], UUID | None]) -> frozenset[UUID]:
    """Give the other records that are, or may be, the same firearm.

    Args:
        record: State of any stream; only a firearm has counterparts.
        holder: Tells which firearm holds a claim.
    """
    if not isinstance(record, Firearm):
        return _NOBODY
    identity = record.state.identity
    if not (identity.duplicates or identity.aliases or identity.duplicate_reason):
        return _NOBODY
    named = (parse_stream_id(each).uuid for each in identity.duplicates | identity.aliases)
    held = (holder(claim) for claim in claims_in_doubt(record))
    return frozenset((*named, *filter(None, held)))


_NOBODY: Final[frozenset[UUID]] = frozenset()

_REASONED: Final = ProductionPlanned | Manufactured | Registered | Marked
"""Schemas that may state why maker and serial occur a second time."""


def _is_makers(mark: Marking) -> bool:
    return mark.kind == "manufacture" and mark.condition == "legible"


def _is_legible(dat: Description) -> bool:
    marks: list[Marking] = [mark for mark in dat.markings if mark.kind == "manufacture"]
    return not marks or any(mark.condition in ("legible", "unknown") for mark in marks)


def _key(maker: str | None, serial: Stated) -> str | None:
    number = value_of(serial)
    parts = (canonical(maker or ""), canonical(number or ""))
    return "|".join(parts) if all(parts) else None
