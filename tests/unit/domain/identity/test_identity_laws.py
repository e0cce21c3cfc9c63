# SPDX-License-Identifier: Apache-2.0
"""Laws of identity: no accepted sequence does what the law forbids, and replay is one fold."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.event import Event
from domain.firearm.aggregate import evolve
from domain.firearm.record import in_log_order, rebuild
from domain.firearm.state import Firearm
from tests.unit.domain.identity.scenes import OTHER, component, part_event, ruling, signed
from tests.unit.domain.least.altering import ALTERING, COMPONENT, SUCCESSOR
from tests.unit.domain.least.identifying import IDENTIFYING, OTHER_FIREARM
from tests.unit.domain.lives import DATA, happened, life

OWN = sorted(name.removeprefix("firearm.") for name in {**ALTERING, **IDENTIFYING})
MET = ("transferred", "lost-reported", "found", "seized", "marked", "manufactured", "registered")
SIGHTINGS = {
    *("reactivated-illicitly", "converted-illicitly", "obliteration-discovered"),
    *("mark-restored", "found", "seized", "identity-merged", "identity-split"),
}
OTHERS = {
    COMPONENT: component(part_event("manufactured")),
    OTHER_FIREARM: life(happened("registered")),
}
STEPS = st.tuples(st.sampled_from([*OWN, *MET]), st.integers(2000, 2026), st.booleans())


def step(name: str, year: int, *, second: bool) -> Event:
    """Build an event; of a leading part, with a new one where ``second`` holds."""
    new = {"part_history": "never_installed", "successor": SUCCESSOR}
    dat = new if second and name == "leading-component-replaced" else {}
    event = happened(name, str(year), name=f"{year} {second}", **dat)
    return signed(event, endorsed=(OTHER,), by=OTHER if name.endswith("verified") else "k" * 43)


@given(st.lists(STEPS, max_size=14))
def test_no_accepted_sequence_does_what_the_law_forbids(steps: list[tuple[str, int, bool]]) -> None:
    firearm: Firearm | None = None
    for index, (name, _, second) in enumerate(steps):
        # Each event later than all before it: facts that come late may contradict, and say so.
        event = step(name, 2000 + index, second=second)
        if ruling(event, firearm, OTHERS) is not None:
            continue
        before = firearm.state if firearm else None
        firearm = evolve(firearm, event, index)
        after = firearm.state
        if before and (before.identity.ended or before.technical == "planned"):
            assert name in SIGHTINGS or (name == "manufactured" and not before.identity.ended)
        if after.technical == "deactivated" and before and before.technical != "deactivated":
            assert name == "deactivation-verified"
            assert before.deactivating
        assert not (after.deactivating and after.technical == "deactivated")
        assert (after.identity.successor is not None) <= (after.identity.ended is not None)
        identity = after.identity
        suspected = identity.duplicates or identity.duplicate_reason
        assert after.marks != "duplicate_suspected" or suspected


@given(st.lists(STEPS, max_size=10), st.randoms(use_true_random=False))
def test_any_split_of_a_legal_history_replays_to_the_same_firearm(
    steps: list[tuple[str, int, bool]], random: Any
) -> None:
    accepted: list[Event] = []
    firearm: Firearm | None = None
    for name, year, second in steps:
        event = step(name, year, second=second)
        if ruling(event, firearm, OTHERS) is None:
            firearm = evolve(firearm, event, len(accepted))
            accepted.append(event)
    if firearm is None:
        return
    cut = random.randint(1, len(accepted))
    again = life(*accepted[:cut])
    for index in range(cut, len(accepted)):
        again = evolve(again, accepted[index], index)
    assert again == firearm == rebuild(in_log_order(firearm.entries))


@given(st.sampled_from(sorted(DATA)), st.lists(STEPS, max_size=6))
def test_a_verdict_on_any_event_is_a_refusal_or_nothing(
    evt: str, steps: list[tuple[str, int, bool]]
) -> None:
    made = life(
        happened("registered"), *(step(name, year, second=two) for name, year, two in steps)
    )
    refusal = ruling(happened(evt.removeprefix("firearm.")), made, OTHERS)
    assert refusal is None or refusal.sentence.endswith(".")
