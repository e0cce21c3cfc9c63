# SPDX-License-Identifier: Apache-2.0
"""Keeps dependencies few, justified, pinned and hashed, whatever registry they come from."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source_tree import read

CONFIGURATION = Path("pyproject.toml")
LOCK = Path("requirements.lock")
JUSTIFIED = re.compile(r'^  "[^"]+", +# \w.{8,}$')
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+) \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
NOTE = re.compile(r"^ *#")


def test_every_dependency_is_justified_in_one_line() -> None:
    blocks = re.findall(
        r"^(?:certificates|dependencies|dev|parquet|pkcs11|telemetry) = \[\n(.*?)^\]",
        read(CONFIGURATION),
        re.MULTILINE | re.DOTALL,
    )
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) == len(_declared())
    assert [line for line in lines if not JUSTIFIED.match(line)] == []


def test_every_rule_that_ruff_leaves_out_is_justified_in_one_line() -> None:
    settings = read(CONFIGURATION).partition("[tool.ruff.lint]")[2].partition("[tool.mypy]")[0]
    lines = re.findall(r'^  "[A-Z]+\d*",.*$', settings, re.MULTILINE)
    assert lines
    assert [line for line in lines if not JUSTIFIED.match(line)] == []


def test_the_lock_pins_a_version_that_satisfies_every_declared_dependency() -> None:
    pinned = _pinned()
    assert [
        str(requirement)
        for requirement in _declared()
        if pinned[canonicalize_name(requirement.name)] not in requirement.specifier
    ] == []


def test_every_pinned_version_has_its_hashes() -> None:
    lines = read(LOCK).splitlines()
    follows = [(line, after) for line, after in pairwise(lines) if "==" in line]
    assert len(follows) == len(_pinned())
    assert [line for line, after in follows if not HASH.match(after)] == []


def test_the_lock_holds_versions_hashes_and_notes_but_no_address() -> None:
    unknown = [
        line
        for line in read(LOCK).splitlines()
        if line and not (PINNED.match(line) or HASH.match(line) or NOTE.match(line))
    ]
    assert not unknown, "\n".join(unknown)
    assert [line for line in read(LOCK).splitlines() if "://" in line or "@" in line] == []


def test_the_lock_brings_the_tool_that_builds_the_project() -> None:
    tools = tomllib.loads(read(CONFIGURATION))["build-system"]["requires"]
    assert {canonicalize_name(Requirement(tool).name) for tool in tools} <= _pinned().keys()


def _declared() -> list[Requirement]:
    project = tomllib.loads(read(CONFIGURATION))["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    return [Requirement(line) for line in lines]


def _pinned() -> dict[str, str]:
    lines = (PINNED.match(line) for line in read(LOCK).splitlines())
    return {match[1]: match[2] for match in lines if match}
