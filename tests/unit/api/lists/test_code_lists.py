# SPDX-License-Identifier: Apache-2.0
"""The lists that come with the software: complete, sourced, without contradiction."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.mapping.loading import load_mapping
from api.lists.model import NAME, PART, VAGUE
from api.lists.shelf import NAMES, Shelf, normalise
from domain import codes, markings
from domain.authorization import codes as authorization
from domain.catalogue import CATALOGUE
from domain.firearm.events import common, disposing, identifying, losing, seizing, trading
from domain.licence import codes as licence
from domain.tracing import codes as tracing

SHELF = Shelf()
OF_THE_DOMAIN: dict[str, tuple[object, ...]] = {
    "authorization-grounds": (authorization.AuthorizationGround,),
    "custody-purposes": (trading.CustodyTask,),
    "disposal-methods": (disposing.DisposalMethod, disposing.DestructionMethod),
    "diversion-circumstances": (tracing.Circumstance,),
    "found-circumstances": (losing.FoundCircumstance,),
    "licence-grounds": (licence.Ground,),
    "loss-causes": (codes.LossCause,),
    "mark-conditions": (markings.MarkCondition,),
    "mark-damages": (markings.MarkDamage,),
    "mark-kinds": (markings.MarkKind,),
    "mark-locations": (markings.MarkLocation,),
    "mark-methods": (markings.MarkMethod,),
    "niem-actions": (codes.GunAction,),
    "niem-gun-types": (codes.GunKind,),
    "person-roles": (seizing.PersonRole,),
    "place-kinds": (common.PlaceKind,),
    "restoration-methods": (identifying.RestorationMethod,),
    "seizure-conditions": (seizing.SeizureCondition,),
    "seizure-grounds": (codes.SeizureGround,),
    "trace-outcomes": (disposing.TraceOutcome,),
    "trace-refusal-grounds": (tracing.RefusalGround,),
}
"""Lists whose codes the schemas of events fix, with the schemas' own lists."""

NAMED_ONLY = {"niem-gun-types": {"ammunition", "bomb", "electric_shock_device", "mine"}}
"""What a source lists and this ledger records by another event, or not at all."""
MEANT = [
    ("calibres", "9 Para", "9x19"),
    ("calibres", "9x19mm Parabellum", "9x19"),
    ("calibres", "9 MM LUGER", "9x19"),
    ("calibres", "7,62х39", "7.62x39"),  # noqa: RUF001  # a Cyrillic letter, as on Soviet papers
    ("calibres", "7.62×39 mm", "7.62x39"),  # noqa: RUF001  # the sign of multiplication
    ("calibres", "7.62*39", "7.62x39"),
    ("calibres", "CALIBRE 12", "gauge-12"),
    ("calibres", "5.56 MILLIMETER", "5.56x45"),
    ("calibres", "22LR", "22-lr"),
    ("makes", "Colt/Colts Mfg. Co., Inc.", "colt"),
    ("makes", "STURM, RUGER & CO., INC.", "ruger"),
    ("makes", "Ижмаш", "izhmash"),
    ("makes", "CRVENA ZASTAVA", "zastava"),
    ("makes", "Baikal", "baikal"),
    ("niem-gun-types", "SMG", "submachine_gun"),
    ("niem-gun-types", "P", "pistol"),
    ("hs-codes", "9303.20", "930320"),
    ("un-register-classes", "Sub-machine guns", "SA3"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_list_states_source_version_and_licence_and_contradicts_itself_nowhere(name: str) -> None:
    found = SHELF.get(name)
    assert found.name == name
    assert all((found.title, found.source, found.version, found.licence, found.entries))
    assert list(found.conflicts()) == []
    assert len({entry.key for entry in found.entries}) == len(found.entries)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_an_entry_means_it(name: str) -> None:
    found = SHELF.get(name)
    for entry in found.entries:
        vague = {found.comparable(each) for each in entry.vague}
        for text in (entry.label, *entry.synonyms, *entry.former):
            if found.comparable(text) not in vague:
                assert found.normalise(text) is entry, text


@pytest.mark.parametrize("name", NAMES)
def test_a_vague_spelling_is_offered_and_never_taken(name: str) -> None:
    found = SHELF.get(name)
    for entry in found.entries:
        for text in entry.vague:
            assert found.normalise(text) is not entry
            assert entry in {each.entry for each in found.find(text)} or found.normalise(text)


@pytest.mark.parametrize(("name", "text", "key"), MEANT)
def test_a_text_as_seen_finds_its_entry(name: str, text: str, key: str) -> None:
    found = normalise(name, text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    ("name", "text"),
    [("calibres", "9 mm"), ("calibres", ".38"), ("calibres", "40CAL"), ("makes", "Beretta"),
     ("makes", "Springfield Armory"), ("countries", "CS"), ("countries", "SK"),
     ("eu-categories", "B1"), ("calibres", ""), ("calibres", "mm"), ("makes", "Inc.")],
)  # fmt: skip
def test_a_text_that_may_mean_several_means_none_for_certain(name: str, text: str) -> None:
    assert normalise(name, text) is None


def test_every_answer_says_why() -> None:
    calibres, makes = SHELF.get("calibres"), SHELF.get("makes")
    assert [(each.entry.key, each.reason) for each in calibres.find("9 Para")] == [("9x19", NAME)]
    assert {each.reason for each in calibres.find("38")} == {VAGUE}
    assert [(each.entry.key, each.reason) for each in makes.find("Jagdwaffen")] == [
        ("blaser", PART)
    ]
    assert makes.find("nothing like it") == ()


def test_a_brand_is_not_a_maker_and_names_who_makes_it() -> None:
    makes = {entry.key: entry for entry in SHELF.get("makes").entries}
    assert {entry.kind for entry in makes.values()} == {"maker", "brand"}
    assert makes["browning"].kind == "brand"
    assert {key for entry in makes.values() for key in entry.related} <= makes.keys()
    assert all(makes[key].kind == "maker" for key in makes["browning"].related)


@pytest.mark.parametrize("name", OF_THE_DOMAIN)
def test_a_list_of_the_domain_has_exactly_the_codes_that_events_admit(name: str) -> None:
    keys = {entry.key for entry in SHELF.get(name).entries}
    admitted = {code for known in OF_THE_DOMAIN[name] for code in get_args(known)}
    assert keys == (admitted - {"unknown"}) | NAMED_ONLY.get(name, set())


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_fixed_by_the_schemas_or_open_to_the_registry(name: str) -> None:
    assert SHELF.get(name).closed is (name in OF_THE_DOMAIN)


def test_every_offence_that_a_shipped_mapping_states_is_listed() -> None:
    listed = {entry.key for entry in SHELF.get("linked-crimes").entries}
    mapping = load_mapping(Path("api/importing/mappings/rj-seizures.toml"), CATALOGUE)
    words = mapping.spellings["crimes"]
    stated = {read.means for read in words.read} | {words.otherwise}
    assert stated - {"no_offence"} <= listed


def test_every_symbol_has_a_code_that_a_mark_can_name_a_picture_in_words_and_a_source() -> None:
    symbols = SHELF.get("mark-symbols").entries
    mark = {"kind": "manufacture", "text": {"known": "66"}, "condition": "legible"}
    for entry in symbols:
        seen = markings.Marking.model_validate({**mark, "symbols": [entry.key]})
        assert seen.symbols == (entry.key,)
        assert entry.description
        assert entry.source
    assert {"triangle", "star_in_oval", "crown_n"} <= {entry.key for entry in symbols}


@pytest.mark.parametrize(
    ("name", "letters"),
    [("niem-gun-types", codes.NIEM_KINDS), ("niem-actions", codes.NIEM_ACTIONS)],
)
def test_the_letters_for_exchange_are_those_of_the_ledger(
    name: str, letters: dict[str, str]
) -> None:
    listed = {entry.key: entry.code for entry in SHELF.get(name).entries}
    assert {key: listed[key] for key in letters} == dict(letters)


def test_the_categories_of_the_union_changed_in_2018() -> None:
    categories = SHELF.get("eu-categories")

    def of(year: int) -> set[str]:
        return {entry.code or entry.key for entry in categories.entries if entry.counts_in(year)}

    assert of(2010) == {
        *(f"A{n}" for n in range(1, 6)),
        *(f"B{n}" for n in range(1, 8)),
        *(f"C{n}" for n in range(1, 5)),
        "D",
    }
    assert of(2021) == {
        *(f"A{n}" for n in range(1, 10)),
        *(f"B{n}" for n in range(1, 10)),
        *(f"C{n}" for n in range(1, 8)),
    }
    before, after = categories.normalise("B1", year=2010), categories.normalise("B1", year=2021)
    assert before is not None
    assert after is not None
    assert ("Semi-automatic" in before.label, "Semi-automatic" in after.label) == (True, False)


def test_a_heading_of_the_customs_list_stands_above_its_subheadings() -> None:
    for entry in SHELF.get("hs-codes").entries:
        assert re.fullmatch(r"930[1-7](\d\d)?", entry.key)
        assert entry.related == ((entry.key[:4],) if len(entry.key) == 6 else ())


def test_the_documentation_names_every_list() -> None:
    told = Path("docs/code-lists.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in told] == []


@given(st.text(max_size=80))
def test_any_text_is_looked_up_without_an_error(text: str) -> None:
    for name in ("calibres", "makes"):
        found = SHELF.get(name).normalise(text)
        assert found is None or found in {each.entry for each in SHELF.get(name).find(text)}
