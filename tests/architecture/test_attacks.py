# SPDX-License-Identifier: Apache-2.0
"""Keeps the table of attacks whole: every attack is there, and every test that it names exists."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.source_tree import parse, python_files, read

ATTACKS = [*(f"L{number}" for number in range(1, 17)), *(f"E{number}" for number in range(1, 25))]
"""Rows of the log specification, section 2.10, and of the envelope specification, section 9."""

ROW = re.compile(r"^\| ([LE]\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(test_\w+)`")
ROWS = ROW.findall(read(Path("docs/threat-model.md")))
TESTS = Counter(
    node.name
    for path in python_files("tests")
    for node in ast.walk(parse(path))
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
)


def test_every_attack_has_its_row_once_and_in_order() -> None:
    assert [number for number, *_ in ROWS] == ATTACKS


@pytest.mark.parametrize(("number", "tests"), [(row[0], row[3]) for row in ROWS])
def test_every_test_that_the_table_names_exists(number: str, tests: str) -> None:
    named = TEST.findall(tests)
    assert [name for name in named if not TESTS[name]] == [], number
    assert TEST.sub("", tests).strip(" ,") == ("" if named else "none yet"), number


@pytest.mark.parametrize("row", [row for row in ROWS if not TEST.search(row[3])])
def test_an_attack_that_nobody_tries_yet_says_what_it_waits_for(row: tuple[str, ...]) -> None:
    assert re.search(r"\bcomes? with the (service|console)\b", row[2]), row[0]
