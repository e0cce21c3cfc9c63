# SPDX-License-Identifier: Apache-2.0
"""Under a policy, what has its quorum is published and what is newer lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.cosignature import cosign, cosigner_key, signed_text
from audit.proof.note import verifier_key, with_lines
from audit.proof.policy.rule import Group, KnownLog, KnownWitness, Policy
from audit.publishing.choosing import Choice, Chooser
from audit.witness.collecting import PENDING_FILE, WITNESSED_FILE, Lag
from domain.errors import ProofError, UsageError
from tests.unit.audit.publishing.press import LOG_KEY, ORIGIN, Press, entries_of, names, proved

NOW = 1_795_000_000
NAMES = ("w1.example", "w2.example")


@dataclass
class Ledger:
    """A ledger with two witnesses, both of which are its quorum, and a folder to publish into."""

    kept: Path
    press: Press
    keys: list[Ed25519PrivateKey] = field(
        default_factory=lambda: [Ed25519PrivateKey.generate() for _ in NAMES]
    )

    @property
    def chooser(self) -> Chooser:
        witnesses = tuple(
            KnownWitness(name=name, key=cosigner_key(name, key.public_key()))
            for name, key in zip(NAMES, self.keys, strict=True)
        )
        policy = Policy(
            logs=(KnownLog(verifier_key(ORIGIN, LOG_KEY.public_key())),),
            witnesses=witnesses,
            groups=(Group(name="both", threshold=2, members=NAMES),),
            quorum="both",
        )
        return Chooser(policy=policy, origin=ORIGIN, folder=self.kept)

    def cosigned(self, size: int, witnesses: int) -> bytes:
        """Give a checkpoint that so many witnesses cosigned."""
        note = self.press.note(size)
        text = signed_text(note)
        pairs = list(zip(NAMES, self.keys, strict=True))[:witnesses]
        return with_lines(
            note, [cosign(text, name=name, private_key=key, at=NOW) for name, key in pairs]
        )

    def keep(self, name: str, note: bytes) -> None:
        """Keep a checkpoint as `muniment witness collect` does."""
        self.kept.mkdir(exist_ok=True)
        (self.kept / name).write_bytes(note)

    def choose(self, size: int, later: int = 0) -> Choice:
        """Choose while the ledger has signed so many entries."""
        return self.chooser.choose(self.press.note(size), NOW + later)

    def file(self, name: str) -> bytes:
        return (self.press.folder / name).read_bytes()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "witnesses", Press(tmp_path / "public", entries_of(700)))


def test_nothing_is_published_before_a_quorum_was_reached(ledger: Ledger) -> None:
    choice = ledger.choose(300)
    done = ledger.press.publisher.publish(choice)
    assert (done.size, choice.lag) == (None, Lag(entries=300, seconds=None))
    assert names(ledger.press.folder) == {"trust.json", "policy.txt", "checkpoint.pending"}
    assert ledger.file("checkpoint.pending") == ledger.press.note(300)


def test_the_newest_with_its_quorum_is_published_and_the_newer_is_pending(ledger: Ledger) -> None:
    witnessed = ledger.cosigned(300, 2)
    ledger.keep(WITNESSED_FILE, witnessed)
    ledger.keep(PENDING_FILE, ledger.cosigned(500, 1))
    choice = ledger.choose(520, later=90)
    ledger.press.publisher.publish(choice)
    assert ledger.file("checkpoint") == witnessed
    assert ledger.file("checkpoint.pending") == ledger.press.note(520)
    assert choice.lag == Lag(entries=220, seconds=90)
    assert proved(ledger.press.folder) == 300
    assert not any("188" in name or "244" in name for name in names(ledger.press.folder))


def test_a_pending_checkpoint_is_shown_with_the_cosignatures_it_has(ledger: Ledger) -> None:
    ledger.keep(PENDING_FILE, ledger.cosigned(500, 1))
    ledger.press.publisher.publish(ledger.choose(500))
    assert ledger.file("checkpoint.pending") == ledger.cosigned(500, 1)


def test_a_pending_checkpoint_keeps_the_cosignatures_it_had(ledger: Ledger) -> None:
    ledger.keep(PENDING_FILE, ledger.cosigned(500, 1))
    ledger.press.publisher.publish(ledger.choose(500))
    (ledger.kept / PENDING_FILE).unlink()
    ledger.press.publisher.publish(ledger.choose(500))
    assert ledger.file("checkpoint.pending") == ledger.cosigned(500, 1)
    ledger.press.publisher.publish(ledger.choose(501))
    assert ledger.file("checkpoint.pending") == ledger.press.note(501)


def test_a_log_without_lag_publishes_one_checkpoint_under_both_names(ledger: Ledger) -> None:
    ledger.keep(PENDING_FILE, ledger.cosigned(500, 2))
    choice = ledger.choose(500, later=90)
    ledger.press.publisher.publish(choice)
    assert ledger.file("checkpoint") == ledger.file("checkpoint.pending")
    assert (proved(ledger.press.folder), choice.lag) == (500, Lag(entries=0, seconds=0))


def test_what_was_published_without_witnesses_never_goes_back(ledger: Ledger) -> None:
    ledger.press.publish(400)
    ledger.keep(WITNESSED_FILE, ledger.cosigned(300, 2))
    ledger.press.publisher.publish(ledger.choose(500))
    assert proved(ledger.press.folder) == 400


def test_a_kept_checkpoint_with_a_bad_cosignature_is_not_published(ledger: Ledger) -> None:
    note = ledger.cosigned(300, 2)
    ledger.keep(WITNESSED_FILE, note[:-6] + b"AAAA=\n")
    assert ledger.choose(300).checkpoint is None


def test_a_policy_that_does_not_know_the_log_publishes_nothing(ledger: Ledger) -> None:
    policy = ledger.chooser.policy
    other = KnownLog(verifier_key(ORIGIN, ledger.keys[0].public_key()))
    strange = Policy(
        logs=(other,), witnesses=policy.witnesses, groups=policy.groups, quorum=policy.quorum
    )
    with pytest.raises(ProofError):
        Chooser(policy=strange, origin=ORIGIN, folder=ledger.kept).choose(ledger.press.note(3), NOW)


def test_a_policy_without_witnesses_is_refused(ledger: Ledger) -> None:
    policy = Policy(logs=ledger.chooser.policy.logs, witnesses=(), groups=(), quorum="none")
    with pytest.raises(UsageError) as caught:
        Chooser(policy=policy, origin=ORIGIN, folder=ledger.kept).choose(ledger.press.note(3), NOW)
    assert caught.value.slug == "quorum_none"
