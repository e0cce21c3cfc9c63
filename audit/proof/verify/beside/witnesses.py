# SPDX-License-Identifier: Apache-2.0
"""Whether enough witnesses that the auditor believes have seen this history, and when.

Implements the check "note + quorum" of the log specification, section 2.9, for its section
2.6. A missing quorum is a gap: nothing is contradicted, and nothing says that other readers
were shown the same log. A bad cosignature of a known witness is a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from audit.proof.note import VerifierKey, signature_parts
from audit.proof.policy.rule import NONE, Accepted, Policy, shown
from audit.proof.timestamps.bracket import Fact, cosigned
from audit.proof.verify.book import Book
from audit.proof.verify.findings import Finding, counted
from domain.errors import ProofError

WITNESSES: Final = "witnesses"
QUORUM_MISSING: Final = "quorum_missing"

_NEXT: Final = "Ask for a checkpoint that the witnesses of your policy have cosigned."


def check_witnesses(
    book: Book,
    policy: Policy | None,
    notes: Mapping[int, bytes],
    *,
    covering: int,
    last: Mapping[int, bytes] = MappingProxyType({}),
) -> tuple[Fact, ...]:
    """Conclude what the witnesses say; give when they said so.

    Args:
        book: Where findings and the conclusion go.
        policy: Whom the auditor believes; without one nothing is concluded.
        notes: Checkpoints by size, opened and proved to be of one history.
        covering: Size from which a checkpoint covers every entry that is shown.
        last: The same checkpoints as they were cosigned again later, where they were.
    """
    if policy is None:
        return ()
    newest = max(notes, default=0)
    seen, later = (_seen(book, policy, each, newest=newest) for each in (notes, last))
    ignored = sum(
        _ignored((*book.trust.verifier_keys(size), *policy.keys), note)
        for size, note in (*notes.items(), *last.items())
    )
    if ignored:
        book.tally.add(_unknown(ignored))
    reached = [
        size
        for size, found in seen.items()
        if size >= covering and policy.satisfied_by(policy.names(found.witnesses))
    ]
    undone = None
    if policy.quorum == NONE:
        undone = "The policy asks for no witness, so nobody would notice a second history."
    elif not notes:
        undone = "There is no verified checkpoint that they could have cosigned."
    elif not reached:
        book.tally.add(_missing(policy, seen, covering))
    size = min(reached, default=0)
    book.conclude(WITNESSES, _done(policy, size, seen.get(size)), undone=undone)
    return _facts(policy, seen) + _facts(policy, later)


def _facts(policy: Policy, seen: Mapping[int, Accepted]) -> tuple[Fact, ...]:
    """Give what each cosignature says of the size of the log."""
    return tuple(
        cosigned(size, at=each.at, witness=name)
        for size, found in seen.items()
        for each in found.witnesses
        for name in map(shown, policy.names([each]))
    )


def _seen(
    book: Book, policy: Policy, notes: Mapping[int, bytes], *, newest: int
) -> dict[int, Accepted]:
    """Check the cosignatures of every checkpoint."""
    seen = {}
    for size, note in notes.items():
        try:
            seen[size] = policy.witnessed(note, book.trust.origin)
        except ProofError as error:
            # A checkpoint of an older key of the log is none that this policy speaks about.
            foreign = error.slug == "note_unsigned"
            book.tally.add(
                Finding(
                    check=WITNESSES,
                    code=error.slug,
                    sentence=f"Checkpoint of {counted(size)}, under the policy: {error.sentence}",
                    notice=foreign and size != newest,
                    next_step="Compare the keys in your policy with those of the log.",
                )
            )
    return seen


def _ignored(keys: Iterable[VerifierKey], note: bytes) -> int:
    """Count the signature lines of a checkpoint that are of no key the auditor knows."""
    known = {(key.name, key.key_id) for key in keys}
    return sum((name, key_id) not in known for name, key_id, _ in signature_parts(note))


def _unknown(ignored: int) -> Finding:
    return Finding(
        check=WITNESSES,
        code="lines_ignored",
        sentence=f"{counted(ignored, *_IGNORED)} of no key that you or your policy know.",
        notice=True,
        next_step="Name the keys of more witnesses in your policy, if you believe them.",
    )


_IGNORED: Final = (
    "signature line was ignored, which is",
    "signature lines were ignored, which are",
)


def _missing(policy: Policy, seen: Mapping[int, Accepted], covering: int) -> Finding:
    newest = max((size for size in seen if seen[size].witnesses), default=None)
    names = policy.names(seen[newest].witnesses) if newest is not None else ()
    told = (
        f"the newest with any, of size {newest}, has those of {shown(', '.join(names))}"
        if newest is not None
        else "none has a cosignature"
    )
    return Finding(
        check=WITNESSES,
        code=QUORUM_MISSING,
        sentence=f"No checkpoint over the {covering} first entries has the quorum "
        f"{shown(policy.quorum)} of the policy; {told}.",
        missing=True,
        next_step=_NEXT,
    )


def _done(policy: Policy, size: int, found: Accepted | None) -> str:
    names = policy.names(found.witnesses) if found else ()
    worth = (
        "two histories could not both have it unless a witness cosigned both"
        if policy.prevents_split_views()
        else "two histories could both have such a quorum, so compare checkpoints all the same"
    )
    said = shown(", ".join(names))
    return f"The checkpoint of {size} entries has its quorum, cosigned by {said}; {worth}."
