# SPDX-License-Identifier: Apache-2.0
"""What every key store promises: keys durable before use, and gone for good once destroyed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from audit.database.connection import Database
from audit.vault.databasestore import DatabaseKeyStore
from audit.vault.filestore import DATA_KEYS_FILE, FileKeyStore
from audit.vault.keyfiles import WRAPPING_KEY_FILE
from audit.vault.keystore import KEY_OCTETS, KeyStore
from domain.errors import MunimentError, UnreachableError, UnsafeError

HOLDINGS = [UUID(int=number) for number in range(1, 21)]
Open = Callable[[], KeyStore]
Rename = Callable[[str, str], None]


@pytest.fixture
def key_database(server: Database) -> Iterator[str]:
    """Give an empty database that holds no ledger."""
    name = f"keys_{uuid4().hex}"
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"create database {name} template template0".encode())
    yield make_conninfo(server.admin, dbname=name)
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(params=["file", "database"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Give a way to open one key store again and again, as several processes would."""
    folder = tmp_path / "keys"
    opened: list[KeyStore] = []
    if request.param == "database":
        url = request.getfixturevalue("key_database")

    def one() -> KeyStore:
        store: KeyStore = (
            FileKeyStore(folder) if request.param == "file" else DatabaseKeyStore(url, folder)
        )
        opened.append(store)
        return store

    yield one
    for each in opened:
        each.close()


@pytest.fixture
def store(reopen: Open) -> KeyStore:
    """Give an empty key store."""
    return reopen()


@pytest.fixture
def rename(request: pytest.FixtureRequest, store: KeyStore, tmp_path: Path) -> Rename:
    """Give a way to rename a table of the store, from outside, and to break its connections."""

    def in_file(old: str, new: str) -> None:
        with closing(sqlite3.connect(tmp_path / "keys" / DATA_KEYS_FILE)) as database:
            database.execute(f"alter table {old} rename to {new}")

    def in_database(old: str, new: str) -> None:
        url = request.getfixturevalue("key_database")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"alter table muniment_keys.{old} rename to {new}".encode())
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )

    return in_file if isinstance(store, FileKeyStore) else in_database


def test_a_holding_keeps_its_key_and_each_has_another(store: KeyStore, reopen: Open) -> None:
    keys = store.keys_for(HOLDINGS)
    assert set(keys) == set(HOLDINGS)
    assert len(set(keys.values())) == len(HOLDINGS)
    assert {len(key) for key in keys.values()} == {KEY_OCTETS}
    assert store.keys_for(HOLDINGS) == reopen().keys_for(HOLDINGS) == keys
    assert reopen().find(HOLDINGS[3:5]) == {each: keys[each] for each in HOLDINGS[3:5]}


def test_looking_for_a_key_makes_none(store: KeyStore) -> None:
    assert store.find(HOLDINGS) == {}
    assert store.find(HOLDINGS) == {}
    assert store.destroyed(HOLDINGS) == set()
    assert store.keys_for([]) == store.find([]) == {}


def test_a_destroyed_key_is_gone_for_every_process_and_the_others_stay(
    store: KeyStore, reopen: Open
) -> None:
    other = reopen()
    keys = store.keys_for(HOLDINGS)
    assert other.keys_for(HOLDINGS) == keys
    other.destroy(HOLDINGS[:2])
    for each in (store, other, reopen()):
        assert each.find(HOLDINGS) == {h: keys[h] for h in HOLDINGS[2:]}
        assert each.destroyed(HOLDINGS) == set(HOLDINGS[:2])


def test_an_erased_holding_never_gets_a_key_again(store: KeyStore, reopen: Open) -> None:
    store.destroy(HOLDINGS[:2])
    assert set(store.keys_for(HOLDINGS)) == set(HOLDINGS[2:])
    assert reopen().keys_for(HOLDINGS[:2]) == {}
    assert reopen().find(HOLDINGS[:2]) == {}


def test_destroying_again_changes_nothing(store: KeyStore) -> None:
    keys = store.keys_for(HOLDINGS)
    for _ in range(2):
        store.destroy(HOLDINGS[:2])
    store.destroy([])
    store.destroy([HOLDINGS[0], HOLDINGS[0]])
    assert store.find(HOLDINGS) == {h: keys[h] for h in HOLDINGS[2:]}
    assert store.destroyed(HOLDINGS) == set(HOLDINGS[:2])


def test_who_makes_keys_while_another_destroys_them_never_brings_one_back(
    store: KeyStore, reopen: Open
) -> None:
    stop = threading.Event()
    faults: list[MunimentError] = []

    def make(maker: KeyStore) -> None:
        try:
            while not stop.is_set():
                maker.keys_for(HOLDINGS)
        except MunimentError as fault:
            faults.append(fault)

    makers = [threading.Thread(target=make, args=(reopen(),)) for _ in range(3)]
    for maker in makers:
        maker.start()
    for number in range(10):
        store.destroy([HOLDINGS[number]])
        assert store.find(HOLDINGS[: number + 1]) == {}
    stop.set()
    for maker in makers:
        maker.join()
    assert faults == []
    assert set(store.keys_for(HOLDINGS)) == set(HOLDINGS[10:])


def test_how_far_erasures_are_carried_out_is_remembered_and_only_grows(
    store: KeyStore, reopen: Open
) -> None:
    assert store.forgotten() == 0
    store.advance(7)
    store.advance(5)
    assert store.forgotten() == reopen().forgotten() == 7


def test_what_is_left_survives_compacting(store: KeyStore, reopen: Open) -> None:
    keys = store.keys_for(HOLDINGS)
    store.destroy(HOLDINGS[:2])
    store.advance(3)
    store.compact()
    again = reopen()
    assert again.find(HOLDINGS) == {h: keys[h] for h in HOLDINGS[2:]}
    assert (again.destroyed(HOLDINGS), again.forgotten()) == (set(HOLDINGS[:2]), 3)


def test_another_wrapping_key_opens_nothing(store: KeyStore, reopen: Open, tmp_path: Path) -> None:
    store.keys_for(HOLDINGS)
    (tmp_path / "keys" / WRAPPING_KEY_FILE).write_bytes(bytes(KEY_OCTETS))
    other = reopen()
    for look in (other.keys_for, other.find):
        with pytest.raises(UnsafeError) as refused:
            look(HOLDINGS)
        assert refused.value.slug == "wrapping_key_wrong"


def test_a_store_that_is_away_says_so_and_is_used_again_once_it_is_back(
    store: KeyStore, reopen: Open, rename: Rename
) -> None:
    keys = store.keys_for(HOLDINGS)
    rename("data_key", "away")
    for method in (store.keys_for, store.find, store.destroy):
        with pytest.raises(UnreachableError) as away:
            method(HOLDINGS)
        assert away.value.slug == "keystore_unavailable"
    rename("away", "data_key")
    assert store.find(HOLDINGS) == reopen().find(HOLDINGS) == keys


def test_keys_lie_in_no_database_of_a_ledger(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UnsafeError) as refused:
        DatabaseKeyStore(database.admin, tmp_path / "keys")
    assert refused.value.slug == "keystore_shared"
    with psycopg.connect(database.admin) as connection:
        row = connection.execute("select to_regnamespace('muniment_keys')").fetchone()
        assert row == (None,)


def test_two_processes_may_make_the_tables_at_once(key_database: str, tmp_path: Path) -> None:
    opened: list[KeyStore] = []
    ready = threading.Barrier(6)

    def use() -> None:
        ready.wait()
        opened.append(DatabaseKeyStore(key_database, tmp_path / "keys"))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [each.keys_for(HOLDINGS) for each in opened]
    for each in opened:
        each.close()
    assert len(keys) == len(threads)
    assert all(each == keys[0] for each in keys)


def test_the_database_of_the_keys_holds_no_key(key_database: str, tmp_path: Path) -> None:
    with closing(DatabaseKeyStore(key_database, tmp_path / "keys")) as store:
        keys = set(store.keys_for(HOLDINGS).values())
    with psycopg.connect(key_database) as connection:
        rows = connection.execute("select wrapped from muniment_keys.data_key").fetchall()
    assert len(rows) == len(keys)
    assert not keys & {wrapped for (wrapped,) in rows}
