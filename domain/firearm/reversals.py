# SPDX-License-Identifier: Apache-2.0
"""Undoing the newest event of a firearm that should not have been recorded.

Implements Reversed of the domain facts, section 5: both events stay, the effect of the first
is left out. Newest first, within a window, and only while nothing came after; what is older is
corrected. That another record depends on the event is a matter of the record, and judged there.
"""

from __future__ import annotations

from typing import Final

from domain.event import Event
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.state import Entry, Firearm
from domain.firearm.table import ORIGINS
from domain.refusal import Refusal

WINDOW_DAYS: Final = 100
"""How long after its signature an event can be reversed (NWR, since 1 August 2024)."""

_DAY_SECONDS: Final = 86_400
_CORRECTED: Final = ("firearm.corrected",)


def check_reversal(firearm: Firearm, event: Event, *, dat: Reversed) -> Refusal | None:
    """Tell why an event cannot be reversed as the record stands."""
    target = next((each for each in firearm.entries if each.event.eid == dat.target), None)
    if target is None:
        return _refusal(
            "target",
            "This firearm has no event of that id.",
            found=dat.target,
            legal=("the event id of its newest event",),
        )
    return (
        _check_kind(target)
        or _check_newest(firearm, target)
        or _check_window(event.iat - target.event.iat)
    )


def _check_kind(target: Entry) -> Refusal | None:
    if isinstance(target.event.dat, Reversed):
        sentence = "A reversal is put right by recording the event anew."
        return _irreversible(target, sentence, legal=("the event recorded anew",))
    if isinstance(target.event.dat, Corrected):
        sentence = "A correction is put right by correcting its target again."
        return _irreversible(target, sentence, legal=_CORRECTED)
    if target.event.evt in ORIGINS:
        sentence = "What begins a record is corrected, or merged with the right record."
        return _irreversible(target, sentence, legal=(*_CORRECTED, "firearm.duplicate-flagged"))
    if target.reversed_by is None:
        return None
    return _refusal(
        "repeated",
        "That event is reversed already.",
        found=f"entry {target.reversed_by}",
        legal=("the event recorded anew",),
    )


def _check_newest(firearm: Firearm, target: Entry) -> Refusal | None:
    newest = max((each for each in firearm.entries if each.stands), key=lambda entry: entry.index)
    if newest is target:
        return None
    corrected = isinstance(newest.event.dat, Corrected)
    return _refusal(
        "order",
        "Only the newest event is reversed, and something was recorded after this one.",
        found=f"entry {newest.index}, {newest.event.evt}",
        legal=_CORRECTED if corrected else ("reverse that event first", *_CORRECTED),
    )


def _check_window(seconds: int) -> Refusal | None:
    if seconds <= WINDOW_DAYS * _DAY_SECONDS:
        return None
    return _refusal(
        "late",
        f"An event is reversed within {WINDOW_DAYS} days of its signature.",
        found=f"{seconds // _DAY_SECONDS} days",
        legal=_CORRECTED,
    )


def _irreversible(target: Entry, sentence: str, *, legal: tuple[str, ...]) -> Refusal:
    found = f"entry {target.index}, {target.event.evt}"
    return _refusal("target", sentence, found=found, legal=legal)


def _refusal(what: str, sentence: str, *, found: str, legal: tuple[str, ...]) -> Refusal:
    return Refusal(
        rule=f"reversal_{what}", sentence=sentence, axis="record", found=found, legal=legal
    )
