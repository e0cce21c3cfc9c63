# SPDX-License-Identifier: Apache-2.0
"""Strangers' software: an independent witness cosigns for us, an independent log asks ours.

The stranger is aics-witness with aics-tlog (Apache-2.0), of which nothing is used but its public
names; where it is not installed these tests say so and are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.note import parse_verifier_key, with_lines
from audit.proof.policy.file import parse_policy
from audit.witness.client import WitnessClient
from audit.witness.collecting import Collector
from audit.witness.evidence import origin_hash
from audit.witness.exchange import exchange
from audit.witness.memory import WitnessMemory
from domain.errors import ConflictError, UnsafeError
from tests.integration.witness.conftest import Operator
from tests.unit.audit.witness.logs import FIRST, ORIGIN, SECOND, Log

REASON = "the independent witness of the registry, aics-witness, is not installed"
aics_witness: Any = pytest.importorskip("aics_witness", reason=REASON)
aics_tlog: Any = pytest.importorskip("aics_tlog", reason=REASON)


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Any]:
    """Run the independent witness."""
    logs = [aics_witness.LogConfig.from_strings(ORIGIN, [str(FIRST.key)])]
    with aics_witness.WitnessStore(tmp_path / "aics.db", create=True) as store:
        key = Ed25519PrivateKey.generate()
        made = aics_witness.Witness("aics.example/w1", key, store, logs)
        server = aics_witness.make_server(made)
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
        server.server_close()


def asking(stranger: Any, folder: Path, log: Log = FIRST) -> WitnessClient:
    line = f"witness stranger {stranger.witness.vkey_text} {stranger.url}\nquorum stranger\n"
    policy = parse_policy(line.encode())
    return WitnessClient(
        witness=policy.witnesses[0],
        memory=WitnessMemory(folder, policy.witnesses[0].key),
        proof=log.proof,
        pause=lambda _seconds: None,
    )


def test_an_independent_witness_cosigns_our_log_as_it_grows(stranger: Any, tmp_path: Path) -> None:
    client = asking(stranger, tmp_path / "m")
    for size in (1, 20, 20, 64):
        assert client.cosign(FIRST.note(size)).checkpoint.size == size
    assert asking(stranger, tmp_path / "new").cosign(FIRST.note(64)).checkpoint.size == 64
    page = exchange(stranger.url, f"/{origin_hash(ORIGIN)}/checkpoint")
    assert page.body.startswith(FIRST.note(64).partition(b"\n\n")[0])


@pytest.mark.parametrize("size", [30, 64])
def test_an_independent_witness_stops_our_second_history(
    stranger: Any, tmp_path: Path, size: int
) -> None:
    asking(stranger, tmp_path / "m").cosign(FIRST.note(30))
    with pytest.raises(UnsafeError, match="inconsistent"):
        asking(stranger, tmp_path / "m", SECOND).cosign(SECOND.note(size))
    with pytest.raises(ConflictError, match="holds size 30"):
        asking(stranger, tmp_path / "m").cosign(FIRST.note(20))


def test_an_independent_log_is_cosigned_by_our_witness(operator: Operator, tmp_path: Path) -> None:
    key = operator.make()
    with operator.serving() as (url, _):
        with aics_witness.WitnessClient(url, str(key), state_path=tmp_path / "s.json") as client:
            for size in (1, 20, 20, 64):
                line = client.submit(FIRST.note(size), FIRST.proof)
                assert parse_verifier_key(str(key)).name in line
        with aics_witness.WitnessClient(url, str(key)) as forgetful:
            line = forgetful.submit(FIRST.note(64), FIRST.proof)
    _check_with_theirs(with_lines(FIRST.note(64), [line]), str(key))


@pytest.mark.parametrize(("log", "size", "status"), [(SECOND, 30, 422), (SECOND, 64, 422)])
def test_an_independent_log_hears_why_our_witness_refuses(
    operator: Operator, log: Log, size: int, status: int
) -> None:
    key = operator.make()
    with (
        operator.serving() as (url, _),
        aics_witness.WitnessClient(url, str(key), backoff=0.0) as client,
    ):
        client.submit(FIRST.note(30), FIRST.proof)
        with pytest.raises(aics_witness.WitnessRejected, match=str(status)):
            client.submit(log.note(size), log.proof)
        with pytest.raises(aics_witness.WitnessAhead, match="30"):
            client.submit(FIRST.note(20), FIRST.proof)


def test_both_witnesses_together_are_a_quorum_that_strangers_verify(
    operator: Operator, stranger: Any, tmp_path: Path
) -> None:
    ours = operator.make()
    with operator.serving() as (url, _):
        policy = parse_policy(
            f"log {FIRST.key}\nwitness ours {ours} {url}\n"
            f"witness theirs {stranger.witness.vkey_text} {stranger.url}\n"
            "group both all ours theirs\nquorum both\n".encode()
        )
        clients = [
            WitnessClient(
                witness=each, memory=WitnessMemory(tmp_path / "m", each.key), proof=FIRST.proof
            )
            for each in policy.witnesses
        ]
        collector = Collector(policy, ORIGIN, tmp_path / "m", clients=clients, production=True)
        collected = collector.collect(FIRST.note(64))
    assert (collected.witnessed, collected.failures) == (True, ())
    _check_with_theirs(collected.note, str(ours), stranger.witness.vkey_text)


def _check_with_theirs(note: bytes, *witnesses: str) -> None:
    """Have the stranger's library check every signature of a note."""
    parsed = aics_tlog.parse_note(note)
    assert aics_tlog.verify_note(parsed, [aics_tlog.parse_vkey(str(FIRST.key))])
    found = aics_tlog.parse_checkpoint(parsed.text)
    stated = (found.origin, found.size, found.root)
    assert stated == (ORIGIN, 64, FIRST.root(64))
    _, *cosigned = parsed.signatures
    for line, vkey in zip(cosigned, witnesses, strict=True):
        key = aics_tlog.parse_vkey(vkey)
        assert (line.name, line.key_id) == (key.name, key.key_id)
        assert aics_tlog.verify_cosignature(line.signature, key.name, key.public_key, *stated)
