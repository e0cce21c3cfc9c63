# SPDX-License-Identifier: Apache-2.0
"""The evidence about one firearm, as every door hands it out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from uuid import UUID

from api.beside import ledger_trust, what_others_said
from api.bootstrap import Office
from audit.export.disclosing import with_disclosures
from audit.export.evidence import gather
from audit.export.newest import with_head
from audit.link import Link
from audit.proof.verify.container import pack
from audit.proof.verify.evidence import Evidence, write_bundle


def gather_evidence(office: Office, stream: UUID, *, disclose: Sequence[UUID] = ()) -> Evidence:
    """Gather the evidence about one firearm, as of now.

    Args:
        office: The open ledger.
        stream: The firearm.
        disclose: Holdings whose personal data goes into it.

    Raises:
        UsageError: The log has no such firearm, or nothing to disclose of such a holding.
        UnsafeError: What is stored contradicts what the log states or what was sealed.
        UnreachableError: The database or the signer is away.
    """
    checkpoint = office.notary.checkpoint()
    conninfo = office.database.conninfo("ledger_reader")
    with closing(Link(conninfo)) as link:
        evidence = gather(
            link,
            stream,
            checkpoint=checkpoint,
            trust=ledger_trust(office, link),
            said=partial(what_others_said, office, checkpoint[0].size),
        )
    evidence = with_head(evidence, conninfo, office.registry.epochs)
    if disclose:
        with closing(Link(office.database.conninfo("ledger_api"))) as link:
            evidence = with_disclosures(evidence, link, office.vault, holdings=disclose)
    return evidence


def bundle_of(evidence: Evidence) -> bytes:
    """Give a bundle in memory, octet for octet as it is written to a file.

    Raises:
        ProofError: There is too much evidence for one bundle.
    """
    return b"".join(pack(evidence.files()))


def write_evidence(
    office: Office, stream: UUID, path: Path, *, disclose: Sequence[UUID] = ()
) -> Evidence:
    """Write the evidence about one firearm into a bundle; give what it holds.

    Raises:
        MunimentError: As for ``gather_evidence``.
    """
    evidence = gather_evidence(office, stream, disclose=disclose)
    write_bundle(path, evidence)
    return evidence
