# SPDX-License-Identifier: Apache-2.0
"""How a ledger is: its size and root, how far it is signed and projected, and where it lies.

What `muniment status` shows, as values. It changes nothing: no checkpoint is signed and no
projection is brought up to date for the sake of looking. The stored tree is compared with
what the signer remembers; what a row says is not verified here, which is for `muniment fsck`
and for the auditor's program.
"""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from api.beside import collected_policy, stamper_of, witness_lag
from api.bootstrap import Office
from audit.database.place import find_place
from audit.link import Link
from audit.proof.policy.rule import shown
from audit.proof.verify.trust import LogKey
from audit.signer.client import SignerClient, SignerStatus
from audit.signer.files import socket_path
from audit.signer.keys.known import known_log_keys
from audit.signer.service import forked, rolled_back
from audit.timestamps.stamping import Dated
from audit.tree import DamagedTreeError, read_edge, read_size
from audit.witness.collecting import Lag
from domain.errors import UnreachableError, UnsafeError
from domain.registry.state import KeyRecord
from projections.standing import Standing, read_standings

_LEDGER: Final = """
    select h.size, h.root, c.size, c.at, current_setting('server_version'),
           pg_database_size(current_database())
    from ledger.head h
    left join lateral (select size, at from ledger.checkpoint order by size desc limit 1) c on true
"""
_MIGRATIONS: Final = "select name from ledger.migration order by n"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCondition:
    """How the database is.

    Attributes:
        embedded: Whether it is the server that Muniment runs by itself.
        version: Version of PostgreSQL.
        octets: What the ledger's database takes on its disk.
        migrations: Names of the schema's files that were applied.
    """

    embedded: bool
    version: str
    octets: int
    migrations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessCondition:
    """How far witnesses have seen the log.

    Attributes:
        size: Size of the newest checkpoint that has its quorum; nothing where none has.
        quorum: Name of the quorum in the policy.
        lag: How far it is behind the log.
    """

    size: int | None
    quorum: str
    lag: Lag


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a ledger is at one moment.

    Attributes:
        audience: Its id.
        origin: Name of its log.
        size: Committed entries.
        root: Root hash of the tree over them, in base64 as checkpoints write it.
        checkpoint: Size and time of recording of the newest checkpoint that was kept.
        signer: What the signer says of itself, or nothing if it does not answer.
        problems: What keeps the ledger from being written to.
        log_keys: The keys by which the log signs from this size on.
        witnesses: How far witnesses have seen it; nothing where none was ever asked.
        dated: How far it is time-stamped; nothing where no authorities are named.
        database: How the database is.
        projections: Where each projection stands.
        authorities: How many authorities are registered.
        keys: How many keys are in each state.
        paths: Where its parts lie.
        free_octets: Space left on the disk of the data directory.
    """

    audience: str
    origin: str
    size: int
    root: str
    checkpoint: tuple[int, datetime] | None
    signer: SignerStatus | None
    problems: tuple[UnsafeError, ...]
    log_keys: tuple[LogKey, ...]
    witnesses: WitnessCondition | None
    dated: Dated | None
    database: DatabaseCondition
    projections: tuple[Standing, ...]
    authorities: int
    keys: Mapping[str, int]
    paths: Mapping[str, Path]
    free_octets: int

    @property
    def stopped(self) -> tuple[UnsafeError, ...]:
        """What is wrong with projections that an entry of the log has stopped."""
        return tuple(each.problem for each in self.projections if each.problem)

    @property
    def unsigned(self) -> int | None:
        """Entries that the signer has not yet covered; none where it does not answer."""
        return None if self.signer is None else max(0, self.size - self.signer.size)


def condition_of(office: Office, *, now: int) -> Condition:
    """Look at an open ledger.

    Args:
        office: The open ledger.
        now: Unix time in seconds, by which keys expire.

    Raises:
        UsageError: The policy of the witnesses or the settings of time-stamps are malformed.
        UnreachableError: The database does not answer.
        DamagedTreeError: The head row is gone.
    """
    signer = _signer(office)
    with _link(office) as link:
        read_size(link)
        ((size, root, signed, at, version, octets),) = link.read(_LEDGER)
        migrations = tuple(name for (name,) in link.read(_MIGRATIONS))
        standings = read_standings(link)
        problems = tuple(_problems(link, size, root, signer=signer))
    keys, folder = office.registry.keys.values(), office.settings.signer_folder
    return Condition(
        audience=office.audience,
        origin=office.name.origin,
        size=size,
        root=b64encode(root).decode(),
        checkpoint=None if signed is None else (signed, at),
        signer=signer,
        problems=problems,
        log_keys=tuple(key for key in known_log_keys(folder) if key.signs(size + 1)),
        witnesses=_witnesses(office, size=size, now=now),
        dated=_dated(office, size=size, now=now),
        database=DatabaseCondition(
            embedded=office.database.embedded,
            version=version,
            octets=octets,
            migrations=migrations,
        ),
        projections=standings,
        authorities=len(office.registry.authorities),
        keys=Counter(state_of(key, index=size, now=now) for key in keys),
        paths=_paths(office),
        free_octets=shutil.disk_usage(office.settings.home).free,
    )


def state_of(record: KeyRecord, *, index: int, now: int) -> str:
    """Name the state of a key at a position of the log and a time, in Unix seconds."""
    state = record.state_at(index)
    if state == "valid" and record.not_after is not None and now > record.not_after:
        return "expired"
    return state


@contextmanager
def _link(office: Office) -> Iterator[Link]:
    link = Link(office.database.conninfo("ledger_reader"))
    try:
        yield link
    finally:
        link.close()


def _signer(office: Office) -> SignerStatus | None:
    try:
        with SignerClient(socket_path(office.settings.signer_folder)) as client:
            return client.status()
    except UnreachableError:
        return None


def _problems(
    link: Link, size: int, root: bytes, *, signer: SignerStatus | None
) -> Iterator[UnsafeError]:
    """Compare the stored tree with its head row, and with what the signer remembers."""
    if signer and signer.size > size:
        yield rolled_back(size, signer.size)
    try:
        if read_edge(link, size).root() != root:
            yield DamagedTreeError("The head row states another root than the stored tree gives.")
        if signer and signer.size <= size:
            yield from _disagreement(link, signer)
    except DamagedTreeError as error:
        yield error


def _disagreement(link: Link, signer: SignerStatus) -> Iterator[UnsafeError]:
    if read_edge(link, signer.size).root().hex() != signer.root:
        yield forked(f"the rows up to {signer.size} give another root")
    elif signer.refusal:
        yield UnsafeError(
            f"The signer has stopped signing: {signer.refusal}",
            slug="signer_refuses",
            next_step="Once it is put right, close every program that uses this ledger: the "
            "signer judges anew when it starts.",
        )


def _witnesses(office: Office, *, size: int, now: int) -> WitnessCondition | None:
    policy = collected_policy(office.settings)
    if policy is None:
        return None
    lag, witnessed = witness_lag(office, policy, size=size, now=now)
    return WitnessCondition(size=witnessed, quorum=shown(policy.quorum), lag=lag)


def _dated(office: Office, *, size: int, now: int) -> Dated | None:
    stamper = stamper_of(office.settings)
    return stamper.dated(now, size) if stamper else None


def _paths(office: Office) -> Mapping[str, Path]:
    settings = office.settings
    paths = {
        "home": settings.home,
        "signer folder": settings.signer_folder,
        "vault keys": settings.vault_folder,
    }
    if office.database.embedded:
        paths["cluster"] = find_place(settings.home).folder
    return paths
