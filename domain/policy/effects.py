# SPDX-License-Identifier: Apache-2.0
"""What each event makes of a jurisdiction's policy; none of them refuses."""

from __future__ import annotations

from dataclasses import replace

from domain.event import Event
from domain.policy.events import Adopted, Withdrawn
from domain.policy.state import AdoptedPolicy, Decision


def adopted(state: AdoptedPolicy, dat: Adopted) -> AdoptedPolicy:
    """One more version; the name and the jurisdiction are those of the first."""
    decision = Decision(
        effective_on=dat.effective_on,
        version=dat.version,
        digest=dat.digest,
        late_after_days=dat.late_after_days,
    )
    return replace(
        state,
        policy=state.policy or dat.policy,
        jurisdiction=state.jurisdiction or dat.jur,
        decisions=(*state.decisions, decision),
    )


def withdrawn(state: AdoptedPolicy, dat: Withdrawn) -> AdoptedPolicy:
    """Nothing counts from a day on."""
    return replace(state, decisions=(*state.decisions, Decision(effective_on=dat.effective_on)))


def placed(state: AdoptedPolicy, event: Event, index: int) -> AdoptedPolicy:
    """Keep who took the newest decision, and where in the log it stands."""
    *before, newest = state.decisions
    return replace(state, decisions=(*before, replace(newest, index=index, decided_by=event.iss)))
