# SPDX-License-Identifier: Apache-2.0
"""People who spend their day at the console: they read, answer questions, sign, and go on.

What they touch is found by what they would read or hear: the name of a button, the words beside
a field. Each screen that they look at is checked, and pictures of it are kept, in English at a
desk and in Arabic on a phone, where ``MUNIMENT_PICTURES`` names a folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from tests.journey.conftest import Watch
from tests.journey.signing.conftest import AUTHENTICATOR, Person

DESK = (1200, 900)
PHONE = (390, 844)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
EXPECTED = re.compile(r"responded with a status of 4\d\d|publicKey\.pubKeyCredParams")
"""A browser tells of answers that are refusals, and of a passkey of another kind than usual."""

Answers = Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Officer(Person):
    """An officer who works through a day.

    Attributes:
        name: Stands before the names of the pictures.
        watch: What the browser did that it must not do.
        kid: Thumbprint of the key in this browser.
        faults: What was wrong with screens that were looked at.
    """

    name: str
    watch: Watch = field(default_factory=Watch)
    kid: str = ""
    faults: list[str] = field(default_factory=list)

    def sits_down(self, *, signs: bool = True) -> Officer:
        """Log in for the first time; who signs makes a key, which is enrolled."""
        if signs:
            self.kid = self.ready()
        else:
            self.register()
            self.log_in()
        return self

    def logs_in_at(self, window: Page) -> None:
        """Log in at another window of the browser, by the same authenticator."""
        self.watch.over(window)
        tools = window.context.new_cdp_session(window)
        tools.send("WebAuthn.enable")
        added = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        given = {"authenticatorId": self.authenticator}
        for each in self.tools.send("WebAuthn.getCredentials", given)["credentials"]:
            tools.send("WebAuthn.addCredential", {**added, "credential": each})
        window.get_by_role("button", name="Log in with a passkey").click()
        expect(window.get_by_role("heading", name="Thank you")).to_be_visible()
        window.close()

    def wants(self, purpose: str, *, basis: str = "act_7", case: str = "22-1187") -> Page:
        """State a purpose and a case."""
        page = self.goes("/purpose")
        answer(page, "Purpose", purpose)
        answer(page, "Legal basis", basis)
        answer(page, "Case number", case)
        self.presses("Go on")
        return page

    def opens(self, *ways: str) -> Page:
        """Follow links by what they say."""
        for way in ways:
            self.follows(self.page.get_by_role("link", name=way, exact=True).first)
        return self.page

    def follows(self, link: Locator) -> Page:
        """Follow a link, and come to its page."""
        with self.page.expect_navigation():
            link.click()
        return self.page

    def goes_to_record(self, kind: str) -> str:
        """Follow the receipt to the record that the event is of; give its identifier."""
        self.follows(self.page.get_by_role("link", name=kind).first)
        return self.page.url.rpartition("/")[2]

    def presses(self, button: str, *, first: bool = False, part: bool = False) -> None:
        """Press a button by what it says, or begins with; the last of several."""
        found = self.page.get_by_role("button", name=button, exact=not part)
        with self.page.expect_navigation():
            (found.first if first else found.last).click()

    def is_asked(self, event: str, *steps: Answers, of: str = "") -> Page:
        """Choose what happened and answer page after page, up to "Check your answers"."""
        page = self.goes(f"/record?stream={of}" if of else "/record")
        self.opens(event)
        if of:
            expect(page.get_by_role("textbox").first).to_have_value(of)
        self.answers(*steps)
        return page

    def answers(self, *steps: Answers) -> None:
        """Answer page after page."""
        for each in steps:
            for question, said in each.items():
                answer(self.page, question, said)
            self.presses("Go on")

    def records(self, event: str, *steps: Answers, of: str = "") -> int:
        """Record an event from the first question to the receipt; give its index."""
        self.is_asked(event, *steps, of=of)
        return self.agrees()

    def agrees(self) -> int:
        """Go on from the check of the answers, sign, and have the receipt."""
        self.presses("Go on to sign")
        return int(self.signs().rpartition("/")[2])

    def keeps(self, link: str, folder: Path) -> Path:
        """Download what a link leads to; give the file."""
        with self.page.expect_download() as got:
            self.page.get_by_role("link", name=link).click()
        kept = folder / got.value.suggested_filename
        got.value.save_as(kept)
        return kept

    def reads(self, text: str | re.Pattern[str]) -> None:
        """Find words on the page."""
        found = self.page.get_by_role("main").get_by_text(text)
        expect(found.filter(visible=True).first).to_be_visible()

    def looks(self, screen: str, *, again: bool = False, still: bool = False) -> None:
        """Look at a whole screen, in English at a desk: nothing is wrong with it.

        Args:
            screen: What it is called.
            again: Look at it in Arabic on a phone too; always done where pictures are kept.
            still: The page cannot be asked for again, so that it stays in English.
        """
        folder = os.environ.get("MUNIMENT_PICTURES")
        self._sees(screen, folder)
        if not again and not folder:
            return
        self._turns_to("en" if still else "ar", PHONE, still=still)
        self._sees(f"{screen}-phone", folder)
        self._turns_to("en", DESK, still=still)

    def _sees(self, screen: str, folder: str | None) -> None:
        """Have a screen checked, and a picture of it kept."""
        page, name = self.page, f"{self.name}-{screen}"
        for each in Axe().run(page).response["violations"]:
            self.faults.append(f"{name}: {each['id']}: {each['nodes'][0]['html'][:200]}")
        if page.evaluate(WIDER) > 0:
            self.faults.append(f"{name}: the page is wider than the window")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def _turns_to(self, language: str, size: tuple[int, int], *, still: bool) -> None:
        """Read the page in another language, in a window of another size."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        if not still:
            chosen = {"name": "muniment-language", "value": language, "url": self.place.origin}
            self.page.context.add_cookies([chosen])  # type: ignore[list-item]
            self.page.reload()

    def complaints(self) -> list[str]:
        """Give what was wrong since this was asked last."""
        told = [each for each in self.watch.wrongs if not EXPECTED.search(each)] + self.faults
        self.watch.wrongs.clear()
        self.faults.clear()
        return told


def answer(page: Page, question: str, said: str) -> None:
    """Answer one question of a form, found by its words."""
    name = re.compile(rf"^\s*{re.escape(question)}(\s*\(optional\))?\s*$")
    asked = page.get_by_role("main")
    group = asked.get_by_role("group", name=name)
    if group.count():
        _choose(group.first, said)
        return
    control = asked.get_by_label(name).first
    if control.evaluate("each => each.tagName") == "SELECT":
        control.select_option(label=said)
    else:
        control.fill(said)


def _choose(group: Locator, said: str) -> None:
    day = DAY.fullmatch(said)
    if day and group.get_by_label("Year", exact=True).count():
        for part, text in zip(("Year", "Month", "Day"), day.groups(default=""), strict=True):
            group.get_by_label(part, exact=True).fill(text)
    elif group.get_by_label(said, exact=True).count():
        group.get_by_label(said, exact=True).check()
    else:
        group.get_by_role("textbox").or_(group.get_by_role("combobox")).first.fill(said)
