# SPDX-License-Identifier: Apache-2.0
"""Registering a passkey: after a fresh log-in, or with an invitation (WebAuthn, section 7.1).

The party and the origin come from the settings and never from a request. Who the person is was
told before: by the provider just now, or by whoever gave out the invitation.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.parse_client_data_json import parse_client_data_json
from webauthn.helpers.parse_registration_credential_json import (
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from api.people.bindings import invited_officer
from api.people.ceremonies import SECONDS, begin, take
from api.people.cookies import derived, digest
from api.people.desk import Desk
from api.people.passkeys.store import Passkey, add, passkeys_of
from api.people.refusals import LOG, log_in_refused, not_offered, step_up_needed
from api.people.sessions import Session, is_fresh
from api.service.secret import part_key
from audit.proof.approvals.assertion import read_passkey
from domain.errors import ProofError

NAME: Final = "Muniment"
ALGORITHMS: Final = [COSEAlgorithmIdentifier.ECDSA_SHA_256, COSEAlgorithmIdentifier.EDDSA]
ID_OCTETS_MIN: Final = 16
ID_OCTETS_MAX: Final = 1_023
"""WebAuthn Level 3, section 6.1: identifiers of credentials have so many octets."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a browser is asked to do with a passkey.

    Attributes:
        options: The options, as browsers read them from JSON.
        ceremony: Secret for the ceremony's cookie.
    """

    options: Json
    ceremony: str = field(repr=False)


def invite_by_session(desk: Desk, session: Session) -> Challenge:
    """Begin a registration by somebody who just proved any factor.

    Raises:
        RefusedError: ``step_up_needed``.
        UsageError: ``log_in_not_offered``.
        UnreachableError: ``log_in_busy``.
    """
    if not is_fresh(session.fresh_at, desk.now()):
        raise step_up_needed()
    return _begun(desk, session.officer, session=session.id)


def invite_by_code(desk: Desk, code: str) -> Challenge:
    """Begin a registration by an invitation, which is taken when the passkey is kept.

    Raises:
        UnauthenticatedError: ``log_in_refused``, the code is unknown, used or late.
        UsageError: ``log_in_not_offered``.
        UnreachableError: ``log_in_busy``.
    """
    officer = invited_officer(desk, code)
    if officer is None:
        raise log_in_refused("invitation unknown, taken or late")
    return _begun(desk, officer, invitation=digest(code))


def register(desk: Desk, *, ceremony: str, response: Json) -> Passkey:
    """Verify a new passkey and keep it.

    Args:
        desk: What the service works with.
        ceremony: Secret from the ceremony's cookie.
        response: What the browser gave, as JSON.

    Raises:
        UnauthenticatedError: ``log_in_refused``.
    """
    begun = take(desk, ceremony, "passkey-new")
    found = _verified(desk, derived(ceremony, "challenge"), response)
    synced = found.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    if synced and not desk.settings.synced_passkeys:
        raise log_in_refused("passkey can leave its device")
    if not ID_OCTETS_MIN <= len(found.credential_id) <= ID_OCTETS_MAX:
        raise log_in_refused("passkey with an identifier of a wrong length")
    now = desk.now()
    passkey = Passkey(
        id=found.credential_id,
        officer=begun.officer or "",
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        synced=synced,
        made_at=now,
        used_at=now,
    )
    if not add(desk, passkey, begun.invitation):
        raise log_in_refused("passkey taken, one too many, or invitation taken")
    LOG.info("passkey_registered")
    return passkey


def user_handle(desk: Desk, officer: str) -> bytes:
    """Give what authenticators know an officer by: 32 octets that nobody else can compute."""
    return hmac.digest(part_key(desk.secret, "user handles"), officer.encode(), "sha256")


def spki(public_key: bytes) -> bytes:
    """Give a COSE key as SubjectPublicKeyInfo, DER.

    Raises:
        WebAuthnException: It is no key.
        ValueError: It is no point of its curve.
    """
    key = decoded_public_key_to_cryptography(decode_credential_public_key(public_key))
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def descriptors(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    """Name passkeys to a browser."""
    return [PublicKeyCredentialDescriptor(id=each.id) for each in passkeys]


def _begun(
    desk: Desk, officer: str, *, session: bytes | None = None, invitation: bytes | None = None
) -> Challenge:
    if not desk.settings.passkeys:
        raise not_offered("passkey")
    begun = begin(desk, "passkey-new", officer=officer, session=session, invitation=invitation)
    options = generate_registration_options(
        rp_id=desk.settings.host,
        rp_name=NAME,
        user_id=user_handle(desk, officer),
        user_name=officer,
        challenge=derived(begun.secret, "challenge"),
        timeout=SECONDS * 1_000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=descriptors(list(passkeys_of(desk, officer))),
        supported_pub_key_algs=ALGORITHMS,
    )
    return Challenge(options=json.loads(options_to_json(options)), ceremony=begun.secret)


def _verified(desk: Desk, challenge: bytes, response: Json) -> VerifiedRegistration:
    try:
        credential = parse_registration_credential_json(response)
        if parse_client_data_json(credential.response.client_data_json).cross_origin:
            raise log_in_refused("passkey made inside another site's page")
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=desk.settings.host,
            expected_origin=desk.settings.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        read_passkey(spki(found.credential_public_key))
    except (
        WebAuthnException,
        ProofError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as error:
        raise log_in_refused(f"registration {type(error).__name__}") from error
    return found
