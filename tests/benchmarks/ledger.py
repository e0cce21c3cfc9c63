# SPDX-License-Identifier: Apache-2.0
"""A real ledger to measure: embedded database, signer, an authority and its officer's key."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from api.bootstrap import Office, create_ledger, open_office
from api.client.ids import uuid7
from api.client.keyfile import FileKey
from api.client.signer import Draft, sign
from api.registrar import Enrolment, Founding, enrol, found
from api.settings import LedgerName, Settings
from domain.catalogue import CATALOGUE
from domain.identifiers import FIRST_PREV
from tests.unit.domain.lives import DESCRIPTION

AUDIENCE = "ledger.xa-bench"
AUTHORITY = "auth.xa"
HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
FIREARMS = 200
EVENTS_EACH = 7
BATCH = 2_000

_serials = count(1)


@dataclass(frozen=True, slots=True)
class Bench:
    """An open ledger, a maker's key that may append to it, and the root keys."""

    office: Office
    key: FileKey
    roots: tuple[FileKey, ...] = ()


@contextmanager
def opened_ledger(alg: str = "Ed25519") -> Iterator[Bench]:
    """Found a ledger in a temporary folder and open it."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # so that root's embedded server stays in it and goes with it
        settings = Settings(home=Path(folder) / "ledger")
        create_ledger(settings, LedgerName(audience=AUDIENCE, origin=AUDIENCE))
        roots = [FileKey.create("Ed25519") for _ in range(2)]
        key = FileKey.create(alg)
        with open_office(settings) as office:
            founding = Founding(
                authority=AUTHORITY, name="Registry", jurisdictions=["XA"], threshold=2
            )
            found(office, founding, roots)
            enrolment = Enrolment(authority=AUTHORITY, roles=["MFR", "LIC"], jurisdictions=["XA"])
            enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
            yield Bench(office, key, tuple(roots))


def manufactured(serial: str) -> dict[str, Any]:
    """Give the data of a firearm that was made."""
    own = {"serial": {"known": serial}, "leading_part": "frame", "exemption": "not_required"}
    return {**DESCRIPTION, **own}


def submission(key: FileKey) -> bytes:
    """Sign the first event of a new firearm."""
    draft = Draft(
        evt="firearm.manufactured",
        iss=AUTHORITY,
        aud=AUDIENCE,
        sub=f"arm.{uuid7(time.time_ns() // 1_000_000, secrets.token_bytes)}",
        seq=1,
        prev=FIRST_PREV,
        jti=str(uuid7(time.time_ns() // 1_000_000, secrets.token_bytes)),
        iat=int(time.time()),
        occ="2015-03-02",
        dat=manufactured(f"TW9-{next(_serials):07d}"),
    )
    return sign(draft, {}, key, catalogue=CATALOGUE).to_bytes()


def fill(bench: Bench, entries: int, *, firearms: int = FIREARMS) -> list[UUID]:
    """Fill the log with lives that are spread over all of it, through the usual door.

    Args:
        bench: The open ledger.
        entries: About how many entries it is to hold.
        firearms: How many have ``EVENTS_EACH`` entries; all others have one.

    Returns:
        Those firearms.
    """
    arms = [_new_id() for _ in range(firearms)]
    heads = dict.fromkeys(arms, FIRST_PREV)
    for seq in range(1, EVENTS_EACH + 1):
        lives = [(arm, seq, heads[arm]) for arm in arms]
        others = [(_new_id(), 1, FIRST_PREV) for _ in range(entries // EVENTS_EACH - firearms)]
        step = max(1, len(others) // firearms)
        spread = [
            each
            for at, life in enumerate(lives)
            for each in (life, *others[at * step : (at + 1) * step])
        ]
        for arm, eid in _record(bench, iter(spread)):
            if arm in heads:
                heads[arm] = eid
    return arms


def _record(bench: Bench, places: Iterator[tuple[UUID, int, str]]) -> Iterator[tuple[UUID, str]]:
    with ThreadPoolExecutor() as pool:
        while batch := list(islice(places, BATCH)):
            opened = list(
                pool.map(lambda place: bench.office.open(_submission(bench, place)), batch)
            )
            bench.office.record(opened)
            yield from ((each.event.sub.uuid, each.event.eid) for each in opened)


def _submission(bench: Bench, place: tuple[UUID, int, str]) -> bytes:
    arm, seq, prev = place
    sale = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
    draft = Draft(
        evt="firearm.manufactured" if seq == 1 else "firearm.transferred",
        iss=AUTHORITY,
        aud=AUDIENCE,
        sub=f"arm.{arm}",
        seq=seq,
        prev=prev,
        jti=str(_new_id()),
        iat=int(time.time()),
        occ=f"{2014 + seq}-03-02",
        dat=manufactured(f"TW9-{arm.int % 10**9:09d}") if seq == 1 else sale,
    )
    return sign(draft, {}, bench.key, catalogue=CATALOGUE).to_bytes()


def _new_id() -> UUID:
    return uuid7(time.time_ns() // 1_000_000, secrets.token_bytes)
