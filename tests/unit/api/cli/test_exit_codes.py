# SPDX-License-Identifier: Apache-2.0
"""The table of exit codes is complete over the error tree, and a finer error keeps its kind's."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

import domain.errors
from api.cli.exit_codes import CODES, ExitCode, exit_code
from api.cli.main import COMMANDS
from domain.errors import MunimentError


def _tree(kind: type[MunimentError]) -> Iterator[type[MunimentError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _tree(each)


def test_every_class_of_the_tree_is_in_the_table_by_itself() -> None:
    own = {kind for kind in _tree(MunimentError) if kind.__module__ == domain.errors.__name__}
    assert own == set(CODES)


def test_no_finer_class_of_any_room_falls_through_to_internal() -> None:
    for command in COMMANDS.values():
        import_module(command.module)
    finer = [kind for kind in _tree(MunimentError) if kind is not MunimentError]
    assert [kind for kind in finer if exit_code(kind("words")) is ExitCode.INTERNAL] == []


def test_only_the_root_of_the_tree_is_internal() -> None:
    assert [kind for kind, code in CODES.items() if code is ExitCode.INTERNAL] == [MunimentError]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ProofError", 1),
        ("UsageError", 2),
        ("RefusedError", 3),
        ("EnvelopeError", 3),
        ("ConflictError", 3),
        ("UnreachableError", 4),
        ("MunimentError", 5),
    ],
)
def test_an_error_has_the_code_of_the_console_conventions(name: str, code: int) -> None:
    assert exit_code(getattr(domain.errors, name)("words")) == code
