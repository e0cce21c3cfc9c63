# SPDX-License-Identifier: Apache-2.0
"""The evidence about one firearm: all that a stranger needs to verify it offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
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
        UnreachableError: The database or the signer is away, or the disk is full.
    """
    checkpoint = office.notary.checkpoint()
    with reader(office) as link:
        evidence = gather(
            link,
            stream,
            checkpoint=checkpoint,
            trust=ledger_trust(office, link),
            said=partial(what_others_said, office, checkpoint[0].size),
        )
    conninfo = office.database.conninfo("ledger_reader")
    evidence = with_head(evidence, conninfo, office.registry.epochs)
    if disclose:
        with closing(Link(office.database.conninfo("ledger_api"))) as link:
            evidence = with_disclosures(evidence, link, office.vault, holdings=disclose)
    return evidence


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


def bundle_of(office: Office, stream: UUID) -> bytes:
    """Give the evidence about one firearm as the octets of a bundle, without personal data.

    Raises:
        MunimentError: As for ``gather_evidence``.
    """
    return b"".join(pack(gather_evidence(office, stream).files()))


@contextmanager
def reader(office: Office) -> Iterator[Link]:
    """Connect to the log, to read it."""
    with closing(Link(office.database.conninfo("ledger_reader"))) as link:
        yield link
