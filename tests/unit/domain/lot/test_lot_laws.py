# SPDX-License-Identifier: Apache-2.0
"""Laws of firearms and lots together: no accepted sequence reaches what cannot be."""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from typing import Any, TypeAlias, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue import AGGREGATES
from domain.errors import EnvelopeError
from domain.event import Event
from domain.firearm.axes.combinations import contradictions_of
from domain.firearm.record import in_log_order, rebuild
from domain.firearm.state import Firearm
from domain.lot.ammunition import Whereabouts
from domain.lot.state import Lot
from domain.refusal import Refusal
from tests.unit.domain.disposing.desk import ARMS, LOT, OTHER_LOT, WITNESS, Desk, register
from tests.unit.domain.least.alerting import ALERTING
from tests.unit.domain.least.disposing import DISPOSING
from tests.unit.domain.least.lot import LOTS
from tests.unit.domain.lives import DATA
from tests.unit.tries import tries

ARM, OTHER = ARMS[:2]
SIGHTINGS = {
    "firearm.found", "firearm.seized", "firearm.surrendered", "firearm.forensically-examined",
    "firearm.stock-counted", "firearm.discrepancy-found",
}  # fmt: skip
MINE = (*ALERTING, *DISPOSING, "firearm.seized", "firearm.found", "firearm.stolen-reported")
LIVES = tuple(evt for evt in DATA if evt not in {"firearm.registered", "firearm.corrected"})
CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "lot": st.sampled_from([LOT, OTHER_LOT]),
    "firearms": st.sampled_from([[ARM], [OTHER], [ARM, OTHER]]),
    "found": st.sampled_from([[ARM], [OTHER], [ARM, OTHER]]),
    "method": st.sampled_from(["destroy", "retain", "museum", "melt", "burn"]),
    "basis": st.sampled_from(["forfeiture", "owner_consent", "disposal_authorised"]),
    "flag": st.sampled_from(["lost", "stolen", "sought"]),
    "category": st.sampled_from(["lost", "stolen", "sought"]),
    "count": st.integers(1, 2),
    "quantity": st.integers(1, 2000),
}


SPINE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("firearm.seized", ARM, {}),
    ("firearm.forfeited", ARM, {}),
    ("firearm.disposal-authorised", ARM, {}),
    ("lot.scheduled", LOT, {}),
    ("firearm.destruction-scheduled", ARM, {"lot": LOT}),
    ("lot.reconciled", LOT, {}),
    ("lot.destroyed", LOT, {}),
    ("firearm.destroyed", ARM, {"lot": LOT}),
)
"""What leads to a destruction, so that many plans come near one."""

Step: TypeAlias = tuple[str, str, str, dict[str, Any]]


@st.composite
def facts(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """Give an event type, a stream and data that may fit."""
    evt = draw(st.sampled_from(MINE) | st.sampled_from([*LIVES, *LOTS]))
    streams = [LOT, OTHER_LOT] if evt.startswith("lot.") else [ARM, OTHER]
    fitting = {**DISPOSING, **ALERTING, **LOTS}.get(evt, {})
    chosen = {name: draw(each) for name, each in CHOICES.items() if name in fitting}
    return evt, draw(st.sampled_from(streams)), chosen


@st.composite
def plans(draw: st.DrawFn, *, late: bool = False) -> list[Step]:
    """Give what leads to a destruction with other facts in between, some of them told late."""
    told: list[tuple[str, str, dict[str, Any]]] = []
    for step in (*SPINE, None):
        told.extend(draw(st.lists(facts(), max_size=2)))
        told.extend((step,) if step and draw(st.integers(0, 9)) else ())
    years = [draw(st.integers(2011, 2060)) if late else 2011 + n for n in range(len(told))]
    return [(evt, sub, str(year), dat) for (evt, sub, dat), year in zip(told, years, strict=True)]


def recorded(plan: list[Step]) -> Desk:
    """Record whatever of a plan is legal."""
    desk = register(ARM, OTHER)
    for evt, sub, occ, dat in plan:
        with suppress(EnvelopeError):
            desk.put(evt, sub, occ, by=WITNESS, **dat)
    return desk


def fits(firearm: Firearm) -> bool:
    """Tell whether the axes can be true together, and the order with the flag that it opens."""
    state = firearm.state
    ordered = ("forfeited" in state.alerts) == (state.forfeiture is not None)
    return ordered and not contradictions_of(state.axes)


def test_the_plans_reach_a_destruction() -> None:
    plan = [(evt, sub, str(2011 + n), dat) for n, (evt, sub, dat) in enumerate(SPINE)]
    firearm = recorded(plan).arm(ARM)
    assert (firearm.state.technical, firearm.contradictions) == ("destroyed", ())
    assert fits(firearm)


@settings(max_examples=tries(60), deadline=None)
@given(plans())
def test_no_accepted_sequence_reaches_an_illegal_combination(plan: list[Step]) -> None:
    desk = recorded(plan)
    for firearm in (desk.arm(ARM), desk.arm(OTHER)):
        state = firearm.state
        assert fits(firearm) or _seen_again(firearm) or _turned_up(firearm)
        assert state.recovered <= state.alerts & {"lost", "stolen", "sought"}
        assert state.technical != "destroyed" or desk.lot(str(state.lot)).status == "destroyed"


@settings(max_examples=tries(60), deadline=None)
@given(plans(late=True))
def test_facts_told_late_reach_an_illegal_combination_only_as_a_contradiction(
    plan: list[Step],
) -> None:
    desk = recorded(plan)
    for firearm in (desk.arm(ARM), desk.arm(OTHER)):
        assert fits(firearm) or firearm.contradictions


@settings(max_examples=tries(60), deadline=None)
@given(plans())
def test_a_lot_is_never_overdrawn_and_destroys_only_what_was_found(plan: list[Step]) -> None:
    for lot in (each for each in recorded(plan).streams.values() if isinstance(each, Lot)):
        held = [lot.held(place) for place in get_args(Whereabouts)]
        assert min(held) >= 0
        assert sum(held) + lot.destroyed == lot.quantity
        assert not lot.found & lot.missing
        assert lot.found | lot.missing <= set(lot.firearms)
        assert lot.status != "destroyed" or not lot.outstanding


@settings(max_examples=tries(50), deadline=None)
@given(plans(late=True), st.integers(0, 20))
def test_a_history_replays_to_the_same_state_in_one_fold_and_in_any_split(
    plan: list[Step], split: int
) -> None:
    desk = recorded(plan)
    for sub in (LOT, OTHER_LOT, ARM, OTHER):
        events = [each for each in enumerate(desk.events, 1) if str(each[1].sub) == sub]
        whole = _folded(None, events)
        assert _folded(_folded(None, events[:split]), events[split:]) == whole
        if isinstance(whole, Firearm):
            assert rebuild(in_log_order(whole.entries)) == whole


@settings(max_examples=tries(60), deadline=None)
@given(plans(), facts())
def test_a_decision_is_a_refusal_or_nothing(
    plan: list[Step], fact: tuple[str, str, dict[str, Any]]
) -> None:
    evt, sub, dat = fact
    with suppress(EnvelopeError):
        refusal = recorded(plan).judge(evt, sub, "2040", by=WITNESS, **dat)
        assert refusal is None or isinstance(refusal, Refusal)


def _seen_again(firearm: Firearm) -> bool:
    at = {each.index for each in firearm.contradictions if each.refusal.rule == "destroyed"}
    return any(each.index in at and each.event.evt in SIGHTINGS for each in firearm.entries)


def _turned_up(firearm: Firearm) -> bool:
    """Tell whether it came to other hands while an alert was open, and the record says so."""
    told = {"alert_open", "release_not_recorded"}
    return any(each.refusal.rule in told for each in firearm.contradictions)


def _folded(before: Any, events: list[tuple[int, Event]]) -> Any:
    return reduce(
        lambda state, each: AGGREGATES[each[1].sub.kind].evolve(state, each[1], each[0]),
        events,
        before,
    )
