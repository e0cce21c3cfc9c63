# SPDX-License-Identifier: Apache-2.0
"""The evidence about one firearm, as every door hands it out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from hashlib import sha256
from uuid import UUID

import orjson

from api.access.recording import Shown
from api.beside import ledger_trust, what_others_said
from api.bootstrap import Office
from audit.export.disclosing import with_disclosures
from audit.export.evidence import gather, kept_checkpoint
from audit.export.newest import with_head
from audit.link import Link
from audit.proof.encoding import decode, encode
from audit.proof.envelope.token import event_id, split_submission
from audit.proof.verify.container import pack
from audit.proof.verify.evidence import Evidence


def gather_evidence(
    office: Office, stream: UUID, *, disclose: Sequence[UUID] = (), size: int | None = None
) -> Evidence:
    """Gather the evidence about one firearm.

    Args:
        office: The open ledger.
        stream: The firearm.
        disclose: Holdings whose personal data goes into it.
        size: Entries of the log that it is to be about, of which a checkpoint was kept; by default
            all there are.

    Raises:
        UsageError: The log has no such firearm, nothing to disclose of such a holding, or kept no
            checkpoint of that size.
        UnsafeError: What is stored contradicts what the log states or what was sealed.
        UnreachableError: The database or the signer is away.
    """
    newest = office.notary.checkpoint() if size is None else None
    conninfo = office.database.conninfo("ledger_reader")
    with closing(Link(conninfo)) as link:
        checkpoint = newest or kept_checkpoint(link, size or 0)
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


def digest_of(bundle: bytes) -> str:
    """Give the SHA-256 of a bundle as the ``documents`` of an event state it."""
    return encode(sha256(bundle).digest()).decode()


def disclosed_of(evidence: Evidence) -> Shown:
    """Tell which personal data evidence shows, for the access log."""
    shown = [evidence.entries[index] for index in evidence.disclosures]
    texts = [text for each in evidence.disclosures.values() for text in split_submission(each)[1]]
    return Shown(
        events=tuple(event_id(jws.rpartition(b".")[0]) for jws in shown),
        claims=frozenset(str(orjson.loads(decode(text))[1]) for text in texts),
    )
