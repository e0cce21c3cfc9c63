# SPDX-License-Identifier: Apache-2.0
"""A script that was slipped into a page: it does not run; and what it could do if it ran.

Envelope specification, section 8, row 22: it may use the key of the browser, and cannot take it
out, but no event of high impact is recorded without a person at an authenticator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from api.console.signing.sheets import sheet_of
from api.registrar import Act, key_change
from tests.journey.signing.conftest import ADMIN, Person, made

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

MARKUP = '<img src=x onerror="window.ran = 1"><script>window.ran = 1</script>'
SLIP_IN = """(markup) => {
  const refused = [];
  for (const put of [
    () => { document.body.innerHTML = markup; },
    () => { const script = document.createElement("script");
            script.textContent = "window.ran = 1"; document.body.append(script); },
    () => { document.body.setAttribute("onclick", "window.ran = 1"); document.body.click(); },
    () => setTimeout("window.ran = 1"),
    () => { const script = document.createElement("script");
            script.src = "data:text/javascript,window.ran=1"; document.body.append(script); },
  ]) { try { put(); } catch (error) { refused.push(error.name); } }
  return [window.ran ?? null, refused.length];
}"""
STEAL = """async ([kid, signing_input, approve]) => {
  const { findKey, signWith } = await import("/static/keys.js");
  const { encode, octetsOf } = await import("/static/octets.js");
  const passkey = await import("/static/passkey.js");
  const told = [];
  if (approve) {
    const { csrf } = await passkey.session();
    await passkey.approve(signing_input, csrf).then(
      () => told.push("approved"), (error) => told.push(error.name));
  }
  const signature = encode(await signWith(await findKey(kid), octetsOf(signing_input)));
  for (const credentials of ["include", "omit"]) {
    const answer = await fetch("/v1/events", {
      method: "POST", credentials, body: `${signing_input}.${signature}~`,
      headers: { "Content-Type": "application/sd-jwt" },
    });
    told.push(answer.headers.get("Muniment-Problem") ?? answer.status);
  }
  return told;
}"""


def stolen(person: Person, kid: str, act: Act, *, approve: bool = False) -> list[Any]:
    """Give what a script gets that has an event signed and sent behind the officer's back."""
    office = person.place.office
    sheet = sheet_of(office, act, office.ledger.catch_up().keys[kid])
    person.goes("/keys")
    given = [kid, sheet.unsigned.signing_input.decode(), approve]
    told: list[Any] = person.page.evaluate(STEAL, given)
    person.wrongs.clear()  # the browser tells of the answer 403
    return told


def test_no_script_but_our_own_files_runs_in_a_page(arrive: Arrive) -> None:
    person = arrive()
    person.goes("/log-in")
    ran, refused = person.page.evaluate(SLIP_IN, MARKUP)
    assert ran is None
    assert refused >= 2
    person.page.wait_for_load_state("networkidle")
    assert person.page.evaluate("window.ran ?? null") is None
    person.wrongs.clear()  # the browser tells of what the policy refuses


def test_a_script_that_runs_records_no_event_of_high_impact(arrive: Arrive) -> None:
    admin, other = arrive(*ADMIN), arrive()
    kid = admin.ready()
    keys = admin.place.office.ledger.catch_up().keys.values()
    (target,) = [each.kid for each in keys if each.officer == other.officer]
    act = key_change(admin.place.office, "key.revoked", {"kid": target, "reason": "ceased"})
    assert stolen(admin, kid, act) == ["approval_needed", "approval_needed"]
    admin.verifies(person=False)
    told = stolen(admin, kid, act, approve=True)
    assert told == ["NotAllowedError", "approval_needed", "approval_needed"]
    assert admin.place.office.ledger.catch_up().keys[target].ended is None


def test_the_officer_himself_records_it_with_his_passkey(arrive: Arrive) -> None:
    admin, other = arrive(*ADMIN), arrive()
    admin.ready()
    keys = admin.place.office.ledger.catch_up().keys.values()
    (target,) = [each.kid for each in keys if each.officer == other.officer]
    page = admin.goes("/keys")
    row = page.locator("tr").filter(has_text=target[:8])
    row.locator("summary").click()
    row.get_by_role("button", name="End it", exact=True).click()
    expect(page.get_by_text("also takes your passkey")).to_be_visible()
    admin.verifies(person=False)
    page.get_by_role("button", name="Sign and record").click()
    expect(page.get_by_text("Nothing was signed")).to_be_visible()
    assert admin.place.office.ledger.catch_up().keys[target].ended is None
    admin.verifies(person=True)
    admin.signs()
    assert admin.place.office.ledger.catch_up().keys[target].ended is not None


def test_what_a_script_can_do_is_told_here_so_that_nobody_is_surprised(arrive: Arrive) -> None:
    officer = arrive()
    kid = officer.ready()
    assert stolen(officer, kid, made()) == [201, 200]
