# SPDX-License-Identifier: Apache-2.0
"""Rules of a shipment's own stream: its status, its lines and its list of firearms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from domain.aggregate.objection import Objection, blocked
from domain.authorization.codes import ShipmentStatus
from domain.authorization.rules.common import lines_distinct
from domain.authorization.shipment.events import (
    Crossed,
    Declared,
    Extended,
    Received,
    ShipmentClosed,
)
from domain.authorization.shipment.state import Shipment, firearms_in
from domain.schema import Closed


def status_in(*legal: ShipmentStatus) -> Callable[[Shipment, Closed], Objection | None]:
    """Make the rule that a shipment has come so far and no further."""

    def rule(state: Shipment, _: Closed) -> Objection | None:
        """The shipment has come so far and no further."""
        if state.status in legal:
            return None
        return blocked(
            "shipment_status",
            "The shipment has come too far for that, or not far enough.",
            axis="status",
            found=state.status,
            legal=legal,
        )

    return rule


def items_distinct(_: Shipment, dat: Declared) -> Objection | None:
    """Every line of goods has a number of its own."""
    return lines_distinct(item.line for item in dat.items)


def firearms_within_quantity(state: Shipment, dat: Declared | Extended) -> Objection | None:
    """No more firearms are named than are declared, and none twice (rule 6)."""
    declared = firearms_in(dat.items if isinstance(dat, Declared) else state.items)
    named = (*state.firearms, *dat.firearms)
    twice = [each for each, count in Counter(named).items() if count > 1]
    if twice:
        return _repeated(twice)
    if len(named) <= declared:
        return None
    return blocked(
        "quantity_exceeded",
        "More firearms are named than were declared.",
        axis="quantity",
        found=str(len(named)),
        legal=(f"at most {declared}",),
    )


def lines_of_shipment(state: Shipment, dat: Crossed) -> Objection | None:
    """Only lines of the shipment are counted, each once."""
    lines = [count.line for count in dat.counts or ()]
    return lines_distinct(lines) or _lines_within(state, lines)


def every_line_counted(state: Shipment, dat: Received) -> Objection | None:
    """The receiver counts every line, each once; a line that did not arrive counts nothing."""
    lines = [count.line for count in dat.counts]
    objection = lines_distinct(lines) or _lines_within(state, lines)
    if objection or len(lines) == len(state.items):
        return objection
    return _lines_differ(state, lines)


def lists_agree(state: Shipment, dat: Received) -> Objection | None:
    """What is missing was in the shipment, and what is extra was not."""
    wrong = [each for each in dat.missing if each not in state.firearms]
    wrong += [each for each in dat.extra if each in state.firearms]
    if not wrong:
        return None
    return blocked(
        "shipment_list",
        "What is missing is not of the shipment, or what is extra is.",
        axis="firearms",
        found=", ".join(wrong),
        legal=("missing: firearms of the shipment", "extra: other firearms"),
    )


def outcome_true(state: Shipment, dat: ShipmentClosed) -> Objection | None:
    """It ends complete only if it was received and nothing is open."""
    true = "not_received"
    if state.status == "received":
        true = "discrepant" if state.findings else "complete"
    if dat.outcome == true:
        return None
    return blocked(
        "shipment_outcome",
        "The shipment did not end like that.",
        axis="outcome",
        found=", ".join(dict.fromkeys(each.code for each in state.findings)) or state.status,
        legal=(true,),
    )


def _lines_within(state: Shipment, lines: list[int]) -> Objection | None:
    known = {item.line for item in state.items}
    return None if known.issuperset(lines) else _lines_differ(state, lines)


def _lines_differ(state: Shipment, lines: Iterable[int]) -> Objection:
    return blocked(
        "lines_differ",
        "The lines counted are not those of the shipment.",
        axis="lines",
        found=", ".join(map(str, lines)),
        legal=tuple(str(item.line) for item in state.items) or ("none",),
    )


def _repeated(firearms: Iterable[str]) -> Objection:
    return blocked(
        "firearm_repeated",
        "A firearm is named more than once.",
        axis="firearms",
        found=", ".join(firearms),
        legal=("each firearm once",),
    )
