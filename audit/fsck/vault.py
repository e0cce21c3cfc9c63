# SPDX-License-Identifier: Apache-2.0
"""Whether the sealed disclosures still belong to the events that promised them.

Serves `muniment fsck` (log specification, section 2.10, "edit a vault row"): a row opens under
its holding's key, and what it holds hashes to a digest of its event. A row that is gone cannot
be told from one that was erased or from a decoy, and is not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audit.fsck.snapshot import SealedRow, Snapshot
from audit.proof.disclosures import digest_of
from audit.proof.encoding import decode
from audit.proof.envelope.payload import parse_payload
from audit.proof.envelope.token import read_token
from audit.proof.verify.findings import Finding
from audit.vault.vault import SealedDisclosure, Vault
from domain.errors import MunimentError, UnsafeError

VAULT: Final = "vault"

_RESTORE: Final = "Restore the row from a replica or a backup; the log still holds its digest."


def check_vault(snapshot: Snapshot, vault: Vault) -> Iterator[Finding]:
    """Check every sealed disclosure; give what is wrong with some."""
    for row in snapshot.sealed():
        problem = _problem(row, vault)
        if problem:
            yield Finding(
                check=VAULT,
                code="vault_tampered",
                sentence=problem,
                index=row.idx,
                evidence=f"event {row.eid.hex()}, digest {row.digest.hex()}",
                next_step=_RESTORE,
            )


def _problem(row: SealedRow, vault: Vault) -> str | None:
    if row.raw is None:
        return "A sealed disclosure belongs to no event of the log."
    if row.digest not in _promised(row.raw):
        return "A sealed disclosure is none that its event promised."
    sealed = SealedDisclosure(
        eid=row.eid, digest=row.digest, hld=row.hld, nonce=row.nonce, ciphertext=row.ciphertext
    )
    try:
        text = vault.open(sealed)
    except UnsafeError as error:
        return error.sentence
    if text is not None and decode(digest_of(text).encode()) != row.digest:
        return "A sealed disclosure does not hash to the digest that was signed."
    return None


def _promised(raw: bytes) -> frozenset[bytes]:
    """Give the digests that an event signed; none if it cannot be read."""
    try:
        return frozenset(
            decode(each.encode()) for each in parse_payload(read_token(raw).data)["_sd"]
        )
    except MunimentError:
        return frozenset()
