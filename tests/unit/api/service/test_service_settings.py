# SPDX-License-Identifier: Apache-2.0
"""The service's one file of settings: what it says, and how it says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.service.settings import (
    SERVICE_FILE,
    SERVICE_OCTETS_MAX,
    Oidc,
    ServiceSettings,
    client_secret,
)
from domain.errors import UsageError

OIDC = '[oidc]\nissuer = "https://login.example"\nclient_id = "muniment"\n'
BOTH = 'client_secret_file = "a"\nclient_secret_variable = "A"'
FULL = f"""
origin = "https://muniment.example"
workers = 2
reader_url = "host=replica dbname=ledger"
synced_passkeys = true
[bind]
host = "0.0.0.0"
port = 9000
{OIDC}client_secret_file = "keys/oidc.secret"
acr_values = ["phr"]
[telemetry]
endpoint = "http://127.0.0.1:4318/v1/traces"
share = 0.1
"""
WRONG = (
    ("", "origin: Field required"),
    ('origin = "http://muniment.example"', "origin: it must be an https address"),
    ('origin = "https://muniment.example/"', "no slash behind"),
    ('origin = "https://Muniment.example"', "in lower case"),
    ('origin = "https://muniment.example:443"', "leave the usual port out"),
    ('origin = "https://a:b@muniment.example"', "no user, query or fragment"),
    ('origin = "https://muniment.example?a=b"', "no user, query or fragment"),
    ('origin = "https://muniment .example"', "no spaces"),
    ('origin = "https://muniment.example:0"', "it must be an https address"),
    ('origin = "https://muniment.example:99999"', "origin: Port out of range"),
    ('origin = "https://a.example"\nworkers = 0', "workers: Input should be greater"),
    ('origin = "https://a.example"\nworkers = "2"', "workers: Input should be a valid integer"),
    ('origin = "https://a.example"\nproxies = "all"', "proxies: Input should be 'none'"),
    ('origin = "https://a.example"\napprovals = ["arm.gone"]', "approvals.0: this version knows"),
    ('origin = "https://a.example"\npasskey = true', "passkey: Extra inputs"),
    ('origin = "https://a.example"\nreader_url = "nonsense"', "reader_url: it must be a libpq"),
    ('origin = "https://a.example"\nreader_url = "password=hunter2"', "it must hold no password"),
    (f'origin = "https://a.example"\n{OIDC}', "oidc: it names either"),
    (
        f'origin = "https://a.example"\n{OIDC}{BOTH}',
        "oidc: it names either",
    ),
    (
        f'origin = "https://a.example"\npasskeys = false\n{OIDC}client_secret_file = "a"',
        "as a whole: nobody could step up",
    ),
    (
        f'origin = "https://a.example"\n{OIDC.replace("https", "http")}client_secret_file = "a"',
        "oidc.issuer: it must be an https address",
    ),
    (
        'origin = "https://a.example"\n[erasure]\nkey_file = "keys/service.pem"',
        "erasure: it names either passphrase_file or passphrase_variable",
    ),
    (
        'origin = "https://a.example"\n[telemetry]\nendpoint = "http://collector.example/v1/traces"',
        "telemetry.endpoint: it must be an https address, or http on 127.0.0.1",
    ),
    (
        'origin = "https://a.example"\n[telemetry]\nendpoint = "https://a.example/t?key=hunter2"',
        "telemetry.endpoint: it must have no user, query or fragment",
    ),
    (
        'origin = "https://a.example"\n[telemetry]\nendpoint = "https://a.example"\nshare = 2.0',
        "telemetry.share: Input should be less than or equal to 1",
    ),
    ("origin = ", "it is not TOML"),
    ("# " + "x" * SERVICE_OCTETS_MAX, "it has more than"),
)


def _read(home: Path, text: str) -> ServiceSettings:
    (home / SERVICE_FILE).write_text(text, encoding="utf-8")
    return ServiceSettings.read(home)


def test_an_origin_is_all_that_has_to_be_said(tmp_path: Path) -> None:
    settings = _read(tmp_path, 'origin = "https://muniment.example"')
    assert (settings.bind.host, settings.bind.port, settings.workers) == ("127.0.0.1", 8080, 1)
    assert settings.oidc is None
    assert settings.passkeys
    assert not settings.synced_passkeys
    assert settings.proxies == "none"


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = _read(tmp_path, FULL)
    assert settings.oidc is not None
    assert (settings.workers, settings.bind.port, settings.oidc.acr_values) == (2, 9000, ["phr"])
    assert settings.reader_url == "host=replica dbname=ledger"
    assert settings.oidc.steps_up
    assert settings.telemetry is not None
    assert settings.telemetry.share == 0.1


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://muniment.example", "muniment.example"),
        ("https://muniment.example:8443", "muniment.example"),
        ("http://127.0.0.1:8080", "127.0.0.1"),
        ("http://localhost:8080", "localhost"),
        ("http://[::1]:8080", "::1"),
    ],
)
def test_the_host_of_the_origin_is_the_party_that_passkeys_rely_on(
    tmp_path: Path, origin: str, host: str
) -> None:
    assert _read(tmp_path, f'origin = "{origin}"').host == host


@pytest.mark.parametrize(("text", "reason"), WRONG)
def test_a_wrong_setting_is_named_with_what_is_wrong(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(UsageError, match="cannot be used") as caught:
        _read(tmp_path, text)
    assert caught.value.slug == "service_settings"
    assert reason in caught.value.sentence


def test_a_secret_in_a_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="client_secret: Extra inputs") as caught:
        _read(tmp_path, f'origin = "https://a.example"\n{OIDC}client_secret = "hunter2"')
    assert "hunter2" not in str(caught.value)


def test_erasure_destruction_keys_and_roles_need_an_approval_unless_it_is_set_otherwise(
    tmp_path: Path,
) -> None:
    usual = _read(tmp_path, 'origin = "https://a.example"').approved
    assert {"erasure.approved", "firearm.destroyed", "key.revoked", "role.granted"} <= usual
    assert "key.suspended" not in usual
    assert _read(tmp_path, 'origin = "https://a.example"\napprovals = []').approved == frozenset()


def test_where_there_are_no_passkeys_nothing_waits_for_one(tmp_path: Path) -> None:
    assert not _read(tmp_path, 'origin = "https://a.example"\npasskeys = false').approved


def test_without_the_file_the_service_has_no_settings(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it cannot be read: No such file"):
        ServiceSettings.read(tmp_path)


def _oidc(*, file: str | None = None, variable: str | None = None) -> Oidc:
    return Oidc(
        issuer="https://login.example",
        client_id="muniment",
        client_secret_file=file,
        client_secret_variable=variable,
    )


def test_a_secret_is_read_from_its_private_file(tmp_path: Path) -> None:
    (tmp_path / "oidc.secret").write_text("hunter2\n")
    (tmp_path / "oidc.secret").chmod(0o600)
    assert client_secret(_oidc(file="oidc.secret"), tmp_path, {}) == "hunter2"


def test_a_secret_is_read_from_the_variable_that_is_named(tmp_path: Path) -> None:
    assert client_secret(_oidc(variable="CLIENT"), tmp_path, {"CLIENT": "hunter2"}) == "hunter2"


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [("hunter2", 0o644, "is open to others"), ("\n", 0o600, "is empty"), (None, 0, "be read")],
)
def test_a_secret_that_is_no_secret_is_refused(
    tmp_path: Path, content: str | None, mode: int, reason: str
) -> None:
    if content is not None:
        (tmp_path / "oidc.secret").write_text(content)
        (tmp_path / "oidc.secret").chmod(mode)
    with pytest.raises(UsageError, match=reason) as caught:
        client_secret(_oidc(file="oidc.secret"), tmp_path, {})
    assert "hunter2" not in str(caught.value)


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CLIENT is not set"):
        client_secret(_oidc(variable="CLIENT"), tmp_path, {})
