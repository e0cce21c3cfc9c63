# SPDX-License-Identifier: Apache-2.0
"""What a page asks of the gate: who sits there, and for which purpose.

A browser sends its session by cookie, the token against forged requests in a field of the form,
and the purpose in a cookie of its own, so that no case number stands in an address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlencode

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from api.access.caller import STRANGER, Caller, Reason
from api.access.reasons import read_reason
from api.access.table import Action
from api.gate.asking import Asked, Form
from api.people.cookies import SESSION_COOKIE, cookie_of, token
from api.service.service import Service
from domain.errors import MunimentError, UsageError

REASON_COOKIE: Final = "__Host-muniment-reason"
NEXT_COOKIE: Final = "__Host-muniment-next"
FIELDS_MAX: Final = 1_000
FILES_MAX: Final = 4
PART_OCTETS_MAX: Final = 1024 * 1024
REASON_FIELDS: Final = ("purpose", "basis", "case", "recipient")
"""What is asked on the purpose page, in the order in which it is read."""
REASON_SECONDS: Final = 8 * 60 * 60
NEXT_SECONDS: Final = 15 * 60
LOCAL_CHARS_MAX: Final = 1_024
CSRF: Final = "csrf"

Asking = Callable[[Request], Awaitable[Asked]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who sits in front of the page.

    Attributes:
        caller: What the gate knows.
        csrf: The token that every form carries.
    """

    caller: Caller
    csrf: str

    @property
    def officer(self) -> str:
        """Identifier of the officer."""
        return self.caller.officer

    @property
    def authority(self) -> str:
        """Identifier of the authority."""
        return self.caller.authority

    @property
    def roles(self) -> tuple[str, ...]:
        """Role codes, in order."""
        return tuple(sorted(self.caller.roles))


def asks(action: Action) -> Asking:
    """Give the dependency of a page that does an action."""

    async def ask(request: Request) -> Asked:
        form = await form_of(request)
        given = Form(csrf=text_in(form, CSRF) or None, reason=reason_in(request))
        asked = Asked(request.app.state.service, request, action, b"", form=given)
        request.state.asked = asked
        return asked

    ask.action = action  # type: ignore[attr-defined]
    return ask


async def form_of(request: Request) -> FormData:
    """Read what a form sent; empty for a request without a body.

    Raises:
        UsageError: ``request_invalid``, it cannot be read, or a field of it is too long.
    """
    if request.method != "POST":
        return FormData()
    try:
        return await request.form(
            max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=PART_OCTETS_MAX
        )
    except Exception as error:
        if isinstance(error, MunimentError):
            raise
        raise UsageError(
            "The form cannot be read.",
            slug="request_invalid",
            next_step="Go back, shorten what you wrote, and send it again.",
        ) from error


def text_in(form: FormData, name: str) -> str:
    """Give a text of a form without the spaces around it; empty where there is none."""
    value = form.get(name)
    return "" if value is None or isinstance(value, UploadFile) else value.strip()


def me_in(request: Request) -> Me | None:
    """Tell who sits there; nobody where no session is, or where it has ended."""
    service: Service = request.app.state.service
    asked: Asked | None = getattr(request.state, "asked", None)
    try:
        caller = asked.caller if asked else _looked_up(service, request)
    except MunimentError:
        return None
    if caller == STRANGER:
        return None
    secret = cookie_of(request.headers.get("cookie"), SESSION_COOKIE)
    return Me(caller=caller, csrf=token(secret, "csrf"))


def reason_in(request: Request) -> Reason | None:
    """Read why the reader asks, as stated on the purpose page; nothing where it was not stated."""
    given = parse_qs(request.cookies.get(REASON_COOKIE, ""), max_num_fields=len(REASON_FIELDS))
    try:
        first = {name: values[0] for name, values in given.items()}
        purpose, basis, case, recipient = map(first.get, REASON_FIELDS)
        return read_reason(purpose, basis, case, recipient=recipient)
    except MunimentError:
        return None


def reason_cookie(reason: Reason | None) -> str:
    """Give the Set-Cookie header that remembers a purpose, or forgets it."""
    parts = (reason.purpose, reason.legal_basis, reason.case, reason.recipient) if reason else ()
    told = {name: part for name, part in zip(REASON_FIELDS, parts, strict=False) if part}
    return _cookie(REASON_COOKIE, urlencode(told), REASON_SECONDS if told else 0)


def next_cookie(address: str) -> str:
    """Give the Set-Cookie header that remembers where a log-in began; empty forgets it."""
    return _cookie(NEXT_COOKIE, urlencode({"to": address}), NEXT_SECONDS if address else 0)


def next_in(request: Request) -> str:
    """Read where a log-in began; empty where nothing is remembered."""
    given = parse_qs(request.cookies.get(NEXT_COOKIE, ""), max_num_fields=1)
    return local(given.get("to", [""])[0])


def local(address: str) -> str:
    """Give an address back if it leads to a page of ours; else nothing, against open redirects."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    fine = inside and address.isascii() and address.isprintable() and "\\" not in address
    return address if fine and len(address) <= LOCAL_CHARS_MAX else ""


def _looked_up(service: Service, request: Request) -> Caller:
    reading = Asked(service, request, "log.read", b"", form=Form())
    return reading.caller if request.method == "GET" else STRANGER


def _cookie(name: str, value: str, seconds: int) -> str:
    return f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
