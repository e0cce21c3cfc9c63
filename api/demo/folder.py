# SPDX-License-Identifier: Apache-2.0
"""The folder of a demonstration: made, known again by its marker, and made anew.

It holds the test ledger, test keys with their passphrase beside them, the inputs and what
was written out. Only a folder that bears the marker is ever removed, and only what the
demonstration made in it.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from api.bootstrap import open_office
from api.settings import HOME_VARIABLE, PASSPHRASE_VARIABLE, Settings
from audit.database.place import LEDGER, Place, find_place
from domain.errors import MunimentError, UnreachableError, UsageError

MARKER: Final = "DEMO.txt"
SETTINGS: Final = "settings.sh"
REGISTER: Final = "california.csv.gz"
MAPPING: Final = "leso-1033.toml"
MADE: Final = (
    *("ledger", "keys", "export", "export-forged", SETTINGS, REGISTER, MAPPING),
    *("ATTRIBUTION.md", "rejects.csv*", "example.zip*", ".rejects.csv*", ".example.zip*"),
)
"""Everything beside the marker that a demonstration makes in its folder, drafts included."""

FOLDERS_MAX: Final = 9
"""Demonstrations beside each other."""

PASS_THROUGH: Final = 0o711
PRIVATE: Final = 0o700
SECRET: Final = 0o600

_INPUTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        REGISTER: ("api.demo", "leso1033_raw_California_2016-04-04.csv.gz"),
        "ATTRIBUTION.md": ("api.demo", "ATTRIBUTION.md"),
        MAPPING: ("api.importing.mappings", "leso-1033.toml"),
    }
)
_MARKER_TEXT: Final = """\
Made by `muniment demo`. Everything in this folder is for trying out: test keys, an invented
firearm, a ledger that binds nobody. The next `muniment demo` removes it and starts afresh.
"""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where a demonstration lives.

    Attributes:
        path: The folder.
    """

    path: Path

    @property
    def ledger(self) -> Path:
        """Data directory of the test ledger."""
        return self.path / "ledger"

    @property
    def settings(self) -> Settings:
        """How its ledger is reached: always by the embedded database."""
        return Settings(home=self.ledger)

    @property
    def is_there(self) -> bool:
        """Whether an earlier demonstration left something."""
        return (self.path / MARKER).exists()

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Keep other demonstrations out for as long as the ``with`` lasts.

        Returns:
            Whether nobody else is in; a demonstration that was killed is not.

        Raises:
            UnreachableError: The folder cannot be made.
        """
        if self.path.exists() and not self.path.is_dir():
            raise self._foreign()
        try:
            self.path.mkdir(mode=PASS_THROUGH, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield _locked(handle)
        finally:
            os.close(handle)

    def key(self, name: str) -> Path:
        """Give the file of a test key."""
        return self.path / "keys" / f"{name}.pem"

    def make_room(self) -> None:
        """Remove an earlier demonstration, or see that nothing is in the way.

        Raises:
            UsageError: There is something at that place that no demonstration made.
            UnreachableError: Something of the earlier demonstration cannot be removed.
        """
        if self.is_there:
            self._stop()
            self._remove()
        elif self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise self._foreign()

    def make(self, passphrase: str) -> None:
        """Make the folder with its inputs and the passphrase of its test keys.

        Raises:
            UnreachableError: The folder cannot be written.
        """
        try:
            self._make(passphrase)
        except OSError as error:
            raise self._unwritable(error) from error

    def _foreign(self) -> UsageError:
        return UsageError(
            f"{self.path} holds something that `muniment demo` did not make.",
            slug="demo_folder_taken",
            next_step="Name another folder with --home; nothing was touched.",
        )

    def _unwritable(self, error: OSError) -> UnreachableError:
        return UnreachableError(
            f"The demonstration cannot be made in {self.path}: {error.strerror}.",
            next_step="Name a folder that this user may write with --home.",
        )

    def _make(self, passphrase: str) -> None:
        # Root's stand-in, which runs the database, has to pass through these two folders.
        for folder, mode in ((self.path, PASS_THROUGH), (self.ledger, PASS_THROUGH)):
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
            folder.chmod(mode)
        (self.path / MARKER).write_text(_MARKER_TEXT, "utf-8")
        (self.path / "keys").mkdir(mode=PRIVATE)
        (self.path / "keys" / "TEST-KEYS.txt").write_text(
            f"Test keys of a demonstration. Their passphrase is {passphrase}\n", "utf-8"
        )
        for name, (package, resource) in _INPUTS.items():
            (self.path / name).write_bytes((files(package) / resource).read_bytes())
        settings = self.path / SETTINGS
        settings.touch(mode=SECRET)
        settings.write_text(self._settings_text(passphrase), "utf-8")

    def _settings_text(self, passphrase: str) -> str:
        programs = shlex.quote(str(Path(sys.executable).parent))
        return (
            "# Read this into a shell to go on with the demo ledger:  . settings.sh\n"
            f"export PATH={programs}:$PATH\n"
            f"export {HOME_VARIABLE}={shlex.quote(str(self.ledger))}\n"
            f"export {PASSPHRASE_VARIABLE}={passphrase}  # of the test keys\n"
        )

    def _place(self) -> Place | None:
        return find_place(self.ledger) if (self.ledger / "postgres").exists() else None

    def _stop(self) -> None:
        """Stop what a killed demonstration left running: the last one out stops the servers."""
        place = self._place()
        if place and (place.cluster / "postmaster.pid").exists():
            with suppress(MunimentError), open_office(self.settings):
                pass

    def _remove(self) -> None:
        try:
            self._remove_cluster_elsewhere()
            for name in (name for pattern in MADE for name in self.path.glob(pattern)):
                _remove(name)
            (self.path / MARKER).unlink()
        except OSError as error:
            raise UnreachableError(
                f"{error.filename} cannot be removed: {error.strerror}.",
                next_step="Close the programs that use the demo ledger and try again.",
            ) from error

    def _remove_cluster_elsewhere(self) -> None:
        """Remove a cluster that was put outside, since its user could not enter this folder."""
        place = self._place()
        if place is None or place.folder.is_relative_to(self.path):
            return
        owner = place.folder / LEDGER
        if owner.exists() and owner.read_text("utf-8").strip() == str(self.ledger):
            shutil.rmtree(place.folder)


@contextmanager
def free_folder(path: Path, *, named: bool) -> Iterator[DemoFolder]:
    """Give a folder in which no demonstration runs, and keep others out of it.

    Args:
        path: The folder.
        named: Whether it has to be this one; else one with a number behind its name may be given.

    Raises:
        UsageError: ``demo_running``, or something else is at that place.
        UnreachableError: No folder can be made there.
    """
    others = (path.with_name(f"{path.name}-{number}") for number in range(2, FOLDERS_MAX + 1))
    for each in (path, *(() if named else others)):
        folder = DemoFolder(each)
        with folder.held() as free:
            if free:
                yield folder
                return
    raise UsageError(
        f"A demonstration is running in {path}.",
        slug="demo_running",
        next_step="Stop it with Ctrl-C, or name another folder with --home.",
    )


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
