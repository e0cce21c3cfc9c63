# SPDX-License-Identifier: Apache-2.0
"""A dry run: map and check every row, show what would be signed, touch nothing.

The first events are signed in memory to show their exact octets, and thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from api.importing.chunks import Chunk
from api.importing.placing import FIRST, Signatory
from api.importing.refusals import Refusal
from api.importing.report import Rejects, Tally
from api.importing.signing import Head
from api.importing.transform.rows import PlannedEvent, PlannedRow
from audit.proof.encoding import decode
from audit.proof.envelope.token import event_id
from domain.errors import MunimentError
from domain.event import read_data

SHOWN_EVENTS: Final = 3


@dataclass(slots=True)
class Preview:
    """What an import would do.

    Attributes:
        tally: The counts; events are those that would be recorded in an empty ledger.
        payloads: The octets that would be signed for the first events, digests of decoys
            included; those are drawn anew in every run.
        heads: Heads that the shown events lead to.
    """

    tally: Tally = field(default_factory=Tally)
    payloads: list[bytes] = field(default_factory=list)
    heads: dict[UUID, Head] = field(default_factory=dict)


def preview_rows(chunks: Iterator[Chunk], *, signatory: Signatory, rejects: Rejects) -> Preview:
    """Map every row, check its events against their schemas and show the first ones."""
    preview = Preview()
    for chunk in chunks:
        refusals = list(chunk.refusals)
        for row in chunk.rows:
            refusal = _check(row, signatory=signatory, preview=preview)
            if refusal:
                refusals.append(refusal)
        preview.tally.rows += len(chunk)
        preview.tally.complete += len(chunk) - len(refusals)
        preview.tally.note_unread(chunk.rows)
        preview.tally.refused.update(refusal.slug for refusal in refusals)
        rejects.add(sorted(refusals, key=lambda refusal: refusal.line))
    return preview


def _check(row: PlannedRow, *, signatory: Signatory, preview: Preview) -> Refusal | None:
    for event in row.events:
        try:
            read_data(signatory.catalogue.latest(event.evt), event.dat)
            if len(preview.payloads) < SHOWN_EVENTS:
                preview.payloads.append(_payload(event, signatory=signatory, preview=preview))
        except MunimentError as error:
            return Refusal(row.line, error.slug, f"{event.evt}: {error.sentence}")
    preview.tally.events += len(row.events)
    return None


def _payload(event: PlannedEvent, *, signatory: Signatory, preview: Preview) -> bytes:
    head = preview.heads.get(event.stream, FIRST)
    signing_input = signatory.signer().signing_input(event, head, iat=int(signatory.clock()))
    preview.heads[event.stream] = (head[0] + 1, event_id(signing_input))
    return decode(signing_input.split(b".")[1])
