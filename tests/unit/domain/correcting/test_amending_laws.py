# SPDX-License-Identifier: Apache-2.0
"""Whatever a correction says, it is applied or refused: no value at no path raises anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES
from domain.event import Event
from domain.firearm.corrections import amend
from domain.firearm.events.correcting import Change, Corrected
from domain.refusal import Refusal
from tests.unit.domain.correcting.records import LEAST, ORIGINS, corrects, folded, stated
from tests.unit.domain.identity.scenes import INDEX, REGISTRY
from tests.unit.domain.lives import DATA, correction, happened

NOT_CORRECTED = (".corrected", ".reversed")
RECORDS = [
    stated(evt) for least in LEAST.values() for evt in least if not evt.endswith(NOT_CORRECTED)
]
FIREARMS = [
    happened(evt.removeprefix("firearm."), "2020-06-01")
    for evt in DATA
    if not evt.endswith(NOT_CORRECTED)
]
TARGETS = st.sampled_from([*FIREARMS, *RECORDS])
ABSENT: dict[str, Any] = {}
VALUES = st.one_of(
    st.just(ABSENT),
    st.booleans(),
    st.integers(),
    st.sampled_from(["2017", "2017-02-30", "unknown", "none", "XB", "A" * 43, "٢٠١٧"]),
    st.sampled_from([f"{kind}.01a2076b-4018-7111-8222-333333333339" for kind in ("arm", "lic")]),
    st.text("Az09é ", min_size=1, max_size=64).filter(lambda text: text == text.strip()),
).flatmap(
    lambda value: st.sampled_from([value, {"known": value}] if isinstance(value, str) else [value])
)
"""Every form that a correction's value can have, and none at all."""


def document(target: Event) -> dict[str, Any]:
    """Give what a correction can reach of an event."""
    return {**target.dat.model_dump(mode="json", exclude_unset=True), "occ": target.occ.text}


def paths(node: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Give every path below a node, with what stands there."""
    items = enumerate(node) if isinstance(node, list) else node.items()
    for name, value in items:
        path = f"{before}{name}"
        yield path, value
        if isinstance(value, dict | list):
            yield from paths(value, f"{path}.")


@st.composite
def changes(draw: st.DrawFn, target: Event) -> dict[str, Any]:
    """Give a change, its old value mostly the one that counts, so that few are stale."""
    found = dict(paths(document(target)))
    beyond = [f"{path}{end}" for path in found for end in (".0", ".7", ".known")]
    anywhere = st.sampled_from([*found, *type(target.dat).model_fields, *beyond, "remark"])
    path = draw(st.one_of(st.sampled_from(["occ", "jur"]), anywhere))
    old = found.get(path)
    new = draw(
        st.one_of(st.sampled_from(["2017", "XB"]), st.sampled_from([*found.values()]), VALUES)
    )
    stated_old = {"old": old} if _is_value(old) else {}
    return {"field": path, **stated_old, **({"new": new} if _is_value(new) else {})}


def _is_value(value: Any) -> bool:
    """Tell whether a correction can state a value; a list, for example, it cannot."""
    if isinstance(value, dict):
        return value.keys() == {"known"}
    return isinstance(value, str | int)


@st.composite
def corrections(draw: st.DrawFn) -> tuple[Event, Event]:
    """Give an event and a correction of it."""
    target = draw(TARGETS)
    said = draw(
        st.lists(changes(target), min_size=1, max_size=3, unique_by=lambda each: each["field"])
    )
    build = correction if target.sub.kind == "arm" else corrects
    return target, build(target, *said)


def recorded(target: Event) -> list[Event]:
    """Give a stream with the event in it."""
    if target.sub.kind == "arm":
        return [happened("registered", "2012", name="origin"), target]
    return [stated(ORIGINS[target.sub.kind], name="origin"), target]


@given(corrections())
def test_every_correction_is_read_or_refused(pair: tuple[Event, Event]) -> None:
    target, fix = pair
    assert isinstance(fix.dat, Corrected)
    assert isinstance(amend(target, fix.dat), Event | Refusal)


@given(corrections())
def test_every_correction_is_decided_and_folded(pair: tuple[Event, Event]) -> None:
    target, fix = pair
    before = folded(recorded(target))
    scene = Scene(event=fix, index=INDEX, state=before, others={}, registry=REGISTRY)
    refusal = AGGREGATES[target.sub.kind].decide(scene)
    assert refusal is None or isinstance(refusal, Refusal)
    after = AGGREGATES[target.sub.kind].evolve(before, fix, 2)
    assert fix in [each.event for each in after.entries]


@pytest.mark.parametrize("new", [2017, True, {"known": "2017"}, ABSENT])
@pytest.mark.parametrize("target", [FIREARMS[1], stated("licence.applied")])
def test_a_time_is_corrected_to_a_time_alone(target: Event, new: Any) -> None:
    dat = Corrected(
        target=target.eid,
        reason="clerical_error",
        changes=(
            Change.model_validate(
                {"field": "occ", "old": target.occ.text, **({} if new is ABSENT else {"new": new})}
            ),
        ),
    )
    outcome = amend(target, dat)
    assert isinstance(outcome, Refusal)
    assert outcome.rule == "correction_result"


def test_taking_everything_away_leaves_no_event() -> None:
    target = stated("authorization.expired")
    assert document(target) == {"occ": "2020-06-01"}
    fix = corrects(target, {"field": "occ", "old": "2020-06-01"})
    assert isinstance(fix.dat, Corrected)
    outcome = amend(target, fix.dat)
    assert isinstance(outcome, Refusal)
    assert outcome.rule == "correction_result"
