# SPDX-License-Identifier: Apache-2.0
"""What retention says is due, what holds it, and what two persons have decided.

Nothing is erased from a page: a proposal and its approval are events that two officers sign, and
the worker of the service carries out what they agreed (envelope specification, section 6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import islice
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.asking import day_asked, open_snapshot
from api.console.asking import asks
from api.console.pages.stewarding.links import Recording, recording
from api.console.pages.stewarding.words import WORDS
from api.console.policies import policies_for
from api.console.rendering import page
from api.erasing.proposing import proposals
from api.erasing.standing import told
from api.gate.asking import Asked, Note
from api.gate.effects import shipped_policy
from api.gate.erasures import standings_within
from api.gate.reach import issuers_in, rows_within
from api.policies.loading import NAMES, load_policy
from api.registrar import Act
from audit.vault.erasing import Standing
from domain.erasure.officers import officer_in
from domain.identifiers import parse_stream_id
from domain.occurrence import Occurrence
from domain.policy.model import Policy
from domain.registry.state import Registry
from projections.asking.retention import retentions
from projections.asking.snapshot import Snapshot

SHOWN: Final = 50
WAITING: Final = ("proposed", "lapsed")
UNDER_WAY: Final = frozenset({"proposed", "approved"})

_BEGINNINGS: Final = """
select stream, idx from ledger.event where stream = any(%(streams)s) and seq = 1
"""

router = APIRouter(include_in_schema=False)


@router.get("/erasures")
def show_erasures(
    request: Request,
    asked: Annotated[Asked, Depends(asks("erasure.propose"))],
    policy: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show clocks that have run out or are held, proposals, and what was carried out."""
    asked.check_allowed()
    offered = policies_for(asked, ruled())
    rules = shipped_policy(policy or offered.usual)
    assert rules is not None  # noqa: S101 - a name was given
    with asked.admitted() as note:
        standings = [_standing(asked, each) for each in standings_within(asked, note)]
        under_way = {each["record"] for each in standings if each["status"] in UNDER_WAY}
        clocks = _clocks(asked, note, rules, leave_out=under_way)
        note.told(answers=len(standings) + sum(map(len, clocks.values())))
    return page(
        request,
        "stewarding/erasures.html",
        words=WORDS,
        rules=rules,
        policies=offered,
        chosen=policy or offered.usual,
        clocks=clocks,
        shown=SHOWN,
        waiting=[each for each in standings if each["status"] in WAITING],
        decided=[each for each in reversed(standings) if each["status"] not in WAITING],
        may_approve=False,
    )


@router.get("/erasures/waiting")
def show_waiting(
    request: Request, asked: Annotated[Asked, Depends(asks("erasure.approve"))]
) -> Response:
    """Show the proposals that wait for another person, to whoever may be that person."""
    with asked.admitted() as note:
        standings = [_standing(asked, each) for each in standings_within(asked, note)]
        note.told(answers=len(standings))
    waiting = [each for each in standings if each["status"] in WAITING]
    return page(request, "stewarding/waiting.html", words=WORDS, waiting=waiting, may_approve=True)


@cache
def ruled() -> tuple[str, ...]:
    """Name the shipped policies that say how long anything is kept."""
    return tuple(name for name in NAMES if load_policy(name).policy.retention)


def _standing(asked: Asked, standing: Standing) -> dict[str, Any]:
    """Tell where an erasure stands, with who proposed it."""
    key = asked.service.office.registry.keys.get(standing.proposal.kid)
    proposer = key.officer if key else ""
    dat = {"record": standing.dat.record, "target": standing.proposal.eid}
    approval = Act(evt="erasure.approved", dat=dat, sub=standing.proposal.sub)
    return {
        **told(standing, asked.service.gate.clock()),
        "clock": standing.dat.clock,
        "reference": standing.dat.reference,
        "proposer": proposer,
        "own": proposer == asked.caller.officer,
        "approve": recording(approval, asked.service.gate.today()),
    }


def _clocks(
    asked: Asked, note: Note, rules: Policy, *, leave_out: set[str]
) -> dict[str, list[dict[str, Any]]]:
    """Give the clocks that somebody has to look at, by how they stand."""
    service = asked.service
    day = day_asked(None, service.gate.now())
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with open_snapshot(service.readers) as known:
        running = set[str]()
        registry = service.office.ledger.catch_up()
        rows = retentions(known, rules, registry=registry, on=day)
        for each in _within(asked, note, rows, known=known):
            if each["state"] in ("running", "held", "unknown"):
                running.add(each["record"])
            if len(found[each["state"]]) < SHOWN:
                found[each["state"]].append(each)
        due = [
            each
            for each in found["due"]
            if each["record"] not in running and each["record"] not in leave_out
        ]
        leaving = {each["record"] for each in due}
        acts = partial(_acts, known, registry=registry, today=day, leaving=leaving)
        found["due"] = [{**each, "acts": acts(each)} for each in due]
    return {state: found[state] for state in ("due", "held", "unknown", "running")}


def _acts(
    known: Snapshot,
    row: dict[str, Any],
    *,
    registry: Registry,
    today: Occurrence,
    leaving: set[str],
) -> list[Recording]:
    """Give the proposals for a record, one or several, for the steward to look at and sign."""
    acts = proposals(known, [row], registry=registry, leaving=leaving)
    return [recording(each, today) for each in acts]


def _within(
    asked: Asked, note: Note, rows: Iterable[dict[str, Any]], *, known: Snapshot
) -> Iterator[dict[str, Any]]:
    """Give the clocks of records that the caller may see, by where each record begins."""
    remaining, registry = iter(rows), asked.service.office.registry
    while part := list(islice(remaining, SHOWN)):
        beginnings = _beginnings(known, [each["record"] for each in part], registry)
        yield from rows_within(
            part,
            note.decision,
            index_of=lambda row, begun=beginnings: begun.get(row["record"]),  # type: ignore[misc]
            issuers=issuers_in(known),
            registry=registry,
        )


def _beginnings(known: Snapshot, records: Sequence[str], registry: Registry) -> dict[str, int]:
    """Give the entry with which each record begins; an officer begins with the first key."""
    streams: dict[UUID, str] = {parse_stream_id(each).uuid: each for each in records}
    rows = known.connection.execute(_BEGINNINGS, {"streams": list(streams)})
    found = {streams[stream]: index for stream, index in rows}
    officers = {each: officer_in(registry, each) for each in records if each.startswith("off.")}
    return found | {each: one.keys[0].proposed for each, one in officers.items() if one}
