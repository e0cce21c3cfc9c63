# SPDX-License-Identifier: Apache-2.0
"""The rule by which a checkpoint is accepted: a known log's signature and a quorum of witnesses.

Implements the meaning of C2SP tlog-policy for `log.md` 2.6: witnesses, groups of k of n, one
quorum. It also tells what a quorum is worth: whether two histories could both be cosigned
without one witness cosigning twice. How the file is written is the matter of `file`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from audit.proof.checkpoint import Checkpoint, parse_checkpoint
from audit.proof.cosignature import Cosignature, cosignatures
from audit.proof.note import VerifierKey, open_note
from domain.errors import ProofError, UsageError

NONE: Final = "none"
"""The quorum that asks for no witness."""


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log that is trusted to sign; the name of its key is its origin."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWitness:
    """A witness under the name that the policy gives it.

    Attributes:
        name: Its name inside the policy, which no note shows.
        key: Its key, of type cosignature.
        url: Submission prefix of its tlog-witness service, for whoever asks it.
    """

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """At least ``threshold`` of the members, each a witness or an earlier group."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A checkpoint that a policy accepts.

    Attributes:
        checkpoint: What it states.
        witnesses: Checked cosignatures of known witnesses, which satisfy the quorum.
    """

    checkpoint: Checkpoint
    witnesses: tuple[Cosignature, ...]

    @property
    def at(self) -> int | None:
        """When the last of its cosignatures was made, in seconds; None without any."""
        return max((each.at for each in self.witnesses), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Known logs, known witnesses, and how many of these are enough.

    Attributes:
        logs: Keys of the logs; several of one name are keys of one log, one after another.
        witnesses: All witnesses, in the order of the file.
        groups: Groups, each after its members.
        quorum: Name of a witness or group, or ``none``.
    """

    logs: tuple[KnownLog, ...]
    witnesses: tuple[KnownWitness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Every key whose signature on a note is looked at."""
        return (*(log.key for log in self.logs), *(each.key for each in self.witnesses))

    def satisfied_by(self, names: Collection[str]) -> bool:
        """Tell whether the witnesses of these names are a quorum together."""
        if self.quorum == NONE:
            return True
        having = set(names)
        for group in self.groups:
            if len(having.intersection(group.members)) >= group.threshold:
                having.add(group.name)
        return self.quorum in having

    def prevents_split_views(self) -> bool:
        """Tell whether any two quorums share a witness.

        Where they do, two histories of one log cannot both be accepted unless a witness
        cosigns both; where they do not, a split view can only be detected (log.md 2.6).
        """
        if self.quorum == NONE:
            return False
        disjoint: Mapping[str, bool] = dict.fromkeys((each.name for each in self.witnesses), False)
        for group in self.groups:
            # Two quorums of k among n have at least 2k - n members in common, and each
            # of these may stay apart inside only where it is a group that itself splits.
            shared = 2 * group.threshold - len(group.members)
            apart = sum(disjoint[member] for member in group.members)
            disjoint = {**disjoint, group.name: shared <= apart}
        return not disjoint[self.quorum]

    def demand_quorum(self) -> None:
        """Refuse a policy that asks for no witness; production does not run on one.

        Raises:
            UsageError: The quorum is ``none``.
        """
        if self.quorum == NONE:
            raise UsageError(
                "The policy asks for no witness, so nobody would notice a second history.",
                slug="quorum_none",
                next_step="Name witnesses and a quorum in the policy file.",
            )

    def witnessed(self, note: bytes, origin: str) -> Accepted:
        """Check the signatures of a checkpoint, whether or not the quorum is reached.

        Raises:
            ProofError: The note is malformed, it is not a checkpoint of that log, no known
                key of the log has signed it, or the signature of a known key is bad.
        """
        trusted = {log.key for log in self.logs if log.key.name == origin}
        try:
            verified = open_note(note, self.keys)
        except ProofError as error:
            if error.slug != "note_unsigned":
                raise
            raise _unsigned(origin) from error
        found = parse_checkpoint(verified.text)
        if found.origin != origin:
            raise ProofError(f"The checkpoint is not one of {origin}.", slug="checkpoint_origin")
        if trusted.isdisjoint(verified.signers):
            raise _unsigned(origin)
        # The log's own ML-DSA-44 line has the form of a cosignature, but is no witness's.
        known = {each.key for each in self.witnesses}
        witnesses = tuple(each for each in cosignatures(verified) if each.key in known)
        return Accepted(checkpoint=found, witnesses=witnesses)

    def accept(self, note: bytes, origin: str) -> Accepted:
        """Check that a checkpoint is one of a log and has its quorum.

        Raises:
            ProofError: As in ``witnessed``; ``quorum_missing``, it has too few cosignatures.
        """
        found = self.witnessed(note, origin)
        names = self.names(found.witnesses)
        if not self.satisfied_by(names):
            raise ProofError(
                f"The checkpoint of size {found.checkpoint.size} lacks its quorum"
                f" {shown(self.quorum)}: cosigned by {shown(', '.join(names)) or 'nobody'}.",
                slug="quorum_missing",
                next_step="Ask for a checkpoint that the witnesses of your policy have cosigned.",
            )
        return found

    def names(self, found: Collection[Cosignature]) -> tuple[str, ...]:
        """Give the names by which the policy knows some cosigners, in the order of the file."""
        keys = {each.key for each in found}
        return tuple(each.name for each in self.witnesses if each.key in keys)


def _unsigned(origin: str) -> ProofError:
    return ProofError(
        f"No key of {origin} that the policy names has signed the checkpoint.",
        slug="note_unsigned",
        next_step="Compare the log lines of the policy with the keys of the log, which `muniment "
        "log-key show` lists; after a change of key, add a line for the new one.",
    )


def shown(name: str) -> str:
    """Give a name of a policy, which may hold any octets, so that it can be printed."""
    return name.encode(errors="surrogateescape").decode(errors="replace")
