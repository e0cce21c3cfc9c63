# SPDX-License-Identifier: Apache-2.0
"""The table of policy events, and the aggregate of a policy's stream.

The licensing authority decides, with a second person. A stream begins with an adoption, and
each newer version is a further adoption, so the type with which it begins also occurs later.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from domain.aggregate.aggregate import Aggregate, RecordFold
from domain.aggregate.line import Line
from domain.event import Event
from domain.policy import effects
from domain.policy.events import Adopted, Withdrawn
from domain.policy.rules import (
    of_its_jurisdiction,
    one_policy_a_stream,
    one_text_a_version,
    still_standing,
    two_persons_decide,
)
from domain.policy.state import BLANK, AdoptedPolicy
from domain.refusal import Refusal

TABLE: Final[tuple[Line[AdoptedPolicy, Any], ...]] = (
    Line(
        evt="policy.adopted",
        source="ITI 18; Firearms Protocol, articles 8(1), 10 and 11",
        dat=Adopted,
        roles="LIC",
        effect=effects.adopted,
        rules=(one_policy_a_stream, one_text_a_version),
        checks=(two_persons_decide,),
        subject="pol",
    ),
    Line(
        evt="policy.withdrawn",
        source="ITI 18; Firearms Protocol, articles 8(1), 10 and 11",
        dat=Withdrawn,
        roles="LIC",
        effect=effects.withdrawn,
        rules=(of_its_jurisdiction, still_standing),
        checks=(two_persons_decide,),
        subject="pol",
    ),
)
"""In the order of a policy's life."""

_LINES: Final = MappingProxyType({(line.evt, line.ver): line for line in TABLE})
_FIRST: Final = RecordFold(BLANK, _LINES, frozenset({"policy.adopted"}), effects.placed)
_LATER: Final = RecordFold(BLANK, _LINES, frozenset(), effects.placed)


def judge(state: AdoptedPolicy | None, event: Event) -> Refusal | None:
    """Tell why an event is illegal after the state."""
    return (_FIRST if state is None else _LATER).judge(state, event)


POLICY: Final[Aggregate[AdoptedPolicy]] = Aggregate(
    kind="pol", lines=_LINES, judge=judge, evolve=_FIRST.evolve
)
"""The aggregate of a policy's stream."""
