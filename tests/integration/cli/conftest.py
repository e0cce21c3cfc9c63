# SPDX-License-Identifier: Apache-2.0
"""A ledger that was founded by the commands themselves, with its servers kept running."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.bootstrap import open_office
from api.cli.main import main
from api.client.keyfile import FileKey
from api.settings import Settings
from tests.unit.api.cli.terminal import Answer, muniment

PASSPHRASE = "test passphrase"  # noqa: S105 - of keys that sign for nobody
ROOTS = ("root-a", "root-b", "root-c")

Run = Callable[..., Answer]


@dataclass(frozen=True)
class Ground:
    """Where a test's ledger and keys lie."""

    folder: Path

    @property
    def home(self) -> Path:
        """Data directory of the ledger."""
        return self.folder / "ledger"

    def key(self, name: str) -> str:
        """Give the file of a key, made when it is first named."""
        file = self.folder / f"{name}.pem"
        if not file.exists():
            FileKey.create("Ed25519").save(file, PASSPHRASE)
        return str(file)

    def kid(self, name: str) -> str:
        """Give the thumbprint of a key."""
        return FileKey.load(Path(self.key(name)), PASSPHRASE).kid

    def event(self, name: str, **fields: Any) -> str:
        """Write an event file."""
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(fields), "utf-8")
        return str(file)


@pytest.fixture(scope="module")
def empty_ground() -> Iterator[Ground]:
    """Give a folder that root's stand-in user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-cli-"))
    folder.chmod(0o711)
    home = folder / "ledger"
    home.mkdir()
    home.chmod(0o711)
    yield Ground(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def ground(empty_ground: Ground) -> Iterator[Ground]:
    """Found a ledger by command and keep its servers up while the module's tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUNIMENT_PASSPHRASE", PASSPHRASE)
        patch.setenv("MUNIMENT_HOME", str(empty_ground.home))
        patch.delenv("MUNIMENT_DATABASE_URL", raising=False)
        found(empty_ground)
        with open_office(Settings(home=empty_ground.home)):
            yield empty_ground


def found(ground: Ground) -> None:
    """Run `muniment init` with three roots, two of which have to act together."""
    roots = [word for name in ROOTS for word in ("--root", ground.key(name))]
    names = ["--authority", "auth.xa", "--name", "Registry of XA", "--jurisdiction", "XA"]
    with pytest.raises(SystemExit) as ended:
        main(["init", "--ledger", "ledger.xa-test", *names, *roots])
    assert not ended.value.code


@pytest.fixture
def run(ground: Ground, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands on the founded ledger."""
    assert ground.home.exists()
    return lambda *arguments: muniment(capsys, *arguments)
