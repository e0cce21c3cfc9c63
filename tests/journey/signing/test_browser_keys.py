# SPDX-License-Identifier: Apache-2.0
"""Keys of browsers come into the registry, and out of it, by the pages alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from api.people.enrolling.request import read_request
from api.people.enrolling.waiting import waiting
from api.registrar import Act
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import identifier
from tests.journey.signing.conftest import ADMIN, OFFICER, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]


def test_two_administrators_enrol_the_key_of_an_officer_in_their_browsers(arrive: Arrive) -> None:
    first, second, officer = arrive(*ADMIN), arrive(*ADMIN), arrive()
    for each in (first, second):
        each.ready()
    officer.register()
    officer.log_in()
    officer.make_key()
    registry, _ = officer.place.desk.registry()
    (found,) = [e for e in waiting(officer.place.desk, registry) if e.officer == officer.officer]
    kid = found.request.kid
    expect(officer.page.get_by_text("waits for a proposal")).to_be_visible()
    mine = officer.page.locator(".candidate").filter(has_text=kid)
    expect(mine.get_by_text("in this browser")).to_be_visible()

    page = first.goes("/keys/waiting")
    page.get_by_text("Propose it").first.click()
    expect(page.get_by_role("checkbox", name="police")).to_be_checked()
    page.get_by_role("button", name="Check the proposal and sign").first.click()
    expect(page.get_by_text("Fingerprint of the new key")).to_be_visible()
    first.signs()
    first.goes("/keys/waiting")
    expect(page.get_by_text("Another person has to approve it.")).to_be_visible()

    page = second.goes("/keys/waiting")
    page.get_by_role("button", name="Approve it").click()
    second.signs()

    record = officer.place.office.ledger.catch_up().keys[kid]
    assert record.approved is not None
    assert (record.officer, {each.role for each in record.grants}) == (
        officer.officer,
        set(OFFICER),
    )
    sheet = officer.checks(kid)
    officer.signs()
    assert officer.place.length(sheet) == 1


def test_a_lost_key_is_reported_by_another_key_of_its_holder(arrive: Arrive) -> None:
    officer = arrive()
    kid = officer.ready()
    keys = officer.place.office.ledger.catch_up().keys.values()
    (lost,) = [e.kid for e in keys if e.officer == officer.officer and e.kid != kid]
    page = officer.goes("/keys")
    page.locator(".candidate").filter(has_text=lost).get_by_role("button").click()
    page.get_by_role("button", name="Sign and record").click()
    # Whoever else may hold the key may have logged in by it, so that every session ends.
    page.wait_for_url("**/log-in?**")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/recorded/*")
    assert officer.place.office.ledger.catch_up().keys[lost].end_reason == "lost"


def test_whoever_is_new_makes_a_first_key_and_hands_it_over(arrive: Arrive) -> None:
    stranger = arrive()
    page = stranger.goes("/keys/first")
    page.get_by_role("button", name="Make the key").click()
    request = page.get_by_label("The request, to hand over as a file")
    expect(request).to_be_visible()
    text = request.input_value()
    found = read_request(text.encode())
    material = found.checked(stranger.place.office.audience)
    assert material["kid"] == json.loads(text)["kid"]
    assert found.officer is None


def test_logging_out_everywhere_ends_the_session_and_keeps_the_key(arrive: Arrive) -> None:
    officer = arrive()
    kid = officer.ready()
    officer.goes("/sessions")
    officer.page.get_by_role("button", name="Log out everywhere").click()
    officer.page.wait_for_url(f"{officer.place.origin}/")
    officer.goes("/keys")
    officer.page.wait_for_url("**/log-in?**")
    officer.log_in("/keys")
    mine = officer.page.locator(".candidate").filter(has_text=kid)
    expect(mine.get_by_text("in this browser")).to_be_visible()


def test_a_step_up_goes_on_where_it_was_asked_for(arrive: Arrive) -> None:
    officer = arrive()
    officer.register()
    officer.log_in()
    with officer.place.desk.store.transaction() as transaction:
        transaction.change("update people.session set stepped_up_at = stepped_up_at - 400")
    officer.goes("/keys/new")
    officer.page.get_by_role("button", name="Prove it with a passkey").click()
    officer.page.wait_for_url("**/keys/new")
    expect(officer.page.get_by_role("button", name="Make the key and ask")).to_be_visible()


def test_a_wrong_code_registers_nothing_and_says_so(arrive: Arrive) -> None:
    officer = arrive()
    page = officer.goes("/register")
    page.get_by_label("Code of your invitation").fill("no such code")
    page.get_by_role("button", name="Register a passkey").click()
    expect(page.get_by_text("That is not accepted")).to_be_visible()
    officer.wrongs.clear()  # the browser tells of the answer 401


def test_two_officers_destroy_a_component_in_their_browsers(arrive: Arrive) -> None:
    roles = ("MFR", "DST", "POL")
    first, second = arrive(*roles), arrive(*roles)
    kid, other = first.ready(), second.ready()
    serial = {"known": identifier()[:32]}
    part = Act(
        evt="component.manufactured",
        sub=parse_stream_id(identifier("cmp.")),
        dat={"part": "barrel", "make": {"known": "TESTWERK"}, "serial": serial},
    )
    first.checks(kid, part)
    first.signs()
    end = {"method": "melt", "certificate_no": "D-1"}
    sheet = first.checks(kid, replace(part, evt="component.destroyed", dat=end))
    draft = first.page.get_by_label("The draft").input_value()

    page = second.goes("/drafts")
    page.get_by_label("Text of the draft").fill(draft)
    page.get_by_role("button", name="Endorse it").click()
    page.get_by_role("button", name="Endorse", exact=True).click()
    result = page.get_by_label("The endorsed draft")
    expect(result).to_be_visible()
    endorsed = result.input_value()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save it as a file").click()
    assert saved.value.path().read_text("utf-8") == endorsed

    page = first.goes("/drafts")
    page.get_by_label("Text of the draft").fill(endorsed)
    page.get_by_role("button", name="Sign it").click()
    expect(page.get_by_text(other).first).to_be_visible()
    first.signs()
    assert first.place.length(sheet) == 2
