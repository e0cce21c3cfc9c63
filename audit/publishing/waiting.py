# SPDX-License-Identifier: Apache-2.0
"""Waiting, for a bounded time, until what was appended is witnessed; the receipt that then is.

Implements ``Prefer: witnessed`` of `log.md` 2.6 and the level ``witnessed`` of its receipts
(2.5): the same index, proved to a later checkpoint that has its quorum. The event is recorded
before anybody waits, and stays so when the time is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from audit.link import Link
from audit.proof.growth import TileNodes
from audit.proof.inclusion import TlogProof
from audit.proof.policy.rule import Policy
from audit.tree import tree_at
from audit.witness.client import WitnessClient
from audit.witness.collecting import Collector
from audit.witness.memory import WitnessMemory
from domain.errors import MunimentError, UnreachableError, UnsafeError

PAUSE_SECONDS: Final = 0.2
ASK_AGAIN_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Who is asked, and where what they cosigned is kept.

    Attributes:
        link: A connection that may read the log, used by nobody else meanwhile.
        policy: Witnesses and quorum.
        origin: Name of the log.
        folder: Where `muniment witness collect` keeps its checkpoints.
        monotonic: A clock in seconds that never goes back.
        pause: Waits some seconds.
    """

    link: Link
    policy: Policy
    origin: str
    folder: Path
    monotonic: Callable[[], float] = field(default=time.monotonic)
    pause: Callable[[float], None] = field(default=time.sleep)


def wait_witnessed(
    waiting: Waiting, note: bytes, indexes: Sequence[int], *, seconds: float
) -> dict[int, TlogProof]:
    """Give receipts to a checkpoint that has its quorum and covers some events.

    Args:
        waiting: Whom to ask.
        note: A signed checkpoint that covers the events.
        indexes: Their positions in the log, at least one.
        seconds: How long to wait at most.

    Raises:
        UnreachableError: ``witnessed_timeout``, there is no quorum in time; the events are
            recorded all the same.
        UsageError: ``quorum_none``, the policy asks for no witness.
        UnsafeError: A witness tells of another history.
        ProofError: The policy does not know this log's key.
    """
    size = waiting.policy.witnessed(note, waiting.origin).checkpoint.size
    reading = Lock()
    collector = _collector(waiting, tree_at(waiting.link, size), reading)
    needed = max(indexes) + 1
    deadline = waiting.monotonic() + seconds
    asking = _Asking(collector, note)
    while True:
        found = collector.newest()
        if found and found[1].checkpoint.size >= needed:
            with reading:
                tree = tree_at(waiting.link, found[1].checkpoint.size)
                return _receipts(tree, found[0], indexes)
        if waiting.monotonic() >= deadline:
            raise _timeout(needed - 1, seconds)
        asking.refuse_trouble()
        asking.go_on()
        waiting.pause(min(PAUSE_SECONDS, max(0.0, deadline - waiting.monotonic())))


class _Asking:
    """Asks all witnesses in the background, and once more when all have answered."""

    def __init__(self, collector: Collector, note: bytes) -> None:
        self._collector = collector
        self._note = note
        self._thread: Thread | None = None
        self._trouble: MunimentError | None = None

    def go_on(self) -> None:
        """See to it that they are being asked."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._ask, daemon=True)
            self._thread.start()

    def refuse_trouble(self) -> None:
        """Raise what is no mere absence of a witness."""
        if self._trouble is not None:
            raise self._trouble

    def _ask(self) -> None:
        try:
            for _, error in self._collector.collect(self._note).failures:
                if isinstance(error, UnsafeError):
                    self._trouble = error
        except MunimentError as error:
            self._trouble = error
        time.sleep(ASK_AGAIN_SECONDS)  # witnesses that have answered are not to be pressed


def _collector(waiting: Waiting, tree: TileNodes, reading: Lock) -> Collector:
    def proof(old: int, _new: int) -> Sequence[bytes]:
        with reading:
            return tree.consistency(old)

    clients = [
        WitnessClient(witness=each, memory=WitnessMemory(waiting.folder, each.key), proof=proof)
        for each in waiting.policy.witnesses
        if each.url is not None
    ]
    return Collector(
        waiting.policy, waiting.origin, waiting.folder, clients=clients, production=True
    )


def _receipts(tree: TileNodes, note: bytes, indexes: Sequence[int]) -> dict[int, TlogProof]:
    return {
        index: TlogProof(index=index, path=path, checkpoint_note=note)
        for index, path in zip(indexes, tree.inclusion_paths(indexes), strict=True)
    }


def _timeout(index: int, seconds: float) -> UnreachableError:
    return UnreachableError(
        f"Event {index} is recorded, but after {seconds:g} s no quorum of witnesses covers it.",
        slug="witnessed_timeout",
        next_step="Keep the receipt; run `muniment witness collect`, then append the same again.",
    )
