# SPDX-License-Identifier: Apache-2.0
"""What the architecture tests read: the checkout's own files, as git would carry them away.

Outside a git checkout (an unpacked archive) every file counts that does not lie in a dot folder
or a cache.
"""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "audit", "projections", "api", "migrations")


@cache
def carried_files() -> tuple[Path, ...]:
    """Every file of the project, relative to the checkout, in order."""
    listed = _listed_by_git() or _listed_by_walking()
    return tuple(sorted(path for path in listed if (ROOT / path).is_file()))


def python_files(*folders: str) -> tuple[Path, ...]:
    """Give the Python files below these top-level folders."""
    return tuple(
        path for path in carried_files() if path.suffix == ".py" and path.parts[0] in folders
    )


def text_files() -> Iterator[tuple[Path, str]]:
    """Give each file that is text, with its text."""
    for path in carried_files():
        try:
            yield path, (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@cache
def read(path: Path) -> str:
    """Read a file of the checkout."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def parse(path: Path) -> ast.Module:
    """Parse a Python file of the checkout."""
    return ast.parse(read(path), filename=str(path))


def _listed_by_git() -> tuple[Path, ...]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return ()
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return tuple(Path(name) for name in listing.stdout.decode().split("\0") if name)


def _listed_by_walking() -> tuple[Path, ...]:
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return tuple(path for path in found if not _is_left_behind(path))


def _is_left_behind(path: Path) -> bool:
    return "__pycache__" in path.parts or any(
        part.startswith(".") and part not in {".ci", ".gitignore"} for part in path.parts
    )
