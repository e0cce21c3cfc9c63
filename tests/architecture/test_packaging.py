# SPDX-License-Identifier: Apache-2.0
"""Keeps the wheel to the five rooms, which nobody else may own, with the data that they read."""

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOMS, ROOT, carried_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[Path]:
    """Build the wheel and give the names of the files in it."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*command, target], cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = target.glob("*.whl")
    return {Path(name) for name in zipfile.ZipFile(built).namelist()}


def test_the_wheel_holds_the_five_rooms_and_nothing_else(wheel: set[Path]) -> None:
    top = {path.parts[0] for path in wheel}
    assert {name for name in top if not name.endswith(".dist-info")} == set(ROOMS)


def test_the_wheel_carries_every_file_of_the_rooms(wheel: set[Path]) -> None:
    files = {path for path in carried_files() if path.parts[0] in ROOMS}
    assert {path.suffix for path in files} >= {".py", ".sql", ".typed"}
    assert files - wheel == set()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_tells_type_checkers_that_it_is_typed(wheel: set[Path], room: str) -> None:
    assert Path(room, "py.typed") in wheel


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_a_rooms_name(room: str) -> None:
    assert set(packages_distributions().get(room, [])) <= {"muniment"}


def test_no_distribution_hides_our_tests() -> None:
    assert "tests" not in packages_distributions()


@pytest.mark.parametrize("command", ["muniment", "muniment-verify"])
def test_a_command_is_installed_and_can_be_loaded(command: str) -> None:
    (entry,) = entry_points(group="console_scripts", name=command)
    assert callable(entry.load())
