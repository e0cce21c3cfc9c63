# SPDX-License-Identifier: Apache-2.0
"""No sequence of accepted events reaches an illegal combination of axes without saying so."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.codes import Custody, HolderClass, Technical
from domain.event import Event
from domain.firearm.aggregate import decide, evolve
from domain.firearm.axes.combinations import contradictions_of
from domain.firearm.history import Moment, history
from domain.firearm.state import BLANK, Firearm
from domain.firearm.table import ORIGINS
from tests.unit.domain.lives import DATA, correction, happened, reversal
from tests.unit.tries import tries

HOLDERS = st.sampled_from(get_args(HolderClass))
RECEIVERS = st.sampled_from(["maker", "dealer", "civilian", "estate", "museum", "state_stock"])
CUSTODIES = st.sampled_from(get_args(Custody))
STATES = st.sampled_from(get_args(Technical))
PUTTING_RIGHT = {"firearm.corrected", "firearm.reversed"}
FACTS = sorted(name for name in DATA if name not in ORIGINS | PUTTING_RIGHT)
CHOICES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "firearm.registered": {"holder": HOLDERS, "custody": CUSTODIES, "technical": STATES},
    "firearm.manufactured": {"technical": st.just("unfinished")},
    "firearm.transferred": {"holder": st.sampled_from(["dealer", "civilian", "estate", "museum"])},
    "firearm.dealer-disposed": {"holder": RECEIVERS},
    "firearm.receipt-confirmed": {"holder": RECEIVERS},
    "firearm.released-to-civilian": {"holder": st.sampled_from(["dealer", "civilian", "museum"])},
    "firearm.imported": {"holder": st.sampled_from(["dealer", "civilian", "state_stock"])},
    "firearm.returned-to-owner": {
        "holder": RECEIVERS,
        "basis": st.sampled_from(["seizure_lifted", "forfeiture_set_aside"]),
    },
    "firearm.custody-received": {"purpose": st.sampled_from(["repair", "proof", "storage"])},
    "firearm.forfeited": {"appeal_until": st.just("2020")},
    "firearm.disposal-authorised": {
        "method": st.sampled_from(
            ["destroy", "retain", "museum", "release_to_trade", "deactivate", "return"]
        ),
        "basis": st.sampled_from(["forfeiture", "owner_consent"]),
    },
    "firearm.destruction-scheduled": {"basis": st.just("owner_consent")},
    "firearm.alert-cleared": {
        "flag": st.sampled_from(["lost", "stolen", "sought"]),
        "reason": st.sampled_from(["listed_in_error", "returned"]),
    },
    "firearm.leading-component-replaced": {
        "part_history": st.just("never_installed"),
        "successor": st.just("arm.01a2076b-4018-7111-8222-444444444444"),
    },
}
"""Members that may be stated beside the least data, and that lead along other paths."""


@st.composite
def facts(draw: st.DrawFn, evt: str, occ: str, name: str) -> Event:
    """Give an event with some of the members that it may state."""
    choices = CHOICES.get(evt, {})
    stated = {each: draw(value) for each, value in choices.items() if draw(st.booleans())}
    return happened(evt.removeprefix("firearm."), occ, name=f"{name}{stated}", **stated)


@st.composite
def corrections(draw: st.DrawFn, firearm: Firearm, name: str) -> Event | None:
    """Give a correction of a value that the axes follow, or of the time of an event."""
    target = draw(st.sampled_from(firearm.entries)).effective
    members = CHOICES.get(target.evt, {})
    field = draw(st.sampled_from([*members, "occ"]))
    new = draw(members[field]) if field in members else str(draw(st.integers(2010, 2024)))
    old = target.occ.text if field == "occ" else getattr(target.dat, field)
    change = {"field": field, "old": old, "new": new}
    given_ = {key: value for key, value in change.items() if value is not None}
    return None if old == new else correction(target, given_, name=name)


@st.composite
def records(draw: st.DrawFn, *, in_order: bool) -> Firearm:
    """Give what becomes of an origin, and of whatever is accepted after it."""
    origin = draw(facts(draw(st.sampled_from(sorted(ORIGINS))), "2010", "origin"))
    firearm: Firearm | None = None
    candidates = [origin]
    for number in range(draw(st.integers(1, 14))):
        event = candidates[-1]
        if decide(firearm, event) is None:
            firearm = evolve(firearm, event, number)
        if firearm is None:
            candidates = [draw(facts("firearm.registered", "2010", str(number)))]
            continue
        step = 0 if in_order else draw(st.integers(0, 9))
        right = draw(corrections(firearm, str(number))) if step > 7 else None
        newest = max(firearm.entries, key=lambda each: each.index)
        if right is not None:
            candidates = [right]
        elif step == 7:
            candidates = [reversal(newest.event)]
        else:
            year = 2011 + number if in_order else draw(st.integers(2010, 2024))
            evt = draw(st.sampled_from([*FACTS, "firearm.manufactured"]))
            candidates = [draw(facts(evt, str(year), str(number)))]
    return firearm or Firearm()


def told(firearm: Firearm) -> list[tuple[Moment, bool]]:
    """Give the moments at which something becomes true that cannot be, and whether they say so."""
    moments = history(firearm)
    states = [BLANK, *(each.state_after for each in moments)]
    return [
        (moment, bool(moment.contradictions))
        for moment, (before, after) in zip(moments, pairwise(states), strict=True)
        if set(contradictions_of(after.axes)) - set(contradictions_of(before.axes))
    ]


@settings(max_examples=tries(300), deadline=None)
@given(records(in_order=True))
def test_what_is_recorded_in_order_becomes_impossible_only_with_a_contradiction(
    firearm: Firearm,
) -> None:
    assert all(said for _, said in told(firearm)), told(firearm)


@settings(max_examples=tries(300), deadline=None)
@given(records(in_order=False))
def test_what_is_told_late_corrected_or_reversed_becomes_so_only_with_a_contradiction(
    firearm: Firearm,
) -> None:
    assert all(said for _, said in told(firearm)), told(firearm)


def test_what_becomes_impossible_is_seen_by_the_laws() -> None:
    gone = happened("registered", "2010", technical="destroyed")
    firearm = evolve(evolve(None, gone, 0), happened("seized", "2011"), 1)
    assert [(moment.event.evt, said) for moment, said in told(firearm)] == [
        ("firearm.seized", True)
    ]
