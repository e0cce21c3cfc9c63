# SPDX-License-Identifier: Apache-2.0
"""A real ledger to measure: embedded database, signer, an authority and its officer's key."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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

_serials = count(1)


@dataclass(frozen=True, slots=True)
class Bench:
    """An open ledger and a maker's key that may append to it."""

    office: Office
    key: FileKey


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
            yield Bench(office, key)


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
