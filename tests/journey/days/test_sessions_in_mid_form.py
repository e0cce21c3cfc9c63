# SPDX-License-Identifier: Apache-2.0
"""A session that ends, or falls into other hands, while somebody is in the middle of a form."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from api.people.sessions import end_sessions
from tests.journey.days.conftest import Arrive
from tests.journey.days.people import Officer, answer
from tests.journey.signing.conftest import made

pytestmark = pytest.mark.slow

ENDED = "Your session has ended"


def in_mid_form(officer: Officer) -> Page:
    """Answer some of what is asked about a seizure, and go no further."""
    page = officer.goes("/record/firearm.seized")
    answer(page, "Case number", "22-1187 <b>")
    answer(page, "Ground", "Illicit possession")
    return page


def age(officer: Officer) -> None:
    """Let a quarter of an hour pass in which nobody uses the sessions."""
    with officer.place.desk.store.transaction() as transaction:
        transaction.change("update people.session set used_at = used_at - 1000")


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_answers_outlive_a_session_and_nobody_has_to_write_them_again(
    arrive: Arrive, end: str
) -> None:
    officer = arrive(end, "POL").sits_down(signs=False)
    page = in_mid_form(officer)
    if end == "revoked":
        end_sessions(officer.place.desk, officer.officer)
    else:
        age(officer)
    officer.presses("Go on")
    officer.reads(ENDED)
    officer.looks("kept", still=True)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Log in in a new window, then go on here").click()
    officer.logs_in_at(opened.value)
    officer.presses("Go on")
    officer.reads("You have logged in anew since this form was shown.")
    officer.presses("Go on")
    expect(page.get_by_role("alert")).to_contain_text("Kind of proceeding: Answer this question.")
    expect(page.get_by_label("Case number")).to_have_value("22-1187 <b>")


def test_whoever_has_only_the_cookie_signs_nothing_and_is_put_out_by_its_owner(
    arrive: Arrive,
) -> None:
    owner, thief = arrive("owner", "MFR"), arrive("thief", "MFR")
    owner.sits_down()
    thief.page.context.add_cookies(owner.page.context.cookies())  # type: ignore[arg-type]
    sheet = thief.checks(owner.kid, made())
    thief.reads("Your key is not in this browser")
    expect(thief.page.get_by_role("button", name="Sign and record")).to_be_hidden()
    owner.goes("/sessions")
    owner.looks("sessions")
    owner.presses("Log out everywhere")
    thief.goes("/licences")
    thief.reads(ENDED)
    assert owner.place.length(sheet) == 0
