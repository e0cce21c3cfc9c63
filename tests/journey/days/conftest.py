# SPDX-License-Identifier: Apache-2.0
"""One ledger for a whole day: at its beginning it holds its founding and the people, no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.integration.conftest import server
from tests.journey.conftest import FAILED
from tests.journey.days.people import DESK, Officer
from tests.journey.signing.conftest import AUTHENTICATOR, Place, place

__all__ = ["place", "server"]
"""Fixtures."""

Arrive = Callable[..., Officer]

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the story in its order: elsewhere tests are shuffled, and here each needs the last."""
    where = [number for number, each in enumerate(items) if each.path.parent == HERE]
    told = sorted((items[number] for number in where), key=lambda each: each.reportinfo()[:2])
    for number, each in zip(where, told, strict=True):
        items[number] = each


@pytest.fixture(scope="module")
def people() -> list[Officer]:
    """Who has arrived so far."""
    return []


@pytest.fixture(scope="module")
def arrive(browser: Browser, place: Place, people: list[Officer]) -> Iterator[Arrive]:
    """Give officers, each at a browser of their own for the whole day."""

    def arrived(name: str, *roles: str) -> Officer:
        width, height = DESK
        context = browser.new_context(
            locale="en", viewport={"width": width, "height": height}, accept_downloads=True
        )
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        added = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        officer = Officer(
            name=name,
            place=place,
            officer=place.officer(*roles),
            roles=roles,
            page=page,
            tools=tools,
            authenticator=added["authenticatorId"],
        )
        officer.watch.over(page)
        people.append(officer)
        return officer

    yield arrived
    for each in people:
        each.page.context.close()


@pytest.fixture(autouse=True)
def _nothing_was_wrong(
    people: list[Officer], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[None]:
    """Hear after each test what browsers complained of; keep pictures of where a test failed."""
    yield
    if request.node.stash.get(FAILED, False):
        for number, each in enumerate(people):
            each.page.screenshot(path=tmp_path / f"failed-{number}.png", full_page=True)
    assert [wrong for each in people for wrong in each.complaints()] == []


@pytest.fixture(scope="module")
def day() -> dict[str, str]:
    """Remember what people speak of: records, by a name."""
    return {}
