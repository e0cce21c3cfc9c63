# SPDX-License-Identifier: Apache-2.0
"""A provider of log-ins on loopback that is honest until a test bends one thing of it.

Checks what a provider has to check (code once, PKCE, redirect address, client), so that an
honest log-in proves that we ask rightly; and signs whatever a test wants it to sign.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from tests.unit.api.people.authenticator import text

CLIENT = "muniment client"
CLIENT_SECRET = "s:c r%t"  # noqa: S105 - of a provider that exists in tests
KEYS: dict[str, Key] = {
    "RS256": RSAKey.generate_key(2_048, {"kid": "rsa", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "okp", "use": "sig"}),
}

Json = dict[str, Any]


@dataclass
class HostileProvider:
    """One provider; every member may be bent."""

    clock: Callable[[], float]
    issuer: str = ""
    alg: str = "RS256"
    subject: str = "person@example.org"
    claims: Json = field(default_factory=dict)
    header: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    answer: Json = field(default_factory=dict)
    key: Key | None = None
    keys: list[Key] = field(default_factory=lambda: list(KEYS.values()))
    status: dict[str, int] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    begun: dict[str, Json] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> Json:
        """Let the person log in; give what the browser brings back."""
        assert address.startswith(f"{self.issuer}/authorize?")
        query = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = token_urlsafe(16)
        self.begun[code] = query
        return {"code": code, "state": query["state"]}

    def respond(self, method: str, path: str, request: Json) -> tuple[int, bytes]:
        """Answer one request."""
        self.asked.append(path)
        if path in self.raw:
            return self.status.get(path, 200), self.raw[path]
        if path in self.status:
            return self.status[path], b"{}"
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self._metadata()).encode()
        if path == "/jwks":
            return 200, json.dumps(KeySet(self.keys).as_dict()).encode()
        assert (method, path) == ("POST", "/token")
        return self._exchange(request)

    def _metadata(self) -> Json:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        } | self.metadata

    def _exchange(self, request: Json) -> tuple[int, bytes]:
        begun = self.begun.pop(request.get("code", ""), None)
        challenge = text(sha256(request.get("code_verifier", "").encode()).digest())
        right = (
            begun is not None
            and begun["code_challenge"] == challenge
            and begun["redirect_uri"] == request["redirect_uri"]
            and request["client"] == (CLIENT, CLIENT_SECRET)
        )
        if not right or begun is None:
            return 400, b'{"error":"invalid_grant"}'
        access = token_urlsafe(16)
        tokens = {"access_token": access, "token_type": "Bearer"}
        tokens["id_token"] = self._id_token(begun, access)
        return 200, json.dumps(tokens | self.answer).encode()

    def _id_token(self, begun: Json, access: str) -> str:
        now = int(self.clock())
        half = half_sha512 if self.alg == "EdDSA" else half_sha256
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": begun["nonce"],
            "at_hash": text(half(access.encode())),
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.key or KEYS.get(self.alg, KEYS["RS256"])
        header = {"alg": self.alg, "kid": key.kid} | self.header
        return signed({n: v for n, v in header.items() if v is not None}, claims, key)


@contextmanager
def serving(provider: HostileProvider) -> Iterator[HostileProvider]:
    """Serve a provider on a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*provider.respond("GET", self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form: Json = {name: value[0] for name, value in parse_qs(body).items()}
            form["client"] = _client(self.headers.get("authorization"), form)
            self._send(*provider.respond("POST", self.path, form))

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

        def _send(self, status: int, octets: bytes) -> None:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{provider.issuer}/elsewhere")
            self.send_header("content-length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def signed(header: Json, claims: Json, key: Key) -> str:
    """Sign as the header says; HS256 takes the public key for a secret, the classic confusion."""
    words = ".".join(text(json.dumps(each).encode()) for each in (header, claims))
    if header["alg"] == "HS256":
        assert isinstance(key, RSAKey)
        tag = hmac.digest(key.as_pem(private=False), words.encode(), "sha256")
    else:
        tag = JWSRegistry.algorithms[header["alg"]].sign(words.encode(), key)
    return f"{words}.{text(tag)}"


def half_sha256(octets: bytes) -> bytes:
    return sha256(octets).digest()[:16]


def half_sha512(octets: bytes) -> bytes:
    return sha512(octets).digest()[:32]


def _client(header: str | None, form: Json) -> tuple[str, str]:
    if header is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    name, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return unquote(name), unquote(secret)
