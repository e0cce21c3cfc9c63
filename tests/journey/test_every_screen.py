# SPDX-License-Identifier: Apache-2.0
"""Every screen of each role, in a browser: no error, nothing from outside, and axe finds nothing.

Pictures of all of them are kept where ``MUNIMENT_PICTURES`` names a folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page

from domain.identifiers import StreamId
from tests.integration.conftest import server
from tests.integration.console.conftest import REASON, Console, console
from tests.integration.erasing.conftest import Stage
from tests.integration.erasing.test_recipients import looked
from tests.integration.lists.nation import Nation, told
from tests.journey.conftest import Watch

__all__ = ["console", "server"]
pytestmark = pytest.mark.slow

READERS = [("en", 1200), ("ar", 390)]
PAGE_OCTETS_MAX = 300_000
TRACING = {**REASON}
LICENSING = {"purpose": "licensing", "basis": "act_7", "case": "22-1187"}
AUDIT = {"purpose": "audit", "basis": "act_7"}
PERSON = {"purpose": "data_subject_request", "basis": "act_7", "case": "22-1187"}

SCREENS = {
    "nobody": ((), {}, ("/", "/log-in", "/register", "/verify", "/glossary", "/nothing-here")),
    "tracer": (
        ("TRC", "POL"),
        TRACING,
        (
            *("/", "/purpose", "/search", "/search?text=LIFE-1", "/search/list"),
            *("/firearms/{arm}", "/firearms/{arm}?as_at=2017", "/firearms/{arm}/custody"),
            *("/requests", "/requests/{request}", "/requests?box=outgoing", "/holdings"),
            *("/statistics", "/statistics/sdg-16.4.2", "/statistics/flows", "/sessions"),
        ),
    ),
    "clerk": (
        ("LIC", "MFR", "STK"),
        LICENSING,
        (
            *("/record", "/record/firearm.manufactured", "/record/licence.issued", "/drafts"),
            *("/duties", "/licences", "/authorizations", "/lots", "/keys", "/keys/new"),
        ),
    ),
    "auditor": (
        ("AUD",),
        AUDIT,
        (
            *("/audit", "/audit/findings", "/audit/signers", "/audit/verify?first=0&last=20"),
            *("/audit/compare", "/audit/access", "/audit/access/verify", "/audit/entry/9"),
        ),
    ),
    "steward": (("STW",), PERSON, ("/erasures", "/erasures/{erasure}/recipients", "/persons")),
}


@pytest.fixture(scope="module")
def named(console: Console) -> dict[str, str]:
    """Fill the ledger with a nation; give what screens are asked for by name."""
    arm = console.desk.life("LIFE-1")
    nation = Nation(console.desk)
    told(nation)
    request = next(str(each) for each in nation.streams.values() if each.kind == "trc")
    return {"arm": str(arm), "request": request, "erasure": str(_erased(console))}


def _erased(console: Console) -> StreamId:
    """Have a person shown, passed on to another State, and erased; give the erasure."""
    officer, colleague = console.desk.key, console.desk.second
    service = console.person("service").key
    assert service is not None
    keys = {"clerk": officer, "steward": officer, "approver": colleague, "service": service}
    stage = Stage(office=console.office, folder=Path(), keys=keys)
    application = stage.refused_licence()
    why = {"purpose": "court", "basis": "act_7", "recipient": "XB"}
    looked(stage, {"events": [application.eid], **why})
    erasure = stage.approved(application)
    stage.executed()
    return erasure


@pytest.fixture(params=READERS, ids=lambda reader: f"{reader[0]}-{reader[1]}")
def reader(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Give a browser of somebody who reads a language at a width."""
    language, width = request.param
    context = browser.new_context(
        locale=language, viewport={"width": width, "height": 900}, bypass_csp=False
    )
    yield context
    context.close()


@pytest.mark.parametrize("role", SCREENS)
def test_every_screen_is_whole_light_and_accessible(
    reader: BrowserContext,
    console: Console,
    named: dict[str, str],
    *,
    role: str,
    request: pytest.FixtureRequest,
) -> None:
    roles, reason, paths = SCREENS[role]
    if roles:
        _sits_down(reader, console, roles, reason)
    watch = Watch()
    faults: dict[str, object] = {}
    for path in paths:
        page = watch.over(reader.new_page())
        faults |= _look(page, console.origin, path.format(**named))
        _keep(page, f"{request.node.callspec.id}-{path}")
        page.close()
    expected = "404 (Not Found)"
    assert [each for each in watch.wrongs if expected not in each] == []
    assert faults == {}


def _sits_down(
    context: BrowserContext, console: Console, roles: tuple[str, ...], reason: dict[str, str]
) -> None:
    """Log in and state the purpose, as the pages would keep both."""
    person = console.person(*roles)
    held = {"__Host-muniment": person.secret, "__Host-muniment-reason": urlencode(reason)}
    secure = console.origin.replace("http:", "https:")
    context.add_cookies(
        [
            {"name": name, "value": value, "url": secure, "secure": True, "httpOnly": True}
            for name, value in held.items()
        ]
    )


def _look(page: Page, origin: str, path: str) -> dict[str, object]:
    """Open a page; give what is wrong with it."""
    answer = page.goto(f"{origin}{path}")
    assert answer is not None
    assert answer.status == (404 if path == "/nothing-here" else 200), path
    assert len(answer.body()) < PAGE_OCTETS_MAX
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    found = Axe().run(page).response["violations"]
    wrong = {each["id"]: [node["html"][:120] for node in each["nodes"]][:3] for each in found}
    if wide:
        wrong["scrolls-sideways"] = ["the page is wider than the window"]
    return {path: wrong} if wrong else {}


def _keep(page: Page, name: str) -> None:
    """Keep a picture where somebody wants them."""
    folder = os.environ.get("MUNIMENT_PICTURES")
    if folder:
        plain = "".join(each if each.isalnum() else "-" for each in name).strip("-")
        page.screenshot(path=Path(folder) / f"{plain}.png", full_page=True)
