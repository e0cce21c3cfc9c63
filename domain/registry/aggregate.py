# SPDX-License-Identifier: Apache-2.0
"""The registry's two functions: what may happen to it, and what it is afterwards.

Implements the functional core of the design (decision D2) for the registry events of
the envelope specification, section 7: one rule and one effect an event, by name.
Events of other subjects pass through, so that a whole log can be folded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from domain.event import Event
from domain.refusal import Refusal
from domain.registry import effects, enrolment, founding, heads, standing
from domain.registry.events import ACCESS, FOUNDED, HEADS, SETTLED
from domain.registry.powers import Act, key_unknown
from domain.registry.state import Registry

Rule = Callable[[Act], Refusal | None]
Effect = Callable[[Act], Registry]

RULES: Final[Mapping[str, Rule]] = {
    FOUNDED: founding.may_found,
    "alg.policy": founding.may_close_algorithm,
    HEADS: heads.may_record,
    ACCESS: heads.may_state_access,
    "authority.registered": founding.may_register_authority,
    "key.enrol-proposed": enrolment.may_propose,
    "key.enrol-approved": enrolment.may_approve,
    "key.rotated": enrolment.may_rotate,
    "key.suspended": standing.may_suspend,
    "key.reinstated": standing.may_reinstate,
    "key.revoked": standing.may_revoke,
    SETTLED: standing.may_settle,
    "role.granted": standing.may_grant,
    "role.withdrawn": standing.may_withdraw,
}

EFFECTS: Final[Mapping[str, Effect]] = {
    FOUNDED: effects.founded,
    "alg.policy": effects.algorithm_closed,
    HEADS: heads.recorded,
    ACCESS: heads.access_stated,
    "authority.registered": effects.authority_registered,
    "key.enrol-proposed": effects.proposed,
    "key.enrol-approved": effects.approved,
    "key.rotated": effects.rotated,
    "key.suspended": effects.suspended,
    "key.reinstated": effects.reinstated,
    "key.revoked": effects.revoked,
    SETTLED: effects.settled,
    "role.granted": effects.granted,
    "role.withdrawn": effects.withdrawn,
}


def decide(registry: Registry, event: Event, index: int) -> Refusal | None:
    """Judge a registry event whose signer ``authorise`` has already admitted.

    Args:
        registry: The registry that the events before ``index`` left.
        event: The event, with ``attested`` as the envelope verified it.
        index: The position that the event would take.

    Returns:
        Nothing if it is legal, or the first rule that it breaks.
    """
    rule = RULES.get(event.type.evt)
    if rule is None:
        return None
    if event.kid not in registry.keys and event.type.evt != FOUNDED:
        return key_unknown("kid_unknown", "The signing key is not enrolled here.", event.kid)
    return rule(Act(registry=registry, event=event, index=index))


def evolve(registry: Registry, event: Event, index: int) -> Registry:
    """Give the registry after an event that was accepted at a position.

    It needs no proof again: ``attested`` is not looked at, so stored events refold to
    the same value.
    """
    effect = EFFECTS.get(event.type.evt)
    if effect is None:
        return registry
    return effect(Act(registry=registry, event=event, index=index))
