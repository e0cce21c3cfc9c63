# SPDX-License-Identifier: Apache-2.0
"""A country is one that ISO 3166 knows, or knew, or a code that it leaves to users."""

from __future__ import annotations

import pycountry
import pytest

from api.lists.shelf import Shelf
from domain.country.codes import CURRENT, FORMER, MISTAKEN, USER_ASSIGNED
from domain.errors import EnvelopeError
from tests.unit.domain.lives import happened


def test_the_countries_are_those_of_the_standard() -> None:
    assert {each.alpha_2 for each in pycountry.countries} == CURRENT
    assert {each.alpha_2 for each in pycountry.historic_countries} == FORMER


def test_what_the_standard_leaves_to_users_names_no_country() -> None:
    assert len(USER_ASSIGNED) == 2 + 14 + 26
    assert {"AA", "QM", "QZ", "XA", "XK", "XZ", "ZZ"} <= USER_ASSIGNED
    assert not USER_ASSIGNED & (CURRENT | FORMER)
    assert "QL" not in USER_ASSIGNED


def test_every_country_of_the_list_is_one_that_an_event_may_name() -> None:
    entries = Shelf().get("countries").entries
    codes = {each.key if len(each.key) == 2 else each.vague[0] for each in entries}
    assert codes == CURRENT | FORMER | {"XK"}


@pytest.mark.parametrize("code", ["XA", "GB", "SU", "CS", "DD", "YU", "ZZ"])
def test_a_country_now_former_or_of_the_user_is_admitted(code: str) -> None:
    dat = happened("registered", country=code, jur=f"{code}-1").dat
    assert (dat.country, dat.jur) == (code, f"{code}-1")  # type: ignore[attr-defined]


@pytest.mark.parametrize("member", ["country", "jur", "presence"])
@pytest.mark.parametrize(
    ("code", "hint"),
    [("UK", "Write GB."), ("EL", "Write GR."), ("EU", "muniment lists"), ("QL", "muniment lists")],
)
def test_no_other_code_is_a_country(member: str, code: str, hint: str) -> None:
    with pytest.raises(EnvelopeError, match=f"{member}.*{code} is no country.*{hint}") as caught:
        happened("registered", **{member: code})
    assert caught.value.slug == "schema_invalid"
    assert not caught.value.sentence.endswith("..")


def test_a_part_of_a_country_that_does_not_exist_is_refused() -> None:
    with pytest.raises(EnvelopeError, match="UK is no country"):
        happened("found", jur="UK-SCT")


def test_a_code_that_is_mistaken_for_a_country_has_one_to_write_instead() -> None:
    assert set(MISTAKEN.values()) <= CURRENT
    assert not set(MISTAKEN) & (CURRENT | FORMER | USER_ASSIGNED)
