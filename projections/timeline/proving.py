# SPDX-License-Identifier: Apache-2.0
"""The proof state of every entry of a history, verified anew for each answer.

Implements the five words of the design, section 3: an entry is ``signed``, then
``chained``, then ``checkpointed``, then ``witnessed`` where a quorum has cosigned a checkpoint of
this history that covers it, or it has ``failed`` with the first check that it fails. The bytes are
those that the log holds now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.verify.findings import Finding
from audit.proof.verify.registry import open_entry
from domain.catalogue import CATALOGUE
from domain.errors import ProofError
from domain.event import Event
from domain.identifiers import FIRST_PREV
from domain.registry.state import Registry
from projections.timeline.queries import History, Line

ProofState = Literal["failed", "signed", "chained", "checkpointed", "witnessed"]

STATES: Final[tuple[ProofState, ...]] = (
    "failed",
    "signed",
    "chained",
    "checkpointed",
    "witnessed",
)
"""From the weakest to the strongest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a history is verified against.

    Attributes:
        audience: Identifier of the ledger.
        registry: Authorities and keys, themselves verified.
        doubt: Why the registry cannot be relied on, if so.
        size: Size of the signed checkpoint; 0 where there is none.
        root: Root that it states.
        paths: Inclusion proofs by index, for the entries that it covers.
        witnessed: Size of the newest checkpoint of this history that has its quorum.
        conflict: Why what witnesses cosigned or clocks dated is of another history, if it is.
    """

    audience: str
    registry: Registry
    doubt: str | None
    size: int
    root: bytes
    paths: Mapping[int, tuple[bytes, ...]]
    witnessed: int = 0
    conflict: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """One entry and how far it is proved.

    Attributes:
        line: The entry as it was read.
        event: What its bytes say; none where they cannot be read.
        state: Its proof state.
        reason: The first check that it fails, in a sentence, where it has failed.
        path: Its inclusion proof, where it has one that verifies.
    """

    line: Line
    event: Event | None
    state: ProofState
    reason: str | None = None
    path: tuple[bytes, ...] | None = None


def prove(history: History, readable: Mapping[int, Event], grounds: Grounds) -> tuple[Proven, ...]:
    """Verify every entry of a history, in the order of its stream.

    Args:
        history: The entries with their bytes.
        readable: What the bytes say, by index, whether or not it is true.
        grounds: What they are verified against.
    """
    proven = []
    due, prev = 1, FIRST_PREV
    for line in history.lines:
        event = readable.get(line.index)
        path = grounds.paths.get(line.index)
        reason = (
            _own_failure(line, history, grounds)
            or _break(line, event, due=due, prev=prev)
            or _outside(line, path, grounds)
            or (grounds.doubt and f"Who may sign is in doubt: {grounds.doubt}")
            or (grounds.conflict and f"Check consistency: {grounds.conflict}")
        )
        proven.append(
            Proven(line=line, event=event, state="failed", reason=reason)
            if reason
            else Proven(line=line, event=event, state=_reached(line, path, grounds), path=path)
        )
        due, prev = line.seq + 1, event.eid if event else ""
    return tuple(proven)


def weakest(states: Iterable[ProofState]) -> ProofState | None:
    """Give the headline of a list: the weakest state in it; none for an empty list."""
    return min(states, key=STATES.index, default=None)


def _reached(line: Line, path: tuple[bytes, ...] | None, grounds: Grounds) -> ProofState:
    """Give the state of an entry that fails no check."""
    if path is None:
        return "chained"
    return "witnessed" if line.index < grounds.witnessed else "checkpointed"


def _own_failure(line: Line, history: History, grounds: Grounds) -> str | None:
    """Check bytes, signature and mandate of one entry by themselves."""
    if line.raw is None:
        return f"The log holds nothing at index {line.index} any more."
    opened = open_entry(
        line.raw,
        index=line.index,
        registry=grounds.registry,
        audience=grounds.audience,
        catalogue=CATALOGUE,
    )
    if isinstance(opened, Finding):
        return f"Check {opened.check} ({opened.code}): {opened.sentence}"
    if (opened.sub.uuid, opened.seq, opened.type.kind) != (history.stream, line.seq, line.kind):
        return "The row of the log and its signed bytes name different events."
    return None


def _break(line: Line, event: Event | None, *, due: int, prev: str) -> str | None:
    """Check that an entry follows the one before it."""
    if line.seq != due:
        return f"Check chain: number {due} of this firearm's entries is missing before it."
    if event is not None and event.prev != prev:
        return "Check chain: the entry before it is not the one that it was signed to follow."
    return None


def _outside(line: Line, path: tuple[bytes, ...] | None, grounds: Grounds) -> str | None:
    """Check that an entry stands in the tree that the log has signed, where it must."""
    if path is None or line.raw is None:
        return None
    try:
        verify_inclusion(
            leaf=leaf_hash(line.raw),
            index=line.index,
            size=grounds.size,
            path=path,
            root=grounds.root,
        )
    except ProofError:
        return "Check inclusion: its proof does not lead to the checkpoint that the log signed."
    return None
