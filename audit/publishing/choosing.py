# SPDX-License-Identifier: Apache-2.0
"""Which checkpoint is published: the newest signed, or the newest with its quorum.

Implements "checkpoint published = newest satisfying the quorum; checkpoint.pending for
operators" of `log.md` 2.6, over what `muniment witness collect` keeps. Nobody is asked for
cosignatures here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.policy.rule import Accepted, Policy
from audit.witness.collecting import PENDING_FILE, Collector, Lag
from domain.errors import ProofError


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is to be published at one moment.

    Attributes:
        newest: The newest signed checkpoint, with what cosignatures are known of it.
        checkpoint: The one to publish; None while none has its quorum.
        lag: How far witnessing is behind; None where no policy asks for it.
    """

    newest: bytes
    checkpoint: bytes | None
    lag: Lag | None = None

    @property
    def pending(self) -> bytes | None:
        """What lies beside the published checkpoint, for operators; only under a policy."""
        return None if self.lag is None else self.newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """Chooses among what the signer signs and what the witnesses have cosigned.

    Attributes:
        policy: Witnesses and quorum.
        origin: Name of the log.
        folder: Where `muniment witness collect` keeps its checkpoints.
    """

    policy: Policy
    origin: str
    folder: Path

    def choose(self, note: bytes, now: float) -> Choice:
        """Choose, given the newest signed checkpoint and the seconds since 1970 UTC.

        Raises:
            UsageError: ``quorum_none``, the policy asks for no witness.
            ProofError: The policy does not know the key that signed the checkpoint.
        """
        kept = Collector(self.policy, self.origin, self.folder, clients=(), production=True)
        signed = self.policy.witnessed(note, self.origin)
        witnessed = kept.newest()
        return Choice(
            newest=self._best(note, signed),
            checkpoint=witnessed[0] if witnessed else None,
            lag=kept.lag(signed.checkpoint.size, now),
        )

    def _best(self, note: bytes, signed: Accepted) -> bytes:
        """Give the checkpoint with the cosignatures that it has, if it is the one kept."""
        with suppress(OSError, ProofError), (self.folder / PENDING_FILE).open("rb") as file:
            octets = file.read(NOTE_OCTETS_MAX + 1)
            kept = self.policy.witnessed(octets, self.origin)
            if kept.checkpoint.size >= signed.checkpoint.size:
                return octets
        return note
