# SPDX-License-Identifier: Apache-2.0
"""What it takes two persons to record, it takes two persons to put right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event
from tests.unit.domain.correcting.records import LEAST, ORIGINS, corrects, folded, stated
from tests.unit.domain.identity.scenes import (
    INDEX,
    OTHER,
    REGISTRY,
    SECOND_KEY_OF_SIGNER,
    SIGNER,
)
from tests.unit.domain.lives import DATA, correction, happened, reversal
from tests.unit.every import for_every

BY_TWO = {
    each.evt
    for each in CATALOGUE
    if "endorsements" in each.dat.model_fields
    and each.subject in {*ORIGINS, "arm"}
    and not each.evt.endswith((".corrected", ".reversed"))
}
"""Types of which a record can be put right, and that take a second person."""

JUR = {"field": "jur", "new": "XA"}


def targets() -> list[Event]:
    firearms = [happened(evt.removeprefix("firearm."), "2020") for evt in DATA if evt in BY_TWO]
    return firearms + [stated(evt) for least in LEAST.values() for evt in least if evt in BY_TWO]


def before(target: Event) -> list[Event]:
    if target.sub.kind == "arm":
        return [happened("registered", "2012", name="origin")]
    return [stated(ORIGINS[target.sub.kind], name="origin")]


def judged(target: Event, event: Event, *seconds: str, role: str | None = None) -> str | None:
    """Judge what puts a record right, signed and endorsed in one role."""
    keys = {kid: _in_role(kid, role or min(target.type.roles)) for kid in REGISTRY.keys}
    scene = Scene(
        event=replace(event, kid=SIGNER, attested=frozenset(seconds)), index=INDEX,
        state=folded([*before(target), target]), others={},
        registry=replace(REGISTRY, keys=keys),
    )  # fmt: skip
    refusal = AGGREGATES[target.sub.kind].decide(scene)
    return refusal.rule if refusal else None


def _in_role(kid: str, role: str) -> Any:
    key = REGISTRY.keys[kid]
    return replace(key, grants=(replace(key.grants[0], role=role),))


def test_every_type_that_takes_two_persons_is_tried_here() -> None:
    assert {each.evt for each in targets()} == BY_TWO
    assert {"firearm.identity-merged", "firearm.destroyed", "component.destroyed"} <= BY_TWO


@for_every(targets(), "target")
def test_one_person_corrects_nothing_that_two_recorded(target: Event) -> None:
    fix = (correction if target.sub.kind == "arm" else corrects)(target, JUR)
    for seconds, rule in (
        ((), "second_person_missing"),
        ((SECOND_KEY_OF_SIGNER,), "second_person_missing"),
        ((OTHER,), None),
    ):
        assert judged(target, fix, *seconds) == rule
        assert judged(target, fix, *seconds, role="STW") == rule
    assert judged(target, fix, OTHER, role="AUD") == "role_not_original"


@for_every([each for each in targets() if each.sub.kind == "arm"], "target")
def test_one_person_reverses_nothing_that_two_recorded(target: Event) -> None:
    undo = reversal(target)
    for seconds, rule in (
        ((), "second_person_missing"),
        ((SECOND_KEY_OF_SIGNER,), "second_person_missing"),
        ((OTHER,), None),
    ):
        assert judged(target, undo, *seconds) == rule
        assert judged(target, undo, *seconds, role="LIC") == rule


@pytest.mark.parametrize("target", [happened("registered", "2012"), stated("licence.applied")])
def test_what_one_person_records_one_person_corrects(target: Event) -> None:
    fix = (correction if target.sub.kind == "arm" else corrects)(target, JUR)
    assert judged(target, fix, role="STW") is None
