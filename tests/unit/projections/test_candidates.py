# SPDX-License-Identifier: Apache-2.0
"""Which rows of the search become candidates, in which order, and with which reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from projections.marking_search.queries import _agreement, _candidates, _terms
from projections.marking_search.tiers import Reading, Tier

IZHEVSK, IZHMASH = "\u0418\u0416-27", "\u0418\u0416\u041c\u0410\u0428"


def row(number: int, text: str, *, role: str = "serial", makes: Any = ("TESTWERK",)) -> Any:
    return (UUID(int=number), role, "manufacture", text, number, makes)


def test_the_nearest_text_of_a_firearm_counts_and_the_nearest_firearm_comes_first() -> None:
    rows = [row(1, "IZH 2?"), row(2, "IZ-H27", role="number"), row(3, "I?[H1]27", role="restored"),
            row(1, IZHEVSK), row(1, "1ZH27"), row(4, "IZH28"), row(5, "OTHER")]  # fmt: skip
    found = _candidates(Reading("IZH27"), rows, None)
    assert [(each.index, each.likeness.tier) for each in found] == [
        (2, Tier.CANONICAL),
        (1, Tier.LATIN),
        (3, Tier.RESTORED),
        (4, Tier.ONE_CHARACTER),
    ]
    assert found[1].reasons == (f"serial {IZHEVSK} same in Latin letters, IZH-27",)
    assert found[2].reasons == ("damaged mark I?[H1]27 admits IZH27",)


@pytest.mark.parametrize(
    ("makes", "make", "agreement"),
    [
        ((IZHMASH,), "Izhmash", "agrees"),
        (("IZHMASH",), IZHMASH, "agrees"),
        (("FN HERSTAL", "X"), "fn-her", "agrees"),
        (("FN",), "FN HERSTAL", "differs"),
        ((), "FN", "not on record"),
        (("FN",), None, "not asked"),
        (("FN",), "--", "not asked"),
    ],
)
def test_makes_agree_in_any_script(makes: tuple[str, ...], make: str, agreement: str) -> None:
    assert _agreement(makes, make) == agreement


def test_the_terms_of_a_search_hold_every_key() -> None:
    terms = _terms(Reading("\u0418?[5S]"), None)
    assert (terms["like"], terms["like_latin"], terms["make"]) == ("\u0418__", "I__", None)
    assert (terms["latin"], terms["upper"]) == ("I5S", "\u0418?[5S]")
