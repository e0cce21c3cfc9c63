# SPDX-License-Identifier: Apache-2.0
"""An officer of the police records a seizure in a browser, question by question."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from api.people.cookies import SESSION_COOKIE
from tests.integration.conftest import server
from tests.integration.console.conftest import Console, Person, console

__all__ = ["console", "server"]
"""Fixtures."""

pytestmark = pytest.mark.slow

DESK = {"width": 1100, "height": 900}
PHONE = {"width": 390, "height": 844}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
ASKED = ("firearm.seized", "firearm.registered", "trace.requested", "firearm.corrected")


@pytest.fixture(scope="module")
def officer(console: Console) -> Person:
    """Give an officer who may record nearly anything."""
    return console.person("POL", "LIC", "DLR", "TRC")


def cookie(person: Person, language: str = "en") -> dict[str, str]:
    """Give the header by which a browser without TLS shows a session."""
    return {"Cookie": f"{SESSION_COOKIE}={person.secret}; muniment-language={language}"}


def go_on(page: Page) -> None:
    """Press the button that goes on."""
    page.locator(".buttons button[value=next]").click()


def test_without_script_a_seizure_is_asked_for_told_again_and_handed_on(
    browser: Browser, console: Console, officer: Person
) -> None:
    arm = str(console.desk.manufacture("QA-000041"))
    with browser.new_context(
        java_script_enabled=False, extra_http_headers=cookie(officer)
    ) as context:
        page = context.new_page()
        page.goto(f"{console.origin}/record?stream={arm}")
        page.get_by_role("link", name="Firearm: seized").click()
        page.get_by_label("Year", exact=True).fill("2026")
        page.get_by_label("Case number").fill('22-1187 <b>"')
        page.get_by_label("Case number").press("Enter")
        summary = page.get_by_role("alert")
        assert "Ground: Answer this question." in summary.inner_text()
        assert page.get_by_label("Case number").input_value() == '22-1187 <b>"'
        page.get_by_label("Ground").select_option("illicit_possession")
        page.get_by_label("Criminal", exact=True).check()
        go_on(page)
        page.locator("button[value='more:dat.markings']").click()
        page.get_by_label("What the mark is for").select_option("proof")
        page.locator("[name='dat.markings.0.text~is'][value=unknown]").check()
        page.get_by_label("Partial").check()
        go_on(page)
        page.get_by_role("button", name="It is a new person or business").click()
        go_on(page)
        page.get_by_label("Name of the person").fill("EXAMPLE PERSON")
        go_on(page)
        told = page.locator("main").inner_text()
        assert "Check your answers" in told
        assert '22-1187 <b>"' in told
        assert "EXAMPLE PERSON" in told
        page.get_by_role("button", name="Change Case number").click()
        assert page.get_by_label("Case number").input_value() == '22-1187 <b>"'
        for _ in range(4):
            go_on(page)
        page.get_by_role("button", name="Go on to sign").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Check your answers and sign"


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ar", PHONE)], ids=["en", "ar"])
def test_every_page_is_open_to_whoever_reads_otherwise(
    browser: Browser, console: Console, officer: Person, language: str, size: dict[str, int]
) -> None:
    # axe itself is a script that the policy of the page would not admit.
    with browser.new_context(
        bypass_csp=True,
        viewport=size,  # type: ignore[arg-type]
        extra_http_headers=cookie(officer, language),
    ) as context:
        page = context.new_page()
        for address in ("/record", *(f"/record/{evt}" for evt in ASKED)):
            page.goto(console.origin + address)
            found = Axe().run(page)
            assert found.violations_count == 0, address + found.generate_report()
            assert page.evaluate(FITS), address
            if address != "/record":
                go_on(page)  # with nothing answered, so that problems are told
                found = Axe().run(page)
                assert found.violations_count == 0, address + found.generate_report()
