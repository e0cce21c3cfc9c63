# SPDX-License-Identifier: Apache-2.0
"""What a door says where the policy refuses: one error a code, with the next thing to try.

Where ``Decision.hidden`` is set, a door says none of this, but what it says of an unknown thing.
"""

from __future__ import annotations

from api.access.policy import STEP_UP_SECONDS, Code
from domain.errors import MunimentError, RefusedError, UnauthenticatedError


def refusal(code: Code) -> MunimentError:
    """Give the error of a refusal."""
    match code:
        case "unknown_caller":
            return UnauthenticatedError("This is not for strangers.", slug="unknown_caller")
        case "role_denied":
            return _refused(
                "role_denied",
                "No role of the caller may do that.",
                next_step="Ask somebody whose role may, or have the role granted.",
            )
        case "jurisdiction_denied":
            return _refused(
                "jurisdiction_denied",
                "The caller's roles do not reach that jurisdiction.",
                next_step="Ask the authority that is responsible there.",
            )
        case "purpose_missing":
            return _refused(
                "purpose_missing",
                "This is shown for a stated purpose with its legal basis, and never without.",
                next_step="State Muniment-Purpose and Muniment-Legal-Basis.",
            )
        case "purpose_denied":
            return _refused(
                "purpose_denied",
                "The caller's roles do not see this for that purpose.",
                next_step="See which purposes they have in the access policy.",
            )
        case "step_up_needed":
            return _refused(
                "step_up_needed",
                f"This takes a fresh factor, not older than {STEP_UP_SECONDS} seconds.",
                next_step="Prove a passkey once more and repeat it.",
            )


def _refused(slug: str, sentence: str, *, next_step: str) -> RefusedError:
    return RefusedError(sentence, slug=slug, next_step=next_step)
