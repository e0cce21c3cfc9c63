# SPDX-License-Identifier: Apache-2.0
"""Log-in and step-up at the provider: authorization code with PKCE (RFC 6749, 7636, 9207).

State, nonce and code verifier are derived from a secret that only this browser has, and count
for one log-in. The answer is believed only from the issuer that was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from api.people.bindings import SUBJECT_CHARS_MAX, bound_officer
from api.people.ceremonies import Ceremony, begin, take
from api.people.cookies import same, token
from api.people.desk import Desk
from api.people.oidc.id_token import Expected, Identity, key_id, read_id_token
from api.people.oidc.provider import Provider
from api.people.refusals import LOG, log_in_refused
from api.people.sessions import (
    ABSOLUTE_SECONDS,
    Proof,
    Session,
    is_fresh,
    open_session,
)
from api.service.settings import Oidc

CALLBACK: Final = "/v1/log-in/callback"
SCOPE: Final = "openid"
"""The subject and nothing else of the person: no name, no address (ASVS 10.2.3)."""
CODE_CHARS_MAX: Final = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where to send a browser, and what to give it on the way.

    Attributes:
        address: Address at the provider.
        ceremony: Secret for the ceremony's cookie.
    """

    address: str
    ceremony: str = field(repr=False)


def depart(desk: Desk, provider: Provider, session: Session | None = None) -> Departure:
    """Begin a log-in, or a step-up of a session, at the provider.

    Raises:
        UnreachableError: ``log_in_provider``; ``log_in_busy``.
    """
    endpoint = provider.metadata().authorization_endpoint
    if session is None:
        ceremony = begin(desk, "oidc")
    else:
        ceremony = begin(desk, "oidc-step-up", officer=session.officer, session=session.id)
    verifier = token(ceremony.secret, "verifier")
    request = {
        "response_type": "code",
        "client_id": provider.oidc.client_id,
        "redirect_uri": desk.settings.origin + CALLBACK,
        "scope": SCOPE,
        "state": token(ceremony.secret, "state"),
        "nonce": token(ceremony.secret, "nonce"),
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        # Asking for an age obliges the provider to say when the person proved something.
        "max_age": str(0 if session else ABSOLUTE_SECONDS),
    }
    if session is not None:
        request["prompt"] = "login"
    if provider.oidc.acr_values:
        request["acr_values"] = " ".join(provider.oidc.acr_values)
    joint = "&" if "?" in endpoint else "?"
    return Departure(address=endpoint + joint + urlencode(request), ceremony=ceremony.secret)


def arrive(desk: Desk, provider: Provider, *, ceremony: str, answer: Mapping[str, str]) -> str:
    """Finish a log-in or a step-up; give the secret of the new session.

    Args:
        desk: What the service works with.
        provider: Whom the browser was sent to.
        ceremony: Secret from the ceremony's cookie; empty where there is none.
        answer: What the provider gave the browser: code, state, iss, error.

    Raises:
        UnauthenticatedError: ``log_in_refused``; ``session_ended``, that of a step-up.
        UnreachableError: ``log_in_provider``.
    """
    code = _checked_code(provider, ceremony, answer)
    begun = take(desk, ceremony, "oidc", "oidc-step-up")
    tokens = provider.exchange(
        code,
        verifier=token(ceremony, "verifier"),
        redirect_uri=desk.settings.origin + CALLBACK,
    )
    expected = Expected(
        issuer=provider.oidc.issuer,
        client_id=provider.oidc.client_id,
        nonce=token(ceremony, "nonce"),
        now=desk.now(),
    )
    identity = read_id_token(tokens, provider.keys(key_id(tokens)), expected)
    proof = _proof(desk, provider.oidc, identity)
    secret = _opened(desk, begun, proof)
    LOG.info("step_up" if begun.session else "log_in", extra={"way": "oidc"})
    return secret


def _checked_code(provider: Provider, ceremony: str, answer: Mapping[str, str]) -> str:
    """Look at the answer before anything of it is used, or the ceremony is taken."""
    if not ceremony or not same(answer.get("state"), token(ceremony, "state")):
        raise log_in_refused("state of another browser")
    issuer = answer.get("iss")
    if issuer != provider.oidc.issuer and (issuer or provider.metadata().names_itself):
        raise log_in_refused("answer of another issuer")
    code = answer.get("code", "")
    if "error" in answer or not 0 < len(code) <= CODE_CHARS_MAX:
        raise log_in_refused("provider refuses the person")
    return code


def _opened(desk: Desk, begun: Ceremony, proof: Proof) -> str:
    if begun.session is None:
        return open_session(desk, proof)
    if begun.officer != proof.officer:
        raise log_in_refused("step-up by another person")
    if not proof.strong or not is_fresh(proof.fresh_at, desk.now()):
        raise log_in_refused("step-up not fresh or not strong")
    return open_session(desk, proof, instead_of=begun.session)


def _proof(desk: Desk, oidc: Oidc, identity: Identity) -> Proof:
    if not identity.subject.isascii() or not 0 < len(identity.subject) <= SUBJECT_CHARS_MAX:
        raise log_in_refused("subject of a wrong form")
    officer = bound_officer(desk, oidc.issuer, identity.subject)
    if officer is None:
        raise log_in_refused("subject not bound")
    at, now = identity.auth_time, desk.now()
    return Proof(
        officer=officer,
        way="oidc",
        fresh_at=None if at is None else min(at, now),  # its clock may be a little ahead of ours
        strong=identity.acr in oidc.acr_values or bool(identity.amr & set(oidc.amr_values)),
    )
