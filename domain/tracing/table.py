# SPDX-License-Identifier: Apache-2.0
"""The table of tracing events, and the aggregate of a tracing request's stream.

National tracing points speak with each other (ITI 24 and 25); police establish a point of
diversion also without a trace.
"""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.aggregate import Aggregate, record_aggregate
from domain.aggregate.correcting import correction_line
from domain.aggregate.line import Line
from domain.erasure.holds import hold_lines
from domain.firearm.lines.persons import PERSON
from domain.tracing import effects
from domain.tracing.events import (
    Acknowledged,
    DiversionEstablished,
    Ended,
    Forwarded,
    MoreInfoAsked,
    MoreInfoGiven,
    OnwardDisclosed,
    Refused,
    Reopened,
    Requested,
    Responded,
    Restricted,
    TraceCorrected,
)
from domain.tracing.rules import (
    came_to_hand_or_lawful_cause,
    describes_the_object,
    firearm_on_record,
    in_sequence,
    leads_on,
    method_fits,
    outcome_fits,
    urgency_justified,
    within_limits,
)
from domain.tracing.state import BLANK, TracingRequest

ORIGINS: Final = frozenset({"trace.requested"})
"""The type with which a tracing request's stream begins."""

LIFE: Final[tuple[Line[TracingRequest, Any], ...]] = (
    Line(
        evt="trace.requested",
        source="ITI 16 and 17; ATF F 3312.1",
        dat=Requested,
        roles="TRC",
        effect=effects.requested,
        rules=(describes_the_object, urgency_justified),
        checks=(firearm_on_record, came_to_hand_or_lawful_cause),
        links=("firearm",),
        subject="trc",
    ),
    Line(
        evt="trace.acknowledged",
        source="ITI 18",
        dat=Acknowledged,
        roles="TRC",
        effect=effects.acknowledged,
        rules=(in_sequence("trace.acknowledged"),),
        subject="trc",
    ),
    Line(
        evt="trace.more-info-asked",
        source="ITI 20",
        dat=MoreInfoAsked,
        roles="TRC",
        effect=effects.moved_to("more_info_asked"),
        rules=(in_sequence("trace.more-info-asked"),),
        subject="trc",
    ),
    Line(
        evt="trace.more-info-given",
        source="ITI 20",
        dat=MoreInfoGiven,
        roles="TRC",
        effect=effects.moved_to("acknowledged"),
        rules=(in_sequence("trace.more-info-given"),),
        subject="trc",
    ),
    Line(
        evt="trace.forwarded",
        source="ITI 21; MOSAIC 05.31",
        dat=Forwarded,
        roles="TRC",
        effect=effects.forwarded,
        rules=(in_sequence("trace.forwarded"), leads_on),
        subject="trc",
    ),
    Line(
        evt="trace.responded",
        source="ITI 20; MOSAIC 05.31",
        dat=Responded,
        roles="TRC",
        effect=effects.responded,
        rules=(in_sequence("trace.responded"),),
        claims=PERSON,
        digests=8,
        subject="trc",
    ),
    Line(
        evt="trace.restricted",
        source="ITI 22 and 23",
        dat=Restricted,
        roles="TRC",
        effect=effects.moved_to("restricted"),
        rules=(in_sequence("trace.restricted"),),
        subject="trc",
    ),
    Line(
        evt="trace.refused",
        source="ITI 22 and 23",
        dat=Refused,
        roles="TRC",
        effect=effects.moved_to("refused"),
        rules=(in_sequence("trace.refused"),),
        subject="trc",
    ),
    Line(
        evt="trace.point-of-diversion-established",
        source="SDG 16.4.2",
        dat=DiversionEstablished,
        roles="TRC POL",
        effect=effects.diversion_established,
        rules=(in_sequence("trace.point-of-diversion-established"), method_fits),
        subject="trc",
    ),
    Line(
        evt="trace.closed",
        source="SDG 16.4.2",
        dat=Ended,
        roles="TRC",
        effect=effects.closed,
        rules=(in_sequence("trace.closed"), outcome_fits),
        subject="trc",
    ),
    Line(
        evt="trace.reopened",
        source="SDG 16.4.2",
        dat=Reopened,
        roles="TRC",
        effect=effects.reopened,
        rules=(in_sequence("trace.reopened"),),
        subject="trc",
    ),
    Line(
        evt="trace.onward-disclosed",
        source="ITI 14 and 15; Firearms Protocol, article 12(5)",
        dat=OnwardDisclosed,
        roles="TRC",
        effect=effects.unchanged,
        rules=(in_sequence("trace.onward-disclosed"), within_limits),
        subject="trc",
    ),
    *hold_lines("trace", "trc"),
)
"""What happens to a request, in the order of its life."""

TABLE: Final[tuple[Line[TracingRequest, Any], ...]] = (
    *LIFE,
    correction_line("trace.corrected", TraceCorrected, LIFE),
)
"""Every event type of a tracing request's stream."""

TRACING: Final[Aggregate[TracingRequest]] = record_aggregate(
    "trc", TABLE, blank=BLANK, origins=ORIGINS, place=effects.placed
)
"""The aggregate of a tracing request's stream."""
