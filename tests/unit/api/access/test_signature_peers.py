# SPDX-License-Identifier: Apache-2.0
"""What we sign an independent library verifies, and the other way round; RFC 9421's own vector."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from hypothesis import given
from hypothesis import strategies as st

from api.access.message import HttpRequest, signature_base
from api.client.keyfile import FileKey
from audit.proof.encoding import encode
from audit.proof.keys import public_key
from tests.unit.api.access.machines import NOW, enrolled, received, signed, standing

PRIVATE: dict[type[HTTPSignatureAlgorithm], Any] = {
    ED25519: Ed25519PrivateKey.generate(),
    ECDSA_P256_SHA256: ec.generate_private_key(ec.SECP256R1()),
}
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30)
PATHS = st.text("abcXYZ019-._~/", max_size=20)
REQUESTS = st.builds(
    HttpRequest,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    url=st.builds("https://ledger.example:8443/{}?q={}".format, PATHS, PATHS),
    fields=st.lists(
        st.tuples(
            st.sampled_from(["Muniment-Purpose", "muniment-case", "X-Other"]),
            st.builds(" {} {}\t".format, PRINTABLE, PRINTABLE),
        ),
        max_size=4,
    ).map(lambda fields: (("Content-Type", "application/jose"), *fields)),
    body=st.binary(max_size=50),
)


@dataclass
class Message:
    """A request as the library reads and writes it."""

    method: str
    url: str
    headers: Any


class Lines(dict[str, str]):
    """Header lines; a name may come more than once among those that were there before."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__()
        self.before = request.fields

    def items(self) -> Any:
        """Give every line."""
        return (*self.before, *super().items())


@pytest.mark.parametrize("algorithm", PRIVATE)
@given(request=REQUESTS)
def test_a_library_of_others_verifies_what_we_sign(
    request: HttpRequest, algorithm: type[HTTPSignatureAlgorithm]
) -> None:
    key = FileKey.of(PRIVATE[algorithm])
    sent = signed(request, key, created=int(datetime.now(UTC).timestamp()))
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithm,
        key_resolver=_keys(algorithm, key.kid),
    )
    message = Message(sent.method, sent.url, Lines(sent))
    found = verifier.verify(
        message, expect_tag="fle-1", require_components=sent.components(), body=sent.body
    )
    assert [each.parameters["keyid"] for each in found] == [key.kid]


@pytest.mark.parametrize("algorithm", PRIVATE)
@given(request=REQUESTS)
def test_we_believe_what_a_library_of_others_signs(
    request: HttpRequest, algorithm: type[HTTPSignatureAlgorithm]
) -> None:
    key = FileKey.of(PRIVATE[algorithm])
    whole = _signed_by_library(request, algorithm, key.kid)
    assert received(whole, standing(enrolled(key))).key == key.kid


def _keys(algorithm: type[HTTPSignatureAlgorithm], kid: str) -> MappingKeyResolver:
    private = PRIVATE[algorithm]
    return MappingKeyResolver(public_keys={kid: private.public_key()}, private_keys={kid: private})


def _signed_by_library(
    request: HttpRequest, algorithm: type[HTTPSignatureAlgorithm], kid: str
) -> HttpRequest:
    signer = HTTPMessageSigner(
        signature_algorithm=algorithm,
        key_resolver=_keys(algorithm, kid),
    )
    lines = Lines(request)
    signer.sign(
        Message(request.method, request.url, lines),
        key_id=kid,
        created=datetime.fromtimestamp(NOW, UTC),
        expires=datetime.fromtimestamp(NOW + 60, UTC),
        nonce=encode(bytes(16)).decode(),
        tag="fle-1",
        include_alg=False,
        covered_component_ids=request.components(),
        body=request.body or None,
    )
    return replace(request, fields=tuple(lines.items()))


def test_the_example_of_the_standard_is_made_and_verified() -> None:
    """RFC 9421, B.2.6: its derived components, of which we use others, stand as if headers."""
    request = HttpRequest(
        method="POST",
        url="https://example.com/foo?param=Value&Pet=dog",
        fields=(
            ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("Content-Type", "application/json"),
            ("Content-Length", "18"),
            ("@path", "/foo"),
            ("@authority", "example.com"),
        ),
        body=b'{"hello": "world"}',
    )
    names = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    covered = " ".join(f'"{name}"' for name in names)
    parameters = f'({covered});created=1618884473;keyid="test-key-ed25519"'
    base = signature_base(request, names, parameters)
    assert base.decode().splitlines() == [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        f'"@signature-params": {parameters}',
    ]
    signature = b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    x = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    public_key({"crv": "Ed25519", "kty": "OKP", "x": x}).verify(signature, base)
