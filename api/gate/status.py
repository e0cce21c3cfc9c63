# SPDX-License-Identifier: Apache-2.0
"""The only place that maps errors to an HTTP status, for every door that answers over HTTP.

Implements the codes of the envelope specification, section 4.10, and the console conventions,
section 2: 422 only for payloads, 409 for what the present state forbids, 412 for a stale version,
403 for a mandate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.errors import (
    ConflictError,
    EnvelopeError,
    InvalidValueError,
    MunimentError,
    ProofError,
    RefusedError,
    ThrottledError,
    UnauthenticatedError,
    UnreachableError,
    UnsafeError,
    UsageError,
)

BY_SLUG: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        (
            *("sdjwt_syntax", "jws_segments", "b64url_invalid", "header_json"),
            *("header_not_canonical", "header_members", "typ_unsupported", "payload_json"),
            *("payload_not_canonical", "request_invalid", "webhook_url", "webhook_kinds"),
        ),
        400,
    ),
    **dict.fromkeys(
        (
            *("role_denied", "jurisdiction_denied", "four_eyes_required", "approver_same_person"),
            *("hold_active", "holding_held", "purpose_missing", "purpose_denied", "step_up_needed"),
            *("csrf_invalid", "approval_needed"),
        ),
        403,
    ),
    **dict.fromkeys(
        (
            *("firearm_unknown", "record_unknown", "event_unknown", "index_unknown"),
            *("statistic_unknown", "feed_unknown", "route_unknown", "authority_unknown"),
            *("tile_unknown", "webhook_unknown", "erasure_unknown"),
        ),
        404,
    ),
    **dict.fromkeys(("kid_unknown", "key_not_valid"), 422),
    "unknown_caller": 401,
    "session_ended": 401,
    "method_denied": 405,
    "body_slow": 408,
    "version_stale": 412,
    "erased": 410,
    "too_large": 413,
    "media_type": 415,
    "quota_exceeded": 429,
    "already_erased": 409,
}
"""The status of those slugs that do not have that of their class."""

BY_CLASS: Final[Mapping[type[MunimentError], int]] = {
    UsageError: 400,
    InvalidValueError: 400,
    EnvelopeError: 422,
    RefusedError: 409,
    ConflictError: 409,
    ThrottledError: 429,
    UnauthenticatedError: 401,
    UnreachableError: 503,
    ProofError: 500,
    UnsafeError: 500,
    MunimentError: 500,
}


class UnknownError(UsageError):
    """What was asked for does not exist, or is not for whoever asks; both look the same."""

    slug = "route_unknown"
    next_step = "Check the address; /v1/openapi.json lists what there is."


def status_of(error: MunimentError) -> int:
    """Give the HTTP status of an error: that of its slug, else of its nearest class."""
    if error.slug in BY_SLUG:
        return BY_SLUG[error.slug]
    if isinstance(error, UnknownError):
        return 404
    return next(BY_CLASS[kind] for kind in type(error).__mro__ if kind in BY_CLASS)
