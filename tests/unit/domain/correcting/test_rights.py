# SPDX-License-Identifier: Apache-2.0
"""A record is put right by the role that could have made it, while nothing rests on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES
from domain.event import Event
from domain.registry.state import Grant, Interval
from tests.unit.domain.identity.scenes import INDEX, REGISTRY, SIGNER, key
from tests.unit.domain.lives import OTHER_HOLDING, correction, happened, life, reversal

KNOWN = happened("registered", "2012")
SOLD = happened("transferred", "2015", hld=OTHER_HOLDING)
FIX = correction(SOLD, {"field": "permit_class", "old": "sport", "new": "hunting"})
UNDO = reversal(SOLD)


def judged(event: Event, role: str, *, named: int = -1) -> str | None:
    grants = (Grant(role=role, jurisdictions=("XA",), during=Interval(after=1)),)
    registry = replace(REGISTRY, keys={SIGNER: replace(key(SIGNER, "off.one"), grants=grants)})
    scene = Scene(
        event=replace(event, kid=SIGNER), index=INDEX, state=life(KNOWN, SOLD), others={},
        registry=registry, named=named,
    )  # fmt: skip
    refusal = AGGREGATES["arm"].decide(scene)
    return refusal.rule if refusal else None


@pytest.mark.parametrize(
    ("event", "role", "rule"),
    [
        (FIX, "DLR", None),
        (FIX, "LIC", None),
        (FIX, "STW", None),
        (FIX, "POL", "role_not_original"),
        (UNDO, "DLR", None),
        (UNDO, "LIC", None),
        (UNDO, "STW", "role_not_original"),
        (UNDO, "POL", "role_not_original"),
    ],
)
def test_the_original_role_puts_right_what_it_recorded(
    event: Event, role: str, rule: str | None
) -> None:
    assert judged(event, role) == rule


def test_a_reversal_is_refused_where_another_record_named_the_firearm_since() -> None:
    assert judged(UNDO, "LIC", named=1) is None
    assert judged(UNDO, "LIC", named=2) == "reversal_depended_on"
    assert judged(FIX, "LIC", named=2) is None


def test_an_unknown_target_is_refused_as_such_before_anybody_s_role_is_asked() -> None:
    assert judged(reversal(happened("seized", "2020")), "POL") == "reversal_target"
