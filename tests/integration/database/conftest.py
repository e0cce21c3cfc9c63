# SPDX-License-Identifier: Apache-2.0
"""Folders, processes and batches for the tests of the database."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from audit.database.place import find_place
from audit.database.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

CHECKOUT = Path(__file__).parents[3]
EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
USER_PROGRAM = """
import sys
from pathlib import Path
from audit.database.embedded import embedded_server
with embedded_server(Path(sys.argv[1]), elsewhere=Path(sys.argv[2])) as conninfo:
    print(conninfo, flush=True)
    sys.stdin.readline()
"""
ARRAY_TYPES = {
    "streams": "uuid", "seqs": "int8", "kinds": "text", "isses": "text", "jtis": "uuid",
    "eids": "bytea", "raws": "bytea", "leaves": "bytea", "tags": "text", "tag_n": "int4",
    "marks": "bytea", "mark_n": "int4", "tile_levels": "int2", "tile_ns": "int8",
    "tile_hashes": "bytea", "vault_eids": "bytea", "vault_digests": "bytea",
    "vault_hlds": "uuid", "vault_nonces": "bytea", "vault_ciphertexts": "bytea",
    "vault_macs": "bytea",
}  # fmt: skip


@pytest.fixture
def append() -> Callable[..., int]:
    """Give a way to call ``ledger.append`` with made-up events; any argument can be replaced."""
    return _append


@pytest.fixture
def open_home() -> Iterator[Path]:
    """Give a short folder that the user who stands in for root can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def user_process(open_home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start processes that use the embedded server until told a line, or killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(home: Path, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USER_PROGRAM, str(home), str(open_home / "elsewhere")],
            cwd=CHECKOUT,
            env={"PATH": "/usr/bin:/bin", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        with process:
            process.kill()


@pytest.fixture
def server_with(
    open_home: Path,
) -> Callable[..., AbstractContextManager[str]]:
    """Run a server of one's own with chosen settings, on TCP if one of them says so."""

    @contextmanager
    def run(**settings: str) -> Iterator[str]:
        place = find_place(open_home)
        server = Server(place)
        server.start()
        server.stop()
        rules = place.cluster / "pg_hba.conf"
        rules.write_text("local all all trust\nhost all all 127.0.0.1/32 trust\n")
        chosen = {"unix_socket_directories": str(place.sockets), "listen_addresses": "", **settings}
        words = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        server._run(
            server._binaries(), "pg_ctl", "-D", "data", "-w", "-l", "data/server.log",
            "-o", shlex.join(words), "start",
        )  # fmt: skip
        try:
            yield make_conninfo(host=str(place.sockets), user="postgres", dbname="postgres")
        finally:
            server.stop()

    return run


def _append(conninfo: str, *, count: int = 1, **changes: Any) -> int:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        head = connection.execute("select size, root from ledger.head").fetchone()
        assert head is not None
        arguments = {**_batch(head[0], head[1], count), **changes}
        placeholders = ", ".join(
            f"%({name})b::{ARRAY_TYPES[name]}[]" if name in ARRAY_TYPES else f"%({name})b"
            for name in arguments
        )
        row = connection.execute(f"select ledger.append({placeholders})".encode(), arguments)
        return int(row.fetchall()[0][0])


def _batch(size: int, root: bytes, count: int) -> dict[str, Any]:
    made = [uuid.uuid4() for _ in range(count)]
    empty: dict[str, list[Any]] = {name: [] for name in ARRAY_TYPES}
    return {
        "old_size": size,
        "old_root": root,
        "new_frontier": bytes(32) * (size + count).bit_count(),
        "new_root": uuid.uuid4().bytes * 2,
        **empty,
        "streams": made,
        "seqs": [1] * count,
        "kinds": ["firearm.marked/1"] * count,
        "isses": ["officer"] * count,
        "jtis": made,
        "eids": [one.bytes * 2 for one in made],
        "raws": [b"signed " + one.bytes for one in made],
        "leaves": [one.bytes * 2 for one in made],
    }
