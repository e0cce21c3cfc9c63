# SPDX-License-Identifier: Apache-2.0
"""What ties a log-in to an officer: subjects, invitations, and what was begun in a browser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256

import psycopg
import pytest

from api.people import ceremonies
from api.people.bindings import (
    INVITATION_SECONDS,
    bind,
    bindings,
    bound_officer,
    invite,
    invited_officer,
    unbind,
)
from api.people.ceremonies import AWAY_SECONDS, SECONDS, Kind, begin, take
from api.people.cookies import digest
from api.people.desk import Desk
from api.people.sessions import use_session
from api.service.settings import Oidc
from audit.database import Database
from domain.errors import (
    MunimentError,
    RefusedError,
    UnauthenticatedError,
    UnreachableError,
    UsageError,
)
from tests.integration.people.conftest import POL, SECRET, Time, logged_in, settings_of
from tests.unit.domain.registry.registry_book import officer

ISSUER = "https://login.example"
SUBJECT = "person@example.org"
OIDC = Oidc.model_validate(
    {"issuer": ISSUER, "client_id": "muniment", "client_secret_file": "keys/oidc.secret"}
)


@pytest.fixture
def oidc_desk(desk: Desk) -> Desk:
    return settings_of(desk, oidc=OIDC)


def test_a_bound_subject_is_an_officer(oidc_desk: Desk) -> None:
    bind(oidc_desk, SUBJECT, POL)
    assert bound_officer(oidc_desk, ISSUER, SUBJECT) == POL
    assert [(each.officer, each.issuer) for each in bindings(oidc_desk)] == [(POL, ISSUER)]


def test_asvs_6_8_1_and_10_5_2_a_subject_counts_with_its_issuer_alone(oidc_desk: Desk) -> None:
    bind(oidc_desk, SUBJECT, POL)
    assert bound_officer(oidc_desk, "https://evil.example", SUBJECT) is None
    assert bound_officer(oidc_desk, ISSUER, SUBJECT.upper()) is None


def test_the_database_has_neither_the_subject_nor_its_plain_hash(
    oidc_desk: Desk, database: Database
) -> None:
    made = bind(oidc_desk, SUBJECT, POL)
    with psycopg.connect(database.admin) as connection:
        rows = connection.execute("table people.binding").fetchall()
    assert SUBJECT not in repr(rows)
    assert rows[0][1] == made.subject != sha256(SUBJECT.encode()).digest()


def test_under_another_secret_of_the_service_nobody_is_bound(oidc_desk: Desk) -> None:
    bind(oidc_desk, SUBJECT, POL)
    assert bound_officer(replace(oidc_desk, secret=SECRET[::-1]), ISSUER, SUBJECT) is None


def test_a_subject_is_bound_once(oidc_desk: Desk) -> None:
    bind(oidc_desk, SUBJECT, POL)
    with pytest.raises(RefusedError, match="logs in as an officer already"):
        bind(oidc_desk, SUBJECT, officer("sue"))
    assert bound_officer(oidc_desk, ISSUER, SUBJECT) == POL


def test_an_unknown_officer_is_neither_bound_nor_invited(oidc_desk: Desk) -> None:
    for attempt in (lambda: bind(oidc_desk, SUBJECT, "off.x"), lambda: invite(oidc_desk, "off.x")):
        with pytest.raises(UsageError, match="knows no key of that officer"):
            attempt()


def test_without_a_provider_nobody_is_bound(desk: Desk) -> None:
    with pytest.raises(UsageError, match="No provider") as caught:
        bind(desk, SUBJECT, POL)
    assert caught.value.slug == "log_in_not_offered"


@pytest.mark.parametrize("subject", ["", "x" * 256, "pérson"])
def test_a_subject_of_a_wrong_form_is_not_bound(oidc_desk: Desk, subject: str) -> None:
    with pytest.raises(UsageError, match="1 to 255 ASCII"):
        bind(oidc_desk, subject, POL)


def test_asvs_7_4_5_to_unbind_an_officer_ends_everything_that_was_open(oidc_desk: Desk) -> None:
    bind(oidc_desk, SUBJECT, POL)
    code, secret = invite(oidc_desk, POL), logged_in(oidc_desk)
    assert unbind(oidc_desk, POL) == 2
    assert bound_officer(oidc_desk, ISSUER, SUBJECT) is None
    assert invited_officer(oidc_desk, code) is None
    with pytest.raises(UnauthenticatedError, match="has ended"):
        use_session(oidc_desk, secret)


def test_asvs_6_1_3_an_invitation_ends_after_a_day(desk: Desk, time: Time) -> None:
    code = invite(desk, POL)
    time.passes(INVITATION_SECONDS - 1)
    assert invited_officer(desk, code) == POL
    time.passes(1)
    assert invited_officer(desk, code) is None


def test_the_database_knows_an_invitation_by_its_hash(desk: Desk, database: Database) -> None:
    code = invite(desk, POL)
    with psycopg.connect(database.admin) as connection:
        rows = connection.execute("select code from people.invitation").fetchall()
    assert rows == [(digest(code),)]


def test_what_was_begun_is_taken_once(desk: Desk) -> None:
    begun = begin(desk, "oidc-step-up", officer=POL, session=bytes(32))
    assert take(desk, begun.secret, "oidc", "oidc-step-up") == begun
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        take(desk, begun.secret, "oidc", "oidc-step-up")


def test_of_many_who_take_at_once_one_succeeds(desk: Desk) -> None:
    secret = begin(desk, "passkey").secret

    def attempt(_: int) -> bool:
        try:
            take(desk, secret, "passkey")
        except MunimentError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


@pytest.mark.parametrize(
    ("kind", "seconds"), [("passkey", SECONDS), ("passkey-new", SECONDS), ("oidc", AWAY_SECONDS)]
)
def test_asvs_6_7_2_what_was_begun_ends_by_itself(
    desk: Desk, time: Time, kind: Kind, seconds: int
) -> None:
    early, late = begin(desk, kind).secret, begin(desk, kind).secret
    time.passes(seconds - 1)
    assert take(desk, early, kind).kind == kind
    time.passes(1)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        take(desk, late, kind)


def test_what_was_begun_ends_in_nothing_else(desk: Desk) -> None:
    secret = begin(desk, "passkey").secret
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        take(desk, secret, "passkey-new", "passkey-step-up", "oidc")
    assert take(desk, secret, "passkey").kind == "passkey"


def test_asvs_6_1_1_and_6_3_1_no_more_is_begun_than_the_database_is_to_hold(
    desk: Desk, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremonies, "PENDING_MAX", 3)
    for _ in range(3):
        begin(desk, "passkey")
    with pytest.raises(UnreachableError, match="Too many log-ins") as caught:
        begin(desk, "passkey")
    assert caught.value.slug == "log_in_busy"
    time.passes(SECONDS)
    assert begin(desk, "passkey")


def test_a_secret_is_not_shown_by_accident(desk: Desk) -> None:
    begun = begin(desk, "passkey")
    assert begun.secret not in repr(begun)
