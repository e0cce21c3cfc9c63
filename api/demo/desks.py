# SPDX-License-Identifier: Apache-2.0
"""The three officers of a demonstration who work in a browser, and how each of them logs in.

In a real ledger two persons look at each key that somebody made in a browser. Here the root keys
lie beside the ledger anyway, so that they enrol whatever these three make.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.demo.story import POLICE, REGISTRY
from api.people.bindings import bind, invite
from api.people.desk import Desk
from api.people.enrolling.waiting import Waiting, waiting
from api.registrar import Enrolment, enrol, key_record
from api.service.background import in_background
from domain.errors import MunimentError

LOOK_SECONDS: Final = 1.0
LOG: Final = logging.getLogger("muniment.demo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who works at one of the desks.

    Attributes:
        name: What the provider of the demonstration calls this person.
        what: What this person is, in words.
        authority: The authority that this person signs for.
        roles: Codes of the roles.
    """

    name: str
    what: str
    authority: str
    roles: Sequence[str]


READERS: Final = (
    Reader(name="clerk", what="licensing clerk", authority=REGISTRY, roles=("LIC", "STW")),
    Reader(name="auditor", what="auditor", authority=REGISTRY, roles=("AUD",)),
    Reader(name="tracer", what="tracing officer", authority=POLICE, roles=("TRC", "POL")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How one of them gets in.

    Attributes:
        reader: Who.
        officer: Identifier in the registry.
        code: Invitation to register a passkey.
    """

    reader: Reader
    officer: str
    code: str = field(repr=False)


def make_logins(
    office: Office, desk: Desk, roots: Sequence[FileKey], *, provider: bool
) -> list[Login]:
    """Enrol the three officers, and let each log in by a passkey, or at the provider.

    Args:
        office: The open ledger, founded by ``roots``.
        desk: Where log-ins are kept.
        roots: Two root keys of different persons.
        provider: Whether there is a provider that knows them by their names.

    Raises:
        MunimentError: The registry, or the settings of the service, do not admit it.
    """
    made = []
    for each in READERS:
        key = FileKey.create("Ed25519")  # thrown away: they sign with keys of their browsers
        places = office.registry.authorities[each.authority].jurisdictions
        wanted = Enrolment(authority=each.authority, roles=each.roles, jurisdictions=places)
        enrol(office, wanted, key, proposer=roots[0], approver=roots[1])
        officer = key_record(office, key.kid).officer
        if provider:
            bind(desk, each.name, officer)
        made.append(Login(reader=each, officer=officer, code=invite(desk, officer)))
    return made


def enrol_what_waits(office: Office, desk: Desk, roots: Sequence[FileKey]) -> list[str]:
    """Enrol every key that waits, with what its holder is already; give their thumbprints.

    Raises:
        MunimentError: As for ``enrol``.
    """
    registry, _ = desk.registry()
    found = waiting(desk, registry)
    for each in found:
        material = each.request.checked(office.audience)
        enrolment = _like_before(desk, each)
        enrol(office, enrolment, material, proposer=roots[0], approver=roots[1])
    return [each.request.kid for each in found]


@contextmanager
def enrolling(office: Office, desk: Desk, roots: Sequence[FileKey]) -> Iterator[None]:
    """Enrol whatever waits, within a second or so, for as long as the ``with`` lasts."""

    def look(ended: threading.Event) -> None:
        while not ended.wait(LOOK_SECONDS):
            try:
                enrol_what_waits(office, desk, roots)
            except MunimentError as error:
                LOG.warning("demo_enrolment", extra={"code": error.slug})

    with in_background("enrolling", look):
        yield


def _like_before(desk: Desk, each: Waiting) -> Enrolment:
    standing = desk.standing()
    keys = desk.keys(standing.registry, each.officer)
    mandates = standing.mandates([key for key in keys if standing.counts(key)])
    return Enrolment(
        authority=each.request.authority,
        roles=[role for role, _ in mandates],
        jurisdictions=sorted({place for _, places in mandates for place in places}),
        officer=each.officer,
    )
