# SPDX-License-Identifier: Apache-2.0
"""`muniment people` on a ledger of its own: bind, invite, list, take back, end sessions."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from api.bootstrap import open_office
from api.people.bindings import bound_officer, invited_officer
from api.people.desk import Desk
from api.people.passkeys.registering import invite_by_code, register
from api.people.sessions import Proof, open_session, use_session
from api.service.settings import SERVICE_FILE, ServiceSettings
from api.settings import Settings
from domain.errors import UnauthenticatedError
from tests.integration.cli.conftest import Ground, Run
from tests.unit.api.people.authenticator import Authenticator, text

ISSUER = "https://login.example"
SERVICE = f"""
origin = "https://muniment.example"
[oidc]
issuer = "{ISSUER}"
client_id = "muniment"
client_secret_file = "keys/oidc.secret"
"""


@pytest.fixture
def desk(ground: Ground) -> Iterator[Desk]:
    (ground.home / SERVICE_FILE).write_text(SERVICE)
    settings = Settings(home=ground.home)
    service = ServiceSettings.read(ground.home)
    with (
        open_office(settings) as office,
        Desk.opened(settings, service, database=office.database, ledger=office.ledger) as desk,
    ):
        yield desk


@pytest.fixture
def officer(desk: Desk, ground: Ground) -> str:
    registry, _ = desk.registry()
    return registry.keys[ground.kid("root-a")].officer


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("person@example.org\n"))


@pytest.mark.usefixtures("typed")
def test_a_person_is_bound_listed_and_unbound(run: Run, desk: Desk, officer: str) -> None:
    bound = run("people", "bind", officer)
    assert bound.code == 0
    assert "person@example.org" not in bound.data + bound.words
    assert bound_officer(desk, ISSUER, "person@example.org") == officer
    (listed,) = map(json.loads, run("people", "list", "--json").data.splitlines())
    assert (listed["officer"], listed["by"]) == (officer, ISSUER)
    assert "Taken back: 1." in run("people", "unbind", officer).words
    assert bound_officer(desk, ISSUER, "person@example.org") is None


def test_an_invitation_is_the_only_thing_on_standard_output(
    run: Run, desk: Desk, officer: str
) -> None:
    code = run("people", "invite", officer).data.strip()
    assert invited_officer(desk, code) == officer
    begun, passkey = invite_by_code(desk, code), Authenticator("https://muniment.example")
    register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options))
    assert "passkey  " in run("people", "list").data
    taken = run("people", "unbind", officer, "--passkey", text(passkey.identifier))
    assert "Taken back: 1." in taken.words
    assert run("people", "list", "--json").data == ""


def test_unbinding_an_officer_takes_passkeys_too(run: Run, desk: Desk, officer: str) -> None:
    begun = invite_by_code(desk, run("people", "invite", officer).data.strip())
    response = Authenticator("https://muniment.example").create(begun.options)
    register(desk, ceremony=begun.ceremony, response=response)
    assert "Taken back: 1." in run("people", "unbind", officer).words
    assert run("people", "list", "--json").data == ""


def test_sessions_are_ended_by_command(run: Run, desk: Desk, officer: str) -> None:
    proof = Proof(officer=officer, way="passkey", fresh_at=desk.now(), strong=True)
    for words in (("people", "end", officer), ("people", "end")):
        secret = open_session(desk, proof)
        assert "Sessions ended: 1." in run(*words).words
        with pytest.raises(UnauthenticatedError, match="has ended"):
            use_session(desk, secret)


@pytest.mark.usefixtures("desk")
def test_an_officer_that_the_registry_does_not_know_is_named(run: Run) -> None:
    answer = run("people", "invite", "off.00000000-0000-7000-8000-000000000000")
    assert answer.code == 2
    assert "officer_unknown" in answer.words


@pytest.mark.usefixtures("desk")
def test_an_identifier_of_no_passkey_is_told(run: Run, officer: str) -> None:
    answer = run("people", "unbind", officer, "--passkey", "=")
    assert answer.code == 2
    assert "no identifier of a passkey" in answer.words


def test_without_settings_of_a_service_there_are_no_people(run: Run, ground: Ground) -> None:
    (ground.home / SERVICE_FILE).unlink(missing_ok=True)
    answer = run("people", "list")
    assert answer.code == 2
    assert "service_settings" in answer.words
