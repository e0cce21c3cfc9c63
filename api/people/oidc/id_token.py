# SPDX-License-Identifier: Apache-2.0
"""Reading an ID token (OpenID Connect Core 1.0, section 3.1.3.7): who logged in, when and how.

The algorithm comes from a closed list and the key from the provider's own set, never from the
token. joserfc checks the signature and Authlib the claims; nothing of the token is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Any, Final

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc.errors import JoseError
from joserfc.jwa import EdDSAAlgorithm
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry, deserialize_compact

from api.people.oidc.provider import Tokens
from api.people.refusals import log_in_refused
from audit.proof.encoding import decode, encode
from domain.errors import EnvelopeError

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA", "Ed25519")
LEEWAY_SECONDS: Final = 60
AGE_SECONDS_MAX: Final = 10 * 60
"""An ID token is fetched for a log-in that was just made; an old one is somebody else's."""
TEXTS_MAX: Final = 32
TOKEN_CHARS_MAX: Final = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the ID token of one log-in has to say.

    Attributes:
        issuer: The provider.
        client_id: This service, as the provider calls it.
        nonce: What this log-in was begun with.
        now: Unix time.
    """

    issuer: str
    client_id: str
    nonce: str
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who logged in, as the provider says.

    Attributes:
        subject: The provider's identifier of the person.
        auth_time: When the person proved something, Unix seconds; none where it is not said.
        acr: The authentication context.
        amr: The authentication methods.
    """

    subject: str
    auth_time: int | None
    acr: str | None
    amr: frozenset[str]


class _EdDSA(EdDSAAlgorithm):
    """The old name of Ed25519 (RFC 9864), which providers use and nobody need be warned of."""

    security_warning = ""


def key_id(tokens: Tokens) -> str | None:
    """Give the key that an ID token names, unverified: only to look it up among the known.

    Raises:
        UnauthenticatedError: ``log_in_refused``, it is no token.
    """
    try:
        header = json.loads(decode(tokens.id_token.partition(".")[0].encode()))
        kid = header.get("kid")
    except (ValueError, AttributeError, EnvelopeError) as error:
        raise log_in_refused("token malformed") from error
    return kid if isinstance(kid, str) else None


def read_id_token(tokens: Tokens, keys: KeySet, expected: Expected) -> Identity:
    """Verify an ID token and tell who logged in.

    Raises:
        UnauthenticatedError: ``log_in_refused``, its signature, algorithm, issuer, audience, time,
            nonce or access token is not the expected one, or it says things of a wrong form.
    """
    if len(tokens.id_token) > TOKEN_CHARS_MAX:
        raise log_in_refused("token too long")
    try:
        header, claims = _verified(tokens.id_token, keys)
        CodeIDToken(
            claims,
            header,
            options={
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "nonce": {"essential": True, "value": expected.nonce},
            },
            params={"client_id": expected.client_id, "nonce": expected.nonce},
        ).validate(now=expected.now, leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError) as error:
        raise log_in_refused(f"token {type(error).__name__}") from error
    if not _binds(claims.get("at_hash"), tokens.access_token, alg=header["alg"]):
        raise log_in_refused("token with another access token")
    return _identity(claims, expected)


def _verified(token: str, keys: KeySet) -> tuple[dict[str, Any], dict[str, Any]]:
    found = deserialize_compact(token, keys, algorithms=ALGORITHMS, registry=_registry())
    claims = json.loads(found.payload or b"")
    if not isinstance(claims, dict):
        raise ValueError("claims are no object")  # noqa: TRY004 - the token is wrong
    return dict(found.headers()), claims


def _binds(at_hash: object, access_token: str, *, alg: str) -> bool:
    """Tell whether an ID token fits its access token (section 3.1.3.6), where it says anything.

    Authlib knows no hash for the name Ed25519 and would refuse every such token.
    """
    if at_hash is None:
        return True
    digest = (sha256 if alg.endswith("256") else sha512)(access_token.encode()).digest()
    return at_hash == encode(digest[: len(digest) // 2]).decode()


def _registry() -> JWSRegistry:
    """Give a registry of the algorithms of the list and no others, so that none can be added."""
    registry = JWSRegistry(algorithms=ALGORITHMS)
    known = {name: JWSRegistry.algorithms[name] for name in ALGORITHMS}
    registry.algorithms = known | {_EdDSA.name: _EdDSA()}
    return registry


def _identity(claims: dict[str, Any], expected: Expected) -> Identity:
    subject, acr, amr = claims["sub"], claims.get("acr"), claims.get("amr", [])
    issued, auth_time = claims["iat"], claims.get("auth_time")
    texts = [subject, *([] if acr is None else [acr]), *(amr if isinstance(amr, list) else [None])]
    times = [issued, *([] if auth_time is None else [auth_time])]
    if len(texts) > TEXTS_MAX or not all(isinstance(each, str) for each in texts):
        raise log_in_refused("token says a text of a wrong form")
    if not all(type(each) is int and each <= expected.now + LEEWAY_SECONDS for each in times):
        raise log_in_refused("token says a time of a wrong form")
    if issued < expected.now - AGE_SECONDS_MAX:
        raise log_in_refused("token old")
    return Identity(subject=subject, auth_time=auth_time, acr=acr, amr=frozenset(amr))
