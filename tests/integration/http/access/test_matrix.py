# SPDX-License-Identifier: Apache-2.0
"""Every route by everybody: what the access policy's table says, and nothing else, is answered.

What is expected comes from the lines of ``api.access.table`` as they stand there, not from the
function that judges by them; what a route does comes from what the route itself names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.access.table import LINES, NAMED, STRANGERS, Action, Line
from api.http.app import PREFIX, ROUTERS
from domain.access.events import Purpose
from domain.registry.members import ROLES
from tests.integration.append.desk import AUTHORITY
from tests.integration.http.conftest import Machine, Served

UNASKED: Final = (
    "/v1/health/",
    "/v1/limits",
    "/v1/problems/",
    "/reference",
    "/v1/openapi.json",
    *("/v1/session", "/v1/log-in", "/v1/step-up", "/v1/passkeys", "/v1/approvals"),
)
"""Addresses that say nothing of the ledger, and those at which people log in."""

SENT: Final = {
    "/v1/search": ("application/json", b'{"questions":[{"text":"TW9-1234567"}]}'),
    "/v1/events": ("application/sd-jwt", b"e30~"),
    "/v1/persons/file": ("application/json", b'{"document":"AB-0000000"}'),
    "/v1/webhooks": ("application/json", b'{"url":"https://127.0.0.1/unserved"}'),
    "/v1/webhooks/{webhook}/replay": ("application/json", b'{"after":0}'),
    "/v1/events/batch": ("application/vnd.muniment.submissions", b"e30~"),
}
QUERIES: Final = {
    "GET /v1/search": "?text=TW9-1234567",
    "GET /v1/log/proofs/inclusion": "?index=0",
    "GET /v1/log/proofs/consistency": "?first=1",
}
PARTS: Final = {
    "index": "0",
    "firearm": "arm.01a2076b-4018-7111-8222-00000000dead",
    "licence": "lic.01a2076b-4018-7111-8222-00000000dead",
    "erasure": "ers.01a2076b-4018-7111-8222-00000000dead",
    "stream": "arm.01a2076b-4018-7111-8222-00000000dead",
    "authority": AUTHORITY,
    "jti": "01a2076b-4018-7111-8222-00000000dead",
    "kid": "A" * 43,
    "name": "events",
    "path": "0/000.p/1",
    "code": "seq_conflict",
    "webhook": "01a2076b-4018-7111-8222-00000000dead",
}
PARTS_OF: Final = {
    "/v1/statistics/{name}": {"name": "apprehensions"},
    "/v1/log/tile/entries/{path:path}": {"path": "000.p/1"},
}
ALSO: Final[dict[str, Action]] = {"POST /v1/webhooks": "feed.read"}
"""What a role has to be allowed besides, since it is told of the whole feed."""

DENIED: Final = frozenset(("role_denied", "jurisdiction_denied"))
REASONLESS: Final = frozenset(("purpose_missing", "purpose_denied"))
PURPOSES: Final = get_args(Purpose)


def _action(route: APIRoute) -> Action | None:
    found = {getattr(each.call, "action", None) for each in route.dependant.dependencies}
    actions = found - {None}
    assert len(actions) <= 1, route.path
    return actions.pop() if actions else None


def _within(router: APIRouter) -> Iterator[APIRoute]:
    """Give the routes of a router, and of those that it includes."""
    for each in router.routes:
        if isinstance(each, APIRoute):
            yield each
        else:
            yield from _within(each.original_router)  # type: ignore[attr-defined]


def _routes() -> Iterator[tuple[str, str, Action | None]]:
    """Give method, address and action of everything that can be asked."""
    for route in (route for router in ROUTERS for route in _within(router)):
        for method in sorted(route.methods or ()):
            yield method, f"{PREFIX}{route.path}", _action(route)


ROUTES: Final = tuple(_routes())
ASKING: Final = [
    pytest.param(method, path, action, id=f"{method} {path}")
    for method, path, action in ROUTES
    if action
]
WITH_PURPOSE: Final = [
    each for each in ASKING if any(line.purposes for line in LINES if line.action == each.values[2])
]
every_route = pytest.mark.parametrize(("method", "path", "action"), ASKING)


def _address(method: str, path: str) -> str:
    plain = path.replace(":path", "")
    parts = PARTS | PARTS_OF.get(path, {})
    return plain.format_map(parts) + QUERIES.get(f"{method} {path}", "")


def _send(machine: Machine, method: str, path: str, purpose: str | None) -> httpx.Response:
    media_type, content = SENT[path] if method == "POST" else ("", b"")
    return machine.request(
        method,
        _address(method, path),
        content=content,
        headers={"Content-Type": media_type} if content else {},
        reason={"Muniment-Purpose": purpose, "Muniment-Legal-Basis": "act_7"} if purpose else {},
    )


def _lines(action: Action, role: str) -> list[Line]:
    return [each for each in LINES if each.action == action and role in each.roles_named()]


def _code(answer: httpx.Response) -> str:
    """Give the code of a refusal; nothing where it was not refused."""
    if answer.status_code < 400:
        return ""
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])


def test_every_route_says_what_is_done_there_but_those_that_tell_nothing_of_the_ledger() -> None:
    silent = [path for _, path, action in ROUTES if action is None]
    assert [path for path in silent if not path.startswith(UNASKED)] == []
    assert len(ASKING) > 25


@every_route
def test_a_stranger_gets_what_is_for_strangers_and_is_else_asked_who_he_is(
    served: Served, method: str, path: str, action: Action
) -> None:
    media_type, content = SENT[path] if method == "POST" else ("", b"")
    headers = {"Content-Type": media_type} if content else {}
    answer = served.client.request(method, _address(method, path), content=content, headers=headers)
    if action == "event.append" and method == "POST":  # the event's own signature says who
        assert answer.status_code in (200, 400)
    elif _lines(action, STRANGERS):
        assert _code(answer) not in {"unknown_caller", *DENIED}
    else:
        assert (answer.status_code, _code(answer)) == (401, "unknown_caller")


@pytest.mark.slow
@every_route
def test_every_role_gets_what_the_table_gives_it(
    served: Served, method: str, path: str, action: Action
) -> None:
    also = ALSO.get(f"{method} {path}", action)
    for role in sorted(ROLES):
        answer = _send(served.machine(role), method, path, "tracing")
        lines = _lines(action, role) if _lines(also, role) else []
        _check(answer, action, lines, "tracing")


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path", "action"), WITH_PURPOSE)
def test_a_purpose_is_needed_and_none_serves_for_another(
    served: Served, method: str, path: str, action: Action
) -> None:
    named = {role for each in LINES if each.action == action for role in each.roles_named()}
    for role in sorted(named & ROLES):  # a root key is founded with the ledger, and never enrolled
        for purpose in (None, *PURPOSES):
            answer = _send(served.machine(role), method, path, purpose)
            _check(answer, action, _lines(action, role), purpose)


def _check(answer: httpx.Response, action: Action, lines: list[Line], purpose: str | None) -> None:
    """Hold an answer to one role against the lines of the policy that name it."""
    code = _code(answer)
    if action in ("log.read", "registry.read", "event.append"):
        assert code not in DENIED | REASONLESS | {"unknown_caller"}
    elif not lines:
        hidden = (404, "not_found") if action in NAMED else (403, "role_denied")
        assert (answer.status_code, code) == hidden
    elif any(not each.purposes or purpose in each.purposes_named() for each in lines):
        assert code not in DENIED | REASONLESS | {"unknown_caller"}
        assert answer.status_code < 500
    else:
        missing = "purpose_denied" if purpose else "purpose_missing"
        assert (answer.status_code, code) == (403, missing)
