# SPDX-License-Identifier: Apache-2.0
"""The signed checkpoint that an auditor's answers lead to, opened under the log's keys.

Where the signer gives no new one, the newest that was kept serves, and the reason is told: an
auditor looks most where something is wrong.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from api.bootstrap import Office
from audit.link import Link
from audit.proof.checkpoint import Checkpoint
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from domain.errors import MunimentError, ProofError

_NEWEST: Final = "select note from ledger.checkpoint order by size desc limit 8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A checkpoint whose signature was verified.

    Attributes:
        checkpoint: What it states.
        note: The signed note, octet for octet.
        remark: Why it is not a new one, where it is not.
    """

    checkpoint: Checkpoint
    note: bytes
    remark: str = ""

    @property
    def root(self) -> str:
        """The root that it states, in base64 as notes write it."""
        return b64encode(self.checkpoint.root).decode()

    @property
    def text(self) -> str:
        """The signed note as text."""
        return self.note.decode("utf-8", "replace")


def anchor_of(office: Office, link: Link) -> Anchor:
    """Have a checkpoint signed over everything committed, or give the newest that was kept.

    Raises:
        MunimentError: There is none that a key of the log has signed.
    """
    keys = known_log_keys(office.settings.signer_folder)
    try:
        _, note = office.notary.checkpoint()
        return Anchor(checkpoint=open_own_checkpoint(note, keys), note=note)
    except MunimentError as error:
        for (kept,) in link.read(_NEWEST):
            with suppress(ProofError):
                found = open_own_checkpoint(bytes(kept), keys)
                return Anchor(checkpoint=found, note=bytes(kept), remark=error.sentence)
        raise
