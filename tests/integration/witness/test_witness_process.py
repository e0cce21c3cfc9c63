# SPDX-License-Identifier: Apache-2.0
"""A witness as its operator runs it: made, told what to watch, served, killed, shown."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audit.proof.cosignature import cosignatures
from audit.proof.note import VerifierKey, open_note
from audit.proof.policy.rule import KnownWitness
from audit.witness.client import WitnessClient
from audit.witness.evidence import origin_hash
from audit.witness.exchange import Reply, exchange
from audit.witness.memory import WitnessMemory
from domain.errors import UnreachableError
from tests.integration.witness.conftest import PATIENCE_SECONDS, Operator
from tests.unit.audit.witness.logs import FIRST, ORIGIN, SECOND


def client_of(key: VerifierKey, url: str, folder: Path) -> WitnessClient:
    return WitnessClient(
        witness=KnownWitness(name="W", key=key, url=url),
        memory=WitnessMemory(folder, key),
        proof=FIRST.proof,
        pause=lambda _seconds: None,
    )


def patient(url: str, body: bytes) -> Reply:
    """Ask with more time than the log itself would give."""
    return exchange(url, "/add-checkpoint", body, seconds_max=PATIENCE_SECONDS)


def test_a_witness_serves_until_it_is_told_to_end_and_goes_on_where_it_was(
    operator: Operator, tmp_path: Path
) -> None:
    key = operator.make()
    for size in (20, 40):
        with operator.serving() as (url, process):
            began = int(time.time())
            client_of(key, url, tmp_path / "log").cosign(FIRST.note(size))
            page = exchange(url, f"/{origin_hash(ORIGIN)}/checkpoint")
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
        verified = open_note(page.body, (FIRST.key, key))
        (found,) = cosignatures(verified)
        assert began <= found.at <= time.time()
        assert operator.told("show", "--json")[0]["size"] == size


def test_a_witness_killed_between_store_and_answer_is_caught_up_with(
    operator: Operator, tmp_path: Path
) -> None:
    key = operator.make()
    command = [sys.executable, "-m", "tests.integration.witness.dying", str(operator.store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dying:
        assert dying.stdout is not None
        url = json.loads(dying.stdout.readline())["listening"]
        with pytest.raises(UnreachableError, match="does not answer"):
            client_of(key, url, tmp_path / "log").cosign(FIRST.note(20))
        assert dying.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    (shown,) = operator.told("show", "--json")
    assert (shown["size"], shown["root"]) == (20, FIRST.root(20).hex())
    with operator.serving() as (url, _):
        assert exchange(url, "/add-checkpoint", SECOND.request(0, 20)).status == 409
        assert client_of(key, url, tmp_path / "log").cosign(FIRST.note(20)).checkpoint.size == 20


def test_two_processes_of_one_folder_never_let_both_histories_through(operator: Operator) -> None:
    operator.make()
    with operator.serving() as (one, _), operator.serving() as (two, _):
        assert exchange(one, "/add-checkpoint", FIRST.request(0, 20)).status == 200
        asked = [(url, log.request(20, 40)) for url, log in ((one, FIRST), (two, SECOND))] * 4
        with ThreadPoolExecutor(len(asked)) as pool:
            replies = list(pool.map(lambda each: patient(*each), asked))
    cosigned = {body for (_, body), each in zip(asked, replies, strict=True) if each.status == 200}
    assert len(cosigned) == 1
    assert {each.status for each in replies} <= {200, 409}


def test_what_was_refused_is_shown_to_the_operator(operator: Operator) -> None:
    operator.make()
    with operator.serving() as (url, _):
        exchange(url, "/add-checkpoint", FIRST.request(0, 30))
        assert exchange(url, "/add-checkpoint", SECOND.request(30, 30)).status == 422
        assert exchange(url, "/add-checkpoint", FIRST.request(10, 20)).status == 409
    log, *refused = operator.told("show", "--json")
    assert (log["origin"], log["size"]) == (ORIGIN, 30)
    assert [(each["refused"], each["size"]) for each in refused] == [("fork", 30), ("rollback", 20)]
    assert Path(refused[0]["note"]).read_bytes() == SECOND.note(30)
    words = operator.run("show")
    assert "refused fork of ledger.xa-test/log, size 30" in words.stderr
    assert ORIGIN in words.stdout


def test_a_log_is_watched_from_a_checkpoint_that_its_key_signed(
    operator: Operator, tmp_path: Path
) -> None:
    start = tmp_path / "start"
    start.write_bytes(FIRST.note(30))
    (made,) = operator.told("new", "--name", "witness.example/w1")
    assert made["witness"].startswith("witness.example/w1+")
    (watched,) = operator.told("watch", "--log", str(FIRST.key), "--start", str(start))
    assert watched == {"origin": ORIGIN, "size": 30, "root": FIRST.root(30).hex()}
    assert "not yet" in operator.run("show").stdout


def test_the_key_of_a_log_is_read_from_the_file_that_its_keeper_gave(
    operator: Operator, tmp_path: Path
) -> None:
    vkey = tmp_path / "log.vkey"
    vkey.write_text(f"{FIRST.key}\n")
    operator.make()
    (watched,) = operator.told("watch", "--log", str(vkey), "--start", "empty")
    assert (watched["origin"], watched["size"]) == (ORIGIN, 0)
    vkey.write_bytes(b"\xff\n")
    assert "witness_log_key" in operator.run("watch", "--log", str(vkey), "--start", "empty").stderr


@pytest.mark.parametrize(
    ("arguments", "code", "slug"),
    [
        (("watch", "--log", str(FIRST.key), "--start", "absent"), 2, "checkpoint_unreadable"),
        (("watch", "--log", "no key", "--start", "empty"), 1, "proof_invalid"),
        (("watch", "--log", str(FIRST.key), "--start", "empty", "--origin", ""), 0, ""),
        (("serve", "--listen", "nowhere"), 2, "address_invalid"),
        (("serve", "--listen", "192.0.2.1:1"), 4, "witness_address"),
        (("new", "--name", "again"), 1, "witness_exists"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_code(
    operator: Operator, arguments: tuple[str, ...], code: int, slug: str
) -> None:
    operator.make()
    done = operator.run(*arguments)
    assert (done.returncode, done.stderr.partition(":")[0]) == (code, slug)
    assert "Traceback" not in done.stderr


def test_there_is_no_witness_in_an_empty_folder(operator: Operator) -> None:
    done = operator.run("show")
    assert (done.returncode, done.stderr.partition(":")[0]) == (2, "witness_absent")
    assert f"muniment witness new --store {operator.store} --name NAME" in done.stderr
