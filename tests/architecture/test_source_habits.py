# SPDX-License-Identifier: Apache-2.0
"""Keeps the habits that no linter of ours checks: headers, empty packages, named exemptions."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOMS, parse, python_files, read

LICENCE_LINE = "# SPDX-License-Identifier: Apache-2.0\n"
# Python runs these on the way to the verifier, unseen by the import contracts.
EMPTY_PACKAGES = ("domain", "audit", "audit/proof")
UNNAMED_EXEMPTION = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:\s*[A-Z]))")
GUESSABLE_MODULES = {"random"}
GUESSABLE_NAMES = {"uuid1", "uuid3", "uuid4", "uuid5"}


def test_every_file_opens_with_its_licence() -> None:
    files = python_files(*ROOMS, "tests")
    assert [path for path in files if not read(path).startswith(LICENCE_LINE)] == []


def test_every_module_says_what_it_holds() -> None:
    files = python_files(*ROOMS, "tests")
    assert [path for path in files if ast.get_docstring(parse(path)) is None] == []


@pytest.mark.parametrize("package", EMPTY_PACKAGES)
def test_a_package_on_the_verifiers_way_runs_nothing(package: str) -> None:
    body = parse(Path(package, "__init__.py")).body
    assert [type(statement) for statement in body] == [ast.Expr]


def test_an_exemption_names_the_rule_that_it_sets_aside() -> None:
    unnamed = [
        f"{path}:{token.start[0]} {token.string}"
        for path in python_files(*ROOMS, "tests")
        for token in _comments(path)
        if UNNAMED_EXEMPTION.search(token.string)
    ]
    assert not unnamed, "\n".join(unnamed)


@pytest.mark.parametrize("comment", ["# type: ignore", "# noqa", "# type:ignore # why", "#noqa "])
def test_a_bare_exemption_is_seen(comment: str) -> None:
    assert UNNAMED_EXEMPTION.search(comment)


@pytest.mark.parametrize("comment", ["# type: ignore[misc]", "# noqa: S603", "# noqa: S603, T201"])
def test_a_named_exemption_is_let_through(comment: str) -> None:
    assert UNNAMED_EXEMPTION.search(comment) is None


def test_salts_nonces_and_identifiers_come_from_no_guessable_source() -> None:
    guessable = [
        f"{path}:{line} {name}"
        for path in python_files(*ROOMS)
        for line, name in _guessable_names(parse(path))
    ]
    assert not guessable, "\n".join(guessable)


@pytest.mark.parametrize(
    "source",
    ["import random", "from random import randbytes", "from uuid import uuid4", "uuid.uuid4()"],
)
def test_a_guessable_source_is_seen(source: str) -> None:
    assert list(_guessable_names(ast.parse(source)))


def _comments(path: Path) -> Iterator[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(read(path)).readline)
    return (token for token in tokens if token.type == tokenize.COMMENT)


def _guessable_names(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = GUESSABLE_MODULES & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = (GUESSABLE_MODULES & {node.module or ""}) | (
                GUESSABLE_NAMES & {alias.name for alias in node.names}
            )
        elif isinstance(node, ast.Attribute):
            names = GUESSABLE_NAMES & {node.attr}
        else:
            continue
        yield from ((node.lineno, name) for name in names)
