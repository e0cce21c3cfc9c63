# SPDX-License-Identifier: Apache-2.0
"""Putting personal data into a bundle, of the holdings that its keeper names and no others.

Serves ``disclosures/`` of the log specification, section 2.9, as presentations of the envelope
specification, section 4.5. Who may see what is for the keeper to decide; rules for it follow in a
later step. Values are opened here and never told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from audit.link import Link, Row
from audit.proof.encoding import decode
from audit.proof.envelope.token import event_id
from audit.proof.verify.evidence import Evidence
from audit.vault.vault import SealedDisclosure, Vault
from domain.errors import UsageError

_SEALED: Final = """
select eid, digest, hld, nonce, ciphertext from vault.disclosure
where hld = any(%b) and eid = any(%b) order by eid, digest
"""


def with_disclosures(
    evidence: Evidence, link: Link, vault: Vault, *, holdings: Collection[UUID]
) -> Evidence:
    """Give evidence with all that is kept about some holdings in the entries that it shows.

    Args:
        evidence: What a bundle shows.
        link: A connection that may read the vault.
        vault: Opens what lies there.
        holdings: Whose personal data is included; each has to occur.

    Raises:
        UsageError: ``disclosure_none``, of a holding nothing is kept here, or nothing any more.
        UnsafeError: ``vault_tampered``, what is kept is not what was sealed.
        UnreachableError: The database or the key store cannot be used.
    """
    indexes = {_eid(jws): index for index, jws in evidence.entries.items()}
    rows = link.read(_SEALED, (list(holdings), list(indexes)))
    texts: dict[int, list[bytes]] = defaultdict(list)
    opened = set()
    for row in map(_sealed, rows):
        text = vault.open(row)
        if text is not None:
            opened.add(row.hld)
            texts[indexes[row.eid]].append(text)
    _refuse_absent(sorted(set(holdings) - opened))
    return replace(evidence, disclosures=_presented(evidence, texts))


def _presented(evidence: Evidence, texts: Mapping[int, Sequence[bytes]]) -> dict[int, bytes]:
    return {
        index: b"~".join((evidence.entries[index], *texts[index], b"")) for index in sorted(texts)
    }


def _sealed(row: Row) -> SealedDisclosure:
    eid, digest, hld, nonce, ciphertext = row
    return SealedDisclosure(eid=eid, digest=digest, hld=hld, nonce=nonce, ciphertext=ciphertext)


def _eid(jws: bytes) -> bytes:
    return decode(event_id(jws[: jws.rindex(b".")]).encode())


def _refuse_absent(holdings: Sequence[UUID]) -> None:
    if holdings:
        raise UsageError(
            f"Of hld.{holdings[0]} no personal data is kept with these events, or none any more.",
            slug="disclosure_none",
            next_step="`muniment trace --json` shows which holdings the events name.",
        )
