# SPDX-License-Identifier: Apache-2.0
"""What a registry adds to a list is merged, and what contradicts it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.lists.files import read_list
from api.lists.shelf import Shelf
from domain.errors import UnreachableError, UsageError

HEAD = 'source = "Registry of XA"\nversion = "2026-11-01"\n[entries]\n'


def shelf(home: Path, text: str, *, name: str = "makes") -> Shelf:
    folder = home / "lists"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return Shelf(home)


def test_a_registry_adds_entries_and_names(tmp_path: Path) -> None:
    lists = shelf(
        tmp_path,
        HEAD + '"glock" = { synonyms = ["Glok"] }\n"xa" = { label = "XA Arms", kind = "maker" }\n',
    )
    added = lists.get("makes")
    assert added.extended_by == "Registry of XA, 2026-11-01"
    assert [getattr(lists.normalise("makes", text), "key", None) for text in
            ("GLOK", "Glock", "xa arms")] == ["glock", "glock", "xa"]  # fmt: skip
    assert Shelf().normalise("makes", "Glok") is None


def test_a_registry_without_additions_has_the_lists_of_the_software(tmp_path: Path) -> None:
    assert Shelf(tmp_path).get("makes") == Shelf().get("makes")
    assert Shelf(tmp_path).get("makes").extended_by == ""


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ('"glock" = { synonyms = ["Ruger"] }', "'Ruger' of ruger is 'Ruger' of glock"),
        ('"xa" = { label = "GLOCK" }', "'GLOCK' of xa is 'Glock' of glock"),
        ('"glock" = { label = "Other" }', "label of glock is 'Other' here"),
        ('"glock" = { country = "DE" }', "country of glock is 'DE' here and 'AT'"),
    ],
)
def test_what_contradicts_the_list_is_named(tmp_path: Path, entries: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        shelf(tmp_path, HEAD + entries).check()
    assert caught.value.slug == "list_conflict"
    assert told in caught.value.sentence


def test_a_list_that_the_schemas_fix_gets_names_but_no_codes(tmp_path: Path) -> None:
    named = HEAD + '"burglary" = { synonyms = ["Einbruch"] }'
    assert (
        getattr(
            shelf(tmp_path, named, name="loss-causes").normalise("loss-causes", "einbruch"),
            "key",
            "",
        )
        == "burglary"
    )
    with pytest.raises(UsageError, match="events admit no further code") as caught:
        shelf(tmp_path, HEAD + '"flood" = { label = "Flood" }', name="loss-causes").check()
    assert caught.value.slug == "list_conflict"


def test_a_registry_adds_the_offences_of_its_own_law(tmp_path: Path) -> None:
    lists = shelf(tmp_path, HEAD + '"treason" = { label = "Treason" }', name="linked-crimes")
    assert lists.normalise("linked-crimes", "Treason") is not None


def test_every_contradiction_is_told_at_once(tmp_path: Path) -> None:
    text = HEAD + '"glock" = { label = "Other", country = "DE", synonyms = ["Ruger"] }'
    with pytest.raises(UsageError) as caught:
        shelf(tmp_path, text).get("makes")
    assert caught.value.sentence.count("\n") == 3


@pytest.mark.parametrize(
    "text",
    [
        "[entries",
        HEAD + '"xa" = { kind = "maker" }',
        HEAD + '"xa" = { label = "XA", kind = "dealer" }',
        HEAD + '"xa" = { label = "XA", colour = "red" }',
        HEAD + '"xa" = { label = 7 }',
        HEAD + '"x a" = { label = "XA" }',
        HEAD + '"xa" = "XA"',
        HEAD + '"glock" = { synonyms = "Glok" }',
        HEAD + '"glock" = { synonyms = [""] }',
        HEAD + '"glock" = { key = "other" }',
        HEAD + '"xa" = { key = "other", label = "XA" }',
        '[entries]\n"glock" = { synonyms = ["Glok"] }',
        'drop = ["x"]\n' + HEAD,
        HEAD + f'"xa" = {{ label = "{"x" * 1_048_576}" }}',
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        shelf(tmp_path, text).check()
    assert caught.value.slug == "list_invalid"
    assert "makes.toml" in caught.value.sentence


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    lists = shelf(tmp_path, "")
    (tmp_path / "lists" / "makes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"makes\.toml"):
        lists.check()


def test_a_file_for_no_list_is_refused_with_the_names_near_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="makes") as caught:
        shelf(tmp_path, HEAD, name="makers").check()
    assert caught.value.slug == "list_unknown"


def test_a_name_like_no_list_gives_all_of_them() -> None:
    with pytest.raises(UsageError, match="calibres"):
        Shelf().get("../../etc/passwd")


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "lists" / "makes.toml").mkdir(parents=True)
    with pytest.raises(UnreachableError, match=r"makes\.toml"):
        Shelf(tmp_path).check()


def test_a_list_of_the_software_that_is_damaged_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('name = "broken"', encoding="utf-8")
    with pytest.raises(UsageError, match=r"broken\.toml"):
        read_list(tmp_path / "broken.toml")
