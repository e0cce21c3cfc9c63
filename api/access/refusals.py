# SPDX-License-Identifier: Apache-2.0
"""What a door says where the policy refuses: one error a code, with the next thing to try.

Where ``Decision.hidden`` is set, a door says none of this, but what it says of an unknown thing.
"""

from __future__ import annotations

from api.access.policy import Code
from domain.errors import MunimentError, RefusedError, UnauthenticatedError


def refusal(code: Code) -> MunimentError:
    """Give the error of a refusal."""
    match code:
        case "unknown_caller":
            return UnauthenticatedError(
                "It is not known who asks.",
                slug="unknown_caller",
                next_step="Sign the request (RFC 9421) with a key of class http, or log in.",
            )
        case "role_denied":
            return _refused(
                "role_denied",
                "No role of yours may do that.",
                next_step="docs/access.md shows which roles may do what.",
            )
        case "jurisdiction_denied":
            return _refused(
                "jurisdiction_denied",
                "Your mandate does not reach there.",
                next_step="docs/access.md shows which roles may do what.",
            )
        case "purpose_missing":
            return _refused(
                "purpose_missing",
                "Without a purpose and a legal basis nothing is shown.",
                next_step="Send Muniment-Purpose and Muniment-Legal-Basis; "
                "docs/access.md lists them.",
            )
        case "purpose_denied":
            return _refused(
                "purpose_denied",
                "Nothing is shown to your roles for that purpose.",
                next_step="docs/access.md lists which purposes open what.",
            )
        case "step_up_needed":
            return _refused(
                "step_up_needed",
                "That needs a fresh proof of who you are.",
                next_step="Step up, then ask again within five minutes.",
            )


def _refused(slug: str, sentence: str, *, next_step: str) -> RefusedError:
    return RefusedError(sentence, slug=slug, next_step=next_step)
