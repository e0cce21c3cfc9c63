# SPDX-License-Identifier: Apache-2.0
"""What an officer recorded and has no receipt for: sealed, in order, and gone once it is known.

A folder of one file an event, written before it is sent (envelope specification, section 6: the
offline queue is encrypted and purged on receipt). Every step is one rename, so that a kill at any
instant leaves what was kept kept; a purge that was interrupted is finished when it is next opened.
"""

from __future__ import annotations

import fcntl
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from api.client.ids import Randomness
from api.client.keyfile import FileKey
from api.client.papers import PART, purge, sync_folder, write_whole
from api.client.sealing import SALT_OCTETS, Seal
from api.client.signer import Submission
from audit.proof.encoding import decode, encode
from audit.proof.envelope.token import read_unsigned, split_submission
from domain.errors import EnvelopeError, InvalidValueError, MunimentError, ProofError, UsageError
from domain.identifiers import FIRST_PREV

FORM: Final = "muniment-outbox-1"
HEADS_MAX: Final = 10_000
"""Streams of which the head is remembered; the one that was heard of longest ago goes first."""

_LABEL: Final = "label.json"
_LOCK: Final = "lock"
_HEADS: Final = "heads"
_CHECK: Final = "check"
_WAITING: Final = ".sealed"
_REFUSED: Final = ".refused"
_PURGED: Final = ".purged"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event of a stream, which the next one continues.

    Attributes:
        seq: Its position in the stream; 0 where there is none.
        eid: Its event id.
    """

    seq: int
    eid: str


NEW: Final = Head(0, FIRST_PREV)
"""The head of a stream that has no event yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event in the outbox.

    Attributes:
        number: Its place in the order.
        submission: What is sent.
        refusal: Why the service refused it, as ``code``, ``detail`` and ``next_step``.
    """

    number: int
    submission: Submission
    refusal: dict[str, Any] = field(default_factory=dict)

    def stated(self) -> dict[str, Any]:
        """Give the payload of the event."""
        _, payload, _ = read_unsigned(self.submission.jws)
        stated: dict[str, Any] = json.loads(payload)
        return stated

    @property
    def head(self) -> Head:
        """The head of its stream once it is recorded."""
        return Head(self.stated()["seq"], self.submission.eid)

    @property
    def stream(self) -> str:
        """The stream that it belongs to."""
        return str(self.stated()["sub"])


class Outbox:
    """The outbox in one folder; one process at a time has it open."""

    def __init__(self, folder: Path, seal: Seal, lock: IO[bytes]) -> None:
        """Take what ``open`` found."""
        self._folder = folder
        self._seal = seal
        self._lock = lock
        self._turn = threading.RLock()
        self._heads = self._read_heads()
        self._tails: dict[str, Head] | None = None

    @classmethod
    def open(
        cls, folder: Path, secret: str | FileKey, *, randomness: Randomness = secrets.token_bytes
    ) -> Self:
        """Open an outbox, or begin one; finish what a kill interrupted.

        Args:
            folder: Its folder.
            secret: A passphrase, or the officer's key; the one that it was begun with.
            randomness: Source of salt and nonces.

        Raises:
            UsageError: ``outbox_busy``, another process has it open.
            InvalidValueError: ``passphrase_wrong``.
            OSError: The folder cannot be written.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _locked(folder)
        try:
            for left in (*folder.glob(f"*{_PURGED}"), *folder.glob(f"*{PART}")):
                purge(left)
            return cls(folder, _seal_of(folder, secret, randomness), lock)
        except BaseException:
            lock.close()
            raise

    def close(self) -> None:
        """Let another process open it."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def chain(self, stream: str, sign: Callable[[Head], Submission]) -> Entry | None:
        """Sign an event behind everything that is known of its stream, and keep it.

        Returns:
            The entry, on disk; nothing where the head of the stream is not known.
        """
        with self._turn:
            head = self.head(stream)
            if head is None:
                return None
            entry = Entry(number=self._next(), submission=sign(head))
            self._write(entry, _WAITING)
            self._known_tails()[stream] = entry.head
            return entry

    def head(self, stream: str) -> Head | None:
        """Give the head of a stream, what waits counted in; nothing where it is not known."""
        with self._turn:
            return self._known_tails().get(stream) or self._heads.get(stream)

    def know(self, stream: str, head: Head) -> None:
        """Remember the head that the service told of a stream."""
        with self._turn:
            self._heads.pop(stream, None)
            self._heads[stream] = head
            while len(self._heads) > HEADS_MAX:
                del self._heads[next(iter(self._heads))]
            told = json.dumps({name: [each.seq, each.eid] for name, each in self._heads.items()})
            self._put(_HEADS, told.encode())

    def waiting(self) -> list[Entry]:
        """Give what waits to be sent, oldest first.

        Raises:
            ProofError: ``seal_broken``, a file was changed.
        """
        return list(self._entries(_WAITING))

    def refused(self) -> list[Entry]:
        """Give what the service refused, oldest first, each with its refusal.

        Raises:
            ProofError: ``seal_broken``, a file was changed.
        """
        return list(self._entries(_REFUSED))

    def recorded(self, entry: Entry) -> None:
        """Purge an entry of which the receipt is there, and remember where its stream is now."""
        with self._turn:
            self.know(entry.stream, entry.head)
            self.discard(entry)

    def renew(self, entry: Entry, submission: Submission) -> Entry:
        """Put an event that was signed anew in the place of a stale one."""
        renewed = Entry(number=entry.number, submission=submission)
        with self._turn:
            self._write(renewed, _WAITING)
            self._tails = None
        return renewed

    def set_aside(self, entry: Entry, error: MunimentError) -> Entry:
        """Take an entry that was refused out of the order, and keep it with the refusal."""
        refusal = {"code": error.slug, "detail": error.sentence, "next_step": error.next_step}
        refused = Entry(number=entry.number, submission=entry.submission, refusal=refusal)
        with self._turn:
            self._write(refused, _REFUSED)
            self._purge(entry, _WAITING)
            self._tails = None
        return refused

    def discard(self, entry: Entry) -> None:
        """Purge an entry that nobody wants to send any more."""
        with self._turn:
            self._purge(entry, _REFUSED)
            self._purge(entry, _WAITING)
            self._tails = None

    def _known_tails(self) -> dict[str, Head]:
        """Give the last waiting event of each stream, read once and kept up to date."""
        if self._tails is None:
            self._tails = {each.stream: each.head for each in self.waiting()}
        return self._tails

    def _entries(self, kind: str) -> Iterator[Entry]:
        with self._turn:
            paths = sorted(self._folder.glob(f"*{kind}"))
            texts = [(path, self._seal.open(path.read_bytes(), path.name)) for path in paths]
        for path, text in texts:
            refusal, _, submission = text.partition(b"\n")
            jws, disclosures = _split(submission, path.name)
            yield Entry(
                number=int(path.stem),
                submission=Submission(jws=jws, disclosures=disclosures),
                refusal=json.loads(refusal),
            )

    def _next(self) -> int:
        numbers = [int(path.stem) for path in self._folder.iterdir() if path.stem.isdigit()]
        return max(numbers, default=0) + 1

    def _write(self, entry: Entry, kind: str) -> None:
        refusal = json.dumps(entry.refusal).encode()
        self._put(_name(entry, kind), b"%b\n%b" % (refusal, entry.submission.to_bytes()))

    def _put(self, name: str, text: bytes) -> None:
        write_whole(self._folder / name, self._seal.close(text, name))

    def _purge(self, entry: Entry, kind: str) -> None:
        """Take an entry out of sight first, so that a half-purged one is never read."""
        path = self._folder / _name(entry, kind)
        doomed = path.with_name(f"{path.name}{_PURGED}")
        try:
            path.replace(doomed)
        except FileNotFoundError:
            return
        sync_folder(self._folder)
        purge(doomed)

    def _read_heads(self) -> dict[str, Head]:
        path = self._folder / _HEADS
        if not path.exists():
            return {}
        told = json.loads(self._seal.open(path.read_bytes(), _HEADS))
        return {stream: Head(*head) for stream, head in told.items()}


def _name(entry: Entry, kind: str) -> str:
    return f"{entry.number:012d}{kind}"


def _split(submission: bytes, name: str) -> tuple[bytes, tuple[bytes, ...]]:
    try:
        jws, disclosures = split_submission(submission)
    except EnvelopeError:
        raise ProofError(f"{name} of the outbox holds no event.", slug="seal_broken") from None
    return jws, tuple(disclosures)


def _locked(folder: Path) -> IO[bytes]:
    lock = (folder / _LOCK).open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise UsageError(
            "Another process has this outbox open.",
            slug="outbox_busy",
            next_step="Close it there, or choose another folder.",
        ) from None
    return lock


def _seal_of(folder: Path, secret: str | FileKey, randomness: Randomness) -> Seal:
    path = folder / _LABEL
    if not path.exists():
        salt = randomness(SALT_OCTETS)
        seal = Seal.make(secret, salt, randomness=randomness)
        sealed = encode(seal.close(b"", _CHECK)).decode()
        label = {"form": FORM, "salt": encode(salt).decode(), "check": sealed}
        write_whole(path, json.dumps(label).encode())
        return seal
    try:
        label = json.loads(path.read_bytes())
        salt, check = decode(label["salt"].encode()), decode(label["check"].encode())
    except (ValueError, KeyError, AttributeError, TypeError, EnvelopeError):
        raise ProofError(f"{path} is damaged.", slug="seal_broken") from None
    seal = Seal.make(secret, salt, randomness=randomness)
    try:
        seal.open(check, _CHECK)
    except ProofError:
        raise InvalidValueError(
            "The outbox does not open with this passphrase or key.",
            slug="passphrase_wrong",
            next_step="Type the passphrase again, or name the key it was begun with.",
        ) from None
    return seal
