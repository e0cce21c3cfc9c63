# SPDX-License-Identifier: Apache-2.0
"""What a process of the service knows of the ledger: all that the command knew."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from api.service.settings import ServiceSettings
from api.service.telling import (
    APPENDER,
    DATABASE,
    HOME,
    SERVICE,
    tell_processes,
    told_appender,
    told_service,
    told_settings,
)
from api.settings import (
    DATABASE_VARIABLE,
    HOME_VARIABLE,
    KEYSTORE_VARIABLE,
    SERVICE_KEY_VARIABLE,
    Settings,
)


def test_a_process_reaches_the_ledger_as_the_command_did(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (HOME, DATABASE, SERVICE, APPENDER):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    monkeypatch.setenv(DATABASE_VARIABLE, "dbname=elsewhere")
    monkeypatch.setenv(KEYSTORE_VARIABLE, "host=keys dbname=keys")
    monkeypatch.setenv(SERVICE_KEY_VARIABLE, str(tmp_path / "service.pem"))
    known = Settings(
        home=tmp_path,
        database_url="dbname=ledger",
        keystore_url="host=keys dbname=keys",
        service_key_file=tmp_path / "service.pem",
    )
    assert all(getattr(known, each.name) for each in fields(known))
    service = ServiceSettings(origin="http://127.0.0.1:8080")
    tell_processes(known, service)
    assert (told_settings(), told_service(), told_appender()) == (known, service, None)
    tell_processes(known, service, appender=tmp_path / "append")
    assert told_appender() == tmp_path / "append"
