# SPDX-License-Identifier: Apache-2.0
"""The one place of the service where it is decided who may do what, and where that is kept.

A route names its action and asks here; what the access policy refuses never reaches the data, and
what is shown is written into the access log before it is handed out (envelope specification,
section 7: no purpose, no data; refused attempts too). A thing that somebody may not see is answered
like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.access.caller import STRANGER, Caller, Reason
from api.access.message import HttpRequest, field_lines, target_uri
from api.access.policy import Decision, decide
from api.access.reasons import reason_of
from api.access.recording import Question
from api.access.refusals import refusal
from api.access.table import Action
from api.gate.effects import Appended
from api.gate.reach import sees_everything
from api.gate.status import UnknownError, status_of
from domain.errors import MunimentError

if TYPE_CHECKING:
    from api.service.service import Service

UNRECORDED: Final[frozenset[Action]] = frozenset(
    {"log.read", "registry.read", "statistics.read", "metrics.read", "event.append"}
)
"""Actions that show no person and no firearm, or that the log itself records."""

BODIES: Final = frozenset(("POST", "PUT", "PATCH", "DELETE"))


@dataclass(slots=True, kw_only=True)
class Note:
    """What is written down of one answer.

    Attributes:
        decision: What the policy said.
        answers: How many records are shown.
        events: Event ids that are shown.
        claims: Names of the disclosures that are shown.
        code: Why nothing is shown.
    """

    decision: Decision
    answers: int = 0
    events: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    code: str = ""

    def told(
        self, *, answers: int | None = None, events: Sequence[str] = (), claims: Sequence[str] = ()
    ) -> None:
        """Say what the answer shows, before it is handed out."""
        self.answers = len(events) if answers is None else answers
        self.events, self.claims = tuple(events), tuple(claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a page sends in other places than a program does.

    Attributes:
        csrf: The token against forged requests, from a field of the form.
        reason: Why it is asked.
    """

    csrf: str | None = None
    reason: Reason | None = None


class Asked:
    """One request for one action."""

    def __init__(
        self,
        service: Service,
        request: Request,
        action: Action,
        body: bytes,
        *,
        form: Form | None = None,
    ) -> None:
        """Take a request; nothing is decided yet."""
        self.service = service
        self.action = action
        self._request = request
        self._body = body
        self._form = form

    @cached_property
    def message(self) -> HttpRequest:
        """The request as its signature sees it; the address is that of the public origin."""
        scope = self._request.scope
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        return HttpRequest(
            method=scope["method"],
            url=target_uri(self.service.settings.origin, target),
            fields=field_lines(scope["headers"]),
            body=self._body,
        )

    @cached_property
    def caller(self) -> Caller:
        """Who asks.

        Raises:
            UnauthenticatedError: A signature or a session is there and does not hold.
        """
        token = self._form.csrf if self._form else None
        found = self.service.gate.caller_of(self.message, csrf=token)
        self._request.state.caller = found.key or found.officer or found.means
        return found

    def check_caller(self) -> None:
        """Make sure that somebody known asks, before anything is waited for.

        Raises:
            UnauthenticatedError: It is not known who asks.
        """
        if self.caller == STRANGER:
            raise refusal("unknown_caller")

    @property
    def reason(self) -> Reason | None:
        """Why it is asked, if the request says so."""
        return self._form.reason if self._form else reason_of(self.message)

    def check_allowed(self) -> Decision:
        """Make sure that the policy allows the action, before anything is shown or counted.

        Returns:
            Where it is allowed.

        Raises:
            MunimentError: It is not.
        """
        decision = self._decided(None)
        self._check(decision)
        return decision

    def also(self, action: Action) -> Asked:
        """Give the same request for another action."""
        return Asked(self.service, self._request, action, self._body, form=self._form)

    @contextmanager
    def admitted(self, *, place: str | None = None, **selectors: str) -> Iterator[Note]:
        """Let an action happen that the policy allows, and keep what became of it.

        Args:
            place: Jurisdiction of the thing that is named, if it is known.
            selectors: What is asked for, by its kind; kept as keyed digests alone.

        Raises:
            MunimentError: It is not allowed, or what happened in it failed.
        """
        gate = self.service.gate
        decision = self._decided(place)
        note = Note(decision=decision)
        try:
            self._check(decision)
            gate.quotas.spend(self.caller, self.action)
            yield note
        except MunimentError as error:
            note.code = error.slug
            if error.slug in UNKNOWN and not sees_everything(decision):
                raise hidden() from None
            raise
        finally:
            if self.action not in UNRECORDED:
                gate.keep(self.question(selectors), note)

    def _decided(self, place: str | None) -> Decision:
        now = int(self.service.gate.clock())
        return decide(self.caller, self.action, place=place, reason=self.reason, now=now)

    def _check(self, decision: Decision) -> None:
        if decision.code is not None:
            named = decision.hidden and self.caller != STRANGER
            raise hidden() if named else refusal(decision.code)

    async def admit_append(self, submissions: Sequence[bytes]) -> None:
        """Let events be appended: each is authenticated by its own signature.

        Raises:
            UnauthenticatedError: The request is signed besides, and that does not hold.
            ThrottledError: Too much was recorded for one of their keys.
        """
        if "signature" in self._request.headers or "signature-input" in self._request.headers:
            await run_in_threadpool(lambda: self.caller)
        self.service.gate.appends.check(submissions)

    def appended(
        self, submissions: Sequence[bytes], answers: Sequence[Appended | MunimentError]
    ) -> None:
        """Count what became of events, for whoever monitors and for the limits of their keys."""
        metrics = self.service.metrics
        recorded = []
        for submission, each in zip(submissions, answers, strict=True):
            if isinstance(each, MunimentError):
                metrics.appends_of(str(status_of(each))).inc()
            else:
                metrics.appends_of("repeated" if each.repeated else "recorded").inc()
                recorded.append(submission)
        self.service.gate.appends.count(recorded)
        done = [each.eid for each in answers if isinstance(each, Appended)]
        self._request.state.recorded = done[:RECORDED_TOLD_MAX]

    def question(self, selectors: Mapping[str, str]) -> Question:
        """Give what was asked, as the access log keeps it."""
        return Question(
            caller=self.caller,
            action=self.action,
            reason=self.reason,
            request=self.message,
            at=int(self.service.gate.clock()),
            selectors=selectors,
        )


UNKNOWN: Final = frozenset(("firearm_unknown", "record_unknown", "event_unknown"))
"""What somebody who may see a part alone is told of a thing that is out of reach, too."""

RECORDED_TOLD_MAX: Final = 16
"""Event ids beside one request in the log of the service."""


def asks(action: Action) -> Callable[[Request], Awaitable[Asked]]:
    """Give the dependency of a route that does an action."""

    async def ask(request: Request) -> Asked:
        body = await request.body() if request.method in BODIES else b""
        return Asked(request.app.state.service, request, action, body)

    ask.action = action  # type: ignore[attr-defined]
    return ask


def hidden() -> UnknownError:
    """Give the answer about what does not exist, or must not be known to exist."""
    return UnknownError(
        "There is no such thing, or it is not for you.",
        slug="not_found",
        next_step="Check the identifier and your mandate.",
    )
