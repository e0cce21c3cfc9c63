# SPDX-License-Identifier: Apache-2.0
"""The evidence about one firearm, as every door hands it out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from api.access.caller import Reason
from api.beside import ledger_trust, what_others_said
from api.bootstrap import Office
from audit.access.log import AccessLog
from audit.access.selectors import SelectorKey
from audit.export.disclosing import with_disclosures
from audit.export.evidence import gather, kept_checkpoint
from audit.export.newest import with_head
from audit.link import Link
from audit.proof.access.record import ALLOWED, EVENTS_MAX, Access
from audit.proof.encoding import decode, encode, strict_json
from audit.proof.envelope.token import event_id, split_submission
from audit.proof.verify.container import pack
from audit.proof.verify.evidence import Evidence, write_bundle


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Whose personal data the operator of a ledger gives away, to whom and why.

    Attributes:
        holdings: Holdings of the persons.
        reason: Purpose, legal basis and recipient.
    """

    holdings: Sequence[UUID]
    reason: Reason


def write_evidence(
    office: Office, stream: UUID, path: Path, *, handover: Handover | None = None
) -> Evidence:
    """Write the evidence about one firearm into a bundle; give what it holds.

    Personal data that goes into it stands in the access log before the bundle is written.

    Raises:
        MunimentError: As for ``gather_evidence``, or ``access_unrecorded``.
    """
    evidence = gather_evidence(office, stream, disclose=handover.holdings if handover else ())
    if handover is not None:
        _record(office, evidence, handover.reason)
    write_bundle(path, evidence)
    return evidence


def _record(office: Office, evidence: Evidence, reason: Reason) -> None:
    presented = [split_submission(each) for each in evidence.disclosures.values()]
    claims = {strict_json(decode(text))[1] for _, texts in presented for text in texts}
    events = tuple(event_id(jws[: jws.rindex(b".")]) for jws, _ in presented)
    key = SelectorKey.load(office.settings.selector_key)
    access = Access(
        at=int(time.time()),
        means="operator",
        action="person.reveal",
        purpose=reason.purpose,
        basis=reason.legal_basis,
        case=reason.case,
        recipient=reason.recipient,
        decision=ALLOWED,
        count=len(events),
        events=events if len(events) <= EVENTS_MAX else (),
        claims=tuple(sorted(claims)),
        request=key.blind("request", " ".join(events)),
    )
    with closing(AccessLog(office.database.conninfo("ledger_access"))) as log:
        log.record(access)
