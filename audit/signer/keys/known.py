# SPDX-License-Identifier: Apache-2.0
"""The log's keys as others know them: what a trust file says of them, from the signer's folder.

Serves `log.md` 2.8. Only public halves are read; the signer itself does not need this.
"""

from __future__ import annotations

from pathlib import Path

from audit.proof.checkpoint import Checkpoint
from audit.proof.verify.trust import LogKey, open_log_checkpoint
from audit.signer.keys.ring import RingKey, read_ring


def known_log_keys(folder: Path) -> tuple[LogKey, ...]:
    """Give every key that the log has had, with the sizes that it signs.

    Raises:
        UnreachableError: There is no signer in the folder.
        UnsafeError: Its list of keys is damaged.
    """
    return tuple(_known(key) for key in read_ring(folder))


def open_own_checkpoint(note: bytes, keys: tuple[LogKey, ...]) -> Checkpoint:
    """Check a checkpoint note of the log whose keys these are, at least one of them.

    Raises:
        ProofError: It does not hold.
    """
    return open_log_checkpoint(note, keys, keys[0].vkey.partition("+")[0])


def _known(key: RingKey) -> LogKey:
    if key.to_size is None:
        return LogKey(vkey=key.vkey, from_size=key.from_size)
    return LogKey(vkey=key.vkey, from_size=key.from_size, to_size=key.to_size)
