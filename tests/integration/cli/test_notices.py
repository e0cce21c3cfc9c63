# SPDX-License-Identifier: Apache-2.0
"""`muniment notices` on a ledger of its own: list, list what was missed, tell it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.bootstrap import open_office
from api.client.keyfile import FileKey
from api.notices.delivering import deliver
from api.notices.mailroom import Mailroom
from api.notices.subscriptions import Wish, subscribe, subscriptions, unsubscribe
from api.registrar import Enrolment, enrol
from api.service.settings import SERVICE_FILE, ServiceSettings
from api.settings import Settings
from tests.integration.cli.conftest import PASSPHRASE, Ground, Run

AWAY = "http://127.0.0.1:9/hook"
SERVICE = 'origin = "https://muniment.example"\nloopback_webhooks = true\n'


@pytest.fixture
def mailroom(ground: Ground) -> Iterator[Mailroom]:
    (ground.home / SERVICE_FILE).write_text(SERVICE)
    settings = Settings(home=ground.home)
    service = ServiceSettings.read(ground.home)
    with (
        open_office(settings) as office,
        Mailroom.opened(
            settings, service, database=office.database, ledger=office.ledger
        ) as mailroom,
    ):
        yield mailroom
        for each in subscriptions(mailroom):
            unsubscribe(mailroom, each.id)


@pytest.fixture(scope="module")
def machine(ground: Ground) -> FileKey:
    """Give a machine of the registry a key to sign requests with."""
    key = FileKey.create("Ed25519")
    roots = [FileKey.load(Path(ground.key(name)), PASSPHRASE) for name in ("root-a", "root-b")]
    enrolment = Enrolment(
        authority="auth.xa", roles=["service"], jurisdictions=["XA"], key_class="http"
    )
    with open_office(Settings(home=ground.home)) as office:
        enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
    return key


@pytest.fixture
def away(mailroom: Mailroom, machine: FileKey) -> str:
    """Subscribe somebody who is away to the whole log."""
    wish = Wish(authority="auth.xa", kid=machine.kid, url=AWAY, after=-1)
    return str(subscribe(mailroom, wish)[0].id)


def test_subscriptions_are_listed_without_their_secrets(
    run: Run, mailroom: Mailroom, away: str
) -> None:
    (listed,) = map(json.loads, run("notices", "list", "--json").data.splitlines())
    assert (listed["id"], listed["url"], listed["position"]) == (away, AWAY, 0)
    assert "secret" not in listed
    assert "active" in run("notices", "list").data
    deliver(mailroom)
    assert "failing" in run("notices", "list", "--authority", "auth.xa").data
    assert run("notices", "list", "--authority", "auth.xb", "--json").data == ""


def test_what_was_missed_is_listed_and_told_again(run: Run, mailroom: Mailroom, away: str) -> None:
    deliver(mailroom)
    (listed,) = map(json.loads, run("notices", "missed", "--json").data.splitlines())
    assert (listed["first"], listed["attempts"], listed["given_up"]) == (0, 1, False)
    assert "ConnectError" in run("notices", "missed").data
    answer = run("notices", "replay", away, "--after", "-1")
    assert answer.code == 0
    assert "from index 0 on" in answer.words
    assert run("notices", "missed", "--json").data == ""


def test_what_was_given_up_says_so(run: Run, mailroom: Mailroom, away: str) -> None:
    now, days = mailroom.now(), 24 * 60 * 60
    for day in range(7):
        deliver(replace(mailroom, clock=lambda day=day: now + day * days))  # type: ignore[misc]
    assert away in run("notices", "list").data
    assert "given up" in run("notices", "list").data
    assert "no" in run("notices", "missed").data.splitlines()[1]


@pytest.mark.usefixtures("mailroom")
def test_a_subscription_that_is_not_there_is_named(run: Run) -> None:
    answer = run("notices", "replay", "00000000-0000-7000-8000-000000000000", "--after", "0")
    assert answer.code == 3
    assert "webhook_unknown" in answer.words
