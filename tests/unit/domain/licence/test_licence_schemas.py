# SPDX-License-Identifier: Apache-2.0
"""The schemas of licence events are closed, and hold no person."""

from __future__ import annotations

from typing import Any, cast

import pytest

from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.licence.table import LICENCE as AGGREGATE
from domain.licence.table import ORIGINS
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.licence.licences import HOLDING, decided

NAMES = sorted(name.removeprefix("licence.") for name in LICENCE)
ROLES = {
    **dict.fromkeys(LICENCE, "LIC"),
    "licence.applied": "LIC DLR",
    "licence.business-ceased": "LIC DLR BRK MFR",
    "licence.ban-imposed": "LIC CRT",
    "licence.ban-lifted": "LIC CRT",
    "licence.hold-placed": "CRT POL LIC TRC STW",
    "licence.hold-released": "CRT POL LIC TRC STW",
    "licence.corrected": "STW LIC DLR BRK MFR CRT POL TRC",
}
CATEGORY = {"scheme": "eu_2021_555", "as_of": "2021", "code": "B4"}


def test_every_type_of_the_table_has_its_least_data() -> None:
    assert {evt for evt, _ in AGGREGATE.lines} == set(LICENCE)
    assert set(LICENCE) > ORIGINS


def test_every_type_is_in_the_catalogue_with_the_roles_of_the_domain() -> None:
    for evt, roles in ROLES.items():
        kind = CATALOGUE.find(evt, 1)
        assert (kind.subject, kind.roles) == ("lic", frozenset(roles.split()))


@pytest.mark.parametrize("evt", NAMES)
def test_the_least_data_of_a_type_is_accepted_and_kept(evt: str) -> None:
    event = decided(evt)
    assert event.dat.model_dump(mode="json", exclude_unset=True) == LICENCE[f"licence.{evt}"]


@pytest.mark.parametrize("evt", NAMES)
def test_an_unknown_member_is_refused(evt: str) -> None:
    with pytest.raises(EnvelopeError, match=r"dat\.remark"):
        decided(evt, remark="free text")


@pytest.mark.parametrize("evt", NAMES)
def test_a_missing_required_member_and_a_null_are_refused(evt: str) -> None:
    fields = CATALOGUE.latest(f"licence.{evt}").dat.model_fields
    for name, member in fields.items():
        wrong = cast("Any", "absent" if member.is_required() else None)
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            decided(evt, **{name: wrong})


@pytest.mark.parametrize("evt", NAMES)
def test_personal_data_has_no_member_in_any_schema(evt: str) -> None:
    kind = CATALOGUE.latest(f"licence.{evt}")
    assert not set(kind.claims) & set(kind.dat.model_fields)
    assert not {"name", "birth_date", "permit_no", "address"} & set(kind.dat.model_fields)
    assert not kind.claims or "hld" in kind.dat.model_fields
    assert len(kind.claims) <= kind.digests


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        ("applied", {"kind": "bazooka"}),
        ("applied", {"firearms": 0}),
        ("applied", {"firearms": "2"}),
        ("applied", {"hld": "John Doe"}),
        ("applied", {"categories": []}),
        ("applied", {"categories": [{"scheme": "eu_2021_555", "code": "B4"}]}),
        ("applied", {"categories": [CATEGORY] * 33}),
        ("registered", {"status": "fine"}),
        ("registered", {"valid_to": "2018-02-30"}),
        ("issued", {"valid_from": "soon"}),
        ("issued", {"conditions": ["Only on Sundays"]}),
        ("revoked", {"ground": "we_do_not_like_it"}),
        ("refused", {"appeal": "perhaps"}),
        ("business-ceased", {"authority": "Not An Id"}),
        ("business-ceased", {"successor": HOLDING}),
    ],
    ids=str,
)
def test_a_value_outside_its_list_or_form_is_refused(evt: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"licence\.{evt}: dat\.{next(iter(wrong))}"):
        decided(evt, **wrong)


def test_one_application_may_be_for_several_firearms() -> None:
    event = decided("applied", firearms=3, application_no="2017001729", categories=[CATEGORY])
    assert event.dat.model_dump(exclude_unset=True)["firearms"] == 3
