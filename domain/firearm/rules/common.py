# SPDX-License-Identifier: Apache-2.0
"""Rules that events of several groups share, and how they object."""

from __future__ import annotations

from collections.abc import Callable

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.circulation.things import Circulating
from domain.codes import HolderClass
from domain.firearm.hits import hits_among
from domain.firearm.state import State
from domain.markings import Marking, canonical
from domain.refusal import Refusal
from domain.schema import Closed, value_of


def not_destroyed(state: State, _: Closed) -> Objection | None:
    """Nothing is done to a firearm that was destroyed, has ended, or is only planned."""
    refusal = _not_there(state)
    return Objection(refusal) if refusal else None


def destroyed_is_not_seen_again(state: State, _: Closed) -> Objection | None:
    """A sighting of a destroyed firearm opens a conflict; it is never turned away."""
    refusal = _not_there(state)
    return Objection(refusal, blocks=False) if refusal else None


def not_missing(state: State, _: Closed) -> Objection | None:
    """A firearm reported lost or stolen is not issued (rule 13)."""
    return Objection(alert_open(state)) if state.alerts & {"lost", "stolen"} else None


def missing_was_cleared(state: State, _: Closed) -> Objection | None:
    """A missing firearm that turns up in a stock should have been reported found."""
    missing = state.alerts & {"lost", "stolen"}
    return Objection(alert_open(state), blocks=False) if missing else None


def alerts_clear(state: Circulating, _: Closed) -> Objection | None:
    """While any alert is open nothing changes hands (rule 13)."""
    return Objection(alert_open(state)) if state.alerts else None


def counterparts_clear(scene: Scene, _: Closed) -> Objection | None:
    """What is or may be a listed firearm is treated like it, until it is looked into (rule 13)."""
    listed = hits_among(scene.counterparts)
    if not listed:
        return None
    return blocked(
        "counterpart_listed",
        "A record that is or may be the same firearm is listed.",
        axis="A",
        found=f"{listed[0].record}: {', '.join(sorted(each.alert for each in listed))}",
        legal=("clear its alert", "firearm.duplicate-resolved", "firearm.identity-split"),
    )


def not_forfeited(state: State, _: Closed) -> Objection | None:
    """A forfeited firearm leaves official hands only by an authorized disposal (rule 15)."""
    if "forfeited" not in state.alerts:
        return None
    refusal = Refusal(
        rule="forfeited",
        sentence="It was forfeited, and no disposal of it was recorded.",
        axis="A",
        found="forfeited",
        legal=("firearm.disposal-authorised", "firearm.retained-for-state"),
    )
    return Objection(refusal)


def release_recorded(state: Circulating, _: Closed) -> Objection | None:
    """What is in evidence comes to other hands only after a release."""
    if state.custody != "evidence":
        return None
    return Objection(not_released(state), blocks=False)


def holder_in(*legal: HolderClass) -> Callable[[State, Closed], Objection | None]:
    """Make the rule that the holder is of one of some classes."""

    def rule(state: State, _: Closed) -> Objection | None:
        if state.holder in legal:
            return None
        refusal = Refusal(
            rule="holder_class",
            sentence="A holder of this class does not take part in this event.",
            axis="H",
            found=state.holder,
            legal=legal,
        )
        return Objection(refusal)

    return rule


def has_mark(markings: tuple[Marking, ...], kind: str) -> bool:
    """Tell whether there is a mark of a kind."""
    return any(mark.kind == kind for mark in markings)


def is_coded(mark: Marking) -> bool:
    """Tell whether a mark consists of symbols and a code."""
    return bool(mark.symbols) and value_of(mark.text) is not None


def same_text(first: str, second: str) -> bool:
    """Tell whether two texts are one, up to case and separators."""
    return first == second or canonical(first) == canonical(second)


def already_destroyed() -> Refusal:
    """Refuse because the record says that it was destroyed."""
    return Refusal(
        rule="destroyed",
        sentence="This firearm is recorded as destroyed.",
        axis="T",
        found="destroyed",
        legal=("correct the record of the destruction",),
    )


def alert_open(state: Circulating) -> Refusal:
    """Refuse because of an open alert."""
    return Refusal(
        rule="alert_open",
        sentence="An alert on it is open.",
        axis="A",
        found=", ".join(sorted(state.alerts)),
        legal=("clear",),
    )


def not_released(state: Circulating) -> Refusal:
    """Refuse because it is in evidence as far as the record goes."""
    return Refusal(
        rule="release_not_recorded",
        sentence="It was in evidence, and no release was recorded.",
        axis="C",
        found=state.custody,
        legal=("holder", "official_safekeeping"),
    )


def _not_there(state: State) -> Refusal | None:
    """Refuse because by the record there is no such firearm now (rule 9 of section 9)."""
    if state.technical == "destroyed":
        return already_destroyed()
    if state.identity.ended:
        return Refusal(
            rule="record_ended",
            sentence="This firearm's record has ended; its parts or a successor go on.",
            axis="T",
            found=state.identity.ended,
            legal=(state.identity.successor or "record on its components",),
        )
    if state.technical == "planned":
        return Refusal(
            rule="not_made_yet",
            sentence="This firearm is planned and was not made yet.",
            axis="T",
            found="planned",
            legal=("firearm.manufactured",),
        )
    return None
