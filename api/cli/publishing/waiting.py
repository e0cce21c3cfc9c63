# SPDX-License-Identifier: Apache-2.0
"""``muniment append --wait witnessed``: receipts that are handed out once they are witnessed.

The bounded wait of `log.md` 2.6. What is not witnessed in time is handed out as it is, since
the event is recorded; the command then ends with the code for what could not be reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from api.bootstrap import Office
from api.cli.speech import tell_error
from api.cli.witnessing.collecting import FOLDER
from audit.appending.sequencer import Receipt
from audit.link import Link
from audit.proof.inclusion import TlogProof
from audit.proof.policy.file import read_policy
from audit.publishing.waiting import Waiting, wait_witnessed
from domain.errors import MunimentError, UnreachableError, UsageError

WITNESSED: Final = "witnessed"
SECONDS_MAX: Final = 30.0
"""How long the receipts of a batch wait at most; an answer is due within a minute."""

Answer = Receipt | MunimentError


def waiting_for(office: Office, wait: str, policy: Path | None) -> WitnessedReceipts:
    """Give what waits for the receipts that the options ask for.

    Raises:
        UsageError: There is nothing of that name to wait for, or the policy is missing,
            malformed or asks for no witness.
    """
    if wait != WITNESSED or policy is None:
        raise UsageError(
            "Receipts wait for nothing but witnesses, which a policy names.",
            slug="wait_unknown",
            next_step="Give --wait witnessed and --policy FILE together.",
        )
    return WitnessedReceipts(office, policy, SECONDS_MAX)


class WitnessedReceipts:
    """Waits for witnesses, once for every batch that was appended.

    Attributes:
        late: Whether some receipts were handed out without their witnesses.
    """

    def __init__(self, office: Office, policy: Path, seconds: float) -> None:
        """Remember whom to ask, and how long to wait for each batch at most.

        Raises:
            UsageError: The policy is malformed or asks for no witness.
        """
        self._office = office
        self._policy = read_policy(policy)
        self._policy.demand_quorum()
        self._seconds = seconds
        self.late = False

    def upgrade(self, answers: Sequence[Answer]) -> list[Answer]:
        """Give the answers of a batch, its receipts proved to a witnessed checkpoint.

        Raises:
            UnsafeError: A witness tells of another history.
            ProofError: The policy does not know this ledger's log key.
        """
        receipts = [each for each in answers if isinstance(each, Receipt)]
        if not receipts:
            return list(answers)
        try:
            proofs = self._wait(receipts)
        except UnreachableError as error:
            tell_error(error)
            self.late = True
            return list(answers)
        return [
            replace(each, proof=proofs[each.index]) if isinstance(each, Receipt) else each
            for each in answers
        ]

    def _wait(self, receipts: Sequence[Receipt]) -> dict[int, TlogProof]:
        office = self._office
        _, note = office.notary.checkpoint()
        with closing(Link(office.database.conninfo("ledger_reader"))) as link:
            return wait_witnessed(
                Waiting(
                    link=link,
                    policy=self._policy,
                    origin=office.name.origin,
                    folder=office.settings.home / FOLDER,
                ),
                note,
                [each.index for each in receipts],
                seconds=self._seconds,
            )
