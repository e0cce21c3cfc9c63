# SPDX-License-Identifier: Apache-2.0
"""One HTTP request to a witness, with a bound on time and on what comes back.

The standard library's client: a witness is asked once a checkpoint, at an address that the
policy names, over TLS where the address says https. A witness is not trusted: an answer that
is too long or too slow is no answer. Redirections are not followed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from domain.errors import UnreachableError, UsageError

ANSWER_OCTETS_MAX: Final = 65_536
ANSWER_SECONDS_MAX: Final = 10.0

_CHUNK_OCTETS: Final = 16_384


@dataclass(frozen=True, slots=True)
class Reply:
    """What a witness answered.

    Attributes:
        status: HTTP status.
        body: At most 65,536 octets.
        content_type: Type of the body without parameters, in lower case.
    """

    status: int
    body: bytes
    content_type: str


def exchange(
    url: str, path: str, body: bytes | None = None, *, seconds_max: float = ANSWER_SECONDS_MAX
) -> Reply:
    """Send a body below a prefix by POST, or ask for a page by GET where there is none.

    Raises:
        UsageError: The prefix is no http or https address.
        UnreachableError: There is no whole answer within the time.
    """
    parts = _parts(url)
    deadline = time.monotonic() + seconds_max
    connection = _connection(parts, seconds_max)
    try:
        method = "GET" if body is None else "POST"
        connection.request(method, parts.path.rstrip("/") + path, body=body)
        response = connection.getresponse()
        content_type = response.headers.get_content_type()
        return Reply(response.status, _read(response, deadline), content_type)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreachableError(
            f"The witness at {parts.netloc} does not answer: {reason}.",
            slug="witness_unreachable",
            next_step="Nothing is lost: a later checkpoint catches up. Tell its operator.",
        ) from error
    finally:
        connection.close()


def _read(response: HTTPResponse, deadline: float) -> bytes:
    answer = bytearray()
    while chunk := response.read1(_CHUNK_OCTETS):
        answer += chunk
        if len(answer) > ANSWER_OCTETS_MAX:
            raise HTTPException(f"its answer has more than {ANSWER_OCTETS_MAX} octets")
        if time.monotonic() > deadline:
            raise HTTPException("its answer takes too long")
    return bytes(answer)


def _connection(parts: SplitResult, seconds_max: float) -> HTTPConnection:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=seconds_max)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or parts.query or parts.fragment:
        raise UsageError(
            f"A witness is not reached at {url!a}.",
            slug="witness_url",
            next_step="Give its submission prefix in the policy, such as https://witness.example/.",
        )
    return parts
