# SPDX-License-Identifier: Apache-2.0
"""The approvals by passkey that go with an export, for whoever audits who stood for what.

Of an event the approval of the officer who signed it counts, as when it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audit.link import Link
from audit.proof.approvals.assertion import Approval
from audit.proof.approvals.record import encode_approval
from audit.proof.envelope.token import read_token
from domain.registry.state import Registry

_KEPT: Final = """
select eid, officer, public_key, authenticator_data, client_data, signature from people.approval
"""
_ENTRIES: Final = "select idx, eid, raw from ledger.event where eid = any(%b) and idx < %b"


def approvals_beside(
    people: Link, log: Link, *, registry: Registry, size: int
) -> Iterator[tuple[str, bytes]]:
    """Give the evidence that events of a log were approved, by the names of their files.

    Args:
        people: A connection that may read the approvals.
        log: A connection that may read the log.
        registry: Says who holds which key.
        size: Entries that are exported.

    Raises:
        UnreachableError: The database does not answer.
    """
    kept = {
        (bytes(eid), officer): Approval(
            public_key=key, authenticator_data=authenticator, client_data=client, signature=signed
        )
        for eid, officer, key, authenticator, client, signed in people.read(_KEPT)
    }
    for index, eid, raw in log.read(_ENTRIES, ([eid for eid, _ in kept], size)):
        signer = registry.keys.get(read_token(bytes(raw)).header.kid)
        approval = kept.get((bytes(eid), signer.officer)) if signer else None
        if signer and approval:
            yield f"approvals/{index}.json", encode_approval(signer.officer, approval)
