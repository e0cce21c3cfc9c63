# SPDX-License-Identifier: Apache-2.0
"""The catalogue is complete and its schemas are closed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any, cast

import pytest

from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.firearm.table import LINES, ORIGINS, TABLE
from domain.refusal import Refusal
from domain.schema import value_of
from tests.unit.domain.lives import DATA, HOLDING, MARK, SOURCE, happened
from tests.unit.every import for_every

NAMES = sorted(name.removeprefix("firearm.") for name in DATA)
ROLES = {
    "firearm.manufactured": "MFR",
    "firearm.registered": "LIC STK DLR POL",
    "firearm.marked": "MFR IMX STK POL VER LAB",
    "firearm.stock-issued": "STK",
    "firearm.stock-received": "STK",
    "firearm.transferred": "LIC DLR",
    "firearm.lost-reported": "LIC POL DLR STK",
    "firearm.stolen-reported": "LIC POL DLR STK",
    "firearm.found": "POL",
    "firearm.seized": "POL CUS",
    "firearm.custody-moved": "EVC",
}


def test_every_type_has_one_line_with_schema_effect_and_rules() -> None:
    assert {line.evt for line in TABLE} == set(DATA)
    assert len(LINES) == len(TABLE)
    without = {line.evt for line in TABLE if not line.rules}
    about_the_record = {"firearm.corrected", "firearm.reversed"}
    assert without == about_the_record
    assert set(DATA) > ORIGINS


def test_every_type_is_in_the_catalogue_with_the_roles_of_the_domain() -> None:
    for evt, roles in ROLES.items():
        kind = CATALOGUE.find(evt, 1)
        assert (kind.subject, kind.roles) == ("arm", frozenset(roles.split()))
    assert "STW" in CATALOGUE.find("firearm.corrected", 1).roles


@for_every(NAMES, "evt")
def test_the_least_data_of_a_type_is_accepted_and_kept(evt: str) -> None:
    event = happened(evt)
    assert event.dat.model_dump(mode="json", exclude_unset=True) == DATA[f"firearm.{evt}"]


@for_every(NAMES, "evt")
def test_an_unknown_member_is_refused(evt: str) -> None:
    with pytest.raises(EnvelopeError, match=r"dat\.remark"):
        happened(evt, remark="free text")


@for_every(NAMES, "evt")
def test_an_explicit_null_is_refused_for_every_optional_member(evt: str) -> None:
    schema = CATALOGUE.latest(f"firearm.{evt}").dat
    optional = [name for name, field in schema.model_fields.items() if not field.is_required()]
    assert optional
    for name in optional:
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            happened(evt, **{str(name): cast("Any", None)})


@for_every(NAMES, "evt")
def test_a_missing_required_member_is_refused(evt: str) -> None:
    fields = CATALOGUE.latest(f"firearm.{evt}").dat.model_fields
    for name in (name for name, field in fields.items() if field.is_required()):
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            happened(evt, **{name: "absent"})


@for_every(NAMES, "evt")
def test_personal_data_has_no_member_in_any_schema(evt: str) -> None:
    kind = CATALOGUE.latest(f"firearm.{evt}")
    assert not set(kind.claims) & set(kind.dat.model_fields)
    assert not {"name", "birth_date", "doc_no", "address"} & set(kind.dat.model_fields)


def test_a_type_that_discloses_persons_names_the_holding_they_stand_under() -> None:
    for kind in (line.type for line in TABLE):
        assert not kind.claims or "hld" in kind.dat.model_fields
        assert len(kind.claims) <= kind.digests


def test_the_worked_example_of_a_transfer_is_accepted_as_it_is() -> None:
    dat = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
    example = happened("transferred", **dat, exemption="absent")
    assert example.dat.model_dump(exclude_unset=True) == dat
    kind = CATALOGUE.find("firearm.transferred", 1)
    assert kind.digests == 8
    assert dict(kind.claims) == dict.fromkeys(
        ("holder_birth_date", "holder_doc_no", "holder_name", "permit_no"), "string"
    )


def test_the_published_transfer_validates_against_its_schema() -> None:
    path = Path("../shared/vectors/examples.json")
    if not path.exists():
        pytest.skip("the worked examples are not on this machine")
    jws = json.loads(path.read_text(encoding="utf-8"))["events"][1]["jws"]
    assert jws.count(".") == 2
    assert happened("transferred", **_payload(jws)["dat"]).evt == "firearm.transferred"


@pytest.mark.parametrize("stated", ["unknown", "none", {"known": "0012"}])
def test_known_unknown_and_none_are_kept_apart(stated: Any) -> None:
    dat: Any = happened("registered", serial=stated, make=stated).dat
    again = dat.model_dump(mode="json")
    assert again["serial"] == stated
    assert value_of(dat.serial) == (stated["known"] if isinstance(stated, dict) else None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"serial": {"known": "unreadable"}},
        {"serial": {"known": ""}},
        {"serial": "TW9"},
        {"year": "2015"},
        {"year": 2015.0},
        {"year": True},
        {"country": "Germany"},
        {"kind": "bazooka"},
        {"make": {"known": "x" * 65}},
        {"make": {"known": "A", "note": "B"}},
        {"source": {**SOURCE, "as_of": "2018-02-30"}},
        {"source": {**SOURCE, "as_of": "last year"}},
        {"markings": [MARK] * 13},
        {"markings": []},
        {"markings": {"0": MARK}},
        {"hld": "John Doe"},
        {"jur": "xa"},
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"firearm\.registered: dat\.{next(iter(wrong))}"):
        happened("registered", **wrong)


def test_the_precision_of_a_date_is_kept() -> None:
    for occ in ("2017", "2017-05", "2017-05-02", "2017-05-02T10:00:00Z", "unknown"):
        dat: Any = happened("stolen-reported", occ, discovered_on=occ).dat
        assert dat.discovered_on == occ


def test_a_refusal_becomes_an_error_with_its_rule_as_slug() -> None:
    legal = ("evidence", "official_safekeeping")
    refusal = Refusal(rule="custody_state", sentence="No.", axis="C", found="holder", legal=legal)
    error = refusal.error()
    assert (error.slug, error.sentence) == ("custody_state", "No.")
    assert error.next_step == "Found: holder. Legal would be: evidence, official_safekeeping."


def _payload(jws: str) -> Any:
    return json.loads(urlsafe_b64decode(jws.split(".")[1] + "=="))
