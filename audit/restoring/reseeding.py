# SPDX-License-Identifier: Apache-2.0
"""A signer's state that was lost, made anew from what a quorum of witnesses has cosigned.

Implements "signer state lost: re-seed only from the newest cosigned checkpoint fetched from a
quorum of witnesses" of the log specification, section 2.4. A witness with an address is asked
itself, now: what lies elsewhere with its cosignature may be older than what it knows. Whatever
else is known to be signed raises the state further, and nothing lowers it. The state is the
tree of entries that give every one of these roots; a checkpoint alone has no frontier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import parse_verifier_key
from audit.proof.policy.rule import Policy, shown
from audit.proof.verify.trust import LogKey
from audit.signer.keys.known import open_own_checkpoint
from audit.witness.evidence import origin_hash
from audit.witness.exchange import exchange
from audit.witness.message import OK
from domain.errors import MunimentError, ProofError, UnreachableError, UnsafeError

NEVER: Final = "Nothing was written: with a state that knows too little, a fork could be signed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of asking every witness that has an address.

    Attributes:
        notes: The newest checkpoint that each has cosigned, verified, by its name.
        failures: What was wrong with each of the others.
    """

    notes: Mapping[str, bytes]
    failures: Mapping[str, MunimentError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What is known to be signed, with a quorum of witnesses behind it.

    Attributes:
        roots: Root by size; the state has to give all of them.
        names: The witnesses that stand behind it.
    """

    roots: Mapping[int, bytes]
    names: tuple[str, ...]


def ask_witnesses(policy: Policy, keys: tuple[LogKey, ...]) -> Heard:
    """Ask each witness of a policy for the newest checkpoint of a log that it has cosigned."""
    notes: dict[str, bytes] = {}
    failures: dict[str, MunimentError] = {}
    for each in policy.witnesses:
        if each.url is not None:
            try:
                notes[each.name] = _asked(each.name, each.url, policy=policy, keys=keys)
            except MunimentError as error:
                failures[each.name] = error
    return Heard(notes=notes, failures=failures)


def signed_by_quorum(
    policy: Policy, keys: tuple[LogKey, ...], heard: Heard, *, others: Iterable[bytes]
) -> Signed:
    """Give what is known to be signed, if a quorum stands behind it.

    Args:
        policy: The witnesses, and how many of them are enough.
        keys: The keys of the log.
        heard: What they answered.
        others: Checkpoints of the log from elsewhere; of the witnesses, only one without an
            address is believed through them.

    Raises:
        UsageError: ``quorum_none``, the policy asks for no witness.
        UnsafeError: ``checkpoint_fork``, two roots of one size were signed;
            ``reseed_quorum``, too few witnesses stand behind what is known.
        ProofError: One of the others is no checkpoint of the log.
    """
    policy.demand_quorum()
    asked = {each.name for each in policy.witnesses if each.url is not None}
    names = set(heard.notes)
    roots: dict[int, bytes] = {}
    for note in heard.notes.values():
        _take(roots, open_own_checkpoint(note, keys))
    for note in others:
        _take(roots, open_own_checkpoint(note, keys))
        with suppress(ProofError):  # one that an ended key signed has no place in the policy
            names.update(set(_cosigners(policy, note, keys)) - asked)
    if not policy.satisfied_by(names) or not max(roots, default=0):
        raise UnsafeError(
            f"The quorum {shown(policy.quorum)} does not stand behind any checkpoint: "
            f"{shown(', '.join(sorted(names))) or 'no witness'} has answered for one.",
            slug="reseed_quorum",
            next_step=f"{NEVER} Reach more witnesses and run it again.",
        )
    return Signed(roots=roots, names=tuple(sorted(names)))


def tree_of(pieces: Iterable[Sequence[bytes]], signed: Signed) -> CompactRange:
    """Grow the tree of the largest size that was signed, through every other signed root.

    Args:
        pieces: The entries of the log from the first one on.
        signed: The roots that they have to give.

    Raises:
        UnsafeError: ``reseed_differs``, they give another one; ``reseed_short``, there are
            too few of them.
    """
    tree = CompactRange()
    wanted = sorted(size for size in signed.roots if size)
    for piece in pieces:
        leaves = [leaf_hash(each) for each in piece]
        while wanted and wanted[0] <= tree.size + len(leaves):
            cut = wanted[0] - tree.size
            tree, leaves = tree.extend(leaves[:cut]), leaves[cut:]
            _compare(tree, signed.roots[wanted.pop(0)])
        if not wanted:
            return tree
        tree = tree.extend(leaves)
    raise UnsafeError(
        f"There are {tree.size} entries, but {wanted[-1]} are known to be signed.",
        slug="reseed_short",
        next_step=f"{NEVER} Name a copy that has them with --from DIR; after that, bring them "
        "back into the database with `muniment restore --from DIR`.",
    )


def _asked(name: str, url: str, *, policy: Policy, keys: tuple[LogKey, ...]) -> bytes:
    """Give the newest checkpoint that a witness holds, with its own cosignature under it."""
    origin = parse_verifier_key(keys[0].vkey).name
    reply = exchange(url, f"/{origin_hash(origin)}/checkpoint")
    if reply.status != OK:
        raise UnreachableError(
            f"It has no checkpoint of this log (status {reply.status}).",
            slug="witness_unreachable",
            next_step="Ask its operator whether it watches this log.",
        )
    if name not in _cosigners(policy, reply.body, keys):
        raise ProofError("What it answered lacks its own cosignature.", slug="cosignature_missing")
    return reply.body


def _cosigners(policy: Policy, note: bytes, keys: tuple[LogKey, ...]) -> tuple[str, ...]:
    origin = open_own_checkpoint(note, keys).origin
    return policy.names(policy.witnessed(note, origin).witnesses)


def _take(roots: dict[int, bytes], found: Checkpoint) -> None:
    if roots.setdefault(found.size, found.root) != found.root:
        raise UnsafeError(
            f"The log has signed two checkpoints of size {found.size}.",
            slug="checkpoint_fork",
            next_step=f"{NEVER} Keep both, and compare them with `muniment-verify --fraud`.",
        )


def _compare(tree: CompactRange, root: bytes) -> None:
    if tree.root() != root:
        raise UnsafeError(
            f"The entries give another root at {tree.size} entries than was signed.",
            slug="reseed_differs",
            next_step=f"{NEVER} See with `muniment fsck` which entries differ, or take them from a "
            "copy with --from DIR.",
        )
