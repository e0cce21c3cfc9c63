# SPDX-License-Identifier: Apache-2.0
"""What an erasure has come to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from domain.aggregate.recorded import RecordState
from domain.erasure.events import Proposed
from domain.event import Event

Status = Literal["none", "proposed", "approved", "executed"]
"""Where an erasure stands; ``none`` before it is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureState(RecordState):
    """One erasure, from its proposal to its end.

    Attributes:
        status: Where it stands.
        proposal: What was proposed.
        eid: Event id of the proposal.
        kid: Key that proposed it.
        proposed_at: When it was signed, in Unix seconds.
    """

    status: Status = "none"
    proposal: Proposed | None = None
    eid: str = ""
    kid: str = ""
    proposed_at: int = 0


NOT_PROPOSED: Final = ErasureState()
"""Before anything is proposed."""


def placed(state: ErasureState, event: Event, _: int) -> ErasureState:
    """Keep who proposed it, and when."""
    if event.dat is not state.proposal:
        return state
    return replace(state, eid=event.eid, kid=event.kid, proposed_at=event.iat)


COMPLETE_SECONDS: Final = 30 * 86_400
"""For so long backups of the key store may still hold a destroyed key (envelope, section 6)."""


def erasure_status(executed_at: int | None, now: float) -> Literal["erasing", "erased"]:
    """Tell whether an erasure is complete: executed, and every older backup thrown away."""
    complete = executed_at is not None and executed_at + COMPLETE_SECONDS <= now
    return "erased" if complete else "erasing"
