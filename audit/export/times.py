# SPDX-License-Identifier: Apache-2.0
"""When entries of a running ledger were recorded, and how far its witnesses have seen it.

Serves the log specification, section 2.7, from the inside: what others said about the log is
judged by the code of the offline verifier, under the policy and the authorities that the ledger
itself names. Each checkpoint has to lead to the present one, or it is told as a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from audit.export.said import Said
from audit.proof.checkpoint import Checkpoint, verify_growth
from audit.proof.policy.rule import NONE, Policy, shown
from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.timestamps.bracket import Timeline
from audit.proof.verify.beside.clocks import check_clocks
from audit.proof.verify.beside.history import Heads, open_heads, open_last
from audit.proof.verify.beside.witnesses import QUORUM_MISSING, check_witnesses
from audit.proof.verify.book import CONSISTENCY, Book, Request
from audit.proof.verify.findings import Finding
from audit.proof.verify.trust import Trust
from domain.errors import ProofError

Growth = Callable[[int], Sequence[bytes]]
"""Gives the proof from a smaller tree, which is not empty, to the present one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """Whom a ledger believes.

    Attributes:
        trust: Its own trust file.
        policy: The policy under which its checkpoints were witnessed, if they were.
        authorities: The authorities that date its checkpoints, if it names any.
        now: The time, in Unix seconds.
    """

    trust: Trust
    policy: Policy | None
    authorities: tuple[TrustedAuthority, ...] | None
    now: int


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint of the present history that has its quorum.

    Attributes:
        size: Its size.
        quorum: The quorum's name in the policy.
        names: Names of the witnesses that cosigned it.
    """

    size: int
    quorum: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What is known about a log from others.

    Attributes:
        line: When entries were recorded.
        witnessed: The newest checkpoint that has its quorum; nothing where none has.
        conflict: What is wrong where a checkpoint is of another history.
        findings: Everything that does not hold, that included; that a quorum is missing is told by
            the lag.
    """

    line: Timeline = field(default_factory=lambda: Timeline(()))
    witnessed: Witnessed | None = None
    conflict: str | None = None
    findings: tuple[Finding, ...] = ()


NOTHING_KNOWN = Times()


def known_times(said: Said, believed: Believed, present: Checkpoint, *, growth: Growth) -> Times:
    """Judge what others said about a log.

    Args:
        said: What they said.
        believed: Whom the ledger believes.
        present: A checkpoint that the log signed, no smaller than any other.
        growth: Where proofs to it come from.

    Raises:
        UnreachableError: The database does not answer.
    """
    book, files = Book("ledger", believed.trust, assumed=False), dict(said.files())
    heads = _of_this_history(book, open_heads(book, files), present=present, growth=growth)
    notes = {size: said.notes[size] for size in heads}
    last = open_last(book, files, heads)
    facts = check_witnesses(book, believed.policy, notes, covering=0, last=last)
    request = Request(path=Path(), authorities=believed.authorities, now=believed.now)
    known = check_clocks(book, request, files=files, notes=notes, facts=facts)
    conflict = book.tally.first(CONSISTENCY)
    return Times(
        line=Timeline(known),
        witnessed=_newest_witnessed(believed, notes),
        conflict=conflict.sentence if conflict else None,
        findings=tuple(each for each in book.tally.kept if each.code != QUORUM_MISSING),
    )


def _of_this_history(
    book: Book, heads: Heads, *, present: Checkpoint, growth: Growth
) -> dict[int, Checkpoint]:
    """Give the checkpoints that lead to the present one; what does not is a finding."""
    proved = {}
    for size, head in heads.items():
        try:
            if size:
                verify_growth(head, present, growth(size) if size < present.size else ())
            proved[size] = head
        except ProofError as error:
            sentence = f"A checkpoint of {size} entries is not of this history: {error.sentence}"
            next_step = "Stop writing and run `muniment fsck`; keep the checkpoint as evidence."
            book.tally.add(
                Finding(
                    check=CONSISTENCY,
                    code="not_a_prefix",
                    sentence=sentence,
                    next_step=next_step,
                )
            )
    return proved


def _newest_witnessed(believed: Believed, notes: Mapping[int, bytes]) -> Witnessed | None:
    policy = believed.policy
    if policy is None or policy.quorum == NONE:
        return None
    for size in sorted(notes, reverse=True):
        with suppress(ProofError):
            found = policy.accept(notes[size], believed.trust.origin)
            names = tuple(map(shown, policy.names(found.witnesses)))
            return Witnessed(size, shown(policy.quorum), names)
    return None
