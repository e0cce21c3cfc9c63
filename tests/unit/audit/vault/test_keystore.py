# SPDX-License-Identifier: Apache-2.0
"""Data keys: the same for everybody, durable before use, useless without the wrapping key."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from audit.vault import keystore
from audit.vault.keystore import DATA_KEYS_FILE, KEY_OCTETS, WRAPPING_KEY_FILE, KeyStore
from domain.errors import UnreachableError, UnsafeError

CHECKOUT = Path(__file__).parents[4]
HOLDINGS = [UUID(int=number) for number in range(1, 21)]
PROCESSES = 4
PROGRAM = """
import sys
from pathlib import Path
from uuid import UUID
from audit.vault.keystore import KeyStore
sys.stdin.readline()
keys = KeyStore(Path(sys.argv[1])).keys_for([UUID(int=number) for number in range(1, 21)])
print(" ".join(keys[UUID(int=number)].hex() for number in range(1, 21)))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault"


@pytest.fixture
def store(folder: Path) -> Iterator[KeyStore]:
    with closing(KeyStore(folder)) as opened:
        yield opened


def test_a_holding_keeps_its_key_and_each_has_another(store: KeyStore, folder: Path) -> None:
    keys = store.keys_for(HOLDINGS)
    assert len(set(keys.values())) == len(HOLDINGS)
    assert {len(key) for key in keys.values()} == {KEY_OCTETS}
    assert store.keys_for(HOLDINGS) == keys
    with closing(KeyStore(folder)) as again:
        assert again.keys_for(HOLDINGS) == keys
        assert again.find(HOLDINGS[3]) == keys[HOLDINGS[3]]


def test_a_holding_that_was_never_asked_for_has_no_key(store: KeyStore) -> None:
    assert store.find(HOLDINGS[0]) is None
    assert store.find(HOLDINGS[0]) is None


def test_processes_that_make_the_same_keys_at_once_get_the_same(folder: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    processes = [
        subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
    answers = {process.communicate(timeout=60)[0] for process in processes}
    assert len(answers) == 1
    assert len(answers.pop().split()) == len(HOLDINGS)


def test_threads_that_open_and_use_one_store_at_once_agree(folder: Path) -> None:
    found: list[dict[UUID, bytes]] = []
    ready = threading.Barrier(8)

    def use() -> None:
        ready.wait()
        with closing(KeyStore(folder)) as opened:
            keys = opened.keys_for(HOLDINGS)
            assert all(opened.find(holding) == key for holding, key in keys.items())
            found.append(keys)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    assert all(each == found[0] for each in found)


def test_threads_may_find_keys_while_others_are_made(store: KeyStore) -> None:
    first = store.keys_for(HOLDINGS[:1])[HOLDINGS[0]]
    found: list[bytes | None] = []

    def find() -> None:
        found.extend(store.find(HOLDINGS[0]) for _ in range(300))

    threads = [threading.Thread(target=find) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(100, 140):
        store.keys_for([UUID(int=number)])
    for thread in threads:
        thread.join()
    assert found == [first] * 1_200


def test_neither_file_alone_holds_a_key(store: KeyStore, folder: Path) -> None:
    keys = store.keys_for(HOLDINGS)
    octets = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not any(key in octets for key in keys.values())
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    assert folder.stat().st_mode & 0o077 == 0


def test_another_wrapping_key_is_told_apart_from_damage(store: KeyStore, folder: Path) -> None:
    store.keys_for(HOLDINGS)
    (folder / WRAPPING_KEY_FILE).write_bytes(bytes(KEY_OCTETS))
    with (
        closing(KeyStore(folder)) as other,
        pytest.raises(UnsafeError, match="wrapping key") as refused,
    ):
        other.keys_for(HOLDINGS)
    assert refused.value.slug == "wrapping_key_wrong"


@pytest.mark.parametrize("octets", [b"", b"short", bytes(KEY_OCTETS + 1)])
def test_a_damaged_wrapping_key_is_never_used(folder: Path, octets: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / WRAPPING_KEY_FILE).write_bytes(octets)
    with pytest.raises(UnsafeError, match="wrapping key"):
        KeyStore(folder)
    assert (folder / WRAPPING_KEY_FILE).read_bytes() == octets


def test_a_maker_killed_half_way_leaves_nothing_to_repair(folder: Path) -> None:
    def killed(count: int) -> bytes:
        raise MemoryError(count)

    with pytest.raises(MemoryError):
        KeyStore(folder, randomness=killed)
    assert not (folder / WRAPPING_KEY_FILE).exists()
    with closing(KeyStore(folder)) as opened:
        assert opened.keys_for(HOLDINGS[:1])


def test_a_folder_that_cannot_be_made_is_named_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnreachableError, match="cannot be used") as refused:
        KeyStore(tmp_path / "file" / "vault")
    assert refused.value.slug == "keystore_unavailable"


def test_a_file_that_is_no_key_file_is_named_unavailable(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / DATA_KEYS_FILE).write_bytes(b"not a database, but long enough to look like one" * 99)
    with pytest.raises(UnreachableError, match="cannot be used"):
        KeyStore(folder)


def test_a_key_that_cannot_be_kept_is_never_handed_out(store: KeyStore, folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATA_KEYS_FILE)) as database:
        database.execute(
            "create trigger full before insert on data_key begin "
            "select raise(abort, 'disk full'); end"
        )
    with pytest.raises(UnreachableError, match="nothing was recorded") as refused:
        store.keys_for(HOLDINGS)
    assert refused.value.slug == "keystore_unavailable"
    assert store.find(HOLDINGS[0]) is None


def test_the_keys_in_memory_are_bounded(store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keystore, "CACHED_KEYS_MAX", 4)
    keys = {holding: store.keys_for([holding])[holding] for holding in HOLDINGS}
    assert len(store._keys) == 4
    assert store.keys_for(HOLDINGS) == keys
    assert len(store._keys) == 4
