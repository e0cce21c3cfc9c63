# SPDX-License-Identifier: Apache-2.0
"""Screen 4: how the log stands, who vouches for it, and what does not fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.auditing.findings import log_findings
from api.auditing.kept import last_check
from api.auditing.signers import signers_of
from api.auditing.witnesses import witnesses_of
from api.condition import condition_of
from api.console.asking import asks
from api.console.pages.auditing.seen import findings_seen, placed
from api.console.pages.auditing.words import WORDS
from api.console.rendering import page
from api.gate.asking import Asked, Note
from audit.link import Link
from audit.proof.verify.trust import fingerprint, log_key_name
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from domain.errors import ProofError

NEWEST: Final = 6

_KEPT: Final = "select size, note, at from ledger.checkpoint order by size desc limit 1"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The newest checkpoint that was kept.

    Attributes:
        size: Entries that it covers.
        at: When it was kept, by the ledger's clock.
        wrong: Why its signature does not hold; empty where it does.
        note: The signed note.
    """

    size: int
    at: datetime
    wrong: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Findings in short.

    Attributes:
        counts: How many there are of each severity and sort, the weightiest first.
        newest: Some of them.
    """

    counts: tuple[tuple[str, str, int], ...]
    newest: tuple[dict[str, Any], ...]


@router.get("/audit")
def show_dashboard(
    request: Request, asked: Annotated[Asked, Depends(asks("findings.read"))]
) -> Response:
    """Show the log, its checkpoint, witnesses, projections, findings and signers."""
    office, now = asked.service.office, int(asked.service.gate.clock())
    with asked.admitted() as note, asked.service.link() as link:
        registry = office.ledger.catch_up()
        condition = condition_of(office, now=now)
        overview = _overview(
            asked, note, [each.to_json() for each in log_findings(office, condition)]
        )
        told: dict[str, Any] = {
            "condition": condition,
            "checkpoint": _kept(asked, link),
            "log_keys": [(log_key_name(k.vkey), fingerprint(k.vkey)) for k in condition.log_keys],
            "witnesses": witnesses_of(office, size=condition.size, now=now),
            "checked": last_check(office.settings),
            "signers": signers_of(link, registry, size=condition.size, now=now),
            "overview": overview,
        }
        note.told(answers=sum(count for _, _, count in overview.counts))
    return page(request, "audit/dashboard.html", now=now, words=WORDS, **told)


def _overview(asked: Asked, note: Note, of_log: list[Any]) -> Overview:
    counts = Counter[tuple[str, str]]()
    with findings_seen(asked, note) as seen:
        found = chain(map(placed, of_log), seen.rows)
        newest: list[dict[str, Any]] = []
        for each in found:
            counts[each["severity"], each["check"]] += 1
            if len(newest) < NEWEST:
                newest.append(each)
    order = list(WORDS["severities"])
    listed = sorted(counts.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    return Overview(
        counts=tuple((severity, check, count) for (severity, check), count in listed),
        newest=tuple(newest),
    )


def _kept(asked: Asked, link: Link) -> Kept | None:
    """Give the newest checkpoint that was kept, its signature verified."""
    keys = known_log_keys(asked.service.office.settings.signer_folder)
    for size, note, at in link.read(_KEPT):
        wrong = ""
        try:
            open_own_checkpoint(bytes(note), keys)
        except ProofError as error:
            wrong = error.sentence
        return Kept(size=size, at=at, wrong=wrong, note=bytes(note).decode("utf-8", "replace"))
    return None
