# SPDX-License-Identifier: Apache-2.0
"""Data keys in a file: safe for processes and threads, useless without the wrapping key.

What holds for every key store, ``tests/contract/test_keystore.py`` tests.
"""

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

from audit.vault.filestore import DATA_KEYS_FILE, FileKeyStore
from audit.vault.keyfiles import WRAPPING_KEY_FILE
from audit.vault.keystore import KEY_OCTETS
from domain.errors import UnreachableError, UnsafeError

CHECKOUT = Path(__file__).parents[4]
HOLDINGS = [UUID(int=number) for number in range(1, 21)]
PROCESSES = 4
PROGRAM = """
import sys
from pathlib import Path
from uuid import UUID
from audit.vault.filestore import FileKeyStore
sys.stdin.readline()
keys = FileKeyStore(Path(sys.argv[1])).keys_for([UUID(int=number) for number in range(1, 21)])
print(" ".join(keys[UUID(int=number)].hex() for number in range(1, 21)))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault"


@pytest.fixture
def store(folder: Path) -> Iterator[FileKeyStore]:
    with closing(FileKeyStore(folder)) as opened:
        yield opened


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
        with closing(FileKeyStore(folder)) as opened:
            keys = opened.keys_for(HOLDINGS)
            assert opened.find(HOLDINGS) == keys
            found.append(keys)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    assert all(each == found[0] for each in found)


def test_threads_may_find_keys_while_others_are_made(store: FileKeyStore) -> None:
    first = store.keys_for(HOLDINGS[:1])
    found: list[dict[UUID, bytes]] = []

    def find() -> None:
        found.extend(store.find(HOLDINGS[:1]) for _ in range(300))

    threads = [threading.Thread(target=find) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(100, 140):
        store.keys_for([UUID(int=number)])
    for thread in threads:
        thread.join()
    assert found == [first] * 1_200


def test_neither_file_alone_holds_a_key(store: FileKeyStore, folder: Path) -> None:
    keys = store.keys_for(HOLDINGS)
    octets = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not any(key in octets for key in keys.values())
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    assert folder.stat().st_mode & 0o077 == 0


def test_another_wrapping_key_is_told_apart_from_damage(store: FileKeyStore, folder: Path) -> None:
    store.keys_for(HOLDINGS)
    (folder / WRAPPING_KEY_FILE).write_bytes(bytes(KEY_OCTETS))
    with (
        closing(FileKeyStore(folder)) as other,
        pytest.raises(UnsafeError, match="wrapping key") as refused,
    ):
        other.keys_for(HOLDINGS)
    assert refused.value.slug == "wrapping_key_wrong"


@pytest.mark.parametrize("octets", [b"", b"short", bytes(KEY_OCTETS + 1)])
def test_a_damaged_wrapping_key_is_never_used(folder: Path, octets: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / WRAPPING_KEY_FILE).write_bytes(octets)
    with pytest.raises(UnsafeError, match="wrapping key"):
        FileKeyStore(folder)
    assert (folder / WRAPPING_KEY_FILE).read_bytes() == octets


def test_a_maker_killed_half_way_leaves_nothing_to_repair(folder: Path) -> None:
    def killed(count: int) -> bytes:
        raise MemoryError(count)

    with pytest.raises(MemoryError):
        FileKeyStore(folder, randomness=killed)
    assert not (folder / WRAPPING_KEY_FILE).exists()
    with closing(FileKeyStore(folder)) as opened:
        assert opened.keys_for(HOLDINGS[:1])


def test_a_folder_that_cannot_be_made_is_named_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnreachableError, match="cannot be used") as refused:
        FileKeyStore(tmp_path / "file" / "vault")
    assert refused.value.slug == "keystore_unavailable"


def test_a_file_that_is_no_key_file_is_named_unavailable(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / DATA_KEYS_FILE).write_bytes(b"not a database, but long enough to look like one" * 99)
    with pytest.raises(UnreachableError, match="cannot be used"):
        FileKeyStore(folder)


def test_a_key_that_cannot_be_kept_is_never_handed_out(store: FileKeyStore, folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATA_KEYS_FILE)) as database:
        database.execute(
            "create trigger full before insert on data_key begin "
            "select raise(abort, 'disk full'); end"
        )
    with pytest.raises(UnreachableError, match="nothing was recorded") as refused:
        store.keys_for(HOLDINGS)
    assert refused.value.slug == "keystore_unavailable"
    assert store.find(HOLDINGS) == {}


def test_no_octet_of_a_destroyed_key_stays_in_a_file(store: FileKeyStore, folder: Path) -> None:
    store.keys_for(HOLDINGS)
    wrapped = dict(store._database.execute("select hld, wrapped from data_key").fetchall())
    before = b"".join(path.read_bytes() for path in folder.iterdir())
    assert all(each in before for each in wrapped.values()), "the search finds what is there"
    store.destroy(HOLDINGS[:10])
    after = b"".join(path.read_bytes() for path in folder.iterdir())
    there = {UUID(bytes=hld) for hld, octets in wrapped.items() if octets in after}
    assert there == set(HOLDINGS[10:])


def test_a_destruction_that_cannot_be_kept_is_not_acknowledged(
    store: FileKeyStore, folder: Path
) -> None:
    keys = store.keys_for(HOLDINGS)
    with closing(sqlite3.connect(folder / DATA_KEYS_FILE)) as database:
        database.execute(
            "create trigger full before delete on data_key begin "
            "select raise(abort, 'disk full'); end"
        )
    with pytest.raises(UnreachableError) as refused:
        store.destroy(HOLDINGS)
    assert refused.value.slug == "keystore_unavailable"
    assert store.find(HOLDINGS) == keys
    assert store.destroyed(HOLDINGS) == set()


def test_a_key_folder_of_an_older_version_is_taken_over(folder: Path) -> None:
    with closing(FileKeyStore(folder)) as store:
        keys = store.keys_for(HOLDINGS)
    with closing(sqlite3.connect(folder / DATA_KEYS_FILE)) as database:
        database.executescript("drop table destroyed; drop table forgotten")
    with closing(FileKeyStore(folder)) as store:
        assert store.find(HOLDINGS) == keys
        store.destroy(HOLDINGS[:1])
        assert store.destroyed(HOLDINGS) == {HOLDINGS[0]}
