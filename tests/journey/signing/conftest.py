# SPDX-License-Identifier: Apache-2.0
"""Officers at browsers of their own, each with an authenticator, and a ledger that is served."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.console.signing.answers import Answer, carried
from api.console.signing.sheets import Sheet, joined, sheet_of
from api.people.bindings import invite
from api.people.desk import Desk
from api.people.enrolling.waiting import waiting
from api.registrar import Act, Enrolment, enrol
from api.service.settings import ServiceSettings
from api.settings import Settings
from audit.database import Database
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import AUTHORITY, identifier, manufactured
from tests.integration.conftest import server
from tests.integration.http.conftest import founded, fresh_database, running

__all__ = ["server"]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
OFFICER = ("MFR", "LIC", "POL")
ADMIN = ("registry-admin", "supervisor")


SUBMIT = """([address, fields]) => {
  const form = document.createElement("form");
  [form.method, form.action] = ["post", address];
  const csrf = document.querySelector("input[name=csrf]").value;
  for (const [name, value] of Object.entries({ ...fields, csrf })) {
    const field = document.createElement("input");
    [field.type, field.name, field.value] = ["hidden", name, value];
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
"""Sends a form as the question pages would."""


def made() -> Act:
    """Give the making of a firearm that nobody has recorded yet."""
    return Act(
        evt="firearm.manufactured",
        dat=manufactured(identifier("S")[:32]),
        sub=parse_stream_id(identifier("arm.")),
    )


@dataclass(slots=True, kw_only=True)
class Place:
    """A ledger that is served at a domain.

    Attributes:
        office: The ledger, opened beside the service.
        origin: Where it is served.
        roots: Its root keys.
        desk: Sessions and passkeys.
    """

    office: Office
    origin: str
    roots: list[FileKey]
    desk: Desk

    def length(self, sheet: Sheet) -> int:
        """Give how many events the stream of a sheet has."""
        return self.office.heads([sheet.stream.uuid]).get(sheet.stream.uuid, (0, ""))[0]

    def officer(self, *roles: str) -> str:
        """Enrol a new officer by a key file that nobody uses any more."""
        officer = f"off.{uuid.uuid4()}"
        wanted = Enrolment(authority=AUTHORITY, roles=roles, jurisdictions=["XA"], officer=officer)
        key = FileKey.create("Ed25519")
        enrol(self.office, wanted, key, proposer=self.roots[0], approver=self.roots[1])
        return officer

    def service(self) -> FileKey:
        """Give a key by which the service itself records."""
        key = FileKey.create("Ed25519")
        wanted = Enrolment(authority=AUTHORITY, roles=("service",), jurisdictions=["XA"])
        enrol(self.office, wanted, key, proposer=self.roots[0], approver=self.roots[1])
        return key

    def enrol_waiting(self, officer: str, *roles: str) -> str:
        """Let two root officers enrol the key of an officer that waits; give its thumbprint."""
        registry, _ = self.desk.registry()
        (found,) = [each for each in waiting(self.desk, registry) if each.officer == officer]
        material = found.request.checked(self.office.audience)
        wanted = Enrolment(authority=AUTHORITY, roles=roles, jurisdictions=["XA"], officer=officer)
        enrol(self.office, wanted, material, proposer=self.roots[0], approver=self.roots[1])
        return found.request.kid


@dataclass(slots=True, kw_only=True)
class Person:
    """An officer at a browser.

    Attributes:
        place: Where the officer works.
        officer: Identifier of the officer.
        roles: What the officer may record.
        page: The browser's page.
        tools: What the browser's authenticator is told by.
        authenticator: Its identifier.
        wrongs: Errors of scripts, and what the browser complains of.
    """

    place: Place
    officer: str
    roles: tuple[str, ...]
    page: Page
    tools: CDPSession
    authenticator: str
    wrongs: list[str] = field(default_factory=list)

    def checks(self, kid: str, act: Act | None = None) -> Sheet:
        """Come to the page on which an event is checked and signed."""
        office = self.place.office
        sheet = sheet_of(office, act or made(), office.ledger.catch_up().keys[kid])
        fields = {
            "signing_input": sheet.unsigned.signing_input.decode(),
            "disclosures": joined(sheet.unsigned.disclosures),
            "kid": kid,
            "answers": carried([Answer("Make", "Example Works")]),
        }
        self.goes("/keys")
        with self.page.expect_navigation():
            self.page.evaluate(SUBMIT, ["/sign/again", fields])
        return sheet

    def signs(self) -> str:
        """Press the button, and come to the receipt; gives its address."""
        self.page.get_by_role("button", name="Sign and record").click()
        self.page.wait_for_url("**/recorded/*")
        return self.page.url

    def goes(self, path: str) -> Page:
        self.page.goto(f"{self.place.origin}{path}")
        return self.page

    def register(self) -> None:
        """Register a passkey by an invitation, and come to the log-in."""
        self.goes(f"/register#{invite(self.place.desk, self.officer)}")
        self.page.get_by_role("button", name="Register a passkey").click()
        self.page.wait_for_url("**/log-in")

    def log_in(self, onward: str = "/") -> None:
        self.goes(f"/log-in?next={onward}")
        self.page.get_by_role("button", name="Log in with a passkey").click()
        self.page.wait_for_url(f"{self.place.origin}{onward}")

    def verifies(self, *, person: bool) -> None:
        """Let the authenticator find that the right person touches it, or that nobody does."""
        given = {"authenticatorId": self.authenticator, "isUserVerified": person}
        self.tools.send("WebAuthn.setUserVerified", given)

    def make_key(self) -> None:
        """Make a key in the browser, and ask for its enrolment."""
        self.goes("/keys/new")
        self.page.get_by_role("button", name="Make the key and ask").click()
        self.page.wait_for_url("**/keys")

    def ready(self) -> str:
        """Come to have a key in the browser that may sign; give its thumbprint."""
        self.register()
        self.log_in()
        self.make_key()
        return self.place.enrol_waiting(self.officer, *self.roles)


@pytest.fixture(scope="module")
def place(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Serve a founded ledger."""
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(server))
        home = tmp_path_factory.mktemp("signing") / "ledger"
        settings = Settings(home=home, database_url=database.admin)
        made = stack.enter_context(founded(settings))
        origin = stack.enter_context(running(settings, "localhost"))
        desk = Desk.opened(
            settings,
            ServiceSettings(origin=origin),
            database=database,
            ledger=made["office"].ledger,
        )
        yield Place(
            office=made["office"],
            origin=origin,
            roots=made["roots"],
            desk=stack.enter_context(desk),
        )


@pytest.fixture
def arrive(browser: Browser, place: Place) -> Iterator[Callable[..., Person]]:
    """Give officers, each with a browser and an authenticator of their own."""
    people: list[Person] = []

    def arrived(*roles: str) -> Person:
        page = browser.new_context().new_page()
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        added = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        held = roles or OFFICER
        person = Person(
            place=place,
            officer=place.officer(*held),
            roles=held,
            page=page,
            tools=tools,
            authenticator=added["authenticatorId"],
        )
        page.on("pageerror", lambda error: person.wrongs.append(str(error)))
        page.on("console", lambda said: _note(person, said))
        people.append(person)
        return person

    yield arrived
    for each in people:
        each.page.context.close()
    assert [wrong for each in people for wrong in each.wrongs] == []


def _note(person: Person, said: Any) -> None:
    # A passkey of another kind than ours is warned of, and is what we want.
    if said.type == "error":
        person.wrongs.append(said.text)
