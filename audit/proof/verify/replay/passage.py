# SPDX-License-Identifier: Apache-2.0
"""A replay on its way through a log, which another run can go on with after a kill.

Serves ``muniment-verify --state --rules``. A mark says how far the replay came, what it found and
the right edge of the tree up to there. A later run hashes the entries up to the mark as they are
now, and goes on only if they give that edge; the rules judge by nothing but the entries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.verify.replay.judge import Replay
from audit.proof.verify.replay.memory import Memory
from audit.proof.verify.report import Tally

MARK_EVERY_ENTRIES: Final = 4_096
"""So that a mark costs little beside the judging, and a kill loses a second or two."""


class Passage:
    """Judges one entry after another, and marks how far it came where the memory is kept.

    Attributes:
        replay: What judges.
        found: What it found so far.
        done: Entries behind it.
    """

    def __init__(self, memory: Memory, replay: Replay, edge: CompactRange) -> None:
        """Start where the edge of the tree is."""
        self.replay = replay
        self.found = Tally()
        self.done = edge.size
        self._memory = memory
        self._edge = edge
        self._leaves: list[bytes] = []

    def judge(self, jws: bytes) -> None:
        """Judge the next entry."""
        finding = self.replay.judge(self.done, jws)
        if finding:
            self.found.add(finding)
        self.done += 1
        if self._memory.kept:
            self._leaves.append(leaf_hash(jws))
            if len(self._leaves) == MARK_EVERY_ENTRIES:
                self._mark()

    def _mark(self) -> None:
        self._edge, self._leaves = self._edge.extend(self._leaves), []
        mark = {
            "size": self._edge.size,
            "edge": self._edge.to_bytes().hex(),
            "judged": self.replay.judged,
            "left_out": self.replay.left_out,
            "found": self.found.dump(),
        }
        self._memory.set_mark(json.dumps(mark))


def begin(
    entries: Callable[[], Iterator[bytes]], memory: Memory
) -> tuple[Passage, Iterator[bytes]]:
    """Begin a replay, or go on with one; give it with the entries that are still to be judged."""
    rest, replay, text = entries(), Replay(memory), memory.mark()
    if text is None:
        return Passage(memory, replay, CompactRange()), rest
    mark = json.loads(text)
    edge = _edge(islice(rest, mark["size"]))
    if edge.to_bytes().hex() != mark["edge"]:
        memory.forget()
        return Passage(memory, replay, CompactRange()), entries()
    replay.go_on(judged=mark["judged"], left_out=mark["left_out"])
    passage = Passage(memory, replay, edge)
    passage.found.load(mark["found"])
    return passage, rest


def _edge(entries: Iterator[bytes]) -> CompactRange:
    edge = CompactRange()
    while leaves := [leaf_hash(jws) for jws in islice(entries, MARK_EVERY_ENTRIES)]:
        edge = edge.extend(leaves)
    return edge
