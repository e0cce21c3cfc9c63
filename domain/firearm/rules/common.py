# SPDX-License-Identifier: Apache-2.0
"""Rules that events of several groups share, and how they object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.circulation.things import Circulating
from domain.codes import Alert, HolderClass
from domain.firearm.effects.common import country_of
from domain.firearm.events.common import Fact
from domain.firearm.hits import hits_among
from domain.firearm.state import State
from domain.markings import Marking, canonical, legible_marks
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


def taken_was_released(state: State, dat: Closed) -> Objection | None:
    """What was seized or surrendered comes to a stock, or from it, only after a release."""
    if not state.alerts & {"seized", "surrendered_pending"}:
        return release_recorded(state, dat)
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


def is_released(state: State, dat: Fact, markings: Iterable[Marking]) -> bool:
    """Tell whether marks release it from government stock: one names the transferring State.

    Firearms Protocol, article 8(1)(c): that State is the one in which it happens.
    """
    places = {mark.country for mark in legible_marks(markings, "civil_transfer")} - {None}
    place = country_of(state, dat)
    return bool(places) if place is None else place in places


def is_coded(mark: Marking, *, country: str | None = None) -> bool:
    """Tell whether a mark consists of symbols and a code, and its country is known.

    Firearms Protocol, article 8(1)(a): they identify the country of manufacture.

    Args:
        mark: The mark.
        country: Country of manufacture, where something else than the mark says it.
    """
    known = mark.country or country
    return bool(mark.symbols) and value_of(mark.text) is not None and known is not None


def same_text(first: str, second: str) -> bool:
    """Tell whether two texts are one, up to case and separators."""
    return first == second or canonical(first) == canonical(second)


def other_holding(sentence: str, found: str, *, known: str | None) -> Objection | None:
    """Note that another holding was recorded last, where one was."""
    if known in (None, found):
        return None
    return note("holding_differs", sentence, axis="H", found=found, legal=(str(known),))


def already_destroyed() -> Refusal:
    """Refuse because the record says that it was destroyed."""
    return Refusal(
        rule="destroyed",
        sentence="This firearm is recorded as destroyed.",
        axis="T",
        found="destroyed",
        legal=("correct the record of the destruction",),
    )


CLOSED_BY: Final[Mapping[Alert, tuple[str, str]]] = MappingProxyType(
    {
        "lost": ("alert-cleared", "alert-cleared"),
        "stolen": ("alert-cleared", "alert-cleared"),
        "sought": ("alert-cleared", "alert-cleared"),
        "seized": ("returned-to-owner", "returned"),
        "surrendered_pending": ("returned-to-owner", "returned"),
        "forfeited": ("disposal-authorised", "destroyed"),
    }
)
"""The event that closes each flag of a firearm and of a component, or decides what closes it."""


def alert_open(state: Circulating) -> Refusal:
    """Refuse because of an open alert."""
    flags = sorted(state.alerts)
    closing = [CLOSED_BY[flag] for flag in flags]
    firearm, component = (" ".join(dict.fromkeys(names)) for names in zip(*closing, strict=True))
    return Refusal(
        rule="alert_open",
        sentence="An alert on it is open.",
        axis="A",
        found=", ".join(flags),
        legal=("clear", *by_events(state, firearm=firearm, component=component)),
    )


def by_events(state: Circulating, *, firearm: str, component: str) -> tuple[str, ...]:
    """Name the events, separated by spaces, that would make it legal for what circulates."""
    kind, names = ("firearm", firearm) if isinstance(state, State) else ("component", component)
    return tuple(f"{kind}.{name}" for name in names.split())


def not_released(state: Circulating) -> Refusal:
    """Refuse because it is in official hands as far as the record goes."""
    return Refusal(
        rule="release_not_recorded",
        sentence="It was in official hands, and no release was recorded.",
        axis="C",
        found=state.custody,
        legal=by_events(state, firearm="returned-to-owner", component="returned"),
    )


def _not_there(state: State) -> Refusal | None:
    """Refuse because by the record there is no such firearm now (rule 9 of section 9)."""
    if state.technical == "destroyed":
        return already_destroyed()
    ended = "dismantled" if state.technical == "dismantled" else state.identity.ended
    if ended:
        return Refusal(
            rule="record_ended",
            sentence="This firearm's record has ended; its parts or a successor go on.",
            axis="T",
            found=ended,
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
