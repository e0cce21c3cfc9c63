# SPDX-License-Identifier: Apache-2.0
"""A day at a registry that begins with an empty ledger: each role's work, in this order.

What somebody records in the morning, others find in the afternoon, so that these tests are one
story: each goes on where the one before it ended.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.erasing.worker import execute
from tests.journey.days.answers import (
    AGENCY,
    ANSWERED,
    ASKED,
    DIVERTED,
    HELD,
    HOLDER,
    LICENCE,
    MADE,
    MARKED,
    OWNER,
    SEIZED,
    SERIAL,
    SOLD,
    STATION,
)
from tests.journey.days.conftest import Arrive
from tests.journey.days.people import Officer, answer

pytestmark = pytest.mark.slow

READ = "EXW-1??0457"
APPLICANT = 'Ada <script>window.ran = 1</script> "Exemplar"'
DOCUMENT = "AB-1234567"
STATED = {
    "Muniment-Purpose": "data_subject_request",
    "Muniment-Legal-Basis": "act_9",
    "Muniment-Case": "S-12",
}
POLICY = "Policy that says how long anything is kept"


@pytest.fixture(scope="module")
def clerk(arrive: Arrive) -> Officer:
    """Somebody at the licensing desk, who also records for a maker."""
    return arrive("clerk", "LIC", "MFR").sits_down()


@pytest.fixture(scope="module")
def police(arrive: Arrive) -> Officer:
    """Somebody of the police, at the tracing centre."""
    return arrive("police", "POL", "TRC").sits_down()


def test_the_clerk_registers_a_licence_and_a_wrong_answer_keeps_the_others(
    clerk: Officer, day: dict[str, str]
) -> None:
    clerk.goes("/")
    clerk.looks("home")
    page = clerk.is_asked("Licence: taken over from an older record", *LICENCE)
    expect(page.get_by_role("alert")).to_contain_text("Record it was taken from")
    expect(page.get_by_label("Name of the holder")).to_have_value("EXAMPLE WORKS")
    clerk.looks("wrong-answer", again=True)
    clerk.answers({"Code of the register": "paper_register"})
    clerk.looks("check")
    clerk.agrees()
    clerk.looks("recorded", again=True)
    day["licence"] = clerk.goes_to_record("lic.")
    clerk.wants("Licensing")
    clerk.opens("Licences")
    clerk.looks("licences")
    clerk.follows(page.get_by_role("table").get_by_role("link").first)
    clerk.reads("What can be done next")
    clerk.looks("licence")


def test_the_clerk_records_a_firearm_and_a_double_click_makes_one_event(
    clerk: Officer, day: dict[str, str]
) -> None:
    page = clerk.goes("/record")
    clerk.looks("what-happened")
    clerk.is_asked("Firearm: manufactured", MADE, {"Licence": day["licence"]})
    clerk.agrees()
    day["firearm"] = clerk.goes_to_record("arm.")
    clerk.records("Firearm: marked", *MARKED, of=day["firearm"])
    clerk.is_asked("Firearm: transferred", SOLD, of=day["firearm"])
    clerk.looks("question", again=True)
    clerk.presses("It is a new person or business", first=True)
    clerk.answers(*HOLDER)
    clerk.presses("Go on to sign")
    clerk.reads(OWNER)
    clerk.looks("sign", still=True)
    page.get_by_role("button", name="Sign and record").dblclick()
    page.wait_for_url("**/recorded/*")
    receipt = page.url
    day["sold"] = receipt.rpartition("/")[2]
    page.go_back()
    page.wait_for_url(receipt)
    clerk.goes(f"/firearms/{day['firearm']}")
    expect(page.get_by_role("heading", level=3, name="Transferred")).to_have_count(1)
    expect(page.get_by_text("This is the weakest of 3 entries")).to_be_visible()
    expect(page.get_by_text(OWNER)).to_have_count(0)


def test_the_clerk_puts_a_mistake_right_and_sees_what_is_due(
    clerk: Officer, day: dict[str, str]
) -> None:
    page = clerk.goes(f"/firearms/{day['firearm']}")
    page.get_by_text("Who signed, and the proof").last.click()
    clerk.presses("Put this entry right", part=True)
    clerk.looks("correction", still=True)
    clerk.answers({"What is put right": "Class of the permit sport"})
    clerk.reads("As it stands now: sport")
    clerk.looks("right-value", still=True)
    clerk.answers(
        {
            "Class of the permit": "hunting",
            "When it happened": "2020-02-20",
            "Reason": "Clerical error",
        }
    )
    clerk.reads("Class of the permit: Right value")
    clerk.looks("right-value-check", still=True)
    clerk.agrees()
    clerk.goes(f"/firearms/{day['firearm']}")
    clerk.reads("Put right by")
    clerk.reads("hunting")
    page = clerk.opens("Duties")
    answer(page, "By the policy", "Deadlines of the example State XA")
    clerk.presses("Show")
    clerk.reads("The receiver, who has to report too, confirms the receipt within two weeks.")
    clerk.looks("duties")


def test_the_police_find_a_rubbed_out_serial_once_they_say_why_they_ask(
    police: Officer, day: dict[str, str]
) -> None:
    page = police.goes("/search")
    answer(page, "Serial, marking or number, as read", READ)
    police.presses("Search")
    police.looks("why")
    police.answers({"Purpose": "Tracing", "Legal basis": "act_7", "Case number": "22-1187"})
    expect(page.get_by_role("complementary")).to_contain_text("Tracing, case 22-1187")
    police.reads("Why alike:")
    police.reads(f"serial {SERIAL} fits {READ}")
    police.looks("found")
    police.opens(SERIAL)
    assert page.url.endswith(day["firearm"])
    police.looks("firearm")


def test_the_police_look_back_and_record_a_seizure(police: Officer, day: dict[str, str]) -> None:
    page = police.goes(f"/firearms/{day['firearm']}")
    names = page.get_by_role("list").get_by_role("heading", level=3)
    answer(page, "The world as at", "2019-12-31")
    police.presses("Show")
    police.reads("Told within limits; later entries left out: 2.")
    expect(names).to_have_text([re.compile("^Manufactured"), re.compile("^Marked")])
    answer(page, "The world as at", "")
    answer(page, "As known on", str(int(day["sold"]) - 1))
    police.presses("Show")
    expect(names).to_have_text([re.compile("^Manufactured"), re.compile("^Marked")])
    police.records("Firearm: seized", *SEIZED, of=day["firearm"])
    police.opens("To the firearm", "Chain of custody")
    police.reads(STATION)
    police.looks("custody")


def test_the_police_take_a_tracing_request_in_and_answer_it(
    police: Officer, day: dict[str, str]
) -> None:
    page = police.goes("/requests")
    police.opens("Open a tracing request")
    police.answers(*ASKED)
    police.agrees()
    police.reads("What has to be done now")
    day["request"] = police.goes_to_record("trc.")
    police.opens("Tracing requests")
    police.reads("Incoming (1)")
    police.reads(AGENCY)
    police.looks("inbox")
    police.opens("XB-77")
    police.reads("easily misread I or 1")
    police.looks("request")
    police.opens("Acknowledge with a day for the answer")
    police.answers({"When it happened": "2026-11-22", "Due on": "2026-12-20"})
    police.agrees()
    police.goes_to_record("trc.")
    police.opens("Answer with history")
    police.answers(*ANSWERED)
    police.agrees()
    police.goes_to_record("trc.")
    expect(page.get_by_role("heading", name="Tracing: responded")).to_be_visible()


def test_a_stranger_verifies_the_evidence_and_a_court_has_a_certificate(
    police: Officer, day: dict[str, str], tmp_path: Path
) -> None:
    page = police.goes(f"/firearms/{day['firearm']}")
    bundle = police.keeps("Evidence bundle, to verify offline", tmp_path)
    certificate = police.keeps("Trace certificate (PDF)", tmp_path)
    trust = tmp_path / "trust.json"
    trust.write_bytes(page.request.get(f"{police.place.origin}/v1/log/trust").body())
    assert certificate.read_bytes().startswith(b"%PDF-")
    with zipfile.ZipFile(bundle) as opened:
        assert all(OWNER.encode() not in opened.read(each) for each in opened.namelist())
    police.opens("Verify this yourself")
    page.get_by_label("Files", exact=True).set_input_files(bundle)
    page.get_by_label("Trust file (trust.json)").set_input_files(trust)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("status")).to_contain_text("OK: every check that was made holds.")
    police.looks("verified", still=True)
    program = Path(sys.executable).parent / "muniment-verify"
    said = subprocess.run(
        [program, bundle, "--trust", trust], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr


def test_the_later_of_two_officers_is_told_what_changed_and_signs_again(
    police: Officer, arrive: Arrive, day: dict[str, str]
) -> None:
    later = arrive("later", "POL").sits_down()
    page = later.is_asked("Firearm: seized", *SEIZED, of=day["firearm"])
    later.reads("It can be recorded, but this does not fit")
    later.presses("Go on to sign")
    police.records("Firearm: hold placed", *HELD, of=day["firearm"])
    later.presses("Sign and record")
    expect(page.get_by_role("alert")).to_contain_text("Something else was recorded in the meantime")
    expect(page.get_by_role("alert")).to_contain_text("Firearm: hold placed")
    later.looks("changed", still=True)
    later.signs()
    later.reads("Noted as not fitting")
    later.opens("To the firearm")
    later.reads("Attention: entries that do not fit: 1")
    later.looks("firearm")


def test_the_auditor_believes_nothing_that_is_not_verified(
    arrive: Arrive, police: Officer, day: dict[str, str]
) -> None:
    auditor = arrive("auditor", "AUD").sits_down(signs=False)
    auditor.wants("Audit", basis="act_9", case="A-1")
    page = auditor.opens("Audit")
    auditor.reads("Entries that do not agree")
    auditor.looks("dashboard")
    page.get_by_text("The signed note").click()
    note = page.locator("details[open] pre").inner_text()
    auditor.opens("Verify a range")
    answer(page, "First entry", "0")
    answer(page, "Last entry", day["sold"])
    auditor.presses("Verify")
    auditor.reads(f"Entries 0 to {day['sold']} passed every check that was made.")
    auditor.looks("range")
    auditor.opens("Compare with my copy")
    answer(page, "Checkpoints", note)
    auditor.presses("Compare")
    auditor.reads("This log grew out of every checkpoint that you pasted.")
    auditor.looks("compare", still=True)
    auditor.opens("Who looked at what")
    answer(page, "Officer, key or authority", police.officer)
    answer(page, "What", "Searched by marking")
    auditor.presses("Filter")
    expect(page.get_by_role("row").filter(has_text="22-1187").first).to_contain_text("Tracing")
    expect(page.get_by_text(READ)).to_have_count(0)
    auditor.looks("accesses")
    auditor.opens("Findings")
    auditor.reads("It was in official hands, and no release was recorded.")
    auditor.follows(page.get_by_role("link", name="entry").first)
    auditor.reads("Its stored bytes passed every check that was made")
    auditor.looks("entry")


def test_the_auditor_has_a_figure_computed_again(
    arrive: Arrive, police: Officer, day: dict[str, str]
) -> None:
    auditor = arrive("statistician", "AUD").sits_down(signs=False)
    page = auditor.opens("Statistics", "SDG indicator 16.4.2")
    figure = page.get_by_role("region", name="The figure, all time")
    expect(figure).to_contain_text("0.0% 0 of 1")
    auditor.looks("figure")
    auditor.opens("Recompute from these entries")
    police.records("Firearm: point of diversion established", *DIVERTED, of=day["firearm"])
    page.reload()
    expect(figure).to_contain_text("0.0% 0 of 1")
    auditor.opens("All statistics", "SDG indicator 16.4.2")
    expect(figure).to_contain_text("100.0% 1 of 1")


def test_two_persons_and_the_service_erase_somebody_and_410_is_left(
    arrive: Arrive, clerk: Officer
) -> None:
    steward = arrive("steward", "STW").sits_down()
    index = _application(clerk)
    steward.wants("Request of the person concerned", basis="act_9", case="S-12")
    page = steward.opens("Retention and erasure", "A person's file")
    answer(page, "Number of the person's document", DOCUMENT)
    steward.presses("Look it up")
    expect(page.get_by_text("masked").first).to_be_attached()
    steward.presses("Show the personal data")
    steward.reads(APPLICANT)
    steward.looks("file")
    steward.opens("Retention and erasure")
    answer(page, POLICY, "Deadlines of the example State XA")
    steward.presses("Show")
    steward.reads("since the refusal")
    steward.looks("due")
    steward.presses("Propose its erasure")
    steward.answers({})
    steward.agrees()
    clerk.opens("Duties", "Erasures that wait for another person")
    clerk.looks("approve")
    clerk.presses("Approve")
    clerk.answers({})
    clerk.agrees()
    asked = f"{steward.place.origin}/v1/events/{index}/disclosures"
    assert APPLICANT in page.request.get(asked, headers=STATED).json()["disclosures"].values()
    (carried,) = execute(steward.place.office, steward.place.service())
    steward.opens("Retention and erasure")
    steward.reads("erased; old backups may still exist")
    steward.looks("erased")
    gone = page.request.get(asked, headers=STATED)
    assert (gone.status, str(carried.index) in gone.json()["next_step"]) == (410, True)
    steward.opens("A person's file")
    answer(page, "Number of the person's document", DOCUMENT)
    steward.presses("Look it up")
    steward.reads("Nothing is held under that number.")


def _application(clerk: Officer) -> int:
    """Have an application recorded that was refused long ago; give its index."""
    page = clerk.goes("/record/licence.applied")
    answer(page, "When it happened", "2010")
    answer(page, "Kind of licence", "Acquisition")
    clerk.presses("It is a new person or business")
    clerk.answers({}, {"Name of the holder": APPLICANT, "Document number of the holder": DOCUMENT})
    clerk.reads(APPLICANT)
    index = clerk.agrees()
    clerk.goes_to_record("lic.")
    clerk.opens("Refuse")
    clerk.answers({"When it happened": "2011-02-01", "Ground": "Unreliable"})
    clerk.agrees()
    return index
