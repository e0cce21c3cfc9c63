# SPDX-License-Identifier: Apache-2.0
"""A hold keeps the persons in a record; a long one is placed by two, and each is released."""

from __future__ import annotations

import pytest

from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from tests.unit.domain.identity.scenes import OTHER, SECOND_KEY_OF_SIGNER, signed, slug
from tests.unit.domain.lives import contradicted, happened, life

KNOWN = happened("registered", "2016")
GONE = happened("registered", "2016", technical="destroyed")
PLACED, RELEASED = happened("hold-placed", "2026"), happened("hold-released", "2027")
LONG = happened("hold-placed", "2026", name="long", hold_no="H-2", review_on="2029-01-01")


@pytest.mark.parametrize("origin", [KNOWN, GONE], ids=["known", "destroyed"])
def test_a_hold_is_placed_and_released_also_after_the_destruction(origin: object) -> None:
    assert isinstance(origin, type(KNOWN))
    assert slug(PLACED, life(origin)) is None
    assert life(origin, PLACED).state.holds == ("H-1",)
    assert slug(RELEASED, life(origin, PLACED)) is None
    assert life(origin, PLACED, RELEASED).state.holds == ()


def test_a_hold_of_more_than_twelve_months_takes_two_persons() -> None:
    assert slug(LONG, life(KNOWN)) == "second_person_missing"
    assert slug(signed(LONG, endorsed=(SECOND_KEY_OF_SIGNER,)), life(KNOWN)) == (
        "second_person_missing"
    )
    assert slug(signed(LONG, endorsed=(OTHER,)), life(KNOWN)) is None


def test_every_hold_has_a_number_and_a_day_of_review() -> None:
    for name in ("hold_no", "review_on", "ground"):
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            happened("hold-placed", **{name: "absent"})


def test_only_an_open_hold_is_released_and_a_number_stands_for_one() -> None:
    other = happened("hold-released", "2027", hold_no="H-9")
    assert slug(other, life(KNOWN, PLACED)) == "hold_unknown"
    again = life(KNOWN, PLACED, happened("hold-placed", "2026", name="again"))
    assert (again.state.holds, contradicted(again)) == (("H-1",), [(2, "hold_repeated")])
    both = life(KNOWN, PLACED, LONG, RELEASED)
    assert both.state.holds == ("H-2",)


def test_whoever_investigates_or_steers_the_data_places_holds() -> None:
    for evt in ("firearm.hold-placed", "licence.hold-released"):
        assert CATALOGUE.find(evt, 1).roles == {"CRT", "POL", "LIC", "TRC", "STW"}
