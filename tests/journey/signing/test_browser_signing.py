# SPDX-License-Identifier: Apache-2.0
"""An officer signs in a browser: once, what the page shows, with a key that stays there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Route, expect

from api.gate.entries import event_at
from api.people.sessions import end_sessions
from audit.link import Link
from audit.proof.encoding import decode
from tests.journey.signing.conftest import Person, made

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

EXPORT = """async (kid) => {
  const { findKey } = await import("/static/keys.js");
  const { privateKey } = await findKey(kid);
  const told = [];
  for (const form of ["jwk", "pkcs8", "raw"]) {
    await crypto.subtle.exportKey(form, privateKey).then(
      () => told.push("exported"), (error) => told.push(error.name));
  }
  return [privateKey.extractable, ...told];
}"""
WITHOUT_ED25519 = """
const made = SubtleCrypto.prototype.generateKey;
SubtleCrypto.prototype.generateKey = function (way, ...rest) {
  if (way.name === "Ed25519") throw new DOMException("none", "NotSupportedError");
  return made.call(this, way, ...rest);
};
"""
MANY_SIGNATURES = """async (kid) => {
  const { findKey, signWith } = await import("/static/keys.js");
  const key = await findKey(kid);
  const made = [];
  for (let each = 0; each < 32; each += 1) {
    made.push([...await signWith(key, new Uint8Array([each]))]);
  }
  return made;
}"""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_an_officer_signs_an_event_and_has_the_receipt(arrive: Arrive) -> None:
    officer = arrive()
    sheet = officer.checks(officer.ready())
    shown = officer.page.locator("[data-exact]").text_content()
    index = int(officer.signs().rpartition("/")[2])
    expect(officer.page.get_by_text("Your event is in the log")).to_be_visible()
    with officer.page.expect_download() as given:
        officer.page.get_by_role("link", name="Keep the receipt").click()
    assert given.value.suggested_filename.endswith(".tlog-proof")
    assert officer.place.length(sheet) == 1
    with closing(Link(officer.place.office.database.conninfo("ledger_reader"))) as link:
        _, payload, _ = event_at(link, index).raw.split(b".")
    assert shown is not None
    assert decode(payload).decode() == shown


def test_a_key_of_the_browser_cannot_be_taken_out_of_it(arrive: Arrive) -> None:
    officer = arrive()
    kid = officer.ready()
    told = officer.page.evaluate(EXPORT, kid)
    assert told == [False, *["InvalidAccessError"] * 3]


def test_a_browser_without_ed25519_signs_with_p256_and_the_lower_s(arrive: Arrive) -> None:
    officer = arrive()
    officer.page.add_init_script(WITHOUT_ED25519)
    kid = officer.ready()
    assert officer.place.office.ledger.catch_up().keys[kid].alg == "ES256"
    signatures = officer.page.evaluate(MANY_SIGNATURES, kid)
    halves = [int.from_bytes(bytes(each[32:])) for each in signatures]
    assert max(halves) <= P256_ORDER // 2
    sheet = officer.checks(kid)
    officer.signs()
    assert officer.place.length(sheet) == 1


def test_a_page_that_was_left_unsigned_says_that_nothing_was_recorded(arrive: Arrive) -> None:
    officer = arrive()
    sheet = officer.checks(officer.ready())
    officer.goes("/sessions")
    officer.page.go_back()
    expect(officer.page.get_by_role("heading", name="Not recorded")).to_be_visible()
    assert officer.place.length(sheet) == 0


def test_a_session_that_is_ended_in_mid_form_records_nothing(arrive: Arrive) -> None:
    officer = arrive()
    sheet = officer.checks(officer.ready())
    end_sessions(officer.place.desk, officer.officer)
    officer.page.get_by_role("button", name="Sign and record").click()
    officer.page.wait_for_url("**/log-in?**")
    officer.wrongs.clear()  # the browser tells of the answer 401
    expect(officer.page.get_by_text("Your session has ended: after")).to_be_visible()
    assert officer.place.length(sheet) == 0


def test_an_old_factor_is_proved_anew_on_the_page_itself(arrive: Arrive) -> None:
    officer = arrive()
    sheet = officer.checks(officer.ready())
    with officer.place.desk.store.transaction() as transaction:
        transaction.change("update people.session set stepped_up_at = stepped_up_at - 400")
    officer.signs()
    assert officer.place.length(sheet) == 1


def test_a_page_that_shows_something_else_is_not_signed(arrive: Arrive) -> None:
    officer = arrive()
    kid = officer.ready()
    officer.page.route("**/sign/again", _changed)
    officer.checks(kid)
    expect(officer.page.get_by_text("Do not sign this")).to_be_visible()
    expect(officer.page.get_by_role("button", name="Sign and record")).to_be_hidden()


def test_who_has_no_key_in_this_browser_is_told_other_ways(arrive: Arrive) -> None:
    officer = arrive()
    officer.register()
    officer.log_in()
    (key,) = [
        each
        for each in officer.place.office.ledger.catch_up().keys.values()
        if each.officer == officer.officer
    ]
    officer.checks(key.kid)
    expect(officer.page.get_by_text("Your key is not in this browser")).to_be_visible()
    expect(officer.page.get_by_role("button", name="Sign and record")).to_be_hidden()
    officer.page.get_by_text("Other ways to sign this event").click()
    expect(officer.page.get_by_text("muniment sign event.json")).to_be_visible()


def test_the_browsers_own_key_is_taken_where_the_page_was_made_for_another(
    arrive: Arrive,
) -> None:
    officer = arrive()
    kid = officer.ready()
    keys = officer.place.office.ledger.catch_up().keys.values()
    (file_key,) = [e for e in keys if e.officer == officer.officer and e.kid != kid]
    sheet = officer.checks(file_key.kid, made())
    officer.signs()
    assert officer.place.length(sheet) == 1


def test_without_scripts_the_page_says_so_and_offers_other_ways(arrive: Arrive) -> None:
    officer = arrive()
    officer.ready()
    browser = officer.page.context.browser
    assert browser is not None
    state = officer.page.context.storage_state()
    with browser.new_context(java_script_enabled=False, storage_state=state) as plain:
        page = plain.new_page()
        page.goto(f"{officer.place.origin}/keys")
        page.get_by_role("button", name="Report it lost").first.click()
        expect(page.get_by_role("heading", name="Check your answers and sign")).to_be_visible()
        expect(page.get_by_text("Signing here takes a script")).to_be_visible()
        expect(page.get_by_role("button", name="Sign and record")).to_be_hidden()
        page.get_by_text("Other ways to sign this event").click()
        expect(page.get_by_text("muniment sign event.json")).to_be_visible()


def _changed(route: Route) -> None:
    answer = route.fetch()
    text = answer.text().replace("firearm.manufactured", "firearm.destroyed")
    route.fulfill(response=answer, body=text)
