# SPDX-License-Identifier: Apache-2.0
"""Sessions (ASVS 7): opaque, short, ended by the registry, never a name and never a signature."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from api.access.caller import STRANGER, Caller
from api.people.callers import caller_of_session, stepped_up
from api.people.cookies import SESSION_COOKIE, digest, token
from api.people.desk import Desk
from api.people.sessions import (
    ABSOLUTE_SECONDS,
    IDLE_SECONDS,
    SESSIONS_MAX,
    STEP_UP_SECONDS,
    TOUCH_SECONDS,
    Proof,
    end_session,
    end_sessions,
    open_session,
    sessions_of,
    use_session,
)
from api.service.store import Store
from audit.database import Database
from domain.errors import RefusedError, UnauthenticatedError, UnreachableError
from tests.integration.people.conftest import ORIGIN, POL, Time, logged_in
from tests.unit.domain.registry.registry_book import HOME, Book, officer


def _ended(desk: Desk, secret: str) -> bool:
    try:
        use_session(desk, secret)
    except UnauthenticatedError as error:
        return error.slug == "session_ended"
    return False


def test_a_session_is_bound_to_an_officer_and_reads_his_rights(desk: Desk) -> None:
    session, rights = use_session(desk, logged_in(desk))
    assert session.officer == POL
    assert (rights.authority, rights.roles, rights.jurisdictions) == (
        HOME,
        frozenset({"POL"}),
        ("XA-NW",),
    )


def test_asvs_7_1_1_the_times_are_those_of_the_specification() -> None:
    assert (IDLE_SECONDS, ABSOLUTE_SECONDS, STEP_UP_SECONDS) == (900, 28_800, 300)


def test_asvs_7_2_2_and_7_2_3_secrets_are_random_and_256_bits_long(desk: Desk) -> None:
    asked: list[int] = []

    def randomness(octets: int) -> bytes:
        asked.append(octets)
        return bytes([len(asked)]) * octets

    secrets = {logged_in(replace(desk, randomness=randomness)) for _ in range(3)}
    assert len(secrets) == 3
    assert set(asked) == {32}


def test_asvs_7_2_1_only_what_the_database_knows_is_a_session(desk: Desk) -> None:
    logged_in(desk)
    assert _ended(desk, "A" * 43)


def test_the_database_holds_the_hash_of_the_secret_and_no_name(
    desk: Desk, database: Database
) -> None:
    secret = logged_in(desk)
    with psycopg.connect(database.admin) as connection:
        rows = connection.execute("select * from people.session").fetchall()
    assert [row[0] for row in rows] == [digest(secret)]
    assert secret not in repr(rows)


def test_asvs_7_3_1_a_session_that_is_not_used_ends(desk: Desk, time: Time) -> None:
    secret = logged_in(desk)
    time.passes(IDLE_SECONDS - 1)
    assert not _ended(desk, secret)
    time.passes(IDLE_SECONDS)
    assert _ended(desk, secret)
    time.passes(-IDLE_SECONDS)
    assert _ended(desk, secret)


def test_a_use_is_noted_at_most_every_half_minute(desk: Desk, time: Time) -> None:
    secret = logged_in(desk)
    time.passes(TOUCH_SECONDS - 1)
    use_session(desk, secret)
    time.passes(IDLE_SECONDS - TOUCH_SECONDS + 1)
    assert _ended(desk, secret)


def test_asvs_7_3_2_a_session_ends_after_eight_hours_however_much_it_is_used(
    desk: Desk, time: Time
) -> None:
    secret = logged_in(desk)
    for _ in range(ABSOLUTE_SECONDS // 600 - 1):
        time.passes(600)
        assert not _ended(desk, secret)
    time.passes(600)
    assert _ended(desk, secret)


def test_a_clock_that_goes_back_ends_a_session(desk: Desk, time: Time) -> None:
    secret = logged_in(desk)
    time.passes(-1)
    assert _ended(desk, secret)


def test_asvs_7_2_4_a_step_up_gives_a_new_secret_and_ends_the_old_one(
    desk: Desk, time: Time
) -> None:
    old = logged_in(desk, strong=False)
    before, _ = use_session(desk, old)
    time.passes(100)
    proof = Proof(officer=POL, way="passkey", fresh_at=desk.now(), strong=True)
    new = open_session(desk, proof, instead_of=before.id)
    after, _ = use_session(desk, new)
    assert new != old
    assert _ended(desk, old)
    assert (after.born_at, after.stepped_up_at) == (before.born_at, desk.now())


def test_a_step_up_does_not_lengthen_a_session(desk: Desk, time: Time) -> None:
    secret = logged_in(desk)
    for _ in range(ABSOLUTE_SECONDS // 600 - 1):
        time.passes(600)
        session, _ = use_session(desk, secret)
        proof = Proof(officer=POL, way="passkey", fresh_at=desk.now(), strong=True)
        secret = open_session(desk, proof, instead_of=session.id)
    time.passes(600)
    assert _ended(desk, secret)


def test_a_session_that_has_ended_is_not_stepped_up(desk: Desk, time: Time) -> None:
    session, _ = use_session(desk, logged_in(desk))
    proof = Proof(officer=POL, way="passkey", fresh_at=desk.now(), strong=True)
    time.passes(IDLE_SECONDS)
    with pytest.raises(UnauthenticatedError, match="has ended"):
        open_session(desk, proof, instead_of=session.id)


def test_a_session_is_not_stepped_up_by_another_officer(desk: Desk) -> None:
    secret = logged_in(desk)
    session, _ = use_session(desk, secret)
    proof = Proof(officer=officer("sue"), way="passkey", fresh_at=desk.now(), strong=True)
    with pytest.raises(UnauthenticatedError, match="has ended"):
        open_session(desk, proof, instead_of=session.id)
    assert not _ended(desk, secret)


def test_asvs_7_4_1_after_logging_out_the_secret_opens_nothing(desk: Desk) -> None:
    secret, other = logged_in(desk), logged_in(desk)
    end_session(desk, secret)
    assert _ended(desk, secret)
    assert not _ended(desk, other)


@pytest.mark.parametrize("reason", ["compromised", "lost", "ceased"])
def test_asvs_7_4_2_a_revoked_officers_sessions_die_at_once(
    desk: Desk, book: Book, database: Database, reason: str
) -> None:
    secrets = [logged_in(desk), logged_in(desk)]
    book.add(book.about("key.revoked", "pol", by="sue", reason=reason))
    assert _ended(desk, secrets[0])
    with psycopg.connect(database.admin) as connection:
        assert connection.execute("select from people.session").fetchall() == []
    assert _ended(desk, secrets[1])


def test_asvs_7_4_2_a_suspended_officers_sessions_stay_dead_after_the_reinstatement(
    desk: Desk, book: Book
) -> None:
    secret = logged_in(desk)
    book.add(book.about("key.suspended", "pol", by="sue"))
    book.add(book.about("key.reinstated", "pol", by="ada"))
    assert _ended(desk, secret)
    assert not _ended(desk, logged_in(desk))


def test_one_stopped_key_of_two_ends_the_sessions_too(desk: Desk, book: Book) -> None:
    book.enrol("pol-2", officer=POL)
    secret = logged_in(desk)
    book.add(book.about("key.revoked", "pol", by="sue", reason="compromised"))
    assert _ended(desk, secret)
    assert not _ended(desk, logged_in(desk))


def test_a_step_up_after_a_suspension_does_not_save_the_session(desk: Desk, book: Book) -> None:
    session, _ = use_session(desk, logged_in(desk))
    book.add(book.about("key.suspended", "pol", by="sue"))
    book.add(book.about("key.reinstated", "pol", by="ada"))
    proof = Proof(officer=POL, way="passkey", fresh_at=desk.now(), strong=True)
    assert _ended(desk, open_session(desk, proof, instead_of=session.id))


def test_a_rotated_key_keeps_its_officer_logged_in(desk: Desk, book: Book) -> None:
    secret = logged_in(desk)
    book.add(book.rotate("pol", "pol-2"))
    assert not _ended(desk, secret)


def test_asvs_8_3_2_a_withdrawn_role_is_gone_from_a_session_that_goes_on(
    desk: Desk, book: Book
) -> None:
    secret = logged_in(desk)
    book.add(book.about("role.withdrawn", "pol", by="ada", role="POL"))
    _, rights = use_session(desk, secret)
    assert not rights.roles


def test_an_officer_without_a_valid_key_is_not_logged_in(desk: Desk) -> None:
    with pytest.raises(UnauthenticatedError, match="not accepted") as caught:
        logged_in(desk, officer("nobody"))
    assert caught.value.slug == "log_in_refused"


def test_asvs_7_4_5_every_session_of_an_officer_can_be_ended(desk: Desk) -> None:
    secrets, other = [logged_in(desk), logged_in(desk)], logged_in(desk, officer("sue"))
    assert end_sessions(desk, POL) == 2
    assert [_ended(desk, each) for each in (*secrets, other)] == [True, True, False]


def test_asvs_7_4_5_the_sessions_of_everybody_can_be_ended(desk: Desk) -> None:
    secrets = [logged_in(desk), logged_in(desk, officer("sue"))]
    assert end_sessions(desk, None) == 2
    assert all(_ended(desk, each) for each in secrets)


def test_asvs_7_1_2_the_oldest_session_ends_where_there_are_too_many(
    desk: Desk, time: Time
) -> None:
    secrets = []
    for _ in range(SESSIONS_MAX + 1):
        secrets.append(logged_in(desk))
        time.passes(1)
    assert [_ended(desk, each) for each in secrets] == [True, *[False] * SESSIONS_MAX]


def test_an_officer_sees_the_sessions_that_have_not_ended(desk: Desk, time: Time) -> None:
    old = logged_in(desk)
    time.passes(IDLE_SECONDS)
    new = logged_in(desk)
    logged_in(desk, officer("sue"))
    assert [each.id for each in sessions_of(desk, POL)] == [digest(new)]
    assert digest(old) != digest(new)


def _caller(desk: Desk, secret: str, method: str = "GET", **headers: str | None) -> Caller:
    return caller_of_session(
        desk,
        cookies=f"{SESSION_COOKIE}={secret}",
        method=method,
        csrf=headers.get("csrf"),
        origin=headers.get("origin"),
    )


def test_the_caller_of_a_session_is_its_officer(desk: Desk) -> None:
    assert _caller(desk, logged_in(desk)) == Caller(
        means="session",
        authority=HOME,
        officer=POL,
        roles=frozenset({"POL"}),
        jurisdictions=("XA-NW",),
        stepped_up_at=desk.now(),
        mandates=(("POL", ("XA-NW",)),),
    )


def test_without_a_cookie_the_caller_is_a_stranger(desk: Desk) -> None:
    assert caller_of_session(desk, cookies=None, method="POST", csrf=None) == STRANGER


def test_with_a_cookie_of_no_session_the_caller_is_told_so(desk: Desk) -> None:
    with pytest.raises(UnauthenticatedError, match="has ended"):
        _caller(desk, "A" * 43)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "MKCOL"])
def test_asvs_3_5_1_an_unsafe_method_needs_the_token_of_its_own_session(
    desk: Desk, method: str
) -> None:
    secret, other = logged_in(desk), logged_in(desk)
    for csrf in (None, "", token(other, "csrf"), token(secret, "state"), secret):
        with pytest.raises(RefusedError, match="token of its session") as caught:
            _caller(desk, secret, method, csrf=csrf)
        assert caught.value.slug == "csrf_invalid"
    assert _caller(desk, secret, method, csrf=token(secret, "csrf")).officer == POL


def test_a_change_from_another_origin_is_refused_although_it_has_the_token(desk: Desk) -> None:
    secret = logged_in(desk)
    csrf = token(secret, "csrf")
    assert _caller(desk, secret, "POST", csrf=csrf, origin=ORIGIN).officer == POL
    for origin in ("https://evil.example", "null", ORIGIN + ":444", ""):
        with pytest.raises(RefusedError, match="token of its session"):
            _caller(desk, secret, "POST", csrf=csrf, origin=origin)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_safe_method_needs_no_token(desk: Desk, method: str) -> None:
    assert _caller(desk, logged_in(desk), method).officer == POL


def test_asvs_7_5_3_a_factor_is_fresh_for_five_minutes(desk: Desk, time: Time) -> None:
    session, _ = use_session(desk, logged_in(desk))
    time.passes(STEP_UP_SECONDS)
    assert stepped_up(desk, session) is session
    time.passes(1)
    with pytest.raises(RefusedError, match="last five minutes") as caught:
        stepped_up(desk, session)
    assert caught.value.slug == "step_up_needed"


def test_asvs_7_5_3_a_weak_factor_is_no_step_up(desk: Desk) -> None:
    session, _ = use_session(desk, logged_in(desk, strong=False))
    assert session.fresh_at is not None
    with pytest.raises(RefusedError, match="last five minutes"):
        stepped_up(desk, session)


def test_a_database_that_is_away_is_told_as_such(desk: Desk) -> None:
    away = replace(desk, store=Store("host=/nowhere connect_timeout=1"))
    away.store._pool.timeout = 0.1
    with pytest.raises(UnreachableError, match="cannot be reached"):
        use_session(away, "A" * 43)
    away.store.close()
