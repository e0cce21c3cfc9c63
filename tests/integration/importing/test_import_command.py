# SPDX-License-Identifier: Apache-2.0
"""``muniment import`` as a person types it, on a real ledger."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli.importing import import_register
from api.settings import PASSPHRASE_VARIABLE, Settings
from tests.integration.importing.importer import MAPPING, PASSPHRASE, found_ledger

CALIFORNIA = Path("api/demo/leso1033_raw_California_2016-04-04.csv.gz")
ROWS, GUNS, REFUSED = 200, 158, 42


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    found_ledger(folder)
    return folder


@pytest.fixture
def register(home: Path) -> Path:
    path = home.parent / "part.csv"
    with gzip.open(CALIFORNIA, "rb") as whole:
        path.write_bytes(b"".join(next(whole) for _ in range(ROWS + 1)))
    return path


def muniment(home: Path, *words: str | Path) -> Result:
    app = typer.Typer()

    @app.callback()
    def settings(context: typer.Context) -> None:
        context.obj = Settings(home=home)

    app.command("import")(import_register)
    key = ["--key", str(home / "officer.pem")]
    environment = {PASSPHRASE_VARIABLE: PASSPHRASE}
    return CliRunner().invoke(app, ["import", *map(str, words), *key], env=environment)


def test_a_dry_run_shows_what_would_be_signed_and_leaves_no_trace(
    home: Path, register: Path
) -> None:
    answer = muniment(home, register, "--mapping", MAPPING, "--dry-run", "--json")
    assert answer.exit_code == 0, (answer.stderr, answer.exception)
    counts = json.loads(answer.stdout)
    assert (counts["rows"], counts["events_recorded"], counts["dry_run"]) == (ROWS, 2 * GUNS, True)
    assert '"agency":"ALAMEDA COUNTY SHERIFF DEPT"' in answer.stderr
    assert not Settings(home=home).import_secret.exists()


def test_an_import_tells_its_counts_lists_its_refusals_and_can_be_repeated(
    home: Path, register: Path
) -> None:
    out = home.parent / "rejects.csv"
    first = muniment(home, register, "--mapping", MAPPING, "--rejects", out)
    assert f"{2 * GUNS} events recorded, 0 were there before" in first.stdout
    assert first.exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == REFUSED + 1
    again = muniment(home, register, "--mapping", MAPPING, "--json")
    assert json.loads(again.stdout) == {
        "rows": ROWS,
        "complete": GUNS,
        "events_recorded": 0,
        "events_already_there": 2 * GUNS,
        "rows_refused": REFUSED,
        "refused": {"not_a_firearm": REFUSED},
        "unread": {},
        "stopped": False,
        "dry_run": False,
    }


def test_a_row_that_the_mapping_did_not_expect_shows_in_the_exit_code(
    home: Path, register: Path
) -> None:
    cut = home.parent / "cut.csv"
    cut.write_bytes(register.read_bytes()[:-30])
    answer = muniment(home, cut, "--mapping", MAPPING)
    assert answer.exit_code == 3
    assert "1  row_truncated" in answer.stdout


def test_a_mapping_that_names_a_missing_column_ends_with_what_to_try(
    home: Path, register: Path
) -> None:
    mapping = home.parent / "wrong.toml"
    mapping.write_text(
        MAPPING.read_text(encoding="utf-8").replace("Ship Date", "Shipped"), encoding="utf-8"
    )
    answer = muniment(home, register, "--mapping", mapping)
    assert answer.exit_code == 2
    assert "mapping_column_missing" in answer.stderr
    assert "no column 'Shipped'" in answer.stderr
    assert "Correct the names in the mapping" in answer.stderr


def test_a_register_that_is_not_there_is_told(home: Path) -> None:
    answer = muniment(home, home / "no.csv", "--mapping", MAPPING)
    assert answer.exit_code == 4
    assert "source_unreadable" in answer.stderr
