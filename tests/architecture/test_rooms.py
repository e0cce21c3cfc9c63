# SPDX-License-Identifier: Apache-2.0
"""Keeps each room to the libraries that the design allows it, and the domain to pure functions.

The import contracts name what is forbidden; this names what is allowed, so that a library that
nobody thought of is refused too.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_tree import carried_files, parse

ALLOWED = {
    "domain": {"domain", "pydantic", "pydantic_core", "eventsourcing"},
    "audit/proof": {
        "audit.proof",
        "domain",
        "cryptography",
        "nacl",
        "orjson",
        "rfc3161_client",
        "pydantic",
        "pydantic_core",
    },
    "migrations": {"migrations", "psycopg"},
    "api/client": {
        "api.client",
        "api.access.caller",
        "api.access.message",
        "api.access.signing",
        "audit.proof",
        "domain",
        "cryptography",
        "httpx",
    },
}
IMPURE_MODULES = {
    *("asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("shutil", "socket", "sqlite3", "subprocess", "tempfile", "time", "urllib"),
}
IMPURE_CALLS = {"now", "today", "utcnow", "open", "print", "input"}


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_the_design_allows(room: str) -> None:
    strange = [
        f"{path}:{line} {name}"
        for path in _files_of(room)
        for line, name in _imports(parse(path))
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(name == root or name.startswith(f"{root}.") for root in ALLOWED[room])
    ]
    assert not strange, "\n".join(strange)


def test_the_domain_has_no_clock_no_files_and_no_chance() -> None:
    impure = [
        f"{path}:{line} {name}"
        for path in _files_of("domain")
        for line, name in (*_imports(parse(path)), *_calls(parse(path)))
        if name in IMPURE_CALLS or name.partition(".")[0] in IMPURE_MODULES
    ]
    assert not impure, "\n".join(impure)


def test_commands_ask_where_a_stopped_projection_is_told() -> None:
    opener = Path("api/cli/asking/opening.py")
    unwarned = [
        f"{path}:{line}"
        for path in _files_of("api/cli")
        for line, name in _imports(parse(path))
        if name == "api.tracing.inquiry.open_queries" and path != opener
    ]
    assert not unwarned, "\n".join(unwarned)


def test_imports_and_calls_are_seen_wherever_they_stand() -> None:
    module = ast.parse("def f():\n from audit import proof\n import os.path\n datetime.now(zone)")
    assert [name for _, name in _imports(module)] == ["audit.proof", "os.path"]
    assert [name for _, name in _calls(module)] == ["now"]


def _files_of(room: str) -> Iterator[Path]:
    return (p for p in carried_files() if p.suffix == ".py" and p.is_relative_to(room))


def _imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def _calls(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", None))
            if name is not None:
                yield node.lineno, name
