# SPDX-License-Identifier: Apache-2.0
"""Posting a time-stamp request: bounded in octets, in time and in tries.

Implements the transport of RFC 3161, section 3.4, with the standard library. Redirects are
not followed, and no answer is believed here; that is for whoever verifies it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from audit.proof.timestamps.token import TOKEN_OCTETS_MAX
from domain.errors import ProofError, UnreachableError

REQUEST_TYPE: Final = "application/timestamp-query"
ANSWER_TYPE: Final = "application/timestamp-reply"

TRIES_MAX: Final = 3
FIRST_PAUSE_SECONDS: Final = 1.0
"""Pause before the second try; doubled before each further one."""

SILENCE_SECONDS_MAX: Final = 10.0
ANSWER_SECONDS_MAX: Final = 30.0

_OK: Final = 200
_TRY_AGAIN: Final = frozenset((408, 425, 429, 500, 502, 503, 504))

Pause = Callable[[float], None]


def post(url: str, request: bytes, *, pause: Pause = time.sleep) -> bytes:
    """Post a request and give the answer's octets.

    Raises:
        UnreachableError: ``tsa_unreachable``, no answer came in as many tries as are made.
        ProofError: ``tsa_answer``, what came is no answer to such a request.
    """
    wait = FIRST_PAUSE_SECONDS
    for remaining in reversed(range(TRIES_MAX)):
        try:
            return _post_once(url, request)
        except UnreachableError:
            if not remaining:
                raise
        pause(wait)
        wait *= 2
    raise AssertionError


def _post_once(url: str, request: bytes) -> bytes:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    kind = HTTPSConnection if secure else HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": REQUEST_TYPE, "Accept": ANSWER_TYPE, "Connection": "close"}
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=SILENCE_SECONDS_MAX)
        with closing(connection), _hung_up_on_in_time(connection):
            connection.request("POST", path, body=request, headers=headers)
            with connection.getresponse() as response:
                return _read(response, url)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise _unreachable(url, str(reason)) from error


def _read(response: HTTPResponse, url: str) -> bytes:
    """Read an answer, at most as long as any may be."""
    if response.status in _TRY_AGAIN:
        raise _unreachable(url, f"it answered with status {response.status}")
    kind = response.headers.get_content_type()
    if response.status != _OK or kind != ANSWER_TYPE:
        raise _strange(url, f"it answered with status {response.status} and {kind[:64]}")
    octets = response.read(TOKEN_OCTETS_MAX + 1)
    if len(octets) > TOKEN_OCTETS_MAX:
        raise _strange(url, f"its answer has more than {TOKEN_OCTETS_MAX} octets")
    return octets


@contextmanager
def _hung_up_on_in_time(connection: HTTPConnection) -> Iterator[None]:
    """End a connection that keeps on sending a little, which no limit on silence would end."""
    connection.connect()
    # The connection forgets its socket when the answer begins, while the answer reads on.
    timer = Timer(ANSWER_SECONDS_MAX, _hang_up, [connection.sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connected: socket) -> None:
    with suppress(OSError):
        connected.shutdown(SHUT_RDWR)


def _unreachable(url: str, reason: str) -> UnreachableError:
    return UnreachableError(
        f"The time-stamping authority at {url} cannot be reached: {reason}.",
        slug="tsa_unreachable",
        next_step="Run the command again later; other authorities are not held up.",
    )


def _strange(url: str, reason: str) -> ProofError:
    return ProofError(
        f"What {url} sent is no time-stamp: {reason}.",
        slug="tsa_answer",
        next_step="Check the address of the time-stamping authority.",
    )
