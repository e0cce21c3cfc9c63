# SPDX-License-Identifier: Apache-2.0
"""A part is in one firearm at a time, whichever record says so; all at a ledger, really signed."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import MunimentError
from domain.firearm.hits import Hit
from domain.judgement import Accepted
from tests.unit.domain.bad.office import Office
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.lives import SOURCE
from tests.unit.domain.signed_ledger import AUTHORITY, place

ONE, OTHER, NEXT = (f"arm.01a2076b-4018-7111-8222-33333333333{number}" for number in (1, 2, 3))
BARREL, FRAME = (f"cmp.01a2076b-4018-7111-8222-33333333333{number}" for number in (4, 5))
SWAP = "firearm.component-replaced"
LEAD = "firearm.leading-component-replaced"
CLERICAL = {"reason": "clerical_error"}


class Workshop(Office):
    """A maker with two firearms and a loose barrel and frame."""

    def __init__(self, *, forgetful: bool = False) -> None:
        super().__init__(roles=("LIC", "DLR", "MFR", "DST", "STW", "POL", "IMX", "VER"))
        self.forgetful = forgetful
        for number, arm in enumerate((ONE, OTHER)):
            self.does("firearm.registered", arm, serial={"known": f"TW9-00004{number}"})
        self.does("component.manufactured", BARREL, part="barrel")
        self.does("component.registered", FRAME, part="frame", source=SOURCE)

    def tries(self, evt: str, sub: str, **dat: Any) -> int | str:
        """Record an event if it is legal; what is refused leaves the stream where it was."""
        if self.forgetful:
            self.ledger._streams.clear()
        before = self.heads.get(sub)
        event = self.signed(evt, sub, "2026-11-20", **{**COMPONENT.get(evt, {}), **dat})
        (outcome,) = self.ledger.record([event])
        if isinstance(outcome, MunimentError):
            self.heads.pop(sub)
            self.heads.update({sub: before} if before else {})
        return place(outcome)

    def does(self, evt: str, sub: str, **dat: Any) -> None:
        """Record an event that has to be legal."""
        assert isinstance(self.tries(evt, sub, **dat), int), (evt, dat)


@pytest.fixture(params=[False, True], ids=["remembering", "forgetful"])
def shop(request: pytest.FixtureRequest) -> Workshop:
    """Give a workshop whose ledger remembers every stream, or none."""
    return Workshop(forgetful=request.param)


def test_a_part_that_a_firearm_took_in_is_not_loose(shop: Workshop) -> None:
    shop.does(SWAP, ONE, component_in=BARREL)
    assert shop.tries(SWAP, OTHER, component_in=BARREL) == "component_elsewhere"
    assert shop.tries("component.installed", BARREL, firearm=OTHER) == "component_installed"
    assert shop.tries("component.destroyed", BARREL) == "component_installed"


def test_a_part_that_a_firearm_gave_up_can_go_into_another_one(shop: Workshop) -> None:
    shop.does(SWAP, ONE, component_in=BARREL)
    assert shop.tries("component.removed", BARREL, firearm=OTHER) == "component_not_installed"
    shop.does(SWAP, ONE, component_out=BARREL)
    shop.does("component.installed", BARREL, firearm=OTHER)
    assert shop.tries(SWAP, ONE, component_in=BARREL) == "component_elsewhere"
    shop.does("component.removed", BARREL, firearm=OTHER)
    shop.does(SWAP, ONE, component_in=BARREL)


def test_the_record_of_the_part_may_say_the_same_once(shop: Workshop) -> None:
    shop.does(SWAP, ONE, component_in=BARREL)
    shop.does("component.installed", BARREL, firearm=ONE)
    assert shop.tries("component.installed", BARREL, firearm=ONE) == "component_installed"
    shop.does(SWAP, ONE, component_out=BARREL)
    shop.does("component.removed", BARREL, firearm=ONE)
    shop.does(SWAP, OTHER, component_in=BARREL)
    shop.does("component.removed", BARREL, firearm=OTHER)


@pytest.mark.parametrize("evt", ["transferred", "exported", "deactivated"])
def test_a_part_that_a_firearm_took_in_changes_hands_with_it_and_not_alone(
    evt: str, shop: Workshop
) -> None:
    shop.does(SWAP, ONE, component_in=BARREL)
    assert shop.tries(f"component.{evt}", BARREL) == "component_installed"
    shop.does(SWAP, ONE, component_out=BARREL)
    shop.does("component.transferred", BARREL)


@pytest.mark.parametrize("evt", ["lost-reported", "stolen-reported", "found", "seized"])
def test_a_part_that_is_missed_or_comes_to_hand_alone_is_in_no_firearm(
    evt: str, shop: Workshop
) -> None:
    shop.does(SWAP, ONE, component_in=BARREL)
    shop.does(f"component.{evt}", BARREL)
    told = shop.tries(SWAP, OTHER, component_in=BARREL)
    assert (told == "alert_open") == (evt != "found"), told


def test_where_a_part_is_today_does_not_stop_a_correction(shop: Workshop) -> None:
    shop.does("component.installed", BARREL, firearm=ONE)
    target = shop.heads[BARREL][1]
    shop.does("component.removed", BARREL, firearm=ONE)
    shop.does(SWAP, ONE, component_in=BARREL)
    change = {"field": "firearm", "old": ONE, "new": OTHER}
    shop.does("component.corrected", BARREL, target=target, changes=[change], **CLERICAL)


def test_a_correction_that_names_a_listed_part_is_a_hit(shop: Workshop) -> None:
    part = "cmp.01a2076b-4018-7111-8222-333333333336"
    shop.does("component.manufactured", part, part="barrel", serial={"known": "B-2"})
    shop.does("component.stolen-reported", part)
    listed = shop.ledger.size - 1
    shop.does(SWAP, ONE, component_in=BARREL)
    change = {"field": "component_in", "old": BARREL, "new": part}
    dat: dict[str, Any] = {"target": shop.heads[ONE][1], "changes": [change], **CLERICAL}
    (told,) = shop.ledger.record([shop.signed("firearm.corrected", ONE, **dat)])
    assert isinstance(told, Accepted), told
    assert told.hits == (Hit("stolen", AUTHORITY, listed, part),)


def test_a_leading_part_leads_one_firearm(shop: Workshop) -> None:
    shop.does(LEAD, ONE, component_in=FRAME)
    assert shop.tries(LEAD, OTHER, component_in=FRAME) == "component_elsewhere"
    again = shop.tries(
        "firearm.registered", NEXT, serial={"known": "TW9-9"}, leading_part="frame",
        leading_component=FRAME,
    )  # fmt: skip
    assert again == "component_elsewhere"


def test_a_new_leading_part_goes_to_the_successor(shop: Workshop) -> None:
    new = {"part_history": "never_installed", "successor": NEXT}
    shop.does(LEAD, ONE, component_in=FRAME, **new)
    assert shop.tries(LEAD, OTHER, component_in=FRAME) == "component_elsewhere"
    made = {"leading_component": FRAME, "predecessor": ONE, "serial": {"known": "TW9-9"}}
    shop.does("firearm.manufactured", NEXT, **made)


def test_a_part_that_was_in_a_firearm_is_never_new_again(shop: Workshop) -> None:
    new = {"part_history": "never_installed", "successor": NEXT}
    shop.does(LEAD, ONE, component_in=FRAME)
    shop.does(LEAD, ONE, component_out=FRAME)
    assert shop.tries(LEAD, OTHER, component_in=FRAME, **new) == "part_history_differs"
    shop.does(LEAD, OTHER, component_in=FRAME)


def test_a_dismantled_firearm_leaves_its_parts(shop: Workshop) -> None:
    shop.does(SWAP, ONE, component_in=BARREL)
    shop.does("firearm.dismantled", ONE, components=[BARREL])
    shop.does(SWAP, OTHER, component_in=BARREL)


def test_what_a_reversed_event_said_of_a_part_does_not_count(shop: Workshop) -> None:
    shop.does(SWAP, ONE, component_in=BARREL)
    target = shop.heads[ONE][1]
    shop.does("firearm.reversed", ONE, target=target, reason="wrong_firearm")
    shop.does(SWAP, OTHER, component_in=BARREL)


def test_an_older_record_of_the_part_says_where_it_is(shop: Workshop) -> None:
    part = "cmp.01a2076b-4018-7111-8222-333333333336"
    shop.does("component.registered", part, part="barrel", source=SOURCE, firearm=ONE)
    assert shop.tries(SWAP, OTHER, component_in=part) == "component_elsewhere"


@pytest.mark.parametrize("evt", [SWAP, LEAD])
def test_in_one_batch_the_second_firearm_does_not_get_the_part(evt: str) -> None:
    shop = Workshop()
    part = BARREL if evt == SWAP else FRAME
    batch = [shop.signed(evt, arm, "2026-11-20", component_in=part) for arm in (ONE, OTHER)]
    start = shop.ledger.size
    assert shop.record(*batch) == [start, "component_elsewhere"]
