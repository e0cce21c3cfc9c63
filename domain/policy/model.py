# SPDX-License-Identifier: Apache-2.0
"""A policy as a value: which events make which duties due, what meets them, what is kept how long.

Implements "deadlines are per-jurisdiction configuration" of the domain facts, sections 2 and 8:
the Firearms Protocol and the International Tracing Instrument name duties without numbers of
days, and national laws name them differently. How a policy is read from the text of a file is
the concern of ``parsing``; whether its events and members exist, of ``checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from domain.authorization.terms import Day
from domain.codes import Maybe
from domain.schema import Closed, Code, Jurisdiction

ANYWHERE: Final = "*"
"""In place of a jurisdiction: a policy that counts everywhere."""

ANY_EVENT: Final = "*"
"""In place of an opening event: whichever event is noted as not fitting."""

EVENT_ID: Final = "eid"
"""In place of a member of the opening event: its event id."""

ITSELF: Final = "itself"
"""In place of a closing event: the very event that opened the duty."""

OCCURRED: Final = "occ"
SIGNED: Final = "iat"

DUTIES_MAX: Final = 64
EVENTS_MAX: Final = 32
VALUES_MAX: Final = 32
JURISDICTIONS_MAX: Final = 64
DAYS_MAX: Final = 36_525
RETENTIONS_MAX: Final = 16
YEARS_MAX: Final = 200

Severity = Literal["high", "normal", "low"]
"""How much hangs on a duty, the gravest first (own list, version 1)."""

Sentence = Annotated[str, StringConstraints(max_length=400, pattern=r"^\S[^\r\n]*\S$")]
"""One line of words for people."""

PolicyCode = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=64)
]
"""The name of a policy, for example ``firearms-protocol-minimum``."""

PolicyVersion = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z]+([.-][0-9A-Za-z]+)*$", max_length=32)
]
"""The version of a policy's text, as whoever keeps it counts."""

Days = Annotated[int, Field(ge=1, le=DAYS_MAX)]
"""A number of days."""

ClockStart = Literal[
    "destruction",
    "export",
    "lapse",
    "refusal",
    "ban_end",
    "authorization_end",
    "lot_end",
    "trace_end",
    "service_end",
]
"""What a retention counts from (WaffRG 27; Directive (EU) 2021/555, article 4(5)): the first two
for a firearm or component, the next for a licence; a refusal also for an authorization; the last
for an officer."""

Years = Annotated[int, Field(ge=1, le=YEARS_MAX)]
"""A number of years."""

Value = str | int | bool


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _flat(tables: Any) -> Any:
    """Turn tables in tables, as dotted keys of TOML make them, into dotted paths."""
    if not isinstance(tables, Mapping):
        return tables
    flat: dict[str, Any] = {}
    for name, value in tables.items():
        inner = _flat(value)
        nested = isinstance(inner, Mapping)
        flat |= (
            {f"{name}.{path}": each for path, each in inner.items()} if nested else {name: inner}
        )
    return flat


def _as_closing(value: object) -> object:
    return {"event": value} if isinstance(value, str) else value


def _as_text(value: object) -> object:
    return value.isoformat() if type(value) is date else value


Values = Annotated[
    tuple[Value, ...],
    BeforeValidator(_several),
    Field(strict=False, min_length=1, max_length=VALUES_MAX),
]
Conditions = Annotated[dict[str, Values], BeforeValidator(_flat)]
"""Values by the dotted path of a member; each member has one of its values."""

Codes = Annotated[
    tuple[Code, ...],
    BeforeValidator(_several),
    Field(strict=False, min_length=1, max_length=VALUES_MAX),
]
Pairs = Annotated[dict[str, str], BeforeValidator(_flat)]


class Occasion(Closed):
    """An event that a policy speaks of.

    Attributes:
        event: Name of the event type, in whichever version.
        when: Values that members of it have; none where every such event counts.
    """

    event: str
    when: Conditions = Field(default_factory=dict)


class Opening(Occasion):
    """An event that makes a duty due.

    Attributes:
        event: Name of the event type; ``*`` for any that is noted.
        noted: Rules of which one notes that the event does not fit; absent where none need.
    """

    noted: Codes = ()


class Closing(Occasion):
    """An event that ends a duty.

    Attributes:
        event: Name of the event type, or ``itself`` for the very event that opened the duty.
        same: Members that have the value of a member of the opening event, by its name, or its
            event id by ``eid``.
        at: Whether its occurrence counts, or the time at which it was signed.
    """

    same: Pairs = Field(default_factory=dict)
    at: Literal["occ", "iat"] = "occ"


class DutyRule(Closed):
    """What is to be done after an event, by whom and within how many days.

    Attributes:
        code: Name of the duty within its policy.
        sentence: What is to be done.
        source: Where that is written, and whether the number of days is written there too.
        opens: The event that makes it due.
        closes: Events of which one ends it.
        days: Number of days.
        counts_from: ``occ``, ``iat``, or the member of the opening event that holds the date.
        due: Member of the opening event that may state the last day; then no days are counted.
        through: Member by which events of the closing stream name the stream of the opening one,
            where that is another, as a transfer names the licence of its receiver.
        holding: Which other firearms in the holding of that licence count too: those that came
            without naming a licence, or all.
        naming: Member by which the opening event names the streams in which something is to be
            done, as a stocktake names what is missing.
        who: Code of the role that is to do it; ``HLD`` for a holder, who acts through an authority.
        severity: How much hangs on it.
    """

    code: Code
    sentence: Sentence
    source: Sentence
    opens: Opening
    closes: Annotated[
        tuple[Annotated[Closing, BeforeValidator(_as_closing)], ...],
        Field(strict=False, min_length=1, max_length=EVENTS_MAX),
    ]
    days: Days
    counts_from: str
    due: Maybe[str] = None
    through: Maybe[str] = None
    holding: Maybe[Literal["unlicensed", "all"]] = None
    naming: Maybe[str] = None
    who: str
    severity: Severity


class RetentionRule(Closed):
    """For how long the persons in a record are kept, and what that is counted from.

    Attributes:
        code: Name of the rule within its policy.
        sentence: What is kept, and until when.
        source: Where that is written, and whether the number of years is written there too.
        starts: What it counts from.
        years: Number of years.
    """

    code: Code
    sentence: Sentence
    source: Sentence
    starts: ClockStart
    years: Years


class Policy(Closed):
    """The duties and retentions of a jurisdiction, in one version.

    Attributes:
        id: Its name.
        title: What it is, in words.
        jurisdiction: Where it counts; ``*`` for everywhere.
        version: Version of its text.
        valid_from: First day; what certainly happened before makes nothing due.
        source: The instrument or law behind it.
        duty: Its duties.
        retention: For how long it keeps persons; nothing where it does not say.
    """

    id: PolicyCode
    title: Sentence
    jurisdiction: Annotated[
        tuple[Jurisdiction | Literal["*"], ...],
        BeforeValidator(_several),
        Field(strict=False, min_length=1, max_length=JURISDICTIONS_MAX),
    ]
    version: PolicyVersion
    valid_from: Annotated[Day, BeforeValidator(_as_text)]
    source: Sentence
    duty: Annotated[tuple[DutyRule, ...], Field(strict=False, min_length=1, max_length=DUTIES_MAX)]
    retention: Annotated[
        tuple[RetentionRule, ...], Field(strict=False, max_length=RETENTIONS_MAX)
    ] = ()
