# SPDX-License-Identifier: Apache-2.0
"""Which of the policies that come with the software a jurisdiction has adopted, by the log.

A text counts as adopted only where its digest is the adopted one: a version of the same name with
another text is another policy, which nobody here can read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, cast
from uuid import UUID

from api.policies.loading import NAMES, USUAL, load_policy
from domain.aggregate.naming import POLICIES
from domain.application import Ledger
from domain.event import Event
from domain.policy.state import AdoptedPolicy, Decision
from domain.policy.table import POLICY
from domain.registry.state import covers

EVENTS: Final = "policy."


def adopted_names(ledger: Ledger, day: str, places: Sequence[str]) -> tuple[str, ...]:
    """Name the policies that are adopted and count on a day, the one to go by first.

    A policy of a part of a country goes before that of the whole, and of several the one that
    counts since the latest day, of those the one that was decided on last.

    Args:
        ledger: The ledger.
        day: The day, as YYYY-MM-DD.
        places: Jurisdictions of whoever asks; a policy counts for them that covers one of them.

    Raises:
        UnreachableError: The database does not answer.
    """
    found = [
        (state, decision)
        for state in _states(ledger)
        if any(covers((state.jurisdiction,), each) for each in places)
        and (decision := state.in_force(day)) is not None
        and decision.digest == _digests().get(state.policy)
    ]
    ordered = sorted(found, key=lambda each: _precedence(*each), reverse=True)
    return tuple(dict.fromkeys(state.policy for state, _ in ordered))


def in_order(names: Sequence[str], adopted: Sequence[str]) -> tuple[str, ...]:
    """Put the names of policies in order: those that are adopted, then the usual one."""
    first = [each for each in (*adopted, USUAL) if each in names]
    return tuple(dict.fromkeys((*first, *names)))


def _precedence(state: AdoptedPolicy, decision: Decision) -> tuple[int, str, int]:
    return len(state.jurisdiction), decision.effective_on, decision.index


def _states(ledger: Ledger) -> Iterator[AdoptedPolicy]:
    """Read every stream of decisions on policies."""
    states: dict[UUID, AdoptedPolicy] = {}
    for stored in ledger.store.referring(POLICIES, EVENTS):
        event = cast("Event", ledger.mapper.to_domain_event(stored))
        stream = event.sub.uuid
        states[stream] = POLICY.evolve(states.get(stream), event, stored.id - 1)
    return iter(states.values())


@cache
def _digests() -> dict[str, str]:
    return {name: load_policy(name).digest for name in NAMES}
