# SPDX-License-Identifier: Apache-2.0
"""Keeps the top level as designed, the README's commands working, and machines out of the files."""

import os
import re
import shutil
import subprocess

import pytest

from tests.architecture.source_tree import ROOT, carried_files, read, text_files

TOP_LEVEL = {
    *("domain", "audit", "projections", "api", "migrations", "tests", "docs"),
    *("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "requirements.lock"),
}
TEST_FOLDERS = {
    *("unit", "contract", "integration", "journey", "vectors", "benchmarks", "architecture"),
}
# Spelt in pieces, so that this file does not name what it forbids.
MACHINE_FOLDERS = tuple(f"/{name}/" for name in ("root", "work", "home/[a-z]+", "Users", "opt"))
REGISTRY_HOSTS = tuple(".".join(name) for name in (("pypi", "org"), ("pythonhosted", "org")))
REGISTRY_OPTIONS = r"--(?:extra-)?index-url[ =]", r"--find-links[ =]", r"https?://\S+/simple\b"
FORBIDDEN = re.compile(
    "|".join(
        (
            *(rf"(?<![\w.*/-]){folder}" for folder in MACHINE_FOLDERS),
            *map(re.escape, REGISTRY_HOSTS),
            *REGISTRY_OPTIONS,
        )
    )
)
README_COMMANDS = {"demo", "test"}


def test_the_top_level_holds_the_rooms_and_nothing_else() -> None:
    present = {path.parts[0] for path in carried_files() if not path.parts[0].startswith(".")}
    assert present == TOP_LEVEL


def test_the_tests_lie_in_the_folders_of_the_design() -> None:
    tests = (path for path in carried_files() if path.parts[0] == "tests" and len(path.parts) > 1)
    assert {path.parts[1] for path in tests if path.name != "conftest.py"} <= TEST_FOLDERS


def test_no_file_names_a_machine_or_a_registry() -> None:
    named = [
        f"{path}:{number} {found.group()}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := FORBIDDEN.search(line))
    ]
    assert not named, "\n".join(named)


@pytest.mark.parametrize("folder", ["root", "home/officer", "work"])
def test_a_machine_path_is_seen(folder: str) -> None:
    assert FORBIDDEN.search(f'open("/{folder}/ledger")')
    assert FORBIDDEN.search(f"see ../{folder}/ledger") is None


def test_the_readme_names_the_two_commands_and_both_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", read(ROOT / "README.md")))
    assert README_COMMANDS <= named <= _targets()


def test_every_target_explains_itself() -> None:
    make = shutil.which("make") or "make"
    shown = subprocess.run(
        [make, "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert set(re.findall(r"^  make ([a-z]+)", shown, re.MULTILINE)) == _targets()


def test_continuous_integration_runs_the_readmes_test_command_and_every_gate() -> None:
    script = ROOT / ".ci" / "run"
    lines = script.read_text().splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("make")] == [
        ["make", "lint"],
        ["make", "test"],
    ]
    assert "set -euo pipefail" in lines
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("gate", ["ruff format --check", "ruff check", "mypy", "lint-imports"])
def test_lint_holds_every_gate(gate: str) -> None:
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", read(ROOT / "Makefile"), re.MULTILINE)
    assert recipe is not None
    assert gate in recipe.group(1)


def _targets() -> set[str]:
    rules = re.findall(r"^([a-z]+):.*##", read(ROOT / "Makefile"), re.MULTILINE)
    return set(rules)
