# SPDX-License-Identifier: Apache-2.0
"""A person at a shell or at a browser: the installed programs, and nothing else.

The browser is Debian's Chromium. A page of it is watched: an error on its console, a script that
broke off, or a request that leaves its own origin fails the test that has the page.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright

from tests.journey.fonts import with_fonts

SECONDS_MAX = 300
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})
LOCAL_SCHEMES = frozenset({"about", "blob", "data", "file"})
FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Shell:
    """A folder in which commands are run by the programs beside the interpreter."""

    folder: Path

    def __call__(
        self, command: str, *arguments: str, stdin: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program; more variables join those of every command."""
        program = Path(sys.executable).parent / command
        environment = {
            "PATH": os.defpath,
            "MUNIMENT_HOME": str(self.folder / "ledger"),
            "MUNIMENT_PASSPHRASE": "test passphrase",
            **variables,
        }
        return subprocess.run(
            [program, *arguments],
            cwd=self.folder,
            env=environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """Give an empty folder and its programs."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-journey-"))
    folder.chmod(0o711)  # so that root's stand-in user can reach a database in it
    yield Shell(folder)
    shutil.rmtree(folder)


@dataclass
class Watch:
    """What a page does that no page of ours may do.

    Attributes:
        wrongs: Each in a sentence, in the order in which they happened.
    """

    wrongs: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        """Watch a page from its first request on."""
        page.on("console", self._console)
        page.on("pageerror", self._broke)
        page.on("request", self._request)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrongs.append(f"console {message.type}: {message.text}")

    def _broke(self, error: Error) -> None:
        self.wrongs.append(f"script error: {error}")

    def _request(self, request: Request) -> None:
        own = None if request.is_navigation_request() else origin_of(request.frame.url)
        if not is_local(request.url) or (own and origin_of(request.url) not in {own, None}):
            self.wrongs.append(f"request to another origin: {request.url}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start one browser for the tests of a file, without a window.

    No longer, since its event loop would be in the way of tests that run one of their own.
    """
    place = shutil.which("chromium")
    if place is None:
        pytest.skip("no browser is here; Debian's package chromium brings one")
    fonts = with_fonts(tmp_path_factory.mktemp("fonts"))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=place, args=["--no-sandbox"], env=fonts
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """Give a page of a fresh profile; what it did wrong is told when the test has ended.

    Where the test failed, a picture of the page is kept beside its other files.
    """
    watch = Watch()
    context = browser.new_context()
    opened = watch.over(context.new_page())
    yield opened
    if request.node.stash.get(FAILED, False):
        opened.screenshot(path=tmp_path / "failed.png", full_page=True)
    context.close()
    assert watch.wrongs == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember of each test whether it failed, for whoever keeps a picture of that."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def is_local(url: str) -> bool:
    """Tell whether an address is on this machine."""
    parts = urlsplit(url)
    return parts.scheme in LOCAL_SCHEMES or parts.hostname in LOCAL_HOSTS


def origin_of(url: str) -> str | None:
    """Give the origin of an address; nothing where it has none of its own."""
    parts = urlsplit(url)
    return None if parts.scheme in LOCAL_SCHEMES else f"{parts.scheme}://{parts.netloc}"
