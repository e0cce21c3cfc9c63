# SPDX-License-Identifier: Apache-2.0
"""Each witness of a ledger, with the newest checkpoint that it has cosigned.

Read from the two notes that the collector keeps; every cosignature is checked again here.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.beside import WITNESS_FOLDER, collected_policy, witness_lag
from api.bootstrap import Office
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.policy.rule import Policy, shown
from audit.proof.verify.beside.folder import read_regular
from audit.witness.collecting import PENDING_FILE, WITNESSED_FILE, Lag
from domain.errors import ProofError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigner:
    """One witness.

    Attributes:
        name: Its name in the policy.
        key: Its verifier key.
        size: Size of the newest checkpoint that it cosigned; nothing where none is kept.
        at: When it did, by its own clock, in Unix seconds.
    """

    name: str
    key: str
    size: int | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """All witnesses of a ledger.

    Attributes:
        quorum: Name of the quorum in the policy.
        cosigners: Each of them, in the order of the policy.
        witnessed: Size of the newest checkpoint that has the quorum; nothing where none has.
        lag: How far that is behind the log.
        split: Whether two quorums could cosign two histories without one witness cosigning both.
    """

    quorum: str
    cosigners: tuple[Cosigner, ...]
    witnessed: int | None
    lag: Lag
    split: bool

    @property
    def agreed(self) -> int:
        """How many have cosigned the newest checkpoint that has the quorum, or a later one."""
        least = self.witnessed
        sizes = [each.size for each in self.cosigners if each.size is not None]
        return 0 if least is None else sum(size >= least for size in sizes)


def witnesses_of(office: Office, *, size: int, now: int) -> Witnesses | None:
    """Give the witnesses of a ledger; nothing where none was ever asked.

    Raises:
        UsageError: The policy is malformed.
        UnreachableError: A file cannot be read.
    """
    policy = collected_policy(office.settings)
    if policy is None:
        return None
    lag, witnessed = witness_lag(office, policy, size=size, now=now)
    return Witnesses(
        quorum=shown(policy.quorum),
        cosigners=_cosigners(office, policy),
        witnessed=witnessed,
        lag=lag,
        split=not policy.prevents_split_views(),
    )


def _cosigners(office: Office, policy: Policy) -> tuple[Cosigner, ...]:
    newest: dict[str, tuple[int, int]] = {}
    for name in (WITNESSED_FILE, PENDING_FILE):
        note = read_regular(office.settings.home / WITNESS_FOLDER / name, NOTE_OCTETS_MAX)
        if note is None:
            continue
        try:
            found = policy.witnessed(note, office.name.origin)
        except ProofError:
            continue
        for each in found.witnesses:
            key = str(each.key)
            newest[key] = max(newest.get(key, (0, 0)), (found.checkpoint.size, each.at))
    return tuple(
        Cosigner(
            name=shown(each.name),
            key=str(each.key),
            size=newest.get(str(each.key), (None, None))[0],
            at=newest.get(str(each.key), (None, None))[1],
        )
        for each in policy.witnesses
    )
