# SPDX-License-Identifier: Apache-2.0
"""An open ledger for tests of the append path: drafts, signatures, many callers at once."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from api.bootstrap import Office, create_ledger, open_office
from api.client.ids import uuid7
from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission, sign
from api.registrar import Enrolment, Founding, enrol, found
from api.settings import LedgerName, Settings
from audit.appending.sequencer import Receipt
from audit.link import Link
from audit.proof.inclusion import verify_tlog_proof
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import VerifierKey, parse_verifier_key
from audit.signer.identity import read_verifier
from audit.tree import read_edge
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.identifiers import FIRST_PREV
from tests.unit.domain.lives import DESCRIPTION

AUDIENCE = "ledger.xa-test"
AUTHORITY = "auth.xa"
ROLES = ["MFR", "LIC", "POL"]
FOUNDING_EVENTS = 3
CALL_SECONDS_MAX = 60

Result = TypeVar("Result")
_serials = count(1)


def identifier(prefix: str = "") -> str:
    """Draw a UUIDv7."""
    return prefix + str(uuid7(time.time_ns() // 1_000_000, secrets.token_bytes))


def manufactured(serial: str, **more: Any) -> dict[str, Any]:
    """Give the data of a firearm that was made."""
    return {**DESCRIPTION, "serial": {"known": serial}, "leading_part": "frame", **more}


def born(**changes: Any) -> Draft:
    """Draft the first event of a new firearm, with a serial that no other has."""
    draft = Draft(
        evt="firearm.manufactured",
        iss=AUTHORITY,
        aud=AUDIENCE,
        sub=identifier("arm."),
        seq=1,
        prev=FIRST_PREV,
        jti=identifier(),
        iat=int(time.time()),
        occ="2015-03-02",
        dat=manufactured(f"TW9-{next(_serials):07d}"),
    )
    return replace(draft, **changes)


def following(before: Draft, eid: str, **changes: Any) -> Draft:
    """Draft the seizure of a firearm, after an event of its stream."""
    dat = {"ground": "illicit_possession", "proceeding": "criminal"}
    draft = replace(
        before, evt="firearm.seized", seq=before.seq + 1, prev=eid, jti=identifier(),
        occ="2020-07-09", dat=dat,
    )  # fmt: skip
    return replace(draft, **changes)


def signed(
    draft: Draft, key: FileKey, disclosures: Mapping[str, str | int | bool] | None = None
) -> Submission:
    """Sign a draft."""
    return sign(draft, disclosures or {}, key, catalogue=CATALOGUE)


@dataclass(slots=True, kw_only=True)
class Desk:
    """An open ledger with its root keys and the key of a maker.

    Attributes:
        office: The open ledger.
        roots: Its root keys; two of them found it and enrol others.
        key: A key that may record firearms.
        submitted: Submissions that were acknowledged, by index.
    """

    office: Office
    roots: Sequence[FileKey]
    key: FileKey
    submitted: dict[int, Submission] = field(default_factory=dict)

    @property
    def vkey(self) -> VerifierKey:
        """The key with which strangers verify this log."""
        return parse_verifier_key(read_verifier(self.office.settings.signer_folder))

    def append(self, draft: Draft) -> Receipt:
        """Sign a draft, append it and remember it as acknowledged."""
        submission = signed(draft, self.key)
        receipt = self.office.append(submission.to_bytes())
        self.submitted[receipt.index] = submission
        return receipt

    def verify(self, receipt: Receipt, submission: Submission) -> int:
        """Verify a receipt as a stranger would; give the size of its tree."""
        assert receipt.eid == submission.eid
        assert receipt.proof.index == receipt.index
        leaf = leaf_hash(submission.jws)
        return verify_tlog_proof(receipt.proof, leaf, keys=[self.vkey], origin=AUDIENCE).size

    def enrol(self, key: FileKey, *, offline: bool = False) -> Receipt:
        """Enrol another maker's key."""
        enrolment = Enrolment(
            authority=AUTHORITY, roles=ROLES, jurisdictions=["XA"], offline=offline
        )
        return enrol(self.office, enrolment, key, proposer=self.roots[0], approver=self.roots[1])

    def rows(self) -> list[tuple[int, bytes]]:
        """Read index and signed bytes of the whole log, after checking that it is sound."""
        return sound_rows(self.office.database.admin)


def sound_rows(conninfo: str) -> list[tuple[int, bytes]]:
    """Read index and signed bytes of the whole log; gapless, hashed right and under its root."""
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        head = connection.execute("select size, root from ledger.head").fetchone()
        found = connection.execute("select idx, raw, leaf from ledger.event order by idx")
        rows: list[tuple[int, bytes, bytes]] = found.fetchall()
    assert [index for index, _, _ in rows] == list(range(len(rows)))
    leaves = [leaf_hash(raw) for _, raw, _ in rows]
    assert [leaf for _, _, leaf in rows] == leaves
    assert head == (len(rows), CompactRange().extend(leaves).root())
    _check_tiles(conninfo, root=head[1])
    return [(index, raw) for index, raw, _ in rows]


def _check_tiles(conninfo: str, *, root: bytes) -> None:
    link = Link(conninfo)
    try:
        assert read_edge(link).root() == root
    finally:
        link.close()


@contextmanager
def opened_desk(settings: Settings, *, alg: str = "Ed25519") -> Iterator[Desk]:
    """Create a ledger, open it, found it and enrol the key of a maker."""
    create_ledger(settings, LedgerName(audience=AUDIENCE, origin=AUDIENCE))
    roots = [FileKey.create("Ed25519") for _ in range(2)]
    with open_office(settings) as office:
        founding = Founding(authority=AUTHORITY, name="Registry", jurisdictions=["XA"], threshold=2)
        found(office, founding, roots)
        desk = Desk(office=office, roots=roots, key=FileKey.create(alg))
        desk.enrol(desk.key)
        yield desk


def settings_of(home: Path, database_url: str | None = None) -> Settings:
    """Give the settings of a ledger in a folder."""
    return Settings(home=home, database_url=database_url)


def at_once(works: Sequence[Callable[[], Result]]) -> list[Result | MunimentError]:
    """Do every piece of work in a thread of its own, all at once; give what each led to."""
    outcomes: list[Result | MunimentError | None] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def call(number: int) -> None:
        ready.wait(CALL_SECONDS_MAX)
        try:
            outcomes[number] = works[number]()
        except MunimentError as error:
            outcomes[number] = error

    threads = [threading.Thread(target=call, args=(n,), daemon=True) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(CALL_SECONDS_MAX)
        assert not thread.is_alive(), "a caller was never answered"
    return [outcome for outcome in outcomes if outcome is not None]


def receipts(outcomes: Sequence[Receipt | MunimentError]) -> list[Receipt]:
    """Give the receipts among some answers."""
    return [outcome for outcome in outcomes if isinstance(outcome, Receipt)]


def slugs(outcomes: Sequence[Receipt | MunimentError]) -> list[str]:
    """Give the slugs of the refusals among some answers."""
    return [outcome.slug for outcome in outcomes if isinstance(outcome, MunimentError)]
