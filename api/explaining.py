# SPDX-License-Identifier: Apache-2.0
"""Explaining: would this event be legal now for that stream, and who might sign it?

The ledger answers by the rules and states that it records by (design, section 3), so that an
explanation never says anything else than the refusal would. Nothing is appended. Whose
endorsements the data names, is taken as given: no signature exists yet.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from domain.application import Ledger
from domain.errors import UsageError
from domain.event import Event, read_data
from domain.identifiers import FIRST_PREV, REGISTRY_KINDS, StreamId
from domain.judgement import Foresight
from domain.occurrence import parse_occurrence
from domain.refusal import Refusal
from domain.registry.authorise import authorise
from domain.schema import Closed, EventType

NOBODY: Final = ""
_UNSIGNED: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which event is asked about.

    Attributes:
        kind: Its type.
        stream: The stream it would belong to.
        dat: Its public data.
        occ: When it happened; today by default.
        kid: The key that might sign it, if one is asked about.
    """

    kind: EventType
    stream: StreamId
    dat: Mapping[str, Any]
    occ: str | None = None
    kid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the ledger would answer.

    Attributes:
        foresight: What the rules have against the event.
        size: Size of the log that this is about.
        recorded: Number of events that the stream has.
        mandate: What stands against the key that was asked about, if anything does.
    """

    foresight: Foresight
    size: int
    recorded: int
    mandate: Refusal | None = None

    @property
    def legal(self) -> bool:
        """Whether the ledger would record it."""
        return self.foresight.refusal is None and self.mandate is None


def explain(ledger: Ledger, question: Question) -> Explanation:
    """Tell whether an event would be legal now, by the rules the ledger records by.

    Raises:
        UsageError: The event belongs to streams of another kind, or no key is named for an
            event about keys, whose rules are about who signs.
        EnvelopeError: ``schema_invalid``; the data is not what the schema demands.
        InvalidValueError: ``occ_invalid``.
        UnreachableError: The database does not answer.
    """
    _check(question)
    event = _event(ledger, question)
    foresight = ledger.foresee(event)
    size = ledger.size
    recorded = ledger.heads([event.sub.uuid]).get(event.sub.uuid, (0, FIRST_PREV))[0]
    mandate = authorise(ledger.registry, event, size) if question.kid else None
    return Explanation(foresight=foresight, size=size, recorded=recorded, mandate=mandate)


def _check(question: Question) -> None:
    kind = question.kind
    if question.stream.kind != kind.subject:
        raise UsageError(
            f"{kind.evt} is recorded in streams {kind.subject}.<uuid>,"
            f" not in {question.stream.kind}.<uuid>.",
            slug="stream_kind",
            next_step=f"Name a stream {kind.subject}.<uuid>, or see `muniment events`.",
        )
    if kind.subject in REGISTRY_KINDS and not question.kid:
        raise UsageError(
            f"Whether {kind.evt} is legal depends on who signs it.",
            slug="signer_unnamed",
            next_step="Name the key with --key.",
        )


def _event(ledger: Ledger, question: Question) -> Event:
    now = int(time.time())
    kid = question.kid or NOBODY
    key = ledger.catch_up().keys.get(kid)
    dat = read_data(question.kind, dict(question.dat))
    return Event(
        eid=FIRST_PREV,
        kid=kid,
        iss=key.authority if key else NOBODY,
        aud=NOBODY,
        sub=question.stream,
        seq=1,
        prev=FIRST_PREV,
        jti=_UNSIGNED,
        iat=now,
        occ=parse_occurrence(question.occ or datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")),
        type=question.kind,
        dat=dat,
        attested=frozenset(_stated(dat)),
    )


def _stated(dat: Closed) -> Iterator[str]:
    """Give the keys whose signatures the data says it holds."""
    values = dat.__dict__
    if "pop" in values:
        yield values["kid"]
    for name in ("endorsements", "roots"):
        yield from (each.kid for each in values.get(name, ()))
