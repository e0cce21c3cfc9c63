# SPDX-License-Identifier: Apache-2.0
"""One entry of the log: who signed it, its exact bytes, its proof, and files to take away.

Of personal data nothing is here but the digests that were signed, real ones and decoys alike.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from api.auditing.entries import open_stored_entry, visible
from api.auditing.proving.ranges import verify_range
from api.console.asking import asks
from api.console.pages.auditing.words import WORDS
from api.console.rendering import file, page
from api.gate.asking import Asked, Note, hidden
from api.gate.entries import StoredEvent, event_at
from api.gate.reach import admits
from api.tracing.words import event_name
from audit.link import Link
from audit.proof.envelope.token import read_unsigned
from audit.proof.inclusion import FILE_SUFFIX, TlogProof
from audit.tree import tree_at
from domain.errors import MunimentError
from domain.event import INTEGER_MAX

Reading = Annotated[Asked, Depends(asks("entries.read"))]
Index = Annotated[int, Path(ge=0, le=INTEGER_MAX)]

OCTETS: Final = "application/octet-stream"

router = APIRouter(include_in_schema=False)


@router.get("/audit/entry/{index}")
def show_entry(request: Request, asked: Reading, index: Index) -> Response:
    """Show an entry taken apart, and verify it."""
    office = asked.service.office
    with asked.admitted(index=str(index)) as note, asked.service.link() as link:
        stored = _seen(asked, note, event_at(link, index))
        registry = office.ledger.catch_up()
        opened = open_stored_entry(link, stored, registry)
        report = verify_range(office, link, (index, index), anew=False)
        standing = (
            registry.standing(opened.event.kid, index, opened.event.eid) if opened.event else ""
        )
        told: dict[str, Any] = {
            "opened": opened,
            "report": report,
            "standing": standing,
            "authority": registry.authorities.get(stored.iss),
            "path": _path(link, index, report.anchor.checkpoint.size),
            "leaf": b64encode(opened.leaf).decode(),
            **_said(stored),
        }
    return page(request, "audit/entry.html", words=WORDS, size=office.ledger.size, **told)


@router.get("/audit/entry/{index}/proof")
def give_proof(asked: Reading, index: Index) -> Response:
    """Give the receipt of an entry as a C2SP tlog-proof, to a checkpoint signed now."""
    with asked.admitted(index=str(index)) as note, asked.service.link() as link:
        _seen(asked, note, event_at(link, index))
        proof: TlogProof = asked.service.office.notary.prove([index])[index]
    return file(proof.encode(), f"entry-{index}{FILE_SUFFIX}", OCTETS)


@router.get("/audit/entry/{index}/bytes")
def give_bytes(asked: Reading, index: Index) -> Response:
    """Give the signed bytes of an entry, octet for octet: the leaf of the log's tree."""
    with asked.admitted(index=str(index)) as note, asked.service.link() as link:
        stored = _seen(asked, note, event_at(link, index))
    return file(stored.raw, f"entry-{index}.jws", OCTETS)


def _seen(asked: Asked, note: Note, found: StoredEvent) -> StoredEvent:
    """Give an entry that the caller may see.

    Raises:
        UnknownError: It is out of reach.
    """
    if not admits(note.decision, found.iss, registry=asked.service.office.registry):
        raise hidden()
    note.told(events=[found.eid])
    return found


def _path(link: Link, index: int, size: int) -> tuple[str, ...]:
    """Give the inclusion proof as text; nothing where the stored tree is damaged."""
    try:
        return tuple(b64encode(h).decode() for h in tree_at(link, size).inclusion_paths([index])[0])
    except MunimentError:
        return ()


def _said(stored: StoredEvent) -> dict[str, Any]:
    """Give the texts of an entry as they were signed, every character to be seen."""
    try:
        _, data, _ = read_unsigned(stored.raw)
    except MunimentError:
        data = b""
    text = visible(data)
    return {
        "named": event_name(stored.kind.partition("/")[0]),
        "payload": text,
        "marked": text.encode() != data,
        "jws": visible(stored.raw),
    }
