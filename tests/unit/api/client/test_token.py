# SPDX-License-Identifier: Apache-2.0
"""A key on a token signs what the ledger admits, and never leaves it; tried with SoftHSM."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from api.client.keyfile import FileKey
from api.client.signer import Draft, sign
from api.client.token import TokenKey
from audit.proof.envelope.token import read_token
from audit.proof.keys import ED25519, ES256, P256_ORDER, check_enrolment
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError, UnreachableError, UsageError
from domain.identifiers import FIRST_PREV
from tests.unit.domain.lives import DATA

MODULES = (
    *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"),
    *Path("/usr/lib").glob("softhsm/libsofthsm2.so"),
    *Path("/usr/lib64").glob("pkcs11/libsofthsm2.so"),
)
PIN = "271828"
TOKEN = "muniment-test"  # noqa: S105 - the label of a token, not a secret
CURVES = {
    ES256: bytes.fromhex("06082a8648ce3d030107"),
    ED25519: b"\x13\x0cedwards25519",
    "P-384": bytes.fromhex("06052b81040022"),
}
LABELS = {ES256: "officer", ED25519: "officer-ed", "P-384": "other-curve"}

needs_softhsm = pytest.mark.skipif(
    shutil.which("softhsm2-util") is None or not MODULES, reason="SoftHSM is not installed"
)


@dataclass(frozen=True, slots=True)
class Card:
    """A token with a key pair of every kind."""

    module: Path

    def key(self, alg: str = ES256, *, pin: str = PIN) -> TokenKey:
        return TokenKey.open(self.module, token=TOKEN, pin=pin, label=LABELS[alg])


@pytest.fixture(name="card", scope="module")
def card_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Card]:
    """Give a new token on which another program made keys."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        pins = ["--pin", PIN, "--so-pin", "314159"]
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, *pins],  # noqa: S607
            check=True,
            capture_output=True,
        )
        _make_keys(MODULES[0])
        yield Card(MODULES[0])
        import_module("pkcs11").unload(str(MODULES[0]))


def _make_keys(module: Path) -> None:
    library: Any = import_module("pkcs11")
    with library.lib(str(module)).get_token(token_label=TOKEN).open(user_pin=PIN, rw=True) as made:
        for alg, label in LABELS.items():
            parameters = made.create_domain_parameters(
                library.KeyType.EC_EDWARDS if alg == ED25519 else library.KeyType.EC,
                {library.Attribute.EC_PARAMS: CURVES[alg]},
                local=True,
            )
            parameters.generate_keypair(store=True, label=label)


@needs_softhsm
@pytest.mark.parametrize("alg", [ES256, ED25519])
def test_a_token_signs_events_that_the_ledger_admits(card: Card, alg: str) -> None:
    key = card.key(alg)
    try:
        public = check_enrolment(key.jwk)
        assert (key.alg, key.kid) == (alg, public.kid)
        for number in range(16):
            draft = _draft(number)
            token = read_token(sign(draft, {"holder_name": "N"}, key, catalogue=CATALOGUE).jws)
            public.verify(token.signature, token.signing_input)
            assert alg == ED25519 or int.from_bytes(token.signature[32:]) <= P256_ORDER // 2
    finally:
        key.close()


@needs_softhsm
def test_threads_share_a_token(card: Card) -> None:
    key, other = card.key(), card.key(ED25519)
    public, signed = check_enrolment(key.jwk), list[bytes]()
    threads = [
        threading.Thread(target=lambda: signed.extend(key.sign(b"m") for _ in range(20)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for signature in signed:
        public.verify(signature, b"m")
    assert len(signed) == 80
    other.close()
    key.close()


@needs_softhsm
def test_what_is_not_there_is_told_and_the_pin_is_not(card: Card, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        card.key(pin="161803")
    assert caught.value.slug == "pin_wrong"
    assert "161803" not in str(caught.value)
    with pytest.raises(InvalidValueError) as caught:
        TokenKey.open(card.module, token=TOKEN, pin=PIN, label="nobody")
    assert caught.value.slug == "token_key_unknown"
    with pytest.raises(InvalidValueError) as caught:
        card.key("P-384")
    assert caught.value.slug == "key_kind_unknown"
    for module, token in ((card.module, "another"), (tmp_path / "none.so", TOKEN)):
        with pytest.raises(UnreachableError) as lost:
            TokenKey.open(module, token=token, pin=PIN, label=LABELS[ES256])
        assert lost.value.slug == "token_unreachable"


@needs_softhsm
def test_a_token_that_was_closed_signs_no_more(card: Card) -> None:
    key = card.key()
    key.close()
    with pytest.raises(UnreachableError):
        key.sign(b"m")
    assert "private" not in repr(key)


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pkcs11", None)
    with pytest.raises(UsageError) as caught:
        TokenKey.open(Path("none.so"), token=TOKEN, pin=PIN, label="officer")
    assert caught.value.slug == "pkcs11_missing"
    assert "pip install" in caught.value.next_step


def test_a_file_key_and_a_token_key_are_used_alike() -> None:
    members = {"kid", "alg", "jwk", "sign"}
    assert members <= {*dir(FileKey), *FileKey.__slots__} & {*dir(TokenKey), *TokenKey.__slots__}


def _draft(number: int) -> Draft:
    return Draft(
        evt="firearm.transferred",
        iss="dealer.xa",
        aud="ledger.xa-test",
        sub="arm.01a2076b-4018-7111-8222-333333333333",
        seq=1,
        prev=FIRST_PREV,
        jti="01a2076b-4400-7abc-8def-0123456789ab",
        iat=1_795_420_800 + number,
        occ="2026-11-23",
        dat=DATA["firearm.transferred"],
    )
