# SPDX-License-Identifier: Apache-2.0
"""A sound ledger that an attacker with every right in its database gets a copy of.

The copy brings what lies outside the database and is out of that attacker's reach: the signer's
state, a published copy, a witness, a checkpoint that an auditor kept, and receipts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import psycopg
from typer.testing import CliRunner, Result

from api.bootstrap import open_office
from api.cli.main import COMMANDS, load
from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission
from api.tracing.inquiry import Inquiry, Trace, open_queries, trace
from audit.appending.sequencer import Receipt
from audit.database import Database
from audit.export.log import export_log
from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import CompactRange, consistency_path, inclusion_path, leaf_hash
from audit.proof.note import parse_verifier_key
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import Report
from audit.proof.verify.trust import LINE_NAMES, Trust
from audit.recorder import PostgresLedgerRecorder
from audit.signer.identity import load_identity
from audit.signer.keys.lines import ED25519_LINE, LINES, ML_DSA_44_LINE, Line
from audit.signer.keys.private import PrivateKey, signed_line
from audit.witness.evidence import EvidenceStore
from audit.witness.key import create_cosigner
from audit.witness.message import AddCheckpoint
from audit.witness.pinning import pin
from audit.witness.service import Answer, Witness
from audit.witness.store import WitnessStore
from tests.integration.append.desk import AUDIENCE, Desk, born, signed
from tests.integration.fsck.conftest import Ledger, Sound

NOW: Final = 1_795_000_000
BORN: Final = 3
SEIZED: Final = 4
"""Indexes of the two events of the firearm that the attacks are about."""

OLD: Final = 20
HELD: Final = OLD
"""Index of the one event with personal data, the first after the backup."""

SIZE: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The sound ledger, closed, with what others hold of it.

    Attributes:
        sound: The ledger, its published copy, and the signer's state at the old size.
        backup: Its database at the old size.
        old_note: The checkpoint of the old size, as an auditor kept it.
        note: The checkpoint of the present size.
        roots: The root keys.
        key: The key of the officer who recorded everything.
        arm: The first event of the firearm with two events.
        acknowledged: Every submission with its receipt, by index.
    """

    sound: Sound
    backup: Database
    old_note: bytes
    note: bytes
    roots: tuple[FileKey, ...] = field(repr=False)
    key: FileKey = field(repr=False)
    arm: Draft
    acknowledged: dict[int, tuple[Submission, Receipt]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Theft:
    """Which of the log's two keys a thief took, and which of them the auditor's trust file lists.

    Attributes:
        stolen: Types of the stolen keys.
        trusted: Types of the listed keys.
    """

    stolen: tuple[Line, ...]
    trusted: tuple[Line, ...]

    def __str__(self) -> str:
        """Name it in the name of a test."""
        return f"stolen {'+'.join(self.stolen)}, trusted {'+'.join(self.trusted)}"


WHOLE: Final = Theft(LINES, LINES)
THEFTS: Final = (WHOLE, Theft(LINES, (ED25519_LINE,)), Theft((ED25519_LINE,), (ED25519_LINE,)))
"""Thefts after which a checkpoint can be forged that the auditor's trust file lets pass."""

HALF_THEFTS: Final = (
    Theft((ED25519_LINE,), LINES),
    Theft((ML_DSA_44_LINE,), LINES),
    Theft((ML_DSA_44_LINE,), (ED25519_LINE,)),
)
"""Thefts that are not enough for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One copy of the ledger, to attack."""

    ground: Ground
    ledger: Ledger
    folder: Path
    theft: Theft = WHOLE

    @property
    def trust(self) -> Trust:
        """What the auditor trusts."""
        return self.listing(self.theft.trusted)

    def listing(self, lines: Sequence[Line]) -> Trust:
        """Give a trust file that lists the log's keys of some types."""
        whole = self.ground.sound.trust
        keys = [
            key for key in whole.log_keys if LINE_NAMES[parse_verifier_key(key.vkey).kind] in lines
        ]
        return whole.model_copy(update={"log_keys": tuple(keys)})

    @contextmanager
    def opened(self) -> Iterator[Desk]:
        """Open the service over whatever the database now holds."""
        with open_office(self.ledger.settings) as office:
            yield Desk(office=office, roots=self.ground.roots, key=self.ground.key)

    def command(self, name: str, *options: str | Path) -> Result:
        """Run a command of `muniment`."""
        words = [str(each) for each in options]
        return CliRunner().invoke(load(COMMANDS[name]), words, obj=self.ledger.settings)

    def restore(self, source: Path | None = None, *options: str) -> Result:
        """Run `muniment restore`, by default from the published copy."""
        return self.command("restore", "--from", source or self.ledger.published, *options)

    def regrown(self, number: int) -> list[bytes]:
        """Record events as a program would that asks no signer; give every entry."""
        with self.opened() as desk:
            recorder = desk.office.ledger.recorder
            assert isinstance(recorder, PostgresLedgerRecorder)
            recorder.barrier = None
            for _ in range(number):
                desk.office.record([desk.office.open(signed(born(), desk.key).to_bytes())])
        return self.rows()

    def traced(self) -> Trace:
        """Ask the service for the history of the firearm."""
        with self.opened() as desk:
            return self.told(desk)

    def told(self, desk: Desk) -> Trace:
        """Ask an open service for it."""
        with open_queries(desk.office) as queries:
            found = trace(queries, Inquiry(identifier=self.ground.arm.sub))
        assert isinstance(found, Trace)
        return found

    def rows(self) -> list[bytes]:
        """Read every entry."""
        with psycopg.connect(self.ledger.database.admin) as connection:
            found = connection.execute("select raw from ledger.event order by idx").fetchall()
        return [raw for (raw,) in found]

    def root(self) -> bytes:
        """Give the root of what is stored."""
        return CompactRange().extend(map(leaf_hash, self.rows())).root()

    def stolen_keys(self) -> tuple[PrivateKey, ...]:
        """Take log keys from the signer's host."""
        keys = load_identity(self.ledger.settings.signer_folder, AUDIENCE).keys
        return tuple(key.private_key for key in keys if key.known.line in self.theft.stolen)

    def forged_note(self) -> bytes:
        """Sign what is stored with the stolen log keys, past the signer."""
        return forged_note(self.rows(), self.stolen_keys())

    def export(self, note: bytes, folder: str = "stranger") -> Path:
        """Write what a stranger is given, with a trust file that fits whoever writes it."""
        reader = self.ledger.database.conninfo("ledger_reader")
        trust = self.listing(self.theft.stolen)
        export_log(reader, self.folder / folder, note=note, trust=trust)
        return self.folder / folder

    def verified(self, path: Path, *, saved: bytes | None = None, rules: bool = False) -> Report:
        """Run the checks of `muniment-verify` with the auditor's own trust file."""
        request = Request(path=path, trust=self.trust, saved=saved, jobs=1, rules=rules)
        return verify_directory(request)

    def witness(self, name: str = "court") -> Observer:
        """Make a witness that has cosigned the log's present checkpoint."""
        folder = Path(mkdtemp(dir=self.folder)) / name
        cosigner = create_cosigner(folder, f"{name}.example/w1")
        store = WitnessStore(folder, create=True)
        key = self.trust.verifier_keys(SIZE)[0]
        pin(store, cosigner, key, origin=AUDIENCE, start=self.ground.note)
        return Observer(Witness(cosigner, store, EvidenceStore(folder), clock=lambda: NOW), folder)


@dataclass(frozen=True, slots=True)
class Observer:
    """A witness in a folder, asked without the network between."""

    witness: Witness
    folder: Path

    def asked(self, note: bytes, rows: list[bytes], old: int = SIZE) -> Answer:
        """Ask it to cosign a checkpoint, with the best proof that its rows can give."""
        size = len(rows)
        path = consistency(rows, old) if 0 < old < size else ()
        return self.witness.add_checkpoint(AddCheckpoint(old=old, path=path, note=note).encode())

    def kept(self) -> list[tuple[str, int]]:
        """Give what it refused and keeps as evidence."""
        return [(each.kind, each.size) for each in EvidenceStore(self.folder).of(AUDIENCE)]


def forged_note(rows: list[bytes], keys: Sequence[PrivateKey]) -> bytes:
    """Sign any entries as the log's."""
    root = CompactRange().extend(map(leaf_hash, rows)).root()
    text = Checkpoint(origin=AUDIENCE, size=len(rows), root=root).body()
    lines = [signed_line(text, AUDIENCE, key) for key in keys]
    return f"{text}\n{''.join(lines)}".encode()


def consistency(rows: list[bytes], old: int) -> tuple[bytes, ...]:
    """Give the consistency proof from an older size."""
    return consistency_path(old, len(rows), node=partial(_node, rows))


def inclusion(rows: list[bytes], index: int) -> tuple[bytes, ...]:
    """Give the inclusion proof of an entry."""
    return inclusion_path(index, len(rows), node=partial(_node, rows))


def _node(rows: list[bytes], level: int, index: int) -> bytes:
    leaves = map(leaf_hash, rows[index << level : (index + 1) << level])
    return CompactRange().extend(leaves).root()


def proof_states(found: Trace) -> list[str]:
    """Give how far each entry of an answer is proved, in its order."""
    return [step.proven.state for step in found.steps]


def reasons(found: Trace) -> str:
    """Give every reason for which an entry is not proved."""
    return " ".join(step.proven.reason or "" for step in found.steps)
