# SPDX-License-Identifier: Apache-2.0
"""A ledger in memory with an officer who licenses and polices; every event is really signed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from api.client.keyfile import FileKey
from api.registrar import endorsed
from audit.appending.admission import AdmittedEvent
from domain.application import Ledger
from domain.event import Event
from domain.identifiers import FIRST_PREV
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.least.lot import LOTS
from tests.unit.domain.least.tracing import TRACING
from tests.unit.domain.lives import DATA
from tests.unit.domain.signed_ledger import (
    AUTHORITY,
    COLLEAGUE,
    NOW,
    ROOTS,
    YEAR_SECONDS,
    Pen,
    admitted,
    founded_ledger,
    key_of,
    place,
)

OFFICER = key_of(4)
LEAST = {**DATA, **LICENCE, **LOTS, **TRACING}


@dataclass(slots=True)
class Office:
    """An officer at a ledger, in some roles; streams have heads."""

    roles: tuple[str, ...] = ("LIC", "POL")
    pen: Pen = field(default_factory=Pen)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = founded_ledger(self.pen)
        assert self.enrol(OFFICER) == [3, 4]

    def enrol(self, key: FileKey) -> list[int | str]:
        """Enrol the key of an officer, in the roles of this office."""
        enrolment = {
            **self.pen.material(key), "authority": AUTHORITY, "class": "event",
            "officer": self.pen.identifier("off."), "roles": [*self.roles],
            "jurisdictions": ["XA"], "not_before": NOW - YEAR_SECONDS,
            "not_after": NOW + YEAR_SECONDS, "offline": False,
        }  # fmt: skip
        stream = self.pen.identifier("key.")
        proposed = admitted(self.pen.draft("key.enrol-proposed", stream, enrolment), ROOTS[0])
        eid = proposed.event.eid
        approval = self.pen.draft("key.enrol-approved", stream, {"target": eid}, seq=2, prev=eid)
        return self.record(proposed, admitted(approval, ROOTS[1]))

    def signed(self, evt: str, sub: str, occ: str = "2026-11-23", **dat: Any) -> AdmittedEvent:
        """Sign the next event of a stream, on top of what was signed for it before."""
        return self._signed(evt, sub, occ, dat)

    def signed_by_two(
        self, evt: str, sub: str, occ: str = "2026-11-23", **dat: Any
    ) -> AdmittedEvent:
        """Sign the next event of a stream, with a colleague who is enrolled."""
        return self._signed(evt, sub, occ, dat, COLLEAGUE)

    def _signed(
        self, evt: str, sub: str, occ: str, dat: dict[str, Any], *endorsers: FileKey
    ) -> AdmittedEvent:
        seq, prev = self.heads.get(sub, (0, FIRST_PREV))
        members = {**LEAST.get(evt, {}), **dat}
        stated = {name: value for name, value in members.items() if value != "absent"}
        draft = replace(self.pen.draft(evt, sub, stated, occ=occ), seq=seq + 1, prev=prev)
        event = admitted(endorsed(draft, endorsers), OFFICER)
        self.heads[sub] = (event.event.seq, event.event.eid)
        return event

    def log(self, start: int) -> list[Event]:
        """Give the events of the log from an index on."""
        rows = self.ledger.recorder.select_notifications(start + 1, self.ledger.size)
        return [cast("Event", self.ledger.mapper.to_domain_event(row)) for row in rows]

    def record(self, *events: AdmittedEvent) -> list[int | str]:
        """Record one batch; give places and slugs."""
        return [place(each) for each in self.ledger.record(events)]
