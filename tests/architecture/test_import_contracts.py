# SPDX-License-Identifier: Apache-2.0
"""Keeps the rooms apart: the import contracts hold, each can be broken, and none is forgotten."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOMS, ROOT, carried_files, read

PLANTED = (
    ("domain/errors.py", "import audit", "api > projections > audit > domain"),
    ("audit/lifecycle.py", "import projections", "api > projections > audit > domain"),
    ("domain/identifiers.py", "import psycopg", "The domain does no I/O"),
    ("domain/identifiers.py", "import cryptography", "The domain does no I/O"),
    ("audit/proof/merkle.py", "import eventsourcing", "Proofs verify offline"),
    ("audit/proof/merkle.py", "import typer", "Proofs verify offline"),
    ("migrations/runner.py", "import domain", "Migrations are a leaf"),
    ("api/client/__init__.py", "import psycopg", "The signing SDK stays small"),
    ("api/client/__init__.py", "import api.cli", "Doors do not know each other"),
)
VERIFIER_DOES_WITHOUT = ("eventsourcing", "psycopg", "fastapi", "typer", "rich")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the rooms in which a test may plant what is forbidden."""
    target = tmp_path_factory.mktemp("planted")
    for path in (*carried_files(), Path("pyproject.toml")):
        if path.parts[0] in {*ROOMS, "pyproject.toml"}:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, target / path)
    return target


def test_every_import_contract_is_kept() -> None:
    outcome = _check(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(("file", "line", "contract"), PLANTED)
def test_a_forbidden_import_breaks_its_contract(
    copy: Path, file: str, line: str, contract: str
) -> None:
    original = (copy / file).read_text()
    (copy / file).write_text(f"{original}\n{line}\n")
    outcome = _check(copy)
    (copy / file).write_text(original)
    assert outcome.returncode == 1, outcome.stderr
    assert f"{contract} BROKEN" in outcome.stdout


def test_every_read_model_is_bound_not_to_know_the_others() -> None:
    assert _read_models() == _members("Read models do not know each other")


def test_the_offline_verifier_loads_no_server_library() -> None:
    program = "import sys, audit.proof.verify.command; print(*sys.modules)"
    outcome = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.partition(".")[0] for name in outcome.stdout.split()}
    assert "cryptography" in loaded
    assert loaded.isdisjoint(VERIFIER_DOES_WITHOUT)


def _check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def _read_models() -> set[str]:
    """Give the packages that fill tables of their own."""
    depth = len(("projections", "package", "store.py"))
    return {
        f"projections.{path.parts[1]}"
        for path in carried_files()
        if path.parts[0] == "projections" and path.name == "store.py" and len(path.parts) == depth
    }


def _members(contract: str) -> set[str]:
    settings = tomllib.loads(read(Path("pyproject.toml")))["tool"]["importlinter"]
    found = (c for c in settings["contracts"] if c["name"] == contract)
    return {module for each in found for module in each.get("modules", [])}
