# SPDX-License-Identifier: Apache-2.0
"""Which entries came back without the personal data that may have come with them.

No copy of the log holds any (envelope specification, section 6). That an event disclosed
nothing cannot be seen in it, since decoys stand beside its digests; but the keys of the vault
lie outside the database, and where a holding has none, nothing of it was ever sealed or all
of it was erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit.arrays import bytea_array
from audit.link import Link
from audit.proof.encoding import decode
from audit.vault.keystore import KeyStore
from audit.vault.vault import holding_of
from domain.event import Event

_SEALED: Final = "select distinct eid from vault.disclosure where eid = any(%b::bytea[])"


def unsealed(link: Link, keys: KeyStore | None, events: Sequence[Event]) -> list[Event]:
    """Give the events whose personal data may be missing from the vault.

    Args:
        link: A connection that may read the vault's table.
        keys: The vault's keys; without them every event that could disclose something counts.
        events: Events of the log.

    Raises:
        UnreachableError: The database or the key store cannot be read.
    """
    able = [each for each in events if each.type.claims]
    if keys is not None:
        there = keys.find({holding_of(each) for each in able})
        able = [each for each in able if holding_of(each) in there]
    if not able:
        return []
    eids = {each.eid: decode(each.eid.encode()) for each in able}
    sealed = {eid for (eid,) in link.read(_SEALED, (bytea_array(list(eids.values())),))}
    return [each for each in able if eids[each.eid] not in sealed]
