# SPDX-License-Identifier: Apache-2.0
"""A mapping that cannot work is refused before any row, with everything that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.importing.mapping.loading import check_columns, load_mapping
from domain.catalogue import CATALOGUE
from domain.errors import UnreachableError, UsageError
from tests.unit.api.importing.builders import COLUMNS, PISTOLS, mapping_of


def complaint(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        mapping_of(text)
    assert caught.value.slug == "mapping_invalid"
    return caught.value.sentence


def test_a_mapping_that_names_a_missing_column_tells_the_near_names() -> None:
    mapping = mapping_of(PISTOLS.replace('column = "Station"', 'column = "Staton"'))
    with pytest.raises(UsageError) as caught:
        check_columns(mapping, COLUMNS)
    assert caught.value.slug == "mapping_column_missing"
    assert "no column 'Staton' (near it: Station)" in caught.value.sentence
    assert "events number 2 (firearm.found), fields, station" in caught.value.sentence


def test_every_missing_column_is_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        check_columns(mapping_of(), ["Number", "Make", "Kind"])
    assert [name in caught.value.sentence for name in ("'Count'", "'Found'", "'Station'")] == (
        [True] * 3
    )


def test_a_column_that_occurs_twice_is_ambiguous() -> None:
    with pytest.raises(UsageError, match="more than one column named Kind"):
        check_columns(mapping_of(), (*COLUMNS, "Kind"))


def test_every_problem_of_a_mapping_is_told_at_once_with_its_place() -> None:
    text = (
        PISTOLS.replace('table = "kind"', 'table = "kinds"')
        .replace('"station" =', '"statoin" =')
        .replace("'^ausgeschl'", "'^(ausgeschl'")
    )
    sentence = complaint(text)
    assert "events number 1 (firearm.registered), fields, kind: there is no table kinds" in sentence
    assert "no member 'statoin'; near it: station" in sentence
    assert "spellings, serial, read number 1: '^(ausgeschl' is not a regular expression" in sentence


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[source]", "[sauce]", "sauce is not a part of a mapping here"),
        ('register = "pistols"', "", "source, register is missing"),
        ('"2020-01-31"', '"31 January"', "source, as_of: A time is"),
        ("firearm.found", "firearm.lost", "There is no event type firearm.lost"),
        ("firearm.found", "key.revoked", "this event is not about a firearm"),
        ('"year" = { const = "unknown" }', "", "year is missing, which the event demands"),
        ('{ const = "unknown" }', "{ }", "state either const or column"),
        (', precision = "day"', "", "a date has both formats and precision"),
        ('precision = "day"', 'precision = "instant"', "an instant needs the time zone"),
        (", filled = true", "", "state exactly one of filled"),
        ("filled = true", 'spelling = "serial"', "spelling and means go together"),
        ('spelling = "serial"', 'spelling = "cereal"', "there is no spelling cereal"),
        ('give = "stated"', 'give = "meaning"', "name the spelling that reads it"),
        ('give = "stated"', 'give = "guess"', "give is wrong"),
        ('"Büchse"', '"PISTOLE" = "rifle"\n"Büchse"', "only in case or accents"),
        ("max = 50", "max = 0", "rows, quantity, max is wrong"),
        ("[tables.kind]", "[tables.kind", "it is not TOML"),
    ],
)
def test_each_mistake_is_named(old: str, new: str, expected: str) -> None:
    assert old in PISTOLS
    assert expected in complaint(PISTOLS.replace(old, new))


def test_members_of_lists_and_of_parts_are_checked_too() -> None:
    items = """
[[events.items]]
at = "markings"
[events.items.fields]
"condishun" = { const = "none" }
"text.known" = { column = "Number" }
"""
    sentence = complaint(PISTOLS + items)
    assert "no member 'markings.0.condishun'; near it: condition" in sentence
    assert "text.known" not in sentence


def test_every_event_says_where_it_comes_from() -> None:
    for event in mapping_of().events:
        assert event.fields["source.register_code"].const == "pistols"
        assert event.fields["source.as_of"].const == "2020-01-31"


def test_common_members_are_written_into_every_event_unless_it_has_its_own() -> None:
    mapping = mapping_of(PISTOLS + '\n[common]\n"jur" = { const = "XA" }\n')
    assert [event.fields["jur"].const for event in mapping.events] == ["XA", "XA"]


def test_a_date_of_toml_is_as_good_as_a_text() -> None:
    text = PISTOLS.replace('"2020-01-31"', "2020-01-31")
    assert mapping_of(text).source.as_of == "2020-01-31"


def test_a_mapping_file_that_is_missing_or_huge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=r"no\.toml cannot be read"):
        load_mapping(tmp_path / "no.toml", CATALOGUE)
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * 2_000_000)
    with pytest.raises(UsageError, match="too large"):
        load_mapping(huge, CATALOGUE)
