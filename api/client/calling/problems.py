# SPDX-License-Identifier: Apache-2.0
"""What a service refuses, as the same errors that the ledger raises in process.

Reads RFC 9457 problems with the codes of the envelope specification, section 4.10.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from api.client.calling.flow import Answer, Reply
from api.client.calling.patience import TOO_MANY
from domain.errors import (
    ConflictError,
    EnvelopeError,
    InvalidValueError,
    MunimentError,
    RefusedError,
    UnauthenticatedError,
    UnreachableError,
    UsageError,
)

STALE: Final = frozenset({"seq_conflict", "prev_mismatch"})
"""Codes of a stream that has moved on: the same event, signed at its present head, may be fine."""

OK: Final = range(200, 300)
FAILED: Final = 500
NOT_FOUND: Final = 404

_CONFLICTS: Final = STALE | {"jti_conflict", "version_stale", "endorsement_stale"}
_ENVELOPE: Final = frozenset(
    (
        *("sdjwt_syntax", "jws_segments", "b64url_invalid", "header_json", "header_not_canonical"),
        *("header_members", "typ_unsupported", "payload_json", "payload_not_canonical"),
    )
)
_BY_STATUS: Final[Mapping[int, type[MunimentError]]] = {
    400: UsageError,
    401: UnauthenticatedError,
    403: RefusedError,
    405: UsageError,
    408: UnreachableError,
    409: RefusedError,
    410: RefusedError,
    412: ConflictError,
    413: EnvelopeError,
    415: UsageError,
    422: EnvelopeError,
    502: UnreachableError,
    503: UnreachableError,
    504: UnreachableError,
}


class NotFoundError(InvalidValueError):
    """What was asked for does not exist, or is not for whoever asks; both look the same."""

    slug = "not_found"
    next_step = "Check the identifier and your mandate."


class RateLimitedError(UnreachableError):
    """More was asked or recorded than the limits allow; it was waited for in vain."""

    slug = "rate_limited"
    next_step = "Try again later; GET /v1/limits tells every limit."


class AnswerError(UsageError):
    """An answer is none that this SDK can read."""

    slug = "answer_strange"
    next_step = "Check the address, and that the SDK is of a version that fits the service."


def answered(reply: Reply) -> Answer:
    """Give an answer that does what was asked.

    Raises:
        MunimentError: The error that the service told, or ``UnreachableError`` without an answer.
    """
    if not isinstance(reply, Answer):
        raise UnreachableError(
            f"The service does not answer: {reply.why}.",
            next_step="Try again later; the same event sent again is recorded once.",
        )
    if reply.status in OK:
        return reply
    raise error_of(_members(reply), reply.status)


def error_of(told: Mapping[str, Any], status: int) -> MunimentError:
    """Give the error that the members of a problem tell.

    Args:
        told: ``code``, ``detail`` and ``next_step``, so far as they are there.
        status: HTTP status.
    """
    code = told.get("code")
    kind = _kind(code, status)
    sentence = told.get("detail") or f"The service answered with HTTP status {status}."
    return kind(str(sentence), slug=code, next_step=told.get("next_step"))


def values_of(answer: Answer) -> Any:
    """Read the JSON of an answer.

    Raises:
        AnswerError: It is none.
    """
    try:
        return json.loads(answer.body)
    except ValueError:
        raise strange() from None


def strange() -> AnswerError:
    """Give the error about an answer that lacks what it has to hold."""
    return AnswerError("The service answered something that cannot be read.")


def _members(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _kind(code: object, status: int) -> type[MunimentError]:
    if code in _CONFLICTS:
        return ConflictError
    if code in _ENVELOPE:
        return EnvelopeError
    if status == NOT_FOUND:
        return NotFoundError
    if status == TOO_MANY:
        return RateLimitedError
    return _BY_STATUS.get(status, MunimentError if status >= FAILED else AnswerError)
