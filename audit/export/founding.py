# SPDX-License-Identifier: Apache-2.0
"""The trust file of a ledger, made from its own founding event.

Implements the trust bundle of the log specification, section 2.8, except that it is not
time-stamped. It is handed out beside the log; whoever receives it compares it by another way,
or believes the root keys that signed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from audit.link import Link
from audit.proof.envelope.opening import read_stored
from audit.proof.verify.trust import LogKey, Trust, read_trust
from domain.catalogue import CATALOGUE
from domain.errors import UnsafeError, UsageError
from domain.registry.events import LedgerFounded

KEPT_FILE: Final = "trust.json"
"""In the data directory: the trust file with the signatures that root keys gave it."""

_FIRST: Final = "select raw from ledger.event where idx = 0"


def trust_of(
    link: Link, *, audience: str, origin: str, vkey: str = "", log_keys: Sequence[LogKey] = ()
) -> Trust:
    """Give what a stranger has to trust to verify this ledger.

    Args:
        link: A connection that may read the log.
        audience: Identifier of the ledger.
        origin: Name of its log.
        vkey: Verifier key of its signer, where it has only one.
        log_keys: Every key of its signer, as `known_log_keys` gives them.

    Raises:
        UsageError: The ledger is not founded yet.
        UnsafeError: Its first event does not found it.
        UnreachableError: The database does not answer.
    """
    rows = link.read(_FIRST)
    if not rows:
        raise UsageError(
            "The ledger has no events yet.",
            slug="not_founded",
            next_step="Found it first with `muniment init`.",
        )
    event = read_stored(rows[0][0], CATALOGUE)
    if not isinstance(event.dat, LedgerFounded):
        raise UnsafeError("The first event does not found the ledger.", slug="not_founded")
    return Trust(
        audience=audience,
        origin=origin,
        log_keys=tuple(log_keys) or (LogKey(vkey=vkey, from_size=0),),
        genesis=event.eid,
        threshold=event.dat.threshold,
        root_keys=tuple(root.kid for root in event.dat.roots),
    )


def with_signatures(trust: Trust, kept: Path) -> Trust:
    """Give a trust file with the signatures that were kept for exactly what it says.

    Raises:
        UsageError: What was kept is damaged.
    """
    if not kept.exists():
        return trust
    found = read_trust(kept)
    return found if found.says_the_same(trust) else trust
