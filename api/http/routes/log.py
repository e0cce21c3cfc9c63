# SPDX-License-Identifier: Apache-2.0
"""The transparency log, as strangers' tools read it (C2SP tlog-tiles; log specification, 2.5).

``/v1/log`` is the prefix of a tlog-tiles log. Checkpoints, hash tiles and proofs hold no marking
and are open to everybody; entry bundles are the events themselves and are not.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.beside import ledger_trust
from api.gate.asking import Asked, asks, hidden
from api.gate.reach import sees_everything
from api.gate.status import UnknownError
from api.http.answering.answers import EACH_TIME, FOR_EVER, JSON, KEPT, answered, octets_answered
from api.http.models import ProofAnswer, Record
from audit.proof.tiles import TILE_WIDTH
from audit.publishing.stored import entry_bundle, hash_tile, signed_size
from audit.tree import read_size, tree_at
from domain.errors import InvalidValueError
from domain.event import INTEGER_MAX

Open = Annotated[Asked, Depends(asks("log.read"))]
Entries = Annotated[Asked, Depends(asks("entries.read"))]
Size = Annotated[int, Query(ge=0, le=INTEGER_MAX)]

OCTETS: Final = "application/octet-stream"
NOTE: Final = "text/plain; charset=utf-8"

_NUMBER: Final = r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
_TILE: Final = re.compile(rf"([0-9]|[1-5][0-9]|6[0-3])/{_NUMBER}")
_BUNDLE: Final = re.compile(_NUMBER)

_NOTE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}
_OCTETS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}
}

router = APIRouter(prefix="/log", tags=["log"])


@router.get(
    "/checkpoint", summary="The newest checkpoint", response_class=Response, responses=_NOTE
)
def read_checkpoint(asked: Open) -> Response:
    """Give a signed note over everything that is committed, signed now if need be."""
    with asked.admitted():
        _, note = asked.service.office.notary.checkpoint()
    return octets_answered(note, NOTE, cache=EACH_TIME)


@router.get("/tile/entries/{path:path}", summary="Entries", responses=_OCTETS)
def read_bundle(asked: Entries, path: str) -> Response:
    """Give an entry bundle: `<N>`, or `<N>.p/<W>` where the log ends in it."""
    n, width = _numbered(_BUNDLE.fullmatch(path), group=1)
    with asked.admitted(bundle=path) as note, asked.service.link() as link:
        if not sees_everything(note.decision):
            raise hidden()
        octets = entry_bundle(link, n, width=width, size=signed_size(link))
    return octets_answered(octets, OCTETS, cache=KEPT)


@router.get("/tile/{path:path}", summary="Hashes", responses=_OCTETS)
def read_tile(asked: Open, path: str) -> Response:
    """Give a hash tile: `<L>/<N>`, or `<L>/<N>.p/<W>` where the log ends in it."""
    found = _TILE.fullmatch(path)
    n, width = _numbered(found, group=2)
    level = int(found[1]) if found else 0
    with asked.admitted(), asked.service.link() as link:
        octets = hash_tile(link, level, n, width=width, size=signed_size(link))
    return octets_answered(octets, OCTETS, cache=FOR_EVER)


@router.get("/proofs/inclusion", summary="That an event is in the log", response_model=ProofAnswer)
def prove_inclusion(asked: Open, index: Size, size: Size | None = None) -> Response:
    """Give the path from the leaf of an index to the root at a size, the committed one at first."""
    with asked.admitted(), asked.service.link() as link:
        at = _size(read_size(link), size, above=index + 1)
        path = tree_at(link, at).inclusion_paths([index])[0]
    return answered(_proof(index, at, path), cache=FOR_EVER if size else EACH_TIME)


@router.get("/proofs/consistency", summary="That the log only grew", response_model=ProofAnswer)
def prove_consistency(asked: Open, first: Size, size: Size | None = None) -> Response:
    """Give the proof that the log of one size is the beginning of that of another."""
    with asked.admitted(), asked.service.link() as link:
        at = _size(read_size(link), size, above=first)
        path = tree_at(link, at).consistency(first) if first else ()
    return answered(_proof(first, at, path), cache=FOR_EVER if size else EACH_TIME)


@router.get("/trust", summary="What a verifier has to trust", response_model=Record)
def read_trust(asked: Open) -> Response:
    """Give the log's keys and the root keys: compare them with what you got by another way."""
    with asked.admitted(), asked.service.link() as link:
        octets = ledger_trust(asked.service.office, link).encode()
    return octets_answered(octets, JSON, cache=EACH_TIME)


def _numbered(found: re.Match[str] | None, *, group: int) -> tuple[int, int]:
    """Read the number of a tile and its width.

    Raises:
        UnknownError: There can be no such tile.
    """
    if found is None:
        raise UnknownError("There is no tile of that name.")
    n = int(found[group].replace("/", "").replace("x", ""))
    width = int(found[group + 1]) if found[group + 1] else TILE_WIDTH
    if width > TILE_WIDTH or (found[group + 1] and width == TILE_WIDTH):
        raise UnknownError("There is no tile of that name.")
    return n, width


def _size(committed: int, wanted: int | None, *, above: int) -> int:
    """Give the size that a proof leads to."""
    size = committed if wanted is None else wanted
    if above <= size <= committed:
        return size
    raise InvalidValueError(
        f"The log has {committed:,} entries; a proof leads from less to no more than that.",
        slug="proof_sizes",
        next_step="Give sizes that the log has had, the smaller one first.",
    )


def _proof(first: int, size: int, path: Sequence[bytes]) -> dict[str, Any]:
    hashes = [b64encode(each).decode() for each in path]
    return {"first": first, "size": size, "hashes": hashes}
