# SPDX-License-Identifier: Apache-2.0
"""Where a ledger lives: the environment, and the file that names it once and for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.bootstrap import create_ledger
from api.settings import (
    DATABASE_VARIABLE,
    HOME_VARIABLE,
    KEYSTORE_VARIABLE,
    LEDGER_FILE,
    SERVICE_KEY_VARIABLE,
    LedgerName,
    Settings,
)
from audit.signer.identity import create_signer, read_verifier
from domain.errors import UnsafeError, UsageError

NAME = LedgerName(audience="ledger.xa-test", origin="log.example/xa")


def test_without_an_environment_the_ledger_lies_in_the_working_folder() -> None:
    settings = Settings.from_environment({})
    assert settings.home == Path(".muniment").absolute()
    assert settings.database_url is None


def test_the_environment_names_the_home_and_the_database(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {HOME_VARIABLE: str(tmp_path), DATABASE_VARIABLE: "postgresql://db/ledger"}
    )
    assert settings == Settings(home=tmp_path, database_url="postgresql://db/ledger")


def test_the_environment_names_where_keys_lie_that_are_not_at_home(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            HOME_VARIABLE: str(tmp_path),
            KEYSTORE_VARIABLE: "postgresql://keys/muniment",
            SERVICE_KEY_VARIABLE: str(tmp_path / "card" / "service.pem"),
        }
    )
    assert settings.keystore_url == "postgresql://keys/muniment"
    assert settings.service_key == tmp_path / "card" / "service.pem"
    assert Settings(home=tmp_path).service_key == tmp_path / "keys" / "service.pem"


def test_empty_variables_count_as_absent() -> None:
    settings = Settings.from_environment({HOME_VARIABLE: "", DATABASE_VARIABLE: ""})
    assert settings == Settings.from_environment({})


def test_a_relative_home_stays_the_same_when_the_working_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({HOME_VARIABLE: "books"})
    monkeypatch.chdir("/")
    assert settings.home == tmp_path / "books"


def test_secrets_lie_apart_from_the_database(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    for secret in (settings.vault_folder, settings.signer_folder, settings.import_secret):
        assert tmp_path / "postgres" not in secret.parents
        assert tmp_path in secret.parents


def test_a_ledger_keeps_its_name(tmp_path: Path) -> None:
    NAME.write(tmp_path / "ledger")
    assert LedgerName.read(tmp_path / "ledger") == NAME


def test_a_home_is_closed_to_others(tmp_path: Path) -> None:
    NAME.write(tmp_path / "ledger")
    assert (tmp_path / "ledger").stat().st_mode & 0o077 == 0


def test_a_ledger_is_named_once(tmp_path: Path) -> None:
    NAME.write(tmp_path)
    with pytest.raises(UsageError, match="holds a ledger already"):
        LedgerName(audience="ledger.xb", origin="log.example/xb").write(tmp_path)
    assert LedgerName.read(tmp_path) == NAME


@pytest.mark.parametrize("audience", ["", "Ledger", "ledger xa", 'ledger"', "l" * 65, "-ledger"])
def test_an_id_that_events_could_not_carry_is_refused(tmp_path: Path, audience: str) -> None:
    with pytest.raises(UsageError, match="lower-case"):
        LedgerName(audience=audience, origin="log.example/xa").write(tmp_path)
    assert not (tmp_path / LEDGER_FILE).exists()


@pytest.mark.parametrize("origin", ["", 'a"b', "a\nb", "a b", "a\\b", "a+b"])
def test_an_origin_that_checkpoints_could_not_carry_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(UsageError, match="origin"):
        LedgerName(audience="ledger.xa", origin=origin).write(tmp_path)
    assert not (tmp_path / LEDGER_FILE).exists()


def test_an_empty_folder_holds_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no ledger in") as refused:
        LedgerName.read(tmp_path)
    assert "muniment init" in refused.value.next_step


@pytest.mark.parametrize("text", ["", "audience = ", 'audience = "ledger.xa"', "\x00", b"\xff\xfe"])
def test_a_damaged_name_is_told_from_an_absent_one(tmp_path: Path, text: str | bytes) -> None:
    octets = text if isinstance(text, bytes) else text.encode()
    (tmp_path / LEDGER_FILE).write_bytes(octets)
    with pytest.raises(UsageError, match="cannot be read"):
        LedgerName.read(tmp_path)


def test_a_name_whose_fields_are_no_texts_is_damaged(tmp_path: Path) -> None:
    (tmp_path / LEDGER_FILE).write_text("audience = 1\norigin = 2\n")
    with pytest.raises(UsageError, match="cannot be read"):
        LedgerName.read(tmp_path)


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be made"):
        NAME.write(tmp_path / "file" / "ledger")


def test_a_ledger_whose_making_was_killed_is_finished_by_making_it_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "ledger")
    vkey = create_signer(settings.signer_folder, NAME.origin)
    create_ledger(settings, NAME)
    assert LedgerName.read(settings.home) == NAME
    assert read_verifier(settings.signer_folder) == vkey
    with pytest.raises(UsageError, match="holds a ledger already"):
        create_ledger(settings, NAME)


def test_a_ledger_is_never_made_around_the_key_of_another_log(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "ledger")
    create_signer(settings.signer_folder, "log.example/xb")
    with pytest.raises(UnsafeError, match="not the key of"):
        create_ledger(settings, NAME)
    with pytest.raises(UsageError, match="no ledger"):
        LedgerName.read(settings.home)
