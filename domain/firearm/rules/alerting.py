# SPDX-License-Identifier: Apache-2.0
"""Rules of listing and delisting (rule 13 of the domain facts, section 9)."""

from __future__ import annotations

from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.circulation.things import Circulating
from domain.firearm.events.alerting import (
    AlertCleared,
    AlertPublished,
    AlertWithdrawn,
    Sought,
)
from domain.firearm.state import State

IN_OFFICIAL_HANDS: Final = ("evidence", "official_safekeeping", "destruction_site")


def not_in_hand_already(state: State, _: Sought) -> Objection | None:
    """Nobody seeks what an authority holds."""
    if state.custody not in IN_OFFICIAL_HANDS:
        return None
    return note(
        "already_in_hand",
        "It is in official hands by the entry before.",
        axis="C",
        found=state.custody,
        legal=("holder", "unknown"),
    )


def flag_is_open(state: Circulating, dat: AlertCleared | AlertPublished) -> Objection | None:
    """Only a flag that is open is published or closed."""
    flag = dat.flag if isinstance(dat, AlertCleared) else dat.category
    if flag in state.alerts:
        return None
    return blocked(
        "alert_not_open",
        f"No alert that lists it as {flag} is open.",
        axis="A",
        found=", ".join(sorted(state.alerts)) or "clear",
        legal=(flag,),
    )


def clearing_follows_recovery(state: State, dat: AlertCleared) -> Objection | None:
    """A flag closes once the firearm came to hand, unless it was listed in error (rule 13)."""
    return None if is_over(state, dat) else _not_recovered(dat.flag)


def is_over(state: Circulating, dat: AlertCleared) -> bool:
    """Tell whether a flag may close: come to hand, listed in error, or no longer sought."""
    over = dat.reason == "no_longer_sought" and dat.flag == "sought"
    return dat.reason == "listed_in_error" or over or dat.flag in state.recovered


def published_once(state: State, dat: AlertPublished) -> Objection | None:
    """One entry of one system is published once."""
    if (dat.system, dat.reference) not in _entries(state):
        return None
    return note(
        "alert_already_published",
        "That entry of that system is published already.",
        axis="A",
        found=f"{dat.system} {dat.reference}",
        legal=("another entry", "firearm.alert-withdrawn"),
    )


def entry_is_published(state: State, dat: AlertWithdrawn) -> Objection | None:
    """Only an entry that was published is withdrawn."""
    entries = _entries(state)
    if (dat.system, dat.reference) in entries:
        return None
    return blocked(
        "alert_not_published",
        "No such entry of that system is published.",
        axis="A",
        found=f"{dat.system} {dat.reference}",
        legal=tuple(f"{system} {reference}" for system, reference in entries)
        or ("firearm.alert-published",),
    )


def withdrawal_follows_recovery(state: State, dat: AlertWithdrawn) -> Objection | None:
    """An alert is withdrawn once the firearm came to hand or its flag was cleared."""
    entry = (dat.system, dat.reference)
    listed = {each.category for each in state.published if (each.system, each.reference) == entry}
    open_flags = sorted((listed & state.alerts) - state.recovered)
    return _not_recovered(open_flags[0]) if open_flags else None


def _entries(state: State) -> list[tuple[str, str]]:
    return [(each.system, each.reference) for each in state.published]


def _not_recovered(flag: str) -> Objection:
    return blocked(
        "not_recovered",
        f"It is listed as {flag}, and no find, seizure or surrender was recorded since.",
        axis="A",
        found=flag,
        legal=("firearm.found", "firearm.seized", "firearm.surrendered"),
    )
