# SPDX-License-Identifier: Apache-2.0
"""The console of the demonstration: three people log in without any hardware, and sign."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.demo.desks import READERS, Reader

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
from functools import partial
from pathlib import Path
from api.bootstrap import create_ledger, open_office
from api.client.keyfile import FileKey
from api.demo.folder import DemoFolder
from api.demo.offering import offer
from api.demo.story import LEDGER, POLICE, REGISTRY
from api.registrar import Founding, found, register_authority
from api.settings import LedgerName

folder = DemoFolder(Path(sys.argv[1]))
folder.make_room()
folder.make("passphrase")
create_ledger(folder.settings, LedgerName(audience=LEDGER, origin=LEDGER))
roots = [FileKey.create("Ed25519") for _ in range(2)]
founding = Founding(authority=REGISTRY, name="Registry", jurisdictions=["XA"], threshold=2)
with open_office(folder.settings) as office:
    found(office, founding, roots)
    police = Founding(authority=POLICE, name="Police", jurisdictions=["XA"], threshold=1)
    register_authority(office, police, roots)
offer(folder, roots, say=partial(print, flush=True))
"""
RELOADS_MAX = 400
CONNECTS_MAX = 7
"""The words come a moment before the service listens."""

KEYS_HERE = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("muniment-keys");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("keys").objectStore("keys").getAllKeys();
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
  };
})"""


@dataclass(frozen=True)
class Offered:
    """What the demonstration says.

    Attributes:
        words: All of it.
        origin: Where the console is.
    """

    words: str
    origin: str


@pytest.fixture(scope="module")
def offered() -> Iterator[Offered]:
    folder = Path(tempfile.mkdtemp(prefix="muniment-offering-"))
    folder.chmod(0o711)  # so that root's stand-in user can reach a database in it
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder / "demo")],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "trying out alone" in line:
                break
        words = "".join(lines)
        (origin,) = re.findall(r"open at (http://localhost:\d+)", words)
        with httpx.Client(transport=httpx.HTTPTransport(retries=CONNECTS_MAX)) as client:
            assert client.get(f"{origin}/v1/health/live").status_code == 200
        yield Offered(words, origin)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    shutil.rmtree(folder)


def test_it_tells_an_address_and_three_logins(offered: Offered) -> None:
    assert len(re.findall(r"/register#\w", offered.words)) == len(READERS) == 3
    for each in READERS:
        assert f"the button {each.name}" in offered.words


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_somebody_without_a_passkey_logs_in_makes_a_key_and_may_sign(
    offered: Offered, browser: Browser, reader: Reader
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{offered.origin}/keys/new")
        page.get_by_role("link", name="Log in at your organization").click()
        page.get_by_role("button", name=reader.name, exact=True).click()
        page.wait_for_url("**/keys/new")
        page.get_by_role("button", name="Make the key and ask").click()
        page.wait_for_url("**/keys")
        (kid,) = page.evaluate(KEYS_HERE)
        valid = page.locator(".candidate", has_text=kid).get_by_text("valid", exact=True)
        _reload_until_there(page, valid)
        expect(page.locator(".candidate", has_text=kid)).to_contain_text("in this browser")


def _reload_until_there(page: Page, wanted: Locator) -> None:
    """Look again until something is there; a key is enrolled within a second."""
    for _ in range(RELOADS_MAX):
        page.reload()
        if wanted.count():
            return
    raise AssertionError("it never came")
