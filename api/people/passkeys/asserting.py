# SPDX-License-Identifier: Apache-2.0
"""Log-in and step-up by a passkey (WebAuthn Level 3, section 7.2), with the person verified.

The challenge is derived from a secret of this browser, stands for one attempt and five minutes.
A counter that does not rise where it should is taken for a copy of the passkey.
"""

from __future__ import annotations

import json

from webauthn import (
    generate_authentication_options,
    options_to_json,
    verify_authentication_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.parse_authentication_credential_json import (
    parse_authentication_credential_json,
)
from webauthn.helpers.parse_client_data_json import parse_client_data_json
from webauthn.helpers.structs import AuthenticationCredential, UserVerificationRequirement

from api.people.ceremonies import SECONDS, begin, take
from api.people.cookies import derived
from api.people.desk import Desk
from api.people.passkeys.registering import Challenge, Json, descriptors, user_handle
from api.people.passkeys.store import Passkey, count, find, passkeys_of
from api.people.refusals import LOG, log_in_refused, not_offered
from api.people.sessions import Proof, Session, open_session


def challenge_log_in(desk: Desk) -> Challenge:
    """Begin a log-in by whichever passkey the person has; nobody is named, so nobody is betrayed.

    Raises:
        UsageError: ``log_in_not_offered``.
        UnreachableError: ``log_in_busy``.
    """
    return _begun(desk, None)


def challenge_step_up(desk: Desk, session: Session) -> Challenge:
    """Begin the step-up of a session by one of its officer's passkeys.

    Raises:
        UsageError: ``log_in_not_offered``.
        UnreachableError: ``log_in_busy``.
    """
    return _begun(desk, session)


def log_in(desk: Desk, *, ceremony: str, response: Json) -> str:
    """Finish a log-in; give the secret of the new session.

    Raises:
        UnauthenticatedError: ``log_in_refused``.
    """
    take(desk, ceremony, "passkey")
    passkey = assertion(desk, derived(ceremony, "challenge"), response)
    secret = open_session(desk, _proof(desk, passkey))
    LOG.info("log_in", extra={"way": "passkey"})
    return secret


def step_up(desk: Desk, session: Session, *, ceremony: str, response: Json) -> str:
    """Finish a step-up; give the new secret of the session, whose old one opens nothing more.

    Raises:
        UnauthenticatedError: ``log_in_refused``; ``session_ended``.
    """
    begun = take(desk, ceremony, "passkey-step-up")
    if begun.session != session.id:
        raise log_in_refused("step-up of another session")
    passkey = assertion(desk, derived(ceremony, "challenge"), response)
    if passkey.officer != session.officer:
        raise log_in_refused("step-up by another person")
    secret = open_session(desk, _proof(desk, passkey), instead_of=session.id)
    LOG.info("step_up", extra={"way": "passkey"})
    return secret


def assertion(desk: Desk, challenge: bytes, response: Json) -> Passkey:
    """Verify what a passkey signed over a challenge, and count its use.

    Raises:
        UnauthenticatedError: ``log_in_refused``.
    """
    try:
        credential = parse_authentication_credential_json(response)
        passkey = find(desk, credential.raw_id)
        if passkey is None:
            raise log_in_refused("passkey unknown")
        found = _verified(desk, credential, challenge=challenge, passkey=passkey)
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise log_in_refused(f"assertion {type(error).__name__}") from error
    if not count(desk, passkey, found.new_sign_count):
        raise log_in_refused("passkey used at the same time, or removed")
    return passkey


def _verified(
    desk: Desk, credential: AuthenticationCredential, *, challenge: bytes, passkey: Passkey
) -> VerifiedAuthentication:
    handle = credential.response.user_handle
    if handle is not None and handle != user_handle(desk, passkey.officer):
        raise log_in_refused("passkey of another user handle")
    if parse_client_data_json(credential.response.client_data_json).cross_origin:
        raise log_in_refused("assertion made inside another site's page")
    return verify_authentication_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=desk.settings.host,
        expected_origin=desk.settings.origin,
        credential_public_key=passkey.public_key,
        credential_current_sign_count=passkey.sign_count,
        require_user_verification=True,
    )


def _begun(desk: Desk, session: Session | None) -> Challenge:
    if not desk.settings.passkeys:
        raise not_offered("passkey")
    if session is None:
        begun, allowed = begin(desk, "passkey"), []
    else:
        begun = begin(desk, "passkey-step-up", officer=session.officer, session=session.id)
        allowed = descriptors(list(passkeys_of(desk, session.officer)))
    options = generate_authentication_options(
        rp_id=desk.settings.host,
        challenge=derived(begun.secret, "challenge"),
        timeout=SECONDS * 1_000,
        allow_credentials=allowed,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Challenge(options=json.loads(options_to_json(options)), ceremony=begun.secret)


def _proof(desk: Desk, passkey: Passkey) -> Proof:
    return Proof(officer=passkey.officer, way="passkey", fresh_at=desk.now(), strong=True)
