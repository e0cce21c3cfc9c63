# SPDX-License-Identifier: Apache-2.0
"""Approving one event by a passkey, and keeping the evidence beside the event.

The challenge is the event itself (``audit.proof.approvals``), so that an approval fits no other
event and needs no ceremony: an event is recorded once. Whoever audits verifies the evidence with
the same function as the service.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from webauthn import generate_authentication_options, options_to_json
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import UserVerificationRequirement

from api.people.ceremonies import SECONDS
from api.people.desk import Desk
from api.people.passkeys.asserting import assertion
from api.people.passkeys.registering import Json, descriptors, spki
from api.people.passkeys.store import passkeys_of
from api.people.refusals import log_in_refused, not_offered
from audit.proof.approvals.assertion import Approval, Party, approval_challenge, verify_approval


def party_of(desk: Desk) -> Party:
    """Give whom passkeys of this service are made for."""
    return Party(id=desk.settings.host, origin=desk.settings.origin)


def challenge_approval(desk: Desk, officer: str, signing_input: bytes) -> Json:
    """Give the options by which a browser lets an officer approve an event.

    Args:
        desk: What the service works with.
        officer: Who is to approve.
        signing_input: What the event's own signature covers.

    Raises:
        UsageError: ``log_in_not_offered``.
    """
    if not desk.settings.passkeys:
        raise not_offered("passkey")
    options = generate_authentication_options(
        rp_id=desk.settings.host,
        challenge=approval_challenge(signing_input),
        timeout=SECONDS * 1_000,
        allow_credentials=descriptors(list(passkeys_of(desk, officer))),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(options)))


def approve(desk: Desk, officer: str, signing_input: bytes, *, response: Json) -> Approval:
    """Verify that an officer approved an event by one of his passkeys, and count its use.

    Raises:
        UnauthenticatedError: ``log_in_refused``.
        ProofError: ``approval_invalid``.
    """
    passkey = assertion(desk, approval_challenge(signing_input), response)
    if passkey.officer != officer:
        raise log_in_refused("approval by another person")
    given = response["response"]
    approval = Approval(
        public_key=spki(passkey.public_key),
        authenticator_data=base64url_to_bytes(given["authenticatorData"]),
        client_data=base64url_to_bytes(given["clientDataJSON"]),
        signature=base64url_to_bytes(given["signature"]),
    )
    verify_approval(approval, signing_input, party_of(desk))
    return approval


def keep_approval(desk: Desk, officer: str, signing_input: bytes, *, approval: Approval) -> None:
    """Keep the evidence of an event's approval, for ever; an officer's second one changes nothing.

    Anybody who logs in can approve anything, so that each officer's stands for itself.
    """
    values = (
        *(sha256(signing_input).digest(), officer, approval.public_key),
        *(approval.authenticator_data, approval.client_data, approval.signature, desk.now()),
    )
    with desk.store.transaction() as transaction:
        transaction.change(_KEEP, values)


def kept_approval(desk: Desk, officer: str, eid: bytes) -> Approval | None:
    """Give the evidence that an officer approved an event, if that officer did.

    Args:
        desk: What the service works with.
        officer: Whose approval counts: who signed the event.
        eid: Event id, 32 octets.
    """
    with desk.store.transaction() as transaction:
        row = transaction.row(_KEPT, (eid, officer))
    if row is None:
        return None
    public_key, authenticator_data, client_data, signature = row
    return Approval(
        public_key=public_key,
        authenticator_data=authenticator_data,
        client_data=client_data,
        signature=signature,
    )


def may_approve(desk: Desk, officer: str) -> bool:
    """Tell whether an officer works with a browser here: logs in, or ever approved something.

    A passkey that was removed is remembered by the approvals that it gave.
    """
    with desk.store.transaction() as transaction:
        row = transaction.row(_KNOWN, (officer, officer, officer))
    return bool(row and row[0])


_KEEP: Final = """
insert into people.approval
    (eid, officer, public_key, authenticator_data, client_data, signature, at)
values (%s, %s, %s, %s, %s, %s, %s) on conflict (eid, officer) do nothing
"""
_KEPT: Final = """
select public_key, authenticator_data, client_data, signature
from people.approval where eid = %s and officer = %s
"""
_KNOWN: Final = """
select exists (select from people.passkey where officer = %s)
    or exists (select from people.binding where officer = %s)
    or exists (select from people.approval where officer = %s)
"""
