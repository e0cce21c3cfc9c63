# SPDX-License-Identifier: Apache-2.0
"""Checks the signatures of a batch in a process of its own.

A signature check gives up the interpreter's lock and then has to fight for it again, once
an event; among busy threads that costs more than the check. So the checks of a batch go
out together, and while another core works on them the payloads are read here (design
section 3). Small batches stay here, and so does everything until the process has started
or after it died: it only ever saves time. A killed caller takes it along, because its end
of the line closes.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from threading import Lock
from typing import Final

from audit.proof.keys import SignatureCheck, Verdicts, check_here, public_key
from domain.errors import EnvelopeError

CHECKS_MIN: Final = 8
"""Fewer are checked here, before the process would have answered."""

ANSWER_SECONDS_MAX: Final = 10.0
"""After that long the checks are made here; a whole batch takes a hundredth of it."""

Job = tuple[tuple[tuple[str, str], ...], bytes, bytes]
"""The members of a public key, a signature and what it covers."""

Verdict = tuple[str, str] | None
"""Sentence and slug of what is wrong with a signature, or nothing."""


class CheckingProcess:
    """Hands checks to a process, which is started with the first batch worth it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = Lock()
        self._line: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    def __call__(self, checks: Sequence[SignatureCheck]) -> Verdicts:
        """Begin to check signatures, there if that saves time."""
        if len(checks) < CHECKS_MIN or not self._lock.acquire(blocking=False):
            return check_here(checks)
        if not self._send([_job(check) for check in checks]):
            self._lock.release()
            return check_here(checks)
        return lambda: self._receive(checks)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._hang_up()

    def _send(self, jobs: list[Job]) -> bool:
        try:
            line = self._line or self._start()
            if not self._ready:
                self._ready = line.poll() and line.recv() is None
            if self._ready:
                line.send(jobs)
        except (OSError, EOFError):
            self._hang_up()
        return self._ready

    def _receive(self, checks: Sequence[SignatureCheck]) -> Sequence[EnvelopeError | None]:
        try:
            verdicts = self._answer()
        finally:
            self._lock.release()
        if len(verdicts) != len(checks):
            return check_here(checks)()
        return [EnvelopeError(each[0], slug=each[1]) if each else None for each in verdicts]

    def _answer(self) -> list[Verdict]:
        """Wait for the verdicts; none if the process is dead or stuck."""
        try:
            if self._line is not None and self._line.poll(ANSWER_SECONDS_MAX):
                verdicts: list[Verdict] = self._line.recv()
                return verdicts
        except (OSError, EOFError):
            pass
        self._hang_up()
        return []

    def _start(self) -> Connection:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._line = Connection(ours.detach())
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line, self._process, self._ready = None, None, False


def serve(line: Connection) -> None:
    """Answer batches of jobs until the other end hangs up; the first answer says hello."""
    line.send(None)
    while True:
        try:
            jobs: list[Job] = line.recv()
            line.send([_verdict(job) for job in jobs])
        except (EOFError, OSError):
            return


def _job(check: SignatureCheck) -> Job:
    return tuple(check.key.jwk.items()), check.signature, check.message


def _verdict(job: Job) -> Verdict:
    members, signature, message = job
    error = SignatureCheck(public_key(dict(members)), signature, message).outcome()
    return (error.sentence, error.slug) if error else None


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever talks to the person
    serve(Connection(int(sys.argv[1])))
