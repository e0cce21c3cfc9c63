# SPDX-License-Identifier: Apache-2.0
"""What may be recorded next of a record, by its present state and the roles of whoever asks.

Only rules that look at the state alone are asked (design decision D5: the tables are the law);
whether an event's data fits is judged when it is checked, and the mandate of its key when it is
appended. So nothing is offered that the state forbids, and nothing lawful is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from domain.aggregate.line import Line
from domain.aggregate.objection import rests_on
from domain.aggregate.recorded import RecordState
from domain.authorization.shipment.table import ORIGINS as SHIPMENT_ORIGINS
from domain.authorization.table import ORIGINS as AUTHORIZATION_ORIGINS
from domain.catalogue import AGGREGATES
from domain.erasure.holds import HoldReleased
from domain.firearm.events.correcting import Corrected
from domain.licence.rules import SEQUENCE, next_steps
from domain.licence.state import Licence
from domain.licence.table import ORIGINS as LICENCE_ORIGINS
from domain.lot.table import ORIGINS as LOT_ORIGINS
from domain.tracing.table import ORIGINS as TRACING_ORIGINS

BEGINNING: Final = (
    LICENCE_ORIGINS | AUTHORIZATION_ORIGINS | SHIPMENT_ORIGINS | LOT_ORIGINS | TRACING_ORIGINS
)
"""Types with which a record begins, and which never follow."""


def following(kind: str, state: RecordState, roles: Collection[str]) -> tuple[str, ...]:
    """Name the events that may follow, in the order of the record's life; no corrections.

    Args:
        kind: Kind of the stream, for example ``trc``.
        state: What the record is now.
        roles: Role codes of whoever asks.
    """
    lines = AGGREGATES[kind].lines.values()
    found = (line.evt for line in lines if line.type.roles & {*roles} and _stands(line, state))
    return tuple(dict.fromkeys(found))


def _stands(line: Line[Any, Any], state: RecordState) -> bool:
    if line.evt in BEGINNING or issubclass(line.dat, Corrected):
        return False
    if issubclass(line.dat, HoldReleased) and not state.holds:
        return False
    if isinstance(state, Licence) and line.evt in SEQUENCE and line.evt not in {*_licence(state)}:
        return False
    own = (rule for rule in line.rules if rests_on(rule) == "record")
    objections = (rule(state, None) for rule in own)
    return not any(each is not None and each.blocks for each in objections)


def _licence(state: Licence) -> Iterator[str]:
    """Give what follows of a licence, that which an allowed appeal undoes included."""
    return (each.partition(" ")[0] for each in next_steps(state))
