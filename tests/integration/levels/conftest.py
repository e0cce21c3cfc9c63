# SPDX-License-Identifier: Apache-2.0
"""A ledger with two witnesses and two time-stamping authorities, all of it run by command."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from api.asking import reader
from api.beside import ledger_trust
from api.settings import DATABASE_VARIABLE, HOME_VARIABLE, Settings
from audit.database import Database
from audit.proof.note import VerifierKey
from audit.witness.evidence import EvidenceStore
from audit.witness.key import create_cosigner
from audit.witness.listener import WitnessServer
from audit.witness.pinning import pin
from audit.witness.service import Witness
from audit.witness.store import WitnessStore
from tests.integration.append.desk import Desk, opened_desk, settings_of
from tests.integration.timestamps.conftest import alpha, beta
from tests.integration.timestamps.serving import Served, write_settings
from tests.unit.api.cli.terminal import Answer, muniment

__all__ = ["alpha", "beta"]
"""Fixtures."""

WITNESSES = ("court", "office")


@dataclass(frozen=True)
class Observer:
    """A witness in a folder, at an address of its own."""

    key: VerifierKey
    server: WitnessServer

    @property
    def url(self) -> str:
        return self.server.url


@dataclass
class Yard:
    """Whatever the keeper and an auditor have at hand.

    Attributes:
        folder: Where all of it lies.
        desk: The open ledger.
        observers: The witnesses by name.
        clock: Seconds by which the clock of each witness is ahead.
        run: Runs ``muniment``.
    """

    folder: Path
    desk: Desk
    observers: dict[str, Observer]
    clock: dict[str, float]
    run: Callable[..., Answer]

    @property
    def home(self) -> Path:
        """Data directory of the ledger."""
        return self.desk.office.settings.home

    @property
    def policy(self) -> Path:
        """Policy file; both witnesses together are the quorum ``both``."""
        return self.folder / "policy.txt"

    @property
    def roots(self) -> Path:
        """Folder with the roots of both authorities."""
        return self.folder / "roots"

    @property
    def trust(self) -> Path:
        """Trust file."""
        return self.folder / "trust.json"

    def collect(self, policy: Path | None = None) -> dict[str, Any]:
        """Have the newest checkpoint cosigned, and give what the command says."""
        asked = ("witness", "collect", "--policy", str(policy or self.policy), "--json")
        found: dict[str, Any] = json.loads(self.run(*asked).data)
        return found

    def without(self, name: str) -> Path:
        """Give the same policy, with one witness at an address where nobody listens."""
        text = self.policy.read_text().replace(self.observers[name].url, "http://127.0.0.1:1/")
        file = self.folder / f"without-{name}.txt"
        file.write_text(text)
        return file

    def believed(self) -> tuple[str, ...]:
        """Give the options of an auditor who believes both witnesses and both authorities."""
        policy, roots = str(self.policy), str(self.roots)
        return ("--trust", str(self.trust), "--policy", policy, "--tsa-roots", roots)


@pytest.fixture
def settings(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    found = settings_of(tmp_path / "ledger", database.admin)
    monkeypatch.setenv(HOME_VARIABLE, str(found.home))
    monkeypatch.setenv(DATABASE_VARIABLE, database.admin)
    return found


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with opened_desk(settings) as opened:
        yield opened


@pytest.fixture
def observers(desk: Desk, tmp_path: Path, clock: dict[str, float]) -> Iterator[dict[str, Observer]]:
    with ExitStack() as stack:
        found = {}
        for name in WITNESSES:
            cosigner = create_cosigner(tmp_path / name, f"{name}.example/w1")
            store = WitnessStore(tmp_path / name, create=True)
            stack.callback(store.close)
            pin(store, cosigner, desk.vkey, origin=desk.office.name.origin, start=None)
            witness = Witness(
                cosigner, store, EvidenceStore(tmp_path / name), clock=partial(_time, clock, name)
            )
            server = stack.enter_context(WitnessServer(("127.0.0.1", 0), witness))
            Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.shutdown)
            found[name] = Observer(cosigner.verifier, server)
        yield found


@pytest.fixture
def clock() -> dict[str, float]:
    """Give by how many seconds each witness's clock is ahead."""
    return dict.fromkeys(WITNESSES, 0.0)


@pytest.fixture
def yard(
    desk: Desk,
    observers: dict[str, Observer],
    clock: dict[str, float],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Yard:
    found = Yard(tmp_path, desk, observers, clock, partial(muniment, capsys))
    lines = [f"log {desk.vkey}"]
    lines += [f"witness {name} {each.key} {each.url}" for name, each in observers.items()]
    lines += [f"group both all {' '.join(observers)}", "quorum both", ""]
    found.policy.write_text("\n".join(lines))
    with reader(desk.office) as link:
        found.trust.write_bytes(ledger_trust(desk.office, link).encode())
    return found


@pytest.fixture
def dated(yard: Yard, alpha: Served, beta: Served) -> Yard:
    """Give the same, with two authorities that date checkpoints."""
    write_settings(yard.home / "timestamps.toml", alpha, beta)
    yard.roots.mkdir()
    for each in (alpha, beta):
        (yard.roots / f"{each.authority.name}.pem").write_bytes(each.authority.root.pem)
    return yard


def _time(clock: dict[str, float], name: str) -> float:
    return time.time() + clock[name]
