# SPDX-License-Identifier: Apache-2.0
"""``muniment timestamp`` on a founded ledger: stamp, show, and tell when an event was recorded."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.bootstrap import open_office
from api.cli.timing.timestamp import timestamp
from api.settings import Settings
from tests.integration.cli.conftest import PASSPHRASE, Ground, found
from tests.integration.timestamps.serving import Reply, Served, write_settings
from tests.unit.audit.timestamps.local_authority import needs_openssl

pytestmark = needs_openssl


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="muniment-time-"))
    folder.chmod(0o711)
    (folder / "ledger").mkdir(mode=0o711)
    ground = Ground(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUNIMENT_PASSPHRASE", PASSPHRASE)
        patch.setenv("MUNIMENT_HOME", str(ground.home))
        patch.delenv("MUNIMENT_DATABASE_URL", raising=False)
        found(ground)
        with open_office(Settings(home=ground.home)):
            yield ground.home
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _asks_both(home: Path, alpha: Served, beta: Served) -> Iterator[None]:
    write_settings(home / "timestamps.toml", alpha, beta)
    yield
    shutil.rmtree(home / "timestamps", ignore_errors=True)


def muniment(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(timestamp, arguments, obj=Settings(home=home))


def test_the_founding_of_a_ledger_is_dated_and_told(home: Path) -> None:
    done = muniment(home, "now", "--json")
    assert done.exit_code == 0, done.output
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["authority"], each["made"]) for each in made] == [("alpha", True), ("beta", True)]
    size = made[0]["size"]
    assert "Nothing is due." in muniment(home, "now").output

    shown = [json.loads(line) for line in muniment(home, "show", "--json").stdout.splitlines()]
    assert [(each["state"], each["revocation"]) for each in shown] == [("valid", "not checked")] * 2
    assert "beta" in muniment(home, "show").stdout

    told = muniment(home, "bracket", "0", str(size), "--json").stdout.splitlines()
    inside, beyond = map(json.loads, told)
    assert inside["not_before"] is None
    assert inside["not_after"]["size"] == size
    assert (beyond["not_before"], beyond["not_after"]) == (None, None), "a stamp bounds from above"
    assert muniment(home, "bracket", "0").stdout.startswith("Index 0: recorded before ")


def test_one_authority_that_fails_is_told_by_the_exit_code(home: Path, alpha: Served) -> None:
    alpha.behaviours.append(lambda _: Reply(b"", status=404))
    done = muniment(home, "now")
    assert done.exit_code == 1
    assert "beta dated the checkpoint" in done.output
    assert "tsa_answer" in done.output
    assert len(muniment(home, "show", "--json").stdout.splitlines()) == 1


def test_missing_settings_are_told_with_the_next_step(home: Path) -> None:
    (home / "timestamps.toml").unlink()
    done = muniment(home, "show")
    assert done.exit_code == 2
    assert "tsa_settings" in done.output
    assert "Name two authorities" in done.output
    assert "docs/witnessing.md" in done.output
    # What is kept is told all the same: whoever is not named is not believed.
    assert muniment(home, "bracket", "0").exit_code == 0
