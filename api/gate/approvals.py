# SPDX-License-Identifier: Apache-2.0
"""Events of high impact wait for the passkey of the officer who signed them.

Implements the envelope specification, section 7: a script in an officer's browser may use the key
that signs there, but cannot touch a passkey. So it is the signing key that decides and not the
session: a script would leave the cookie out. Whoever has nothing to do with browsers here, such as
a machine or an officer with a smartcard and no log-in, is asked for nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import orjson

from api.bootstrap import Office
from api.gate.effects import Appended, append_all, stated_in
from api.people.desk import Desk
from api.people.passkeys.approving import kept_approval, may_approve
from audit.proof.encoding import decode
from domain.application import Ledger
from domain.errors import EnvelopeError, MunimentError, RefusedError


@dataclass(frozen=True, slots=True)
class Approvals:
    """Lets events through that need no approval or have one.

    Attributes:
        office: The open ledger.
        desk: Has the passkeys, and the approvals by them.
    """

    office: Office
    desk: Desk

    def append_all(self, submissions: Sequence[bytes]) -> list[Appended | MunimentError]:
        """Append submissions in their order, but those that wait for an approval."""
        refused = [self._refusal(each) for each in submissions]
        passed = [
            each for each, refusal in zip(submissions, refused, strict=True) if refusal is None
        ]
        answers = iter(append_all(self.office, passed) if passed else [])
        return [next(answers) if refusal is None else refusal for refusal in refused]

    def _refusal(self, submission: bytes) -> MunimentError | None:
        """Tell what keeps an event out; whatever else is wrong with it is told by the ledger."""
        try:
            stated = stated_in(submission)
            if stated["evt"] not in self.desk.settings.approved:
                return None
            officer = signer_of(self.office.ledger, submission)
            lacks = officer is not None and self._lacks(officer, submission)
            recorded = lacks and self.office.known(stated["iss"], [UUID(stated["jti"])])
        except MunimentError as error:
            return None if isinstance(error, EnvelopeError) else error
        except (ValueError, LookupError, TypeError, AttributeError):
            return None
        return _needed(stated["evt"]) if lacks and not recorded else None

    def _lacks(self, officer: str, submission: bytes) -> bool:
        """Tell whether an officer could approve an event, and did not."""
        signing_input = submission.partition(b"~")[0].rpartition(b".")[0]
        kept = kept_approval(self.desk, officer, sha256(signing_input).digest())
        return kept is None and may_approve(self.desk, officer)


def signer_of(ledger: Ledger, submission: bytes) -> str | None:
    """Name the officer by whose key an event says that it is signed; nobody if it is unknown.

    Raises:
        EnvelopeError: It has no header in base64url.
        ValueError: The header is no JSON.
        LookupError: It names no key.
    """
    kid = orjson.loads(decode(submission.partition(b".")[0]))["kid"]
    record = ledger.registry.keys.get(kid) or ledger.catch_up().keys.get(kid)
    return record.officer if record else None


def _needed(evt: str) -> RefusedError:
    return RefusedError(
        f"Here {evt} is recorded once the officer who signed it has approved it by a passkey.",
        slug="approval_needed",
        next_step="Approve this very event at /v1/approvals, then send it again as it is.",
    )
