# SPDX-License-Identifier: Apache-2.0
"""Subscribing to notices: whose they are, what they are about, and how far they have come."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from api.client.keyfile import FileKey
from api.notices.planning import MEMBERS
from api.notices.signing import read_secret
from api.notices.subscriptions import (
    KINDS_MAX,
    SUBSCRIPTIONS_MAX,
    replay,
    subscriptions,
    unsubscribe,
)
from audit.database.connection import Role
from domain.errors import RefusedError, UsageError
from tests.integration.notices.conftest import OTHER, Ground
from tests.integration.projections.conftest import AUTHORITY

URL = "https://example.org/hook"
NOBODY = UUID(int=0)


def test_a_subscription_begins_with_what_is_new(ground: Ground) -> None:
    made, _ = ground.subscribed(URL, "firearm.transferred", "licence.*")
    assert made.position == ground.desk.office.ledger.size
    assert subscriptions(ground.mailroom, AUTHORITY) == [made]
    assert made.record() == {
        "id": str(made.id),
        "authority": AUTHORITY,
        "url": URL,
        "kinds": ["firearm.transferred", "licence.*"],
        "position": made.position,
        "made_at": ground.mailroom.now(),
        "failing_since": None,
        "disabled_at": None,
    }


def test_a_subscription_may_begin_earlier(ground: Ground) -> None:
    assert ground.subscribed(URL, after=-1)[0].position == 0
    assert ground.subscribed(URL, after=1)[0].position == 2
    with pytest.raises(UsageError, match="has no entry") as caught:
        ground.subscribed(URL, after=ground.desk.office.ledger.size)
    assert caught.value.slug == "index_unknown"


def test_asvs_11_5_1_the_secret_is_random_shown_once_and_sealed(ground: Ground) -> None:
    secrets = {ground.subscribed(URL)[1] for _ in range(5)}
    opened = {read_secret(each) for each in secrets}
    assert len(opened) == 5
    assert {len(each) for each in opened} == {32}
    with psycopg.connect(ground.desk.office.database.admin) as connection:
        rows = connection.execute("table notices.subscription").fetchall()
    octets = b"".join(each for row in rows for each in row if isinstance(each, bytes))
    assert not any(each in octets for each in opened)
    assert not any(each.removeprefix("whsec_") in repr(rows) for each in secrets)


def test_a_subscription_is_about_kinds_or_subjects_or_everything(ground: Ground) -> None:
    one, _ = ground.subscribed(URL, "firearm.transferred", "licence.*")
    assert one.wants("firearm.transferred/1")
    assert one.wants("firearm.transferred/2")
    assert one.wants("licence.granted/1")
    assert not one.wants("firearm.transferred-abroad/1")
    assert not one.wants("firearm.seized/1")
    assert ground.subscribed(URL)[0].wants("firearm.seized/1")


@pytest.mark.parametrize(
    "kinds",
    [
        ["*"],
        ["firearm"],
        ["firearm.*.x"],
        ["firearm.transferred/1"],
        ["Firearm.transferred"],
        ["firearm.*"] * (KINDS_MAX + 1),
    ],
)
def test_kinds_of_another_form_are_refused(ground: Ground, kinds: list[str]) -> None:
    with pytest.raises(RefusedError, match="names at most") as caught:
        ground.subscribed(URL, *kinds)
    assert caught.value.slug == "webhook_kinds"


def test_an_address_that_is_not_public_is_refused_before_anything_is_kept(ground: Ground) -> None:
    strict = replace(ground, mailroom=replace(ground.mailroom, loopback=False))
    for url in ("http://127.0.0.1/", "https://169.254.169.254/latest", "http://example.org/"):
        with pytest.raises(RefusedError, match="cannot go to that address"):
            strict.subscribed(url)
    assert subscriptions(ground.mailroom) == []


def test_an_authority_has_so_many_subscriptions_and_no_more(ground: Ground) -> None:
    for _ in range(SUBSCRIPTIONS_MAX):
        ground.subscribed(URL)
    with pytest.raises(RefusedError, match="at most 10") as caught:
        ground.subscribed(URL)
    assert caught.value.slug == "webhooks_too_many"


def test_another_authoritys_subscription_looks_like_none(ground: Ground) -> None:
    made, _ = ground.subscribed(URL)
    told = []
    for identifier in (made.id, NOBODY):
        for act in (unsubscribe, lambda *a, **k: replay(*a, after=0, **k)):
            with pytest.raises(RefusedError, match="There is no subscription") as caught:
                act(ground.mailroom, identifier, authority=OTHER)
            told.append(caught.value.slug)
    assert set(told) == {"webhook_unknown"}
    assert subscriptions(ground.mailroom, OTHER) == []
    assert subscriptions(ground.mailroom) == [made]


@pytest.mark.parametrize("role", ["registry-admin", "POL"])
def test_who_may_not_follow_the_whole_feed_is_told_of_nothing(ground: Ground, role: str) -> None:
    machine = FileKey.create("Ed25519")
    ground.enrolled(machine, role)
    with pytest.raises(RefusedError, match="to follow the whole feed") as caught:
        ground.subscribed(URL, kid=machine.kid)
    assert caught.value.slug == "role_denied"


def test_a_key_of_another_authority_subscribes_for_nobody(ground: Ground) -> None:
    with pytest.raises(RefusedError, match="to follow the whole feed"):
        ground.subscribed(URL, authority=OTHER)


def test_a_subscription_ends(ground: Ground) -> None:
    made, _ = ground.subscribed(URL)
    unsubscribe(ground.mailroom, made.id, AUTHORITY)
    assert subscriptions(ground.mailroom) == []


def test_a_notice_says_where_to_read_and_nothing_of_a_person() -> None:
    assert set(MEMBERS) == {"index", "eid", "kind", "stream", "iss", "at"}


@pytest.mark.parametrize("role", ["ledger_api", "ledger_reader", "ledger_projector"])
def test_no_other_role_reads_subscriptions(ground: Ground, role: Role) -> None:
    with (
        psycopg.connect(ground.desk.office.database.conninfo(role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema notices"),
    ):
        connection.execute("table notices.subscription")


@pytest.mark.parametrize(
    "statement",
    [
        "table vault.disclosure",
        "table people.session",
        "table ledger.checkpoint",
        "update ledger.event set raw = ''",
        "insert into ledger.event_ref values ('x', 0)",
        "drop table notices.delivery",
    ],
)
def test_the_mailroom_reads_the_log_and_nothing_else(ground: Ground, statement: str) -> None:
    with (
        psycopg.connect(ground.mailroom.conninfo) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"permission|owner"),
    ):
        connection.execute(statement.encode())
