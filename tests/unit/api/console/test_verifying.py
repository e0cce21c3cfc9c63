# SPDX-License-Identifier: Apache-2.0
"""What the verification page is made of: one script, one file, its words and its types."""

from __future__ import annotations

import json
import re

import pytest

from api.console.languages import NAMES
from api.console.verifying import joining
from api.console.verifying.data import catalogue_data, page_data, sentences
from api.console.verifying.joining import JoiningError, joined_script, module_names, read_module
from api.console.verifying.saved import policy, single_file
from domain.catalogue import CATALOGUE
from tests.architecture.test_size_limits import FOLDER_MODULES_MAX

MODULE_LINES_MAX = 200


def test_every_module_is_in_the_one_script_after_those_that_it_needs() -> None:
    script = joined_script()
    places = {name: script.index(f'modules["{name}"] = ') for name in module_names()}
    for place in places.values():
        needed = re.findall(r'modules\["([^"]+)"\];', script[place:].split("\n})();")[0])
        assert all(places[each] < place for each in needed)
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)


@pytest.mark.parametrize(
    "modules",
    [
        {
            "page/main.js": 'import { a } from "./other.js";\n',
            "page/other.js": "export default 1;\n",
        },
        {"page/main.js": 'import * as a from "./other.js";\n', "page/other.js": ""},
        {
            "page/main.js": 'import { a } from "./other.js";\n',
            "page/other.js": 'import { b } from "./main.js";\nexport const a = 1;\n',
        },
        {"page/main.js": 'const end = "</script>";\n'},
    ],
    ids=["default export", "namespace import", "circle", "end of script"],
)
def test_what_cannot_be_joined_is_refused(
    monkeypatch: pytest.MonkeyPatch, modules: dict[str, str]
) -> None:
    monkeypatch.setattr(joining, "read_module", modules.__getitem__)
    with pytest.raises(JoiningError):
        joined_script.__wrapped__()


def test_modules_are_small_and_folders_too() -> None:
    names = module_names()
    folders = [name.partition("/")[0] for name in names]
    assert max(map(folders.count, folders)) <= FOLDER_MODULES_MAX
    assert {
        name: lines for name in names if (lines := read_module(name).count("\n")) > MODULE_LINES_MAX
    } == {}


def test_no_module_writes_markup_or_asks_the_network() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\bfetch\(|"
        r"XMLHttpRequest|WebSocket|sendBeacon|localStorage|sessionStorage|indexedDB|\.cookie\b"
    )
    assert {name for name in module_names() if forbidden.search(read_module(name))} == set()


def test_every_sentence_is_found_whole_and_translated() -> None:
    found = sentences()
    assert any(each.startswith("Nobody said whose keys these are") for each in found)
    assert all(each == each.strip() or each.endswith(": ") for each in found)
    marks = sum(len(re.findall(r"\bN_\(", read_module(name))) for name in module_names())
    assert len(found) <= marks
    assert page_data(str)["messages"] == {}
    assert page_data(str.upper)["messages"][found[0]] == found[0].upper()


def test_the_page_knows_every_type_of_the_catalogue() -> None:
    data = catalogue_data(CATALOGUE)
    assert data["types"].keys() == {each.kind for each in CATALOGUE}
    assert data["types"]["firearm.transferred/1"]["digests"] == 8
    assert "ledger.founded/1" in data["schemas"]
    assert {each["$ref"].rpartition("/")[2] for each in data["schemas"].values()} | {
        "Trust",
        "Endorsement",
    } <= data["definitions"].keys()


@pytest.mark.parametrize("language", NAMES)
def test_the_saved_file_carries_its_data_and_names_its_own_digests(language: str) -> None:
    text = single_file(language).decode()
    (script,) = re.findall(r'<script type="module">(.*?)</script>', text, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert f'content="{policy(script, style)}"' in text
    (block,) = re.findall(r'id="verify-data">(.*?)</script>', text, re.DOTALL)
    assert json.loads(block).keys() == {"messages", "catalogue"}
