# SPDX-License-Identifier: Apache-2.0
"""From signed to witnessed: what is published, what is pending, and how far it lags."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest

from audit.proof.note import sign_note
from audit.proof.policy.file import read_policy
from audit.proof.policy.rule import Group, KnownLog, KnownWitness, Policy
from audit.witness.client import WitnessClient
from audit.witness.collecting import (
    PENDING_FILE,
    POLICY_FILE,
    WITNESSED_FILE,
    Collector,
    Lag,
)
from audit.witness.history import CosignedHistory, Kept
from audit.witness.listener import WitnessServer
from audit.witness.memory import WitnessMemory
from domain.errors import ProofError, UnreachableError, UnsafeError, UsageError
from tests.unit.audit.witness.logs import FIRST, NOW, ORIGIN, SECOND, Desk, Log, open_desk

pytestmark = pytest.mark.slow  # real connections and processes


@dataclass
class Court:
    """Three witnesses of which two are a quorum, and the log that asks them."""

    folder: Path
    desks: list[Desk]
    servers: list[WitnessServer]
    policy: Policy
    stop: list[Callable[[], None]] = field(default_factory=list)
    now: float = NOW

    def set_time(self, now: float) -> None:
        """Set the clocks of the log and of all witnesses."""
        self.now = now
        for desk in self.desks:
            desk.now = now

    def collector(
        self, log: Log = FIRST, *, asking: Sequence[str] | None = None, production: bool = True
    ) -> Collector:
        clients = [
            WitnessClient(
                witness=each,
                memory=WitnessMemory(self.folder / "log", each.key),
                proof=log.proof,
                clock=lambda: self.now,
                pause=lambda _seconds: None,
            )
            for each in self.policy.witnesses
            if asking is None or each.name in asking
        ]
        return Collector(
            self.policy,
            ORIGIN,
            self.folder / "log",
            clients=clients,
            production=production,
        )

    def end(self, at: int) -> None:
        """Take a witness away."""
        self.stop[at]()

    def file(self, name: str) -> bytes:
        return (self.folder / "log" / name).read_bytes()


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Court]:
    with ExitStack() as stack:
        desks, servers, stop = [], [], []
        for n in range(3):
            desk = open_desk(tmp_path / f"w{n}")
            stack.callback(desk.store.close)
            server = stack.enter_context(WitnessServer(("127.0.0.1", 0), desk.witness))
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            ended = ExitStack()
            ended.callback(server.server_close)
            ended.callback(server.shutdown)
            stack.callback(ended.close)
            desks.append(desk)
            servers.append(server)
            stop.append(ended.close)
        witnesses = tuple(
            KnownWitness(name=f"W{n}", key=desk.cosigner.verifier, url=server.url)
            for n, (desk, server) in enumerate(zip(desks, servers, strict=True))
        )
        policy = Policy(
            logs=(KnownLog(FIRST.key),),
            witnesses=witnesses,
            groups=(Group(name="two", threshold=2, members=("W0", "W1", "W2")),),
            quorum="two",
        )
        yield Court(tmp_path, desks, servers, policy, stop)


def test_a_checkpoint_that_has_its_quorum_is_published(court: Court) -> None:
    collected = court.collector().collect(FIRST.note(20))
    assert collected.witnessed
    assert (collected.cosigned, collected.failures) == (("W0", "W1", "W2"), ())
    assert court.file(WITNESSED_FILE) == court.file(PENDING_FILE) == collected.note
    accepted = court.policy.accept(collected.note, ORIGIN)
    assert (accepted.checkpoint.size, accepted.at) == (20, NOW)


def test_two_of_three_are_enough_and_the_third_is_named(court: Court) -> None:
    court.end(1)
    collected = court.collector().collect(FIRST.note(20))
    assert collected.witnessed
    ((name, error),) = collected.failures
    assert (collected.cosigned, name) == (("W0", "W2"), "W1")
    assert isinstance(error, UnreachableError)


def test_without_its_quorum_a_checkpoint_stays_pending_and_the_lag_is_told(court: Court) -> None:
    collector = court.collector()
    collector.collect(FIRST.note(20))
    published = court.file(WITNESSED_FILE)
    court.end(0)
    court.end(1)
    collected = collector.collect(FIRST.note(40))
    assert (collected.witnessed, collected.cosigned) == (False, ("W2",))
    assert court.file(WITNESSED_FILE) == published
    assert court.file(PENDING_FILE) == collected.note
    newest = collector.newest()
    assert newest is not None
    assert (newest[0], newest[1].checkpoint.size) == (published, 20)
    assert collector.lag(40, NOW + 90.5) == Lag(entries=20, seconds=90)
    assert collector.lag(20, NOW + 90.5) == Lag(entries=0, seconds=0)


def test_a_log_that_was_never_witnessed_lags_by_all_it_has(court: Court) -> None:
    collector = court.collector()
    assert collector.newest() is None
    assert collector.lag(0, NOW) == Lag(entries=0, seconds=0)
    assert collector.lag(7, NOW) == Lag(entries=7, seconds=None)


def test_cosignatures_that_come_later_complete_the_quorum(court: Court) -> None:
    first = court.collector(asking=["W0"]).collect(FIRST.note(20))
    assert (first.witnessed, first.cosigned) == (False, ("W0",))
    assert not (court.folder / "log" / WITNESSED_FILE).exists()
    later = court.collector(asking=["W1"]).collect(FIRST.note(20))
    assert (later.witnessed, later.cosigned) == (True, ("W0", "W1"))
    assert court.file(WITNESSED_FILE) == court.file(PENDING_FILE) == later.note
    assert court.policy.accept(later.note, ORIGIN).checkpoint.size == 20


def test_a_run_without_any_answer_loses_no_cosignature(court: Court) -> None:
    court.collector().collect(FIRST.note(20))
    nobody = court.collector(asking=[]).collect(FIRST.note(20))
    assert (nobody.witnessed, nobody.cosigned) == (True, ("W0", "W1", "W2"))
    assert court.file(WITNESSED_FILE) == nobody.note


def test_a_cosignature_that_was_spoilt_on_the_disk_is_not_taken_over(court: Court) -> None:
    kept = court.collector(asking=["W0"]).collect(FIRST.note(20)).note
    (court.folder / "log" / PENDING_FILE).write_bytes(kept[:-8] + b"AAAAAA=\n")
    later = court.collector(asking=["W1"]).collect(FIRST.note(20))
    assert later.cosigned == ("W1",)


def test_a_cosignature_of_another_time_is_refused_until_the_clock_is_right(court: Court) -> None:
    collector = court.collector()
    court.desks[0].now = court.desks[1].now = NOW + 3_600
    first = collector.collect(FIRST.note(20))
    assert [error.slug for _, error in first.failures] == ["cosignature_time"] * 2
    assert not first.witnessed
    court.desks[0].now = court.desks[1].now = NOW
    # Both had cosigned; only their clocks were wrong, and a clock that goes back is waited for.
    again = collector.collect(FIRST.note(20))
    assert [error.slug for _, error in again.failures] == ["witness_unreachable"] * 2


def test_the_policy_lies_beside_what_was_collected_under_it(court: Court) -> None:
    court.collector().collect(FIRST.note(20))
    assert read_policy(court.folder / "log" / POLICY_FILE) == court.policy


def test_of_each_size_the_first_and_the_last_witnessed_checkpoint_are_kept(court: Court) -> None:
    history = CosignedHistory(court.folder / "log")
    assert history.spans() == {}
    for seconds in (0, 60, 120):
        court.set_time(NOW + seconds)
        court.collector().collect(FIRST.note(20))
    ((first, last),) = history.spans().values()
    assert (first, last) == (Kept(20, NOW), Kept(20, NOW + 120))
    assert court.policy.accept(history.read(first), ORIGIN).at == NOW
    assert court.policy.accept(history.read(last), ORIGIN).at == NOW + 120


def test_no_file_goes_back_to_a_smaller_checkpoint(court: Court) -> None:
    collector = court.collector()
    larger = collector.collect(FIRST.note(40))
    smaller = collector.collect(FIRST.note(20))
    assert {error.slug for _, error in smaller.failures} == {"witness_ahead"}
    assert court.file(WITNESSED_FILE) == court.file(PENDING_FILE) == larger.note


def test_a_quorum_of_another_history_is_never_reached(court: Court) -> None:
    court.collector().collect(FIRST.note(40))
    forked = court.collector(SECOND).collect(SECOND.note(64))
    assert (forked.witnessed, forked.cosigned) == (False, ())
    assert {error.slug for _, error in forked.failures} == {"witness_conflict"}
    newest = court.collector().newest()
    assert newest is not None
    assert newest[1].checkpoint.root == FIRST.root(40)


def test_a_log_that_signed_one_size_twice_is_stopped(court: Court) -> None:
    court.collector().collect(FIRST.note(40))
    for desk in court.desks:
        desk.store.close()  # so that none of them sees the second one
    (court.folder / "log" / PENDING_FILE).write_bytes(FIRST.note(40))
    with pytest.raises(UnsafeError, match="signed two checkpoints of size 40") as told:
        court.collector(SECOND).collect(SECOND.note(40))
    assert told.value.slug == "checkpoint_fork"


def test_a_published_file_that_was_changed_is_not_believed(court: Court) -> None:
    collector = court.collector()
    collector.collect(FIRST.note(20))
    for name in (WITNESSED_FILE, PENDING_FILE):
        (court.folder / "log" / name).write_bytes(b"nonsense")
    assert collector.newest() is None
    assert collector.collect(FIRST.note(20)).witnessed


def test_a_checkpoint_that_the_log_did_not_sign_is_taken_to_nobody(court: Court) -> None:
    foreign = sign_note(
        "elsewhere\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        name="elsewhere",
        private_key=FIRST.private_key,
    )
    with pytest.raises(ProofError, match=r"No key of ledger\.xa-test/log that the policy"):
        court.collector().collect(foreign)
    assert not list((court.folder / "log").glob("*"))


def test_production_needs_a_quorum(tmp_path: Path) -> None:
    policy = Policy(logs=(KnownLog(FIRST.key),), witnesses=(), groups=(), quorum="none")
    with pytest.raises(UsageError, match="asks for no witness"):
        Collector(policy, ORIGIN, tmp_path, clients=(), production=True)
    trial = Collector(policy, ORIGIN, tmp_path, clients=(), production=False)
    assert trial.collect(FIRST.note(20)).witnessed
    assert trial.lag(30, NOW) == Lag(entries=10, seconds=0)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, court: Court) -> None:
    (tmp_path / "log").touch()
    with pytest.raises(UnreachableError, match="cannot be written"):
        court.collector().collect(FIRST.note(20))
