# SPDX-License-Identifier: Apache-2.0
"""Within which time what happened is to be recorded, by the policies that the log itself tells of.

Serves "``occ`` outside policy is flagged late" of the log specification, section 2.7. A
jurisdiction adopts a policy by an event, which names the term; the version counts that was in
force when something happened, as far as the log knew by then. Where none names a term there is a
default. In doubt nobody is late: of several terms the longest counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from audit.proof.verify.registry import open_entry
from domain.aggregate.scene import Scene
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.identifiers import StreamId
from domain.policy.duties import DAY_SECONDS, LAST_SECOND
from domain.policy.state import AdoptedPolicy
from domain.policy.table import POLICY
from domain.registry.state import Registry, covers

LATE_AFTER_DAYS: Final = 30
"""After so many days recording is called late, where no adopted policy says otherwise."""


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A term, and who set it.

    Attributes:
        days: Number of days.
        setter: Which adoption set it, in words; nothing for the default.
    """

    days: int
    setter: str = ""

    @property
    def seconds(self) -> int:
        """The same in seconds."""
        return self.days * DAY_SECONDS

    def __str__(self) -> str:
        """Say it as the end of a sentence."""
        if self.setter:
            return f"the term is {self.days} days, by {self.setter}"
        return f"the term is {self.days} days, the default where no adopted policy names one"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all jurisdictions of a ledger.

    Attributes:
        policies: The adopted policies, with their decisions alone.
    """

    policies: tuple[AdoptedPolicy, ...] = ()

    @property
    def least(self) -> int:
        """No term is shorter than this, in seconds."""
        named = (decision.late_after_days for each in self.policies for decision in each.decisions)
        return min([LATE_AFTER_DAYS, *filter(None, named)]) * DAY_SECONDS

    def of(self, event: Event, index: int, registry: Registry) -> Term:
        """Give the term by which an event at a position of the log had to be recorded."""
        if event.occ.latest > LAST_SECOND:
            return Term(LATE_AFTER_DAYS)
        day = f"{datetime.fromtimestamp(event.occ.latest, UTC):%Y-%m-%d}"
        found = self._in_force(_places(event, registry), day, index=index)
        return max(found, default=Term(LATE_AFTER_DAYS))

    def _in_force(self, places: Collection[str], day: str, *, index: int) -> Iterator[Term]:
        for each in self.policies:
            decision = each.in_force(day, as_of=index)
            if decision is None or decision.late_after_days is None:
                continue
            if any(covers((each.jurisdiction,), place) for place in places):
                name = f"policy {each.policy}, version {decision.version}"
                setter = f"{name}, adopted for {each.jurisdiction} by entry {decision.index}"
                yield Term(decision.late_after_days, setter)


def adopted_terms(
    entries: Iterable[tuple[int, bytes]], *, registry: Registry, audience: str
) -> Terms:
    """Fold the decisions on policies; one that does not verify or was illegal sets no term.

    Args:
        entries: Entries of the streams of policies with their indexes, in the order of the log.
        registry: Who may sign, over the whole log.
        audience: Identifier of the ledger.
    """
    states: dict[StreamId, AdoptedPolicy] = {}
    for index, jws in entries:
        event = open_entry(
            jws, index=index, registry=registry, audience=audience, catalogue=CATALOGUE
        )
        if not isinstance(event, Event) or event.sub.kind != POLICY.kind:
            continue
        state = states.get(event.sub)
        scene = Scene(event=event, index=index, state=state, others={}, registry=registry)
        if POLICY.decide(scene) is None:
            states[event.sub] = POLICY.evolve(state, event, index)
    return Terms(tuple(replace(each, entries=(), contradictions=()) for each in states.values()))


def _places(event: Event, registry: Registry) -> Collection[str]:
    """Give where an event belongs: where it says, or else wherever its authority acts."""
    stated = getattr(event.dat, "jur", None)
    authority = registry.authorities.get(event.iss)
    if stated is not None:
        return (stated,)
    return authority.jurisdictions if authority else ()
