# SPDX-License-Identifier: Apache-2.0
"""The one event of an access, and its stream.

Every role may consult the record for some purpose, and states it; which role is shown what is
decided where access is given. A statement of access stands alone: nothing follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.access.events import Accessed
from domain.access.retention import persons_still_open
from domain.aggregate.aggregate import Aggregate, record_aggregate
from domain.aggregate.line import Line
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.recorded import RecordState
from domain.aggregate.scene import Scene
from domain.firearm.state import Firearm
from domain.licence.state import Licence
from domain.tracing.state import TracingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(RecordState):
    """One look at the record.

    Attributes:
        stated: What its signer said of it; nothing before it is stated.
    """

    stated: Accessed | None = None


def accessed(state: Access, dat: Accessed) -> Access:
    """The look is stated."""
    return replace(state, stated=dat)


def refused_shows_nothing(_: Access, dat: Accessed) -> Objection | None:
    """Who was kept from the record was shown neither records nor persons."""
    if dat.granted or not (dat.answers or dat.claims):
        return None
    return blocked(
        "access_contradictory",
        "An access that was refused showed nothing.",
        axis="access",
        found=f"{dat.answers} records, {len(dat.claims)} disclosures",
        legal=("granted: true", "answers: 0 and no claims"),
    )


def _on_record(member: str, kind: type) -> Callable[[Scene, Accessed], Objection | None]:
    """Make the rule that what an access names is in this ledger."""

    def check(scene: Scene, dat: Accessed) -> Objection | None:
        named = getattr(dat, member)
        if named is None or scene.other(named, kind) is not None:
            return None
        return blocked(
            "reference_unknown",
            "What was consulted is not in this ledger.",
            axis=member,
            found=named,
            legal=(f"a {member.replace('_', ' ')} of this ledger", f"leave {member} out"),
        )

    return check


TABLE: Final[tuple[Line[Access, Any], ...]] = (
    Line(
        evt="record.accessed",
        source="WaffRG 25",
        dat=Accessed,
        roles="TRC POL LIC CUS CRT LAB EVC STK STW AUD DLR MFR PRF IMX DEA VER DST BRK",
        effect=accessed,
        rules=(refused_shows_nothing,),
        checks=(
            _on_record("firearm", Firearm),
            _on_record("licence", Licence),
            _on_record("request", TracingRequest),
            persons_still_open,
        ),
        links=("firearm", "licence", "request"),
        subject="acc",
    ),
)

ACCESS: Final[Aggregate[Access]] = record_aggregate(
    "acc", TABLE, blank=Access(), origins=frozenset({"record.accessed"})
)
"""The aggregate of an access."""
