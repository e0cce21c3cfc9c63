# SPDX-License-Identifier: Apache-2.0
"""Somebody checks evidence in a browser: with the saved page or with the served one."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from api.console.languages import NAMES
from api.console.rendering import POLICY
from api.console.verifying.saved import single_file
from api.tracing.evidence import gather_evidence
from audit.proof.inclusion import TlogProof
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.report import ExitCode
from tests.integration.conftest import server
from tests.integration.console.conftest import Console, console
from tests.journey.verifying.cases import LOG, PRESENTED, RICH, SIZE, changed, zipped
from tests.unit.audit.verify.wider.others import inclusion, policy_file

__all__ = ["console", "server"]
"""Fixtures."""

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of somebody who has evidence, and the page as he saved it."""
    (octets,) = zipped(RICH.files()).values()
    (tmp_path / "evidence.zip").write_bytes(octets)
    middle = octets.index(b".note") + 200
    (tmp_path / "forged.zip").write_bytes(changed(octets, middle))
    (tmp_path / "trust.json").write_bytes(LOG.trust().encode())
    (tmp_path / "policy.txt").write_bytes(policy_file(LOG))
    receipt = TlogProof(
        index=SIZE - 1, path=inclusion(LOG, SIZE - 1, SIZE), checkpoint_note=LOG.note()
    )
    (tmp_path / "mine.tlog-proof").write_bytes(receipt.encode())
    (tmp_path / "mine.sd-jwt").write_bytes(PRESENTED)
    (tmp_path / "verify.html").write_bytes(single_file("en"))
    return tmp_path


@pytest.fixture
def saved(page: Page, folder: Path) -> Page:
    """Open the saved page on a machine without a network."""
    page.context.set_offline(True)
    page.goto((folder / "verify.html").as_uri())
    return page


def verdict(page: Page) -> str:
    """Verify what is chosen, and give what is announced."""
    page.get_by_role("button", name="Verify").click()
    status = page.get_by_role("status")
    expect(status).to_have_attribute("data-result", re.compile("."))
    return status.inner_text()


def states(page: Page) -> dict[str, str]:
    """Give the state of each check in the table."""
    rows = page.locator("li[data-check]").all()
    return {
        row.get_attribute("data-check") or "": row.get_attribute("data-state") or "" for row in rows
    }


def test_a_bundle_is_verified_without_a_network(saved: Page, folder: Path) -> None:
    saved.get_by_label("Files", exact=True).set_input_files(folder / "evidence.zip")
    saved.get_by_label("Trust file (trust.json)").set_input_files(folder / "trust.json")
    said = verdict(saved)
    assert said.startswith("OK: every check that was made holds.")
    assert "Proof state: ● checkpointed." in said
    assert {states(saved)[name] for name in ("rules", "time", "schema")} == {"not checked"}
    expect(saved.get_by_role("table", name="Events of the firearm")).to_contain_text(
        "firearm.transferred"
    )


def test_the_first_failing_check_is_named_in_a_sentence(saved: Page, folder: Path) -> None:
    saved.get_by_label("Files", exact=True).set_input_files(folder / "forged.zip")
    saved.get_by_label("Trust file (trust.json)").set_input_files(folder / "trust.json")
    said = verdict(saved)
    assert said.startswith("Failed:")
    assert "First failing check: " in said
    assert "Proof state: ✗ failed." in said
    assert "failed" in states(saved).values()


def test_keys_that_came_with_the_evidence_are_called_assumed(saved: Page, folder: Path) -> None:
    saved.get_by_label("Files", exact=True).set_input_files(folder / "evidence.zip")
    said = verdict(saved)
    assert said.startswith("Incomplete:")
    assert "Nobody said whose keys these are" in said
    saved.get_by_label("I have no trust file").check()
    said = verdict(saved)
    assert said.startswith("OK:")
    assert "The keys were assumed" in said
    assert states(saved)["trust"] == "assumed"
    expect(saved.get_by_text("by another way, on paper or by telephone")).to_be_visible()


def test_witnesses_of_the_readers_policy_raise_the_proof_state(saved: Page, folder: Path) -> None:
    saved.get_by_label("Files", exact=True).set_input_files(folder / "evidence.zip")
    saved.get_by_label("Trust file (trust.json)").set_input_files(folder / "trust.json")
    saved.get_by_text("Witnesses, and a checkpoint that you kept").click()
    saved.get_by_label("Policy of the witnesses").set_input_files(folder / "policy.txt")
    assert "Proof state: ✓ witnessed." in verdict(saved)


def test_a_receipt_is_verified_with_the_submission_that_it_is_for(
    saved: Page, folder: Path
) -> None:
    chosen = [folder / "mine.tlog-proof", folder / "mine.sd-jwt"]
    saved.get_by_label("Files", exact=True).set_input_files(chosen)
    assert "needs a trust file" in verdict(saved)
    saved.get_by_label("Trust file (trust.json)").set_input_files(folder / "trust.json")
    assert verdict(saved).startswith("OK:")
    assert states(saved)["inclusion"] == "ok"
    assert states(saved)["signature"] == "not checked"


def test_an_unpacked_bundle_is_chosen_as_a_folder(saved: Page, folder: Path) -> None:
    with zipfile.ZipFile(folder / "evidence.zip") as archive:
        archive.extractall(folder / "unpacked")
    saved.get_by_label("Or a folder").set_input_files(folder / "unpacked")
    saved.get_by_label("Trust file (trust.json)").set_input_files(folder / "trust.json")
    assert verdict(saved).startswith("OK:")


def test_files_are_dropped_too(saved: Page, folder: Path) -> None:
    octets = list((folder / "evidence.zip").read_bytes())
    saved.evaluate(
        """(octets) => {
          const carried = new DataTransfer();
          carried.items.add(new File([Uint8Array.from(octets)], "dropped.zip"));
          const event = new DragEvent("drop", { dataTransfer: carried, bubbles: true });
          document.getElementById("verify-drop").dispatchEvent(event);
        }""",
        octets,
    )
    expect(saved.get_by_role("list", name="Chosen files")).to_contain_text("dropped.zip")
    saved.get_by_label("Trust file (trust.json)").set_input_files(folder / "trust.json")
    assert verdict(saved).startswith("OK:")


def test_nothing_chosen_and_what_is_no_evidence_are_told(saved: Page, folder: Path) -> None:
    assert "Choose one bundle" in verdict(saved)
    saved.get_by_label("Files", exact=True).set_input_files(folder / "policy.txt")
    assert "This is no bundle as Muniment writes it" in verdict(saved)


def test_everything_is_reached_by_keyboard(saved: Page, folder: Path) -> None:
    saved.get_by_label("Files", exact=True).set_input_files(folder / "evidence.zip")
    saved.get_by_label("Trust file (trust.json)").set_input_files(folder / "trust.json")
    reached = []
    for _ in range(9):
        saved.keyboard.press("Tab")
        reached.append(
            saved.evaluate("document.activeElement.id || document.activeElement.tagName")
        )
    for each in ("verify-files", "verify-folder", "verify-trust", "verify-assume", "SUMMARY"):
        assert each in reached
    saved.get_by_role("button", name="Verify").focus()
    saved.keyboard.press("Enter")
    expect(saved.get_by_role("status")).to_contain_text("OK:")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_the_page_and_its_report_are_accessible(
    browser: Browser, folder: Path, language: str, size: dict[str, int] | None
) -> None:
    (folder / "verify.html").write_bytes(single_file(language))
    # axe itself is a script that the policy of the page would not admit.
    with browser.new_context(bypass_csp=True, viewport=size) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto((folder / "verify.html").as_uri())
        page.locator("#verify-files").set_input_files(folder / "evidence.zip")
        page.locator("#verify-form button").click()
        expect(page.locator("#verify-report")).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(width)


def test_the_saved_page_admits_nothing_but_itself(browser: Browser, folder: Path) -> None:
    text = (folder / "verify.html").read_text("utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r'\b(?:src|href)="(?!#)', text)
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((folder / "verify.html").as_uri())
        send = "fetch('https://ledger.example/').then(() => 'sent', () => 'refused')"
        with page.expect_console_message(lambda each: "violates" in each.text):
            assert page.evaluate(send) == "refused"
    assert len(text.encode()) < 300_000


def test_the_served_page_verifies_what_its_own_ledger_hands_out(
    page: Page, console: Console, tmp_path: Path
) -> None:
    arm = console.desk.life("VERIFY-1")
    write_bundle(tmp_path / "real.zip", gather_evidence(console.office, arm.uuid))
    expected = verify_bundle(Request(path=tmp_path / "real.zip", assume_trust=True))
    assert expected.exit_code is ExitCode.OK
    answer = page.goto(f"{console.origin}/verify")
    assert answer is not None
    assert answer.headers["content-security-policy"] == POLICY
    page.get_by_label("Files", exact=True).set_input_files(tmp_path / "real.zip")
    page.get_by_label("I have no trust file").check()
    assert verdict(page).startswith("OK:")
    said = states(page)
    assert {each.name: said[each.name] for each in expected.checks} == {
        each.name: each.state for each in expected.checks
    }
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save this page as one file").click()
    assert saving.value.suggested_filename == "verify.html"
    assert Path(saving.value.path()).read_bytes() == single_file("en")


@pytest.mark.parametrize("language", NAMES)
def test_the_saved_page_is_in_the_language_of_the_reader(language: str) -> None:
    assert f'<html lang="{language}"' in single_file(language).decode()
