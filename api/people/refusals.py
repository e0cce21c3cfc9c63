# SPDX-License-Identifier: Apache-2.0
"""What people are told who may not go on. Why a log-in failed is told to the log alone.

Whoever tries a log-in is not helped: unknown, unbound and wrong look the same (ASVS 6.3.8). The
log has a code and never a name, a subject or a secret (ASVS 16.2.5, 16.3.1).
"""

from __future__ import annotations

import logging
from typing import Final

from domain.errors import RefusedError, UnauthenticatedError, UnreachableError, UsageError

LOG: Final = logging.getLogger("muniment.people")


def log_in_refused(reason: str) -> UnauthenticatedError:
    """Give the refusal of a log-in or a step-up, and note why."""
    LOG.warning("log_in_refused", extra={"reason": reason})
    return UnauthenticatedError(
        "That log-in is not accepted.",
        slug="log_in_refused",
        next_step="Begin the log-in again; if it stays so, ask who administers this ledger.",
    )


def session_ended() -> UnauthenticatedError:
    """Give the refusal of a session that is no more."""
    LOG.info("session_ended")
    return UnauthenticatedError(
        "That session has ended, or the registry says something against its officer.",
        slug="session_ended",
        next_step="Log in again.",
    )


def forged_request() -> RefusedError:
    """Give the refusal of a change whose request may come from another site."""
    LOG.warning("csrf_invalid")
    return RefusedError(
        "The request does not carry the token of its session.",
        slug="csrf_invalid",
        next_step="Read the token from /v1/session and send it as Muniment-CSRF.",
    )


def step_up_needed() -> RefusedError:
    """Give the refusal of what takes a factor that was proved in the last five minutes."""
    return RefusedError(
        "Signing, approving and revealing take a factor that was proved in the last five minutes.",
        slug="step_up_needed",
        next_step="Step up by a passkey, or at the provider, and try again.",
    )


def not_offered(what: str) -> UsageError:
    """Give the error of a way to log in that this service does not offer."""
    return UsageError(
        f"This service offers no log-in by {what}.",
        slug="log_in_not_offered",
        next_step="Log in another way, or have it set in service.toml.",
    )


def provider_fails(reason: str) -> UnreachableError:
    """Give the error of an OpenID Connect provider that does not answer as it should."""
    LOG.error("provider_fails", extra={"reason": reason})
    return UnreachableError(
        "The provider of the log-in does not answer as it should.",
        slug="log_in_provider",
        next_step="Try again later, or log in by a passkey.",
    )
