# SPDX-License-Identifier: Apache-2.0
"""Working erasures off on schedule, inside the service, in one of its processes at a time.

What retention says is due is proposed where the operator wants that, and what people have approved
is carried out. A proposal is a question to a person and no decision: without an approval by another
one it lapses. Whoever is killed leaves nothing to be cleaned up: the lock ends with its connection,
and the next look goes on from the events (``api.erasing.worker``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import Final

import orjson
import psycopg

from api.asking import day_asked, open_snapshot
from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.erasing.proposing import due, legal, proposals
from api.erasing.standing import under_way
from api.erasing.worker import execute
from api.policies.loading import load_policy
from api.registrar import Act, perform
from api.service.background import in_background
from api.service.settings import ServiceSettings, key_passphrase
from domain.errors import MunimentError, UnreachableError
from domain.policy.model import Policy
from domain.refusal import Refusal

LOG: Final = logging.getLogger("muniment.erasure")
CONNECT_SECONDS_MAX: Final = 10

_LOCK: Final = "select pg_try_advisory_lock(hashtext('muniment_erasure'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What works erasures off.

    Attributes:
        office: The open ledger.
        key: Signs what was carried out, and what is proposed.
        every: Seconds between two looks.
        clock: Gives Unix time.
        policy: Says what is due to be proposed; nothing is where there is none.
    """

    office: Office
    key: FileKey
    every: float
    clock: Callable[[], float]
    policy: Policy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one look did.

    Attributes:
        proposed: Erasures that were proposed.
        executed: Erasures that were carried out.
        stopped: Approved erasures that something stands in the way of.
    """

    proposed: int = 0
    executed: int = 0
    stopped: int = 0


def work_off(schedule: Schedule) -> Round | None:
    """Propose what is due and carry out what is approved, once.

    Returns:
        Nothing where another process is at it.

    Raises:
        MunimentError: A part is away, or the key may not do it; the next look goes on.
    """
    with _alone(schedule.office) as alone:
        if not alone:
            return None
        proposed = _propose(schedule, schedule.policy) if schedule.policy else 0
        outcomes = [each.outcome for each in execute(schedule.office, schedule.key)]
        executed = outcomes.count("executed")
        return Round(proposed=proposed, executed=executed, stopped=len(outcomes) - executed)


@contextmanager
def working_off(
    office: Office, service: ServiceSettings, *, clock: Callable[[], float]
) -> Iterator[None]:
    """Work erasures off in a thread of its own for as long as the ``with`` lasts, if that is set.

    Raises:
        UsageError: The policy is unknown, or the passphrase is missing.
        InvalidValueError: The key file does not open.
    """
    schedule = _schedule(office, service, clock)
    if schedule is None:
        yield
        return
    with in_background("erasure", partial(_run, schedule)):
        yield


def _schedule(
    office: Office, service: ServiceSettings, clock: Callable[[], float]
) -> Schedule | None:
    erasure, home = service.erasure, office.settings.home
    if erasure is None:
        return None
    under = erasure.propose_under
    return Schedule(
        office=office,
        key=FileKey.load(home / erasure.key_file, key_passphrase(erasure, home)),
        every=erasure.every_seconds,
        clock=clock,
        policy=load_policy(under).policy if under else None,
    )


def _run(schedule: Schedule, stop: Event) -> None:
    """Look at once and then now and then, until told to stop."""
    while True:
        try:
            done = work_off(schedule)
        except MunimentError as error:
            LOG.error(_told(code=error.slug))  # noqa: TRY400 - a code
        except Exception as error:  # noqa: BLE001 - a fault must not end all erasures unseen
            LOG.error(_told(code=type(error).__name__))  # noqa: TRY400 - a code
        else:
            if done and done != Round():
                LOG.info(_told(**asdict(done)))
        if stop.wait(schedule.every):
            return


def _propose(schedule: Schedule, policy: Policy) -> int:
    """Have everything proposed that is due and not under way; tell how much."""
    office, now = schedule.office, datetime.fromtimestamp(schedule.clock(), UTC)
    with open_snapshot(office.database) as known:
        registry, left_out = office.ledger.catch_up(), under_way(office, now.timestamp())
        ended = due(known, policy, registry=registry, on=day_asked(None, now))
        acts = proposals(known, ended, registry=registry, leave_out=left_out)
        wanted = list(legal(office, acts, tell=_left_out))
    for act in wanted:
        perform(office, act, schedule.key)
    return len(wanted)


def _left_out(act: Act, refusal: Refusal) -> None:
    LOG.info(_told(left_out=act.dat["record"], code=refusal.rule))


def _told(**what: str | int) -> str:
    """Give a line of the log; it names records and rules, and no person."""
    return orjson.dumps({"erasures": what}).decode()


@contextmanager
def _alone(office: Office) -> Iterator[bool]:
    """Tell whether nobody else is at it; nobody will be for as long as the ``with`` lasts."""
    conninfo = office.database.conninfo("ledger_eraser")
    try:
        connection = psycopg.connect(conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.Error as error:
        raise UnreachableError("The database cannot be reached.") from error
    with connection:
        row = connection.execute(_LOCK).fetchone()
        yield bool(row and row[0])
