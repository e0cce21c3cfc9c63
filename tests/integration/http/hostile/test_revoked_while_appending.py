# SPDX-License-Identifier: Apache-2.0
"""A thousand keys are revoked while they append (ASVS 8.3.2): nothing of them comes afterwards.

In half of the races the revocation comes to the service too, in the others to another writer of
the same log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Barrier
from typing import Final
from uuid import UUID

import httpx
import pytest

from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission
from api.registrar import NO_HEADS, Act, Enrolment, Head, draft_of, introduced, proposal
from audit.proof.encoding import decode
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import (
    AUTHORITY,
    CALL_SECONDS_MAX,
    at_once,
    born,
    signed,
    sound_rows,
)
from tests.integration.http.conftest import SECONDS, Served

RACES: Final = 1_000
TRACKS: Final = 4
"""Races that are run side by side, each by two threads."""

APPENDS: Final = 3
"""Events that a key sends in a race, one after the other."""

LINES_MAX: Final = 250
SINGLE: Final = {"Content-Type": "application/sd-jwt"}
LINES: Final = {"Content-Type": "application/vnd.muniment.submissions"}


@dataclass(slots=True)
class Race:
    """One key that is about to be revoked.

    Attributes:
        key: The key.
        events: What it sends.
        revocation: What ends it.
        answers: What became of the events: status and code, or status and index.
    """

    key: FileKey
    events: Sequence[Submission]
    revocation: Submission
    answers: list[tuple[int, str]] = field(default_factory=list)


@pytest.mark.slow
def test_of_a_thousand_keys_revoked_while_they_append_none_comes_after_its_revocation(
    served: Served,
) -> None:
    races = list(_prepared(served))
    works = []
    for track in range(TRACKS):
        mine, ready = races[track::TRACKS], Barrier(2, timeout=CALL_SECONDS_MAX)
        works += [partial(_append, served, mine, ready), partial(_revoke, served, mine, ready)]
    assert all(at_once(works))
    answers = [answer for race in races for answer in race.answers]
    assert len(answers) == RACES * APPENDS
    assert {answer for answer in answers if answer[0] != 201} == {(422, "key_not_valid")}
    _check_log(served, races)


def _check_log(served: Served, races: Sequence[Race]) -> None:
    """Check in the log itself that every key's revocation is the last that concerns it."""
    written: dict[str, list[int]] = {race.key.kid: [] for race in races}
    revoked: dict[str, int] = {}
    for index, raw in sound_rows(served.office.database.admin):
        header, payload = (json.loads(decode(each)) for each in raw.split(b".")[:2])
        if header["kid"] in written:
            written[header["kid"]].append(index)
        if payload["evt"] == "key.revoked":
            revoked[payload["dat"]["kid"]] = index
    for race in races:
        indexes = written[race.key.kid]
        assert all(index < revoked[race.key.kid] for index in indexes)
        assert [told for status, told in race.answers if status == 201] == list(map(str, indexes))
    counts = {len(indexes) for indexes in written.values()}
    assert len(counts) > 1, "each race ended alike, so that nothing has raced"


def _append(served: Served, races: Sequence[Race], ready: Barrier) -> bool:
    with httpx.Client(base_url=served.origin, timeout=SECONDS) as client:
        for race in races:
            ready.wait()
            for event in race.events:
                answer = client.post("/v1/events", content=event.to_bytes(), headers=SINGLE)
                told = answer.json()
                race.answers.append((answer.status_code, str(told.get("index", told.get("code")))))
    return True


def _revoke(served: Served, races: Sequence[Race], ready: Barrier) -> bool:
    with httpx.Client(base_url=served.origin, timeout=SECONDS) as client:
        for number, race in enumerate(races):
            ready.wait()
            if number % 2:
                served.office.append(race.revocation.to_bytes())
            else:
                octets = race.revocation.to_bytes()
                client.post("/v1/events", content=octets, headers=SINGLE).raise_for_status()
    return True


def _prepared(served: Served) -> Iterator[Race]:
    """Enrol the keys, and sign all that is sent in the races."""
    keys = [FileKey.create("Ed25519") for _ in range(RACES)]
    wanted = Enrolment(authority=AUTHORITY, roles=["MFR"], jurisdictions=["XA"])
    materials = [introduced(served.office, key, wanted.authority) for key in keys]
    proposals = [_drafted(served, proposal(wanted, each)) for each in materials]
    heads = _recorded(served, proposals, by=served.roots[0])
    approvals = [
        _drafted(served, _about(draft, "key.enrol-approved", target=eid), heads)
        for draft, (_, eid) in zip(proposals, heads.values(), strict=True)
    ]
    heads = _recorded(served, approvals, by=served.roots[1])
    for key, draft in zip(keys, proposals, strict=True):
        ending = _about(draft, "key.revoked", kid=key.kid, reason="lost")
        yield Race(
            key,
            [signed(born(), key) for _ in range(APPENDS)],
            signed(_drafted(served, ending, heads), served.roots[0]),
        )


def _about(proposed: Draft, evt: str, **dat: str) -> Act:
    return Act(evt=evt, dat=dat, sub=parse_stream_id(proposed.sub))


def _drafted(served: Served, act: Act, heads: Mapping[UUID, Head] = NO_HEADS) -> Draft:
    return draft_of(served.office, act, AUTHORITY, heads=heads)


def _recorded(served: Served, drafts: Sequence[Draft], *, by: FileKey) -> dict[UUID, Head]:
    """Record events in batches; give the heads of their streams afterwards, in their order."""
    heads = {}
    for first in range(0, len(drafts), LINES_MAX):
        part = drafts[first : first + LINES_MAX]
        submissions = [signed(draft, by) for draft in part]
        octets = b"\n".join(each.to_bytes() for each in submissions)
        answer = served.client.post("/v1/events/batch", content=octets, headers=LINES).json()
        assert answer["recorded"] == len(part), answer
        for draft, each in zip(part, submissions, strict=True):
            heads[parse_stream_id(draft.sub).uuid] = (draft.seq, each.eid)
    return heads
