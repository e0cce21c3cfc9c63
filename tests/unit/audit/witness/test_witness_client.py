# SPDX-License-Identifier: Apache-2.0
"""The log's side: what it makes of each answer, from a real witness and from odd ones."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from audit.proof.cosignature import cosign, read_answer, signed_text
from audit.proof.note import sign_note
from audit.proof.policy.rule import KnownWitness
from audit.witness.client import WitnessClient
from audit.witness.exchange import exchange
from audit.witness.key import Cosigner, create_cosigner
from audit.witness.listener import WitnessServer
from audit.witness.memory import WitnessMemory
from audit.witness.message import SIZE_TYPE
from domain.errors import ConflictError, ProofError, UnreachableError, UnsafeError, UsageError
from tests.unit.audit.witness.logs import FIRST, NOW, ORIGIN, SECOND, Desk, Log

pytestmark = pytest.mark.slow  # real connections and processes


def client_of(desk_key: Cosigner, url: str | None, folder: Path, log: Log = FIRST) -> WitnessClient:
    return WitnessClient(
        witness=KnownWitness(name="W", key=desk_key.verifier, url=url),
        memory=WitnessMemory(folder, desk_key.verifier),
        proof=log.proof,
        clock=lambda: NOW,
        pause=lambda _seconds: None,
    )


@pytest.fixture
def client(desk: Desk, server: WitnessServer, tmp_path: Path) -> WitnessClient:
    return client_of(desk.cosigner, server.url + "/", tmp_path / "memory")


def test_a_growing_log_is_cosigned_each_time_and_remembered(client: WitnessClient) -> None:
    for size in (5, 5, 30, 64):
        found = client.cosign(FIRST.note(size))
        text = signed_text(FIRST.note(size))
        assert read_answer(text, found.line.encode(), client.witness.key)[0] == found.cosignature
        assert found.cosignature.at == NOW
        assert client.memory.newest(ORIGIN) == found.checkpoint


def test_a_client_that_knows_nothing_asks_the_witness_how_far_it_is(
    desk: Desk, client: WitnessClient
) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    assert client.cosign(FIRST.note(40)).checkpoint.size == 40


def test_an_answer_that_was_lost_is_asked_for_again(desk: Desk, client: WitnessClient) -> None:
    client.cosign(FIRST.note(20))
    desk.witness.add_checkpoint(FIRST.request(20, 40))
    assert client.cosign(FIRST.note(40)).checkpoint.size == 40


def test_a_memory_that_was_changed_is_only_asked_for_once_more(client: WitnessClient) -> None:
    client.cosign(FIRST.note(20))
    (file,) = client.memory._file.parent.glob("*.note")
    file.write_bytes(file.read_bytes().replace(b"\n20\n", b"\n30\n"))
    assert client.memory.newest(ORIGIN) is None
    assert client.cosign(FIRST.note(40)).checkpoint.size == 40
    assert client.memory.newest("elsewhere") is None


@pytest.mark.parametrize("size", [30, 40])
def test_another_history_stops_the_log_with_the_evidence_kept(
    desk: Desk, server: WitnessServer, client: WitnessClient, tmp_path: Path, size: int
) -> None:
    client.cosign(FIRST.note(30))
    forked = client_of(desk.cosigner, server.url, tmp_path / "memory", SECOND)
    with pytest.raises(UnsafeError, match="inconsistent") as told:
        forked.cosign(SECOND.note(size))
    assert told.value.slug == "witness_conflict"
    (kept,) = (tmp_path / "memory").rglob("*.request")
    assert str(kept) in told.value.next_step
    assert kept.read_bytes() == SECOND.request(30, size)


def test_a_checkpoint_older_than_what_the_witness_holds_is_a_conflict(
    desk: Desk, client: WitnessClient
) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    with pytest.raises(ConflictError, match="holds size 30, the checkpoint has 20") as told:
        client.cosign(FIRST.note(20))
    assert told.value.slug == "witness_ahead"
    client.cosign(FIRST.note(40))
    with pytest.raises(ConflictError, match="holds size 40"):
        client.cosign(FIRST.note(20))


def test_a_witness_that_does_not_know_the_log_declines(
    desk: Desk, server: WitnessServer, tmp_path: Path
) -> None:
    other = Log(origin="elsewhere.example")
    with pytest.raises(UsageError, match=r"declines elsewhere\.example with 404") as told:
        client_of(desk.cosigner, server.url, tmp_path, other).cosign(other.note(5))
    assert told.value.slug == "witness_declines"


def test_a_cosignature_of_another_time_is_not_accepted(desk: Desk, client: WitnessClient) -> None:
    desk.now = NOW + 301
    with pytest.raises(ProofError, match="not within 300 s") as told:
        client.cosign(FIRST.note(5))
    assert told.value.slug == "cosignature_time"
    assert client.memory.newest(ORIGIN) is None


def test_a_cosignature_of_another_key_of_that_name_is_not_accepted(
    server: WitnessServer, tmp_path: Path
) -> None:
    namesake = create_cosigner(tmp_path / "other", "witness.example/w1")
    with pytest.raises(ProofError, match="No known key"):
        client_of(namesake, server.url, tmp_path / "m").cosign(FIRST.note(5))


def test_what_is_no_checkpoint_is_not_sent(client: WitnessClient) -> None:
    with pytest.raises(ProofError, match="checkpoint"):
        client.cosign(sign_note("no checkpoint\n", name=ORIGIN, private_key=FIRST.private_key))


def test_a_folder_that_cannot_be_written_is_told(
    desk: Desk, server: WitnessServer, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    client = client_of(desk.cosigner, server.url, tmp_path / "file" / "m")
    with pytest.raises(UnreachableError, match="cannot be written") as told:
        client.cosign(FIRST.note(5))
    assert told.value.slug == "witness_memory"
    desk.witness.add_checkpoint(FIRST.request(5, 30))
    with pytest.raises(UnreachableError, match="cannot be written"):
        client_of(desk.cosigner, server.url, tmp_path / "file" / "m", SECOND).cosign(
            SECOND.note(30)
        )


@dataclass(frozen=True)
class Canned:
    """Answers of a witness that does not follow the protocol, one after the other."""

    status: int
    body: bytes
    content_type: str = "text/plain"


@contextmanager
def odd_witness(answers: Sequence[Canned]) -> Iterator[tuple[str, list[bytes]]]:
    """Serve canned answers, the last one again and again; give the address and the requests."""
    left, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            answer = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def size_answer(size: int) -> Canned:
    return Canned(409, f"{size}\n".encode(), SIZE_TYPE)


@pytest.fixture
def cosigner(tmp_path: Path) -> Cosigner:
    return create_cosigner(tmp_path / "key", "witness.example/w1")


def good(cosigner: Cosigner, size: int) -> Canned:
    return Canned(200, cosigner.line(signed_text(FIRST.note(size)), NOW).encode())


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_witness_that_is_busy_is_asked_again(
    tmp_path: Path, cosigner: Cosigner, status: int
) -> None:
    with odd_witness([Canned(status, b""), Canned(status, b""), good(cosigner, 5)]) as (url, asked):
        assert client_of(cosigner, url, tmp_path / "m").cosign(FIRST.note(5)).checkpoint.size == 5
    assert asked == [FIRST.request(0, 5)] * 3


def test_a_witness_that_stays_away_is_given_up_after_three_attempts(
    tmp_path: Path, cosigner: Cosigner
) -> None:
    busy = odd_witness([Canned(503, b"")])
    with busy as (url, asked), pytest.raises(UnreachableError, match="answers 503") as told:
        client_of(cosigner, url, tmp_path / "m").cosign(FIRST.note(5))
    assert (told.value.slug, len(asked)) == ("witness_unreachable", 3)
    with pytest.raises(UnreachableError, match="does not answer") as told:
        client_of(cosigner, url, tmp_path / "m").cosign(FIRST.note(5))
    assert told.value.slug == "witness_unreachable"


def test_a_witness_that_never_settles_is_given_up(tmp_path: Path, cosigner: Cosigner) -> None:
    moving = odd_witness([size_answer(n) for n in (7, 8, 9)])
    with moving as (url, asked), pytest.raises(UnreachableError, match="moved on 3 times"):
        client_of(cosigner, url, tmp_path / "m").cosign(FIRST.note(20))
    assert [each.split(b"\n")[0] for each in asked] == [b"old 0", b"old 7", b"old 8"]


def test_a_witness_that_forgot_what_it_cosigned_is_told(tmp_path: Path, cosigner: Cosigner) -> None:
    with odd_witness([good(cosigner, 20), size_answer(7)]) as (url, _):
        client = client_of(cosigner, url, tmp_path / "m")
        client.cosign(FIRST.note(20))
        with pytest.raises(UnsafeError, match="cosigned size 20 but now holds 7") as told:
            client.cosign(FIRST.note(30))
    assert told.value.slug == "witness_rolled_back"
    (kept,) = (tmp_path / "m").rglob("*.answer")
    assert kept.read_bytes() == b"7\n"


def test_a_conflict_at_the_same_size_is_one_in_the_older_protocol_too(
    tmp_path: Path, cosigner: Cosigner
) -> None:
    older = odd_witness([size_answer(20)])
    with older as (url, _), pytest.raises(UnsafeError, match="inconsistent") as told:
        client_of(cosigner, url, tmp_path / "m").cosign(FIRST.note(20))
    assert told.value.slug == "witness_conflict"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Canned(200, b""), ProofError),
        (Canned(200, b"\xff\n"), ProofError),
        (Canned(200, b"x" * 70_000), UnreachableError),
        (
            Canned(200, cosign("a\n", name="w", private_key=FIRST.private_key, at=1).encode()),
            ProofError,
        ),
        (Canned(409, b"5\n"), UsageError),
        (Canned(409, b"five\n", SIZE_TYPE), ProofError),
        (Canned(409, b"05\n", SIZE_TYPE), ProofError),
        (Canned(302, b""), UsageError),
        (Canned(400, b""), UsageError),
    ],
)
def test_any_odd_answer_gets_a_verdict(
    tmp_path: Path, cosigner: Cosigner, answer: Canned, error: type[Exception]
) -> None:
    with odd_witness([answer]) as (url, _), pytest.raises(error, match=r"."):
        client_of(cosigner, url, tmp_path / "m").cosign(FIRST.note(20))
    assert not list((tmp_path / "m").glob("*.note"))


def test_an_answer_that_drips_too_slowly_is_no_answer() -> None:
    slow = odd_witness([Canned(200, b"x" * 40_000)])
    with slow as (url, _), pytest.raises(UnreachableError, match="does not answer"):
        exchange(url, "/add-checkpoint", b"", seconds_max=1e-6)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "ftp://x/",
        "http://",
        "http://x:99999/",
        "http://x/?q",
        "http://\xff/",
        "http://[/",
    ],
)
def test_an_address_that_is_none_is_told(
    tmp_path: Path, cosigner: Cosigner, url: str | None
) -> None:
    with pytest.raises(UsageError, match=r"no address|not reached") as told:
        client_of(cosigner, url, tmp_path).cosign(FIRST.note(5))
    assert told.value.slug == "witness_url"


def test_a_proof_that_cannot_be_made_is_told(desk: Desk, client: WitnessClient) -> None:
    def broken(_old: int, _new: int) -> Sequence[bytes]:
        raise ProofError("Tile 0 is missing.")

    desk.witness.add_checkpoint(FIRST.request(0, 30))
    with pytest.raises(ProofError, match="Tile 0 is missing"):
        replace(client, proof=broken).cosign(FIRST.note(40))


def test_a_proof_that_does_not_fit_is_refused_by_the_witness(
    desk: Desk, client: WitnessClient
) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    wrong = replace(client, proof=lambda _old, _new: (bytes(32),))
    with pytest.raises(UnsafeError, match="inconsistent"):
        wrong.cosign(FIRST.note(40))
    assert b64encode(bytes(32)) in next(client.memory._evidence.glob("*.request")).read_bytes()
