# SPDX-License-Identifier: Apache-2.0
"""Effects of damaged, restored and renewed marks, and of records that may be one firearm."""

from __future__ import annotations

from typing import Final

from domain.aggregate.changing import changed
from domain.codes import MarkState
from domain.firearm.effects.common import (
    country_of,
    joined,
    marked_by,
    numbered_again,
    suspected,
)
from domain.firearm.events.identifying import (
    ConflictSettled,
    DuplicateFlagged,
    DuplicateResolved,
    IdentityMerged,
    IdentitySplit,
    MarkRestored,
    NewlyMarked,
    ObliterationDiscovered,
)
from domain.firearm.state import State

NUMBERED: Final = ("manufacture", "admin_serial", "unknown")
"""Kinds of marks without which nobody can tell which firearm it is."""


def obliteration_discovered(state: State, dat: ObliterationDiscovered) -> State:
    """Tampered with; the axis of the marks follows where the number itself is gone."""
    damaged: MarkState = (
        "obliterated" if dat.mark.condition == "obliterated" else "partly_obliterated"
    )
    return changed(
        state,
        marks=damaged if dat.mark.kind in NUMBERED else state.marks,
        country=country_of(state, dat),
        markings=joined(state, (dat.mark,)),
        identity=changed(state.identity, tampered=True),
    )


def mark_restored(state: State, dat: MarkRestored) -> State:
    """Evidence of what stood there; neither serial nor mark as seen is replaced."""
    numbered = dat.kind in NUMBERED and state.marks in ("partly_obliterated", "obliterated")
    return changed(
        state,
        marks="restored" if numbered else state.marks,
        country=country_of(state, dat),
        identity=changed(state.identity, restored=(*state.identity.restored, dat)),
    )


def newly_marked(state: State, dat: NewlyMarked) -> State:
    """Identified by a new mark that can be read; the old ones stay searchable."""
    marks: MarkState = "re_marked" if dat.mark.condition == "legible" else state.marks
    after = changed(
        marked_by(state, dat.mark, marks),
        country=country_of(state, dat),
        markings=joined(state, (*dat.markings, dat.mark)),
    )
    return numbered_again(after, dat.duplicate_reason)


def duplicate_flagged(state: State, dat: DuplicateFlagged) -> State:
    """Under suspicion, unless its marks are in a worse state already."""
    doubted = suspected(state)
    duplicates = doubted.identity.duplicates | set(dat.firearms)
    return changed(doubted, identity=changed(doubted.identity, duplicates=duplicates))


def duplicate_resolved(state: State, dat: DuplicateResolved) -> State:
    """As before the suspicion, once the last one is looked into."""
    left = state.identity.duplicates - set(dat.firearms)
    identity = changed(state.identity, duplicates=left)
    if left:
        return changed(state, identity=identity)
    before = state.identity.undisputed or "unknown"
    return changed(
        state,
        marks=before if state.marks == "duplicate_suspected" else state.marks,
        identity=changed(identity, duplicate_reason=None),
    )


def conflict_settled(state: State, dat: ConflictSettled) -> State:
    """Looked into; what was wrong about the record is corrected by an event of its own."""
    settled = state.identity.settled | {dat.target}
    return changed(state, identity=changed(state.identity, settled=settled))


def identity_merged(state: State, dat: IdentityMerged) -> State:
    """The same firearm under other identifiers; both histories stay as they are."""
    aliases = state.identity.aliases | set(dat.firearms)
    return changed(state, identity=changed(state.identity, aliases=aliases))


def identity_split(state: State, dat: IdentitySplit) -> State:
    """Another firearm after all."""
    aliases = state.identity.aliases - set(dat.firearms)
    return changed(state, identity=changed(state.identity, aliases=aliases))
