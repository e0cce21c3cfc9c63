# SPDX-License-Identifier: Apache-2.0
"""The log over HTTP, read by strangers' tools, and its proofs held against our own verifier.

aics-tlog and tlog-scales know nothing of us and share no code; of neither is anything used but its
public names (see ``tests/integration/publishing``). They sign nothing, so that they read what is
open to everybody; entries are read by a machine that signs.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from audit.proof.merkle import CompactRange, leaf_hash, verify_consistency, verify_inclusion
from audit.proof.tiles import TILE_WIDTH
from audit.signer.identity import read_verifier
from tests.integration.append.desk import AUDIENCE, born, signed
from tests.integration.http.conftest import Served

BATCH = {"Content-Type": "application/vnd.muniment.submissions"}
OLDER = 200


@dataclass(frozen=True)
class Log:
    """The log as it is served, and what is in it."""

    url: str
    vkey: str
    entries: list[bytes]

    @property
    def size(self) -> int:
        return len(self.entries)

    def root(self, size: int | None = None) -> bytes:
        return CompactRange().extend(map(leaf_hash, self.entries[:size])).root()


@pytest.fixture(scope="module")
def log(served: Served) -> Log:
    """Fill more than one tile."""
    for _ in range(3):
        lines = [signed(born(), served.key).to_bytes() for _ in range(100)]
        answer = served.client.post("/v1/events/batch", content=b"\n".join(lines), headers=BATCH)
        assert answer.json()["recorded"] == 100
    served.machine("AUD")  # before the log is looked at, since its key is an entry too
    told = served.machine("TRC").get("/v1/feed/events?limit=500").json()
    entries = [each["jws"].encode() for each in told["items"]]
    served.client.get("/v1/log/checkpoint")  # a reader does so first: tiles go as far as it is kept
    vkey = read_verifier(served.office.settings.signer_folder)
    return Log(f"{served.origin}/v1/log/", vkey, entries)


class TestAicsTlog:
    """The reader of aics-tlog."""

    @pytest.fixture
    def tlog(self) -> Any:
        return pytest.importorskip("aics_tlog", reason="aics-tlog is not installed")

    @pytest.fixture
    def reader(self, tlog: Any, log: Log) -> Any:
        return tlog.HttpTileReader(log.url, proxies={})

    def test_it_accepts_the_checkpoint(self, tlog: Any, reader: Any, log: Log) -> None:
        note = tlog.parse_note(reader.read_checkpoint())
        key = tlog.parse_vkey(log.vkey)
        result = tlog.verify_checkpoint(note, key, [], 0, expected_origin=AUDIENCE)
        assert result.ok, result.error
        found = tlog.parse_checkpoint(note.text)
        assert (found.size, found.root) == (log.size, log.root())

    @pytest.mark.parametrize("index", [0, 255, 256])
    def test_it_proves_an_entry_from_tiles(
        self, tlog: Any, reader: Any, log: Log, index: int
    ) -> None:
        path = tlog.inclusion_proof_from_tiles(reader, index, log.size)
        entry = log.entries[index]
        assert tlog.verify_leaf_inclusion(entry, index, log.size, path, log.root())

    def test_it_proves_that_the_log_only_grew(self, tlog: Any, reader: Any, log: Log) -> None:
        proof = tlog.consistency_proof_from_tiles(reader, OLDER, log.size)
        assert tlog.verify_consistency(OLDER, log.size, log.root(OLDER), log.root(), proof)


class TestTlogScales:
    """The reader of tlog-scales."""

    @pytest.fixture
    def reader(self, log: Log) -> Any:
        reason = "tlog-scales is not installed"
        backends = pytest.importorskip("tlog_scales.backend", reason=reason)
        readers = pytest.importorskip("tlog_scales.reader", reason=reason)
        backend = backends.make_backend(log.url)
        backend.session.trust_env = False
        made = readers.TilesReader(backend)
        made.get_checkpoint()
        return made

    def test_the_tiles_give_the_signed_root(self, reader: Any, log: Log) -> None:
        found = reader.get_checkpoint()
        assert (found.origin, found.size, found.root_hash) == (AUDIENCE, log.size, log.root())
        assert reader.calculate_root_hash() == log.root()

    def test_it_proves_that_the_log_only_grew(self, reader: Any, log: Log) -> None:
        reader.get_consistency_proof(OLDER, log.size).check(log.root(OLDER), log.root())


def _entries(bundle: bytes) -> list[bytes]:
    """Read an entry bundle (C2SP tlog-tiles): a length of two octets before each entry."""
    found = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found


def test_entry_bundles_are_the_entries_and_kept_by_their_reader_alone(
    served: Served, log: Log
) -> None:
    machine = served.machine("AUD")
    whole = machine.get("/v1/log/tile/entries/000")
    rest = machine.get(f"/v1/log/tile/entries/001.p/{log.size - TILE_WIDTH}")
    assert [*_entries(whole.content), *_entries(rest.content)] == log.entries
    assert whole.headers["content-type"] == "application/octet-stream"
    assert whole.headers["cache-control"].startswith("private")
    assert served.client.get("/v1/log/tile/entries/000").status_code == 401


def test_a_tile_is_kept_for_ever_and_a_checkpoint_is_asked_for_each_time(
    served: Served, log: Log
) -> None:
    tile = served.client.get("/v1/log/tile/0/000")
    assert tile.content == b"".join(leaf_hash(each) for each in log.entries[:TILE_WIDTH])
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    checkpoint = served.client.get("/v1/log/checkpoint")
    assert checkpoint.headers["cache-control"] == "no-cache"
    assert checkpoint.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path",
    [
        "0/002",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/999",
        "0/0",
        "0/00",
        "0/0000",
        "0/x00/000",
        "64/000",
        "00/000",
        "-1/000",
        "0/000/",
        "0//000",
        "0/000.p/1/",
        "2/000",
        "0/x999/x999/x999/x999/x999/999",
        "entries/000%00",
        "0/\u0660\u0660\u0660",
        "entries/002",
        "entries/0000",
    ],
)
def test_a_tile_that_can_not_be_is_not_found(served: Served, log: Log, path: str) -> None:
    del log
    url = httpx.URL(f"{served.origin}/v1/log/tile/{path}")
    machine = served.machine("AUD")
    encoded = url.raw_path.decode()
    answer = machine.get(encoded)
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("index", [0, 255, 256, 300])
@pytest.mark.parametrize("size", [None, 301])
def test_an_inclusion_proof_verifies(
    served: Served, log: Log, index: int, size: int | None
) -> None:
    query = {"index": index} | ({"size": size} if size else {})
    answer = served.client.get("/v1/log/proofs/inclusion", params=query)
    told = answer.json()
    assert (told["first"], told["size"]) == (index, size or log.size)
    path = [b64decode(each) for each in told["hashes"]]
    leaf = leaf_hash(log.entries[index])
    root = log.root(told["size"])
    verify_inclusion(leaf=leaf, index=index, size=told["size"], path=path, root=root)
    assert answer.headers["cache-control"].startswith("public" if size else "no-cache")


@pytest.mark.parametrize(("first", "size"), [(1, 2), (200, None), (256, 257), (300, 300)])
def test_a_consistency_proof_verifies(
    served: Served, log: Log, first: int, size: int | None
) -> None:
    query = {"first": first} | ({"size": size} if size else {})
    told = served.client.get("/v1/log/proofs/consistency", params=query).json()
    assert (told["first"], told["size"]) == (first, size or log.size)
    verify_consistency(
        old_size=first,
        new_size=told["size"],
        old_root=log.root(first),
        new_root=log.root(told["size"]),
        path=[b64decode(each) for each in told["hashes"]],
    )


def test_every_log_grew_from_nothing(served: Served, log: Log) -> None:
    told = served.client.get(f"/v1/log/proofs/consistency?first=0&size={log.size}").json()
    assert told["hashes"] == []


@pytest.mark.parametrize(
    "path",
    [
        "inclusion?index=99999",
        "inclusion?index=5&size=5",
        "inclusion?index=5&size=99999",
        "inclusion?index=-1",
        "inclusion?index=9999999999999999999",
        "inclusion",
        "consistency?first=6&size=5",
        "consistency?first=1&size=99999",
    ],
)
def test_a_proof_that_can_not_be_is_refused(served: Served, log: Log, path: str) -> None:
    del log
    answer = served.client.get(f"/v1/log/proofs/{path}")
    assert answer.status_code == 400, answer.text


def test_what_has_to_be_trusted_names_the_key_of_the_log(served: Served, log: Log) -> None:
    answer = served.client.get("/v1/log/trust")
    assert answer.headers["content-type"] == "application/json"
    assert log.vkey in answer.text
    assert b64encode(log.root()).decode() not in answer.text
