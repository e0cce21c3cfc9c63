# SPDX-License-Identifier: Apache-2.0
"""The checking process gives the verdicts of its caller's own checks, dead or alive."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from api.client.keyfile import FileKey
from audit import sidecar
from audit.appending.checker import CHECKS_MIN, CheckingProcess
from audit.proof.keys import SignatureCheck, check_here, public_key

pytestmark = pytest.mark.slow  # real connections and processes

KEYS = [FileKey.create(alg) for alg in ("Ed25519", "ES256")]
SECONDS_MAX = 20


@pytest.fixture
def process() -> Iterator[CheckingProcess]:
    process = CheckingProcess()
    yield process
    process.close()


def checks(count: int = 2 * CHECKS_MIN) -> list[SignatureCheck]:
    """Give checks of which each third holds, each third is wrong and each third malformed."""
    made = []
    for number in range(count):
        key, message = KEYS[number % 2], b"message %d" % number
        signature = key.sign(message)
        form = number % 3
        octets = [signature, key.sign(b"another"), signature[:63]][form]
        made.append(SignatureCheck(public_key(key.jwk), octets, message))
    return made


def told(process: CheckingProcess, asked: list[SignatureCheck]) -> list[str | None]:
    return [None if error is None else f"{error.slug}: {error}" for error in process(asked)()]


def expected(asked: list[SignatureCheck]) -> list[str | None]:
    return [None if error is None else f"{error.slug}: {error}" for error in check_here(asked)()]


def started(process: CheckingProcess) -> int:
    """Wait until the process is at work; give its process id."""
    deadline = time.monotonic() + SECONDS_MAX
    while not process.sidecar._ready:
        assert time.monotonic() < deadline, "the process never said hello"
        process(checks())()
        time.sleep(0.01)
    assert process.sidecar._process is not None
    return process.sidecar._process.pid


def test_verdicts_are_those_of_the_caller_before_and_after_the_process_has_started(
    process: CheckingProcess,
) -> None:
    asked = checks()
    assert set(expected(asked)) > {None}
    assert told(process, asked) == expected(asked)
    started(process)
    assert told(process, asked) == expected(asked)


def test_a_small_batch_starts_no_process(process: CheckingProcess) -> None:
    asked = checks(CHECKS_MIN - 1)
    assert told(process, asked) == expected(asked)
    assert process.sidecar._process is None


def test_a_killed_process_costs_no_verdict_and_another_takes_its_place(
    process: CheckingProcess,
) -> None:
    asked = checks()
    first = started(process)
    verdicts = process(asked)
    os.kill(first, signal.SIGKILL)
    assert [error is None for error in verdicts()] == [each is None for each in expected(asked)]
    assert told(process, asked) == expected(asked)
    assert started(process) != first
    assert told(process, asked) == expected(asked)


def test_a_stopped_process_is_given_up(
    process: CheckingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar, "ANSWER_SECONDS_MAX", 0.2)
    asked = checks()
    stopped = started(process)
    os.kill(stopped, signal.SIGSTOP)
    assert told(process, asked) == expected(asked)
    assert started(process) != stopped


def test_a_second_caller_does_not_wait_for_the_first(process: CheckingProcess) -> None:
    started(process)
    asked = checks()
    first = process(asked)
    assert told(process, asked) == expected(asked)
    assert [error is None for error in first()] == [each is None for each in expected(asked)]


def test_the_process_ends_with_its_caller(process: CheckingProcess) -> None:
    started(process)
    child = process.sidecar._process
    assert child is not None
    assert process.sidecar._line is not None
    process.sidecar._line.close()  # as the kernel does when the caller is killed
    assert child.wait(SECONDS_MAX) == 0
    process.sidecar._line = None
