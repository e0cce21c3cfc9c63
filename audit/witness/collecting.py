# SPDX-License-Identifier: Apache-2.0
"""From a signed checkpoint to a witnessed one: ask every witness, publish what has its quorum.

Implements the publishing side of `log.md` 2.6: ``checkpoint`` is the newest that satisfies the
policy, ``checkpoint.pending`` the newest that is signed, with the cosignatures it has, whichever
run brought them. Nobody who appends waits here. How far the first lags behind the second is told
in entries and in seconds. The policy itself lies beside them, for whoever reads them later.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.note import NOTE_OCTETS_MAX, open_note, signature_line, with_lines
from audit.proof.policy.file import write_policy
from audit.proof.policy.rule import Accepted, Policy
from audit.proof.verify.findings import counted
from audit.witness.client import Cosigned, WitnessClient
from audit.witness.history import CosignedHistory
from audit.witness.memory import replace_file, unwritable
from domain.errors import MunimentError, ProofError, UnsafeError

WITNESSED_FILE: Final = "checkpoint"
PENDING_FILE: Final = "checkpoint.pending"
POLICY_FILE: Final = "policy.txt"
LOCK_FILE: Final = ".checkpoint.lock"
ASKED_AT_ONCE_MAX: Final = 16
LAG_SECONDS_MAX: Final = 600
"""From then on witnessing is called late: an alarm, and the code of whatever runs once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What came of asking all witnesses once.

    Attributes:
        note: The checkpoint with every cosignature that it has, earlier ones included.
        checkpoint: What it states.
        cosigned: Names of the witnesses that have cosigned it.
        failures: Names of the others, each with what was wrong.
        witnessed: Whether these are a quorum.
    """

    note: bytes
    checkpoint: Checkpoint
    cosigned: tuple[str, ...]
    failures: tuple[tuple[str, MunimentError], ...]
    witnessed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far the witnessed log is behind the signed one.

    Attributes:
        entries: Signed entries that no witnessed checkpoint covers.
        seconds: Since when they may be waiting, at most: the age of the newest witnessed
            checkpoint. 0 where nothing waits, None where nothing was ever witnessed.
    """

    entries: int
    seconds: int | None

    @property
    def alarm(self) -> bool:
        """Whether somebody has to look after it: something waits, and has for long."""
        late = self.seconds is None or self.seconds > LAG_SECONDS_MAX
        return self.entries > 0 and late

    def __str__(self) -> str:
        """Say it as a clause."""
        waiting = counted(self.entries, "signed entry", "signed entries")
        since = "" if self.seconds is None else f", for at most {self.seconds:,} s"
        verb = "is" if self.entries == 1 else "are"
        return f"{waiting} {verb} not witnessed yet{since}"


class Collector:
    """Collects cosignatures for one log; keeps the newest checkpoints and the witnessed ones."""

    def __init__(
        self,
        policy: Policy,
        origin: str,
        folder: Path,
        *,
        clients: Sequence[WitnessClient],
        production: bool,
    ) -> None:
        """Bind the policy, the log, where the two files are kept, and the witnesses to ask.

        Raises:
            UsageError: ``quorum_none``, a policy without witnesses in production.
        """
        if production:
            policy.demand_quorum()
        self._policy = policy
        self._origin = origin
        self._folder = folder
        self._clients = tuple(clients)
        self._history = CosignedHistory(folder)

    def collect(self, note: bytes) -> Collected:
        """Ask every witness at once to cosign a checkpoint, and keep what came of it, durably.

        Several processes may do so; neither file goes back to a smaller checkpoint.

        Raises:
            ProofError: The checkpoint is not one that the policy's log signed.
            UnsafeError: ``checkpoint_fork``, another one of its size is kept already.
            UnreachableError: The folder cannot be written.
        """
        signed = self._policy.witnessed(note, self._origin).checkpoint
        answers = self._ask(note)
        lines = [each.line for each in answers.values() if isinstance(each, Cosigned)]
        with self._alone():
            grown = with_lines(with_lines(note, self._earlier_lines(signed)), lines)
            found = self._policy.witnessed(grown, self._origin)
            names = self._policy.names(found.witnesses)
            witnessed = self._policy.satisfied_by(names)
            replace_file(self._folder / POLICY_FILE, write_policy(self._policy))
            self._keep(PENDING_FILE, grown, signed)
            if witnessed:
                self._keep(WITNESSED_FILE, grown, signed)
            if witnessed and found.at is not None:
                self._history.keep(grown, signed.size, found.at)
        return Collected(
            note=grown,
            checkpoint=signed,
            cosigned=names,
            failures=tuple(
                (name, each) for name, each in answers.items() if isinstance(each, MunimentError)
            ),
            witnessed=witnessed,
        )

    def newest(self) -> tuple[bytes, Accepted] | None:
        """Give the newest checkpoint that satisfies the policy, which is checked again."""
        for name in (PENDING_FILE, WITNESSED_FILE):
            with suppress(OSError, ProofError):
                note = self._read(name)
                return note, self._policy.accept(note, self._origin)
        return None

    def lag(self, size: int, now: float) -> Lag:
        """Tell how far witnessing is behind.

        Args:
            size: Entries that are signed.
            now: The time in seconds since 1970 UTC.
        """
        newest = self.newest()
        if newest is None:
            return Lag(entries=size, seconds=None if size else 0)
        accepted = newest[1]
        entries = max(size - accepted.checkpoint.size, 0)
        waiting = entries > 0 and accepted.at is not None
        return Lag(entries=entries, seconds=max(int(now) - (accepted.at or 0), 0) * waiting)

    def _ask(self, note: bytes) -> dict[str, Cosigned | MunimentError]:
        if not self._clients:
            return {}
        with ThreadPoolExecutor(min(len(self._clients), ASKED_AT_ONCE_MAX)) as pool:
            answers = pool.map(lambda client: _asked(client, note), self._clients)
            return dict(zip((each.witness.name for each in self._clients), answers, strict=True))

    def _earlier_lines(self, signed: Checkpoint) -> list[str]:
        """Give the cosignatures of this very checkpoint that earlier runs have collected.

        Raises:
            UnsafeError: ``checkpoint_fork``, another one of its size is kept.
        """
        lines: list[str] = []
        witnesses = [each.key for each in self._policy.witnesses]
        for name in (WITNESSED_FILE, PENDING_FILE):
            with suppress(OSError, ProofError):
                note = self._read(name)
                kept = self._policy.witnessed(note, self._origin).checkpoint
                if kept == signed:
                    found = open_note(note, witnesses)
                    lines += map(signature_line, found.signers, found.signatures)
                elif kept.size == signed.size:
                    raise _fork(signed.size, self._folder / name)
        return lines

    def _keep(self, name: str, note: bytes, signed: Checkpoint) -> None:
        """Replace a file unless it holds a larger checkpoint."""
        with suppress(OSError, ProofError):
            kept = self._policy.witnessed(self._read(name), self._origin).checkpoint
            if kept.size > signed.size:
                return
        replace_file(self._folder / name, note)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from replacing the files meanwhile."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self, name: str) -> bytes:
        with (self._folder / name).open("rb") as file:
            return file.read(NOTE_OCTETS_MAX + 1)


def _asked(client: WitnessClient, note: bytes) -> Cosigned | MunimentError:
    """Ask one witness; what is wrong with it is no reason not to ask the others."""
    try:
        return client.cosign(note)
    except MunimentError as error:
        return error


def _fork(size: int, path: Path) -> UnsafeError:
    return UnsafeError(
        f"The log has signed two checkpoints of size {size}.",
        slug="checkpoint_fork",
        next_step=f"Stop writing; keep {path} and the newer one.",
    )
