# SPDX-License-Identifier: Apache-2.0
"""The OpenID Connect provider: what it says of itself, its keys, and the exchange of a code.

Everything is found by discovery from the issuer that the settings name (OpenID Connect
Discovery 1.0). No address comes from a request or a token, no redirect is followed, and no
token outlives the call that fetched it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ssl import create_default_context
from threading import Lock
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.people.refusals import log_in_refused, provider_fails
from api.service.settings import Oidc, is_loopback

TIMEOUT_SECONDS: Final = 10
ANSWER_OCTETS_MAX: Final = 262_144
METADATA_SECONDS: Final = 3_600
KEYS_SECONDS_MIN: Final = 60
"""A key that is not known has the keys read anew, but not more often than this."""
DISCOVERY: Final = "/.well-known/openid-configuration"
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a provider says of itself.

    Attributes:
        authorization_endpoint: Where browsers are sent.
        token_endpoint: Where codes are exchanged.
        jwks_uri: Where its keys are.
        names_itself: Whether it puts its issuer into every answer (RFC 9207).
        secret_in_header: Whether it takes the client's secret by HTTP Basic.
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    secret_in_header: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a code is exchanged for; looked at once and not kept.

    Attributes:
        id_token: Says who logged in.
        access_token: Opens nothing here; the ID token may be bound to it.
    """

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


class Provider:
    """One provider; safe for several threads."""

    def __init__(
        self,
        oidc: Oidc,
        secret: str,
        *,
        clock: Callable[[], float],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Remember whom to ask; nothing is asked yet.

        Args:
            oidc: The settings.
            secret: What the provider knows this service by.
            clock: Gives Unix time.
            transport: Another way to reach it, such as a proxy of the operator's.
        """
        self.oidc = oidc
        self._secret = secret
        self._clock = clock
        self._client = httpx.Client(
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
            transport=transport,
            verify=create_default_context(),  # the authorities that this machine trusts
        )
        self._lock = Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def metadata(self) -> Metadata:
        """Give what the provider says of itself, at most an hour old.

        Raises:
            UnreachableError: ``log_in_provider``, it does not answer, is another issuer, or
                names an endpoint that is not safe.
        """
        with self._lock:
            if self._metadata is None or self._clock() - self._metadata[0] > METADATA_SECONDS:
                found = self._answer("GET", self.oidc.issuer.rstrip("/") + DISCOVERY)
                self._metadata = (self._clock(), self._read(found))
            return self._metadata[1]

    def keys(self, kid: str | None) -> KeySet:
        """Give the provider's keys, read anew where the one that is asked for is not known.

        Raises:
            UnreachableError: ``log_in_provider``.
        """
        uri = self.metadata().jwks_uri
        with self._lock:
            if self._keys is None or self._is_unknown(kid, *self._keys):
                try:
                    found = KeySet.import_key_set(self._answer("GET", uri))  # type: ignore[arg-type]
                except (JoseError, KeyError, TypeError, ValueError) as error:
                    raise provider_fails("keys unreadable") from error
                self._keys = (self._clock(), found)
            return self._keys[1]

    def exchange(self, code: str, *, verifier: str, redirect_uri: str) -> Tokens:
        """Exchange a code for tokens (RFC 6749, section 4.1.3, and RFC 7636, section 4.5).

        Raises:
            UnauthenticatedError: ``log_in_refused``, the provider does not take the code.
            UnreachableError: ``log_in_provider``.
        """
        metadata = self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        credentials = None
        if metadata.secret_in_header:
            # RFC 6749, section 2.3.1: both are form-encoded before they go into the header.
            credentials = (quote(self.oidc.client_id, safe=""), quote(self._secret, safe=""))
        else:
            form |= {"client_id": self.oidc.client_id, "client_secret": self._secret}
        found = self._answer("POST", metadata.token_endpoint, form=form, credentials=credentials)
        tokens = [found.get(name) for name in ("id_token", "access_token")]
        if not all(isinstance(each, str) and each for each in tokens):
            raise provider_fails("token answer without tokens")
        return Tokens(id_token=str(tokens[0]), access_token=str(tokens[1]))

    def _is_unknown(self, kid: str | None, read_at: float, keys: KeySet) -> bool:
        age = self._clock() - read_at
        known = kid is None or any(key.kid == kid for key in keys)
        return age > METADATA_SECONDS or (not known and age >= KEYS_SECONDS_MIN)

    def _read(self, found: Mapping[str, Any]) -> Metadata:
        if found.get("issuer") != self.oidc.issuer:
            raise provider_fails("another issuer in the metadata")
        endpoints = {name: found.get(name) for name in ENDPOINTS}
        if not all(self._is_safe(each) for each in endpoints.values()):
            raise provider_fails("endpoint missing or not https")
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Metadata(
            **{name: str(each) for name, each in endpoints.items()},
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            secret_in_header="client_secret_basic" in methods,
        )

    def _is_safe(self, address: object) -> bool:
        if not isinstance(address, str):
            return False
        parts, issuer = urlsplit(address), urlsplit(self.oidc.issuer)
        if parts.scheme == "https":
            return bool(parts.hostname)
        both = is_loopback(parts.hostname) and is_loopback(issuer.hostname)
        return parts.scheme == "http" and both

    def _answer(
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> dict[str, Any]:
        """Ask, and read a JSON object of bounded size."""
        headers = {"Accept": "application/json"}
        try:
            with self._client.stream(
                method, address, data=form, auth=credentials, headers=headers
            ) as answer:
                octets = _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise provider_fails(type(error).__name__) from error
        if method == "POST" and answer.status_code in (400, 401):
            raise log_in_refused("provider refuses the code")
        if answer.status_code != httpx.codes.OK:
            raise provider_fails(f"status {answer.status_code}")
        try:
            found = json.loads(octets)
        except ValueError as error:
            raise provider_fails("answer is no JSON") from error
        if not isinstance(found, dict):
            raise provider_fails("answer is no object")
        return found


def _bounded(answer: httpx.Response) -> bytes:
    octets = b""
    for part in answer.iter_bytes():
        octets += part
        if len(octets) > ANSWER_OCTETS_MAX:
            raise provider_fails("answer too large")
    return octets
