# SPDX-License-Identifier: Apache-2.0
"""From a question and its answer to the record of it in the access log.

Every door calls this for each read of personal data and each trace, refusals too, before it gives
the answer (envelope specification, section 7; ASVS 5.0, 16.3.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from api.access.caller import Caller, Reason
from api.access.message import HttpRequest
from api.access.policy import Decision
from api.access.table import Action
from audit.access.selectors import SelectorKey
from audit.proof.access.record import ALLOWED, EVENTS_MAX, Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asked.

    Attributes:
        caller: Who.
        action: What for, as in the policy.
        reason: Why, if it was stated.
        request: The request, of which only a keyed digest is kept.
        selectors: What was searched for, by its kind; only keyed digests are kept.
        at: When, in Unix seconds.
    """

    caller: Caller
    action: Action
    reason: Reason | None
    request: HttpRequest
    at: int
    selectors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown.

    Attributes:
        events: Event ids.
        count: Events, things or persons, where there are no event ids.
        claims: Names of personal data.
    """

    events: tuple[str, ...] = ()
    count: int = 0
    claims: frozenset[str] = frozenset()


NOTHING: Final = Shown()


def access_of(
    question: Question, decision: Decision | str, shown: Shown = NOTHING, *, key: SelectorKey
) -> Access:
    """Give the record of an answer, or of a refusal.

    Args:
        question: What was asked.
        decision: What the policy said, or the code of another refusal, such as a quota's.
        shown: What is going to be shown; nothing where it is refused.
        key: The key of the ledger's selectors.
    """
    code = decision if isinstance(decision, str) else decision.code or ALLOWED
    caller, reason, request = question.caller, question.reason, question.request
    told = f"{request.method} {request.url}\n" + request.body.hex()
    return Access(
        at=question.at,
        means=caller.means,
        authority=caller.authority,
        key=caller.key,
        officer=caller.officer,
        action=question.action,
        purpose=reason.purpose if reason else "",
        basis=reason.legal_basis if reason else "",
        case=reason.case if reason else "",
        selectors=tuple(key.blind(kind, text) for kind, text in question.selectors.items()),
        decision=code,
        count=len(shown.events) or shown.count,
        events=shown.events if len(shown.events) <= EVENTS_MAX else (),
        claims=tuple(sorted(shown.claims)),
        recipient=reason.recipient if reason else "",
        request=key.blind("request", told),
    )
