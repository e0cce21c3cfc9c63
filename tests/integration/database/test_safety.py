# SPDX-License-Identifier: Apache-2.0
"""Servers of one's own: the unsafe are refused, the safe are used role by role."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from audit.database import open_database
from domain.errors import UnreachableError, UnsafeError, UsageError
from migrations.runner import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_could_lose_an_event_is_refused(
    server_with: Callable[..., AbstractContextManager[str]], tmp_path: Path, setting: str
) -> None:
    with (
        server_with(**{setting: "off"}) as url,
        pytest.raises(UnsafeError, match=f"{setting} = off.*Set {setting} = on"),
        open_database(tmp_path, url),
    ):
        pass


def test_a_role_that_presets_an_unsafe_commit_is_refused(
    server_with: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> None:
    with server_with() as url:
        with psycopg.connect(url) as connection:
            connection.execute("create role ledger_api")
            connection.execute("alter role ledger_api set synchronous_commit = off")
        with (
            pytest.raises(UnsafeError, match="synchronous_commit = off"),
            open_database(tmp_path, url),
        ):
            pass


def test_a_server_of_ones_own_is_used_over_tcp_for_every_role_and_large_batches(
    server_with: Callable[..., AbstractContextManager[str]],
    append: Callable[..., int],
    tmp_path: Path,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with server_with(listen_addresses="127.0.0.1", port=str(port)):
        url = (
            f"postgresql://postgres@127.0.0.1:{port}/postgres?options=-c%20statement_timeout%3D30s"
        )
        migrate(url)
        with open_database(tmp_path, url) as database:
            api = database.conninfo("ledger_api")
            assert append(api, count=5000, raws=[bytes(700)] * 5000) == 5000
            assert append(api, count=128, raws=[bytes(16384)] * 128) == 5128
            with psycopg.connect(database.conninfo("ledger_reader")) as connection:
                query = "select current_user::text, current_setting('statement_timeout')"
                assert connection.execute(query).fetchone() == ("ledger_reader", "30s")


def test_an_address_that_cannot_be_understood_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be understood"), open_database(tmp_path, "a b c"):
        pass


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    nowhere = make_conninfo(host=str(tmp_path))
    with pytest.raises(UnreachableError, match="reached"), open_database(tmp_path, nowhere):
        pass
