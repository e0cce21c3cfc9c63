# SPDX-License-Identifier: Apache-2.0
"""Who asks, and why: the two values that every door hands to the access policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from domain.access.events import Purpose

Means = Literal["stranger", "machine", "session", "host"]
"""How somebody was recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: nobody known, a machine that signed its request, or a person who logged in.

    The host is whoever runs commands beside the database; the policy knows no such caller.

    Attributes:
        means: How the caller was recognised.
        authority: Authority id, as in ``iss``; empty for a stranger.
        key: Key id of the HTTP key; empty for a session.
        officer: ``off.<uuid>`` as in the registry; empty for a stranger; of the host the account.
        roles: Role codes of the registry that hold now.
        jurisdictions: Where the caller is responsible.
        stepped_up_at: When a session last proved a fresh factor, in Unix seconds.
        mandates: Roles with their own jurisdictions, where these differ between roles; empty
            where every role holds in all of ``jurisdictions``.
    """

    means: Means
    authority: str = ""
    key: str = ""
    officer: str = ""
    roles: frozenset[str] = frozenset()
    jurisdictions: tuple[str, ...] = ()
    stepped_up_at: int | None = None
    mandates: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def places(self, role: str) -> tuple[str, ...]:
        """Give the jurisdictions in which the caller holds a role."""
        if not self.mandates:
            return self.jurisdictions
        return tuple(place for held, places in self.mandates if held == role for place in places)


STRANGER: Final = Caller(means="stranger")
"""Nobody who is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why personal data or a trace is asked for.

    Attributes:
        purpose: What for.
        legal_basis: Code of the rule of law that allows it.
        case: Reference of the case at the caller's; empty where there is none.
        recipient: State or authority to which the answer goes; empty where the caller keeps it.
    """

    purpose: Purpose
    legal_basis: str
    case: str = ""
    recipient: str = ""
