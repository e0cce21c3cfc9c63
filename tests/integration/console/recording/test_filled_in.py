# SPDX-License-Identifier: Apache-2.0
"""What the ledger knows of the next step of a tracing request is filled in, marked, and changed."""

from __future__ import annotations

import io
import re
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from html import unescape

import pytest

from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.console.recording.sending import sent_of
from tests.integration.lists.nation import BUYER, HOLDER, Nation

CASE = "case.5f0c3b1e-8a77-4c1d-9b2e-00000000c001"
FILLED = "Filled in from the record; check it."


@pytest.fixture(scope="module")
def nation(console: Console) -> Nation:
    """Record a stolen firearm, and requests at several stages of their lives."""
    nation = Nation(console.desk)
    nation.gun("000042", "2014-02-01")
    nation.did("firearm.transferred", "000042", "2016-05-01", hld=BUYER)
    nation.did("firearm.transferred", "000042", "2018-06-01", hld=HOLDER)
    nation.did("firearm.stolen-reported", "000042", "2019-05-02", discovered_on="2019-05-02")
    _asked(nation, "NAMED", firearm=nation["000042"])
    _asked(nation, "UNNAMED", country_of_origin="IT")
    _asked(nation, "MORE")
    nation.did("trace.more-info-asked", "MORE", "2024-05-03", questions=["markings", "type"])
    return nation


def _asked(nation: Nation, name: str, **dat: object) -> None:
    cause = "request_of_another_state"
    nation.new("trc", name)
    nation.did("trace.requested", name, "2024-05-01", recipient="XA", cause=cause, case=CASE, **dat)
    nation.did("trace.acknowledged", name, "2024-05-02", due_on="2024-06-01")


@pytest.fixture(scope="module")
def tracer(console: Console) -> Person:
    """Give an officer of the tracing centre, for a purpose."""
    return console.person("TRC").says()


def test_an_answer_is_filled_in_with_the_last_legal_record(tracer: Person, nation: Nation) -> None:
    page = tracer.get(f"/record/trace.responded?stream={nation['NAMED']}")
    held = sent_of(page.text)
    assert held["stream"] == [nation["NAMED"]]
    assert held["dat.last_status"] == ["stolen"]
    assert [*held["dat.last_on~y"], *held["dat.last_on~m"]] == ["2019", "05"]
    assert (held["dat.last_country"], held["dat.hld"]) == (["XA"], [HOLDER])
    assert (held["dat.steps~count"], held["dat.case"]) == (["3"], [CASE])
    assert held["dat.steps.0.on~y"] == ["2014"]
    assert FILLED in text_of(page)
    assert not any(name.startswith("who.") and any(value) for name, value in held.items())


def test_the_answer_names_a_bundle_that_can_still_be_saved_when_the_log_has_grown(
    tracer: Person, nation: Nation
) -> None:
    page = tracer.get(f"/record/trace.responded?stream={nation['NAMED']}")
    (address,) = re.findall(r'href="(/firearms/[^"]*evidence[^"]*)"', page.text)
    nation.gun("AFTER")
    saved = tracer.get(unescape(address))
    digest = urlsafe_b64encode(sha256(saved.content).digest()).decode().rstrip("=")
    assert sent_of(page.text)["dat.documents"] == [digest]
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(saved.content)).namelist()
    other = unescape(address).replace(digest, "A" * 43)
    assert tracer.get(other).status_code == 409
    assert tracer.get(re.sub(r"size=\d+", "size=999999", unescape(address))).status_code == 400


def test_an_answer_that_is_changed_loses_its_mark(tracer: Person, nation: Nation) -> None:
    first = tracer.get(f"/record/trace.responded?stream={nation['NAMED']}")
    sent = sent_of(first.text)
    again = tracer.post("/record/trace.responded", {**sent, "go": "more:dat.steps"})
    assert 'id="dat.last_status-filled"' in again.text
    assert 'id="dat.steps-filled"' in again.text
    changed = tracer.post(
        "/record/trace.responded", {**sent, "dat.last_status": ["lost"], "go": "more:dat.steps"}
    )
    assert 'id="dat.last_status-filled"' not in changed.text
    assert 'id="dat.last_on-filled"' in changed.text


def test_it_is_told_at_the_check_what_was_filled_in_and_it_is_signed_like_any_answer(
    tracer: Person, nation: Nation
) -> None:
    first = tracer.get(f"/record/trace.responded?stream={nation['NAMED']}")
    page = tracer.post(
        "/record/trace.responded",
        {**sent_of(first.text), "occ~y": ["2024"], "dat.certainty": ["certain"]},
    )
    while "Check your answers" not in text_of(page):
        assert page.status_code == 200, text_of(page)
        page = tracer.post("/record/trace.responded", sent_of(page.text))
    assert text_of(page).count("filled in from the record") == 6 + 3 * 4  # three steps of four
    signing = tracer.post("/record/trace.responded", {**sent_of(page.text), "go": "sign"})
    told = unescape(text_of(signing))
    assert "Check your answers and sign" in told
    assert f'"hld":"{HOLDER}"' in told


def test_a_firearm_that_was_found_by_its_mark_is_offered_for_the_answer(
    tracer: Person, nation: Nation
) -> None:
    shown = tracer.get(f"/requests/{nation['UNNAMED']}").text
    (address,) = set(re.findall(r'href="(/record/trace.responded\?[^"]*about=[^"]*)"', shown))
    page = tracer.get(unescape(address))
    assert sent_of(page.text)["dat.last_status"] == ["stolen"]
    without = tracer.get(f"/record/trace.responded?stream={nation['UNNAMED']}")
    assert "No firearm on record is named" in text_of(without)
    assert sent_of(without.text)["dat.case"] == [CASE]


def test_other_steps_are_filled_in_with_what_the_request_says(
    tracer: Person, nation: Nation
) -> None:
    forwarded = _filled(tracer, "trace.forwarded", nation["UNNAMED"])
    assert (forwarded["dat.to_country"], forwarded["dat.reason"]) == (
        ["Italy (IT)"],
        ["made_there"],
    )
    left = _filled(tracer, "trace.point-of-diversion-established", nation["NAMED"])
    assert (left["dat.circumstance"], left["dat.method"]) == (["theft"], ["other"])
    assert (left["dat.country"], left["dat.on~y"]) == (["XA"], ["2019"])
    given = _filled(tracer, "trace.more-info-given", nation["MORE"])
    assert given["dat.answered"] == ["markings", "type"]


def _filled(tracer: Person, evt: str, request: str) -> dict[str, list[str]]:
    return sent_of(tracer.get(f"/record/{evt}?stream={request}").text)


def test_what_an_officer_may_not_see_is_not_filled_in(console: Console, nation: Nation) -> None:
    unsaid = console.person("TRC")
    page = unsaid.get(f"/record/trace.responded?stream={nation['NAMED']}")
    assert page.status_code == 200
    assert HOLDER not in page.text
    assert FILLED not in text_of(page)
    missing = (
        console.person("TRC")
        .says()
        .get("/record/trace.responded?stream=trc.01a2076b-4018-7111-8222-00000000dead")
    )
    assert FILLED not in text_of(missing)


def test_what_is_filled_in_stands_in_the_access_log(console: Console, nation: Nation) -> None:
    tracer = console.person("TRC").says()
    tracer.get(f"/record/trace.responded?stream={nation['NAMED']}")
    auditor = console.person("AUD").says(purpose="audit", basis="act_7")
    seen = auditor.get(f"/audit/access?who={tracer.officer}").text
    (rows,) = re.findall(r"(?s)<tbody>.*?</tbody>", seen)
    assert "Listed tracing requests" in rows
    assert "Read a firearm" in rows


@pytest.fixture
def licence(nation: Nation) -> str:
    """Take a licence over with a wrong last day."""
    nation.new("lic", "LICENCE")
    valid = {"valid_from": "2018-01-01", "valid_to": "2023-01-01"}
    nation.did("licence.registered", "LICENCE", "2018", hld=HOLDER, kind="possession", **valid)
    return nation["LICENCE"]


def test_a_licence_is_put_right_in_the_words_of_the_form_that_it_came_from(
    console: Console, licence: str
) -> None:
    clerk = console.person("LIC")
    shown = clerk.get(f"/licences/{licence}").text
    (address, target) = re.findall(
        r'(/record/licence.corrected)\?.*?name="dat.target" value="([^"]+)"', shown
    )[0]
    wrong = clerk.post(address, {"stream": licence, "dat.target": target, "go": "step:3"})
    assert "Last day January 1, 2023" in text_of(wrong)
    assert "Which value" not in text_of(wrong)
    (base,) = re.findall(r'name="(dat.changes.\d+)~is" value="valid_to"', wrong.text)
    chosen = {**sent_of(wrong.text), f"{base}~is": "valid_to", "go": "next"}
    right = clerk.post(address, chosen)
    assert "As it stands now: January 1, 2023" in text_of(right)
    assert sent_of(right.text)[f"{base}.valid_to~y"] == ["2023"]
    same = {**sent_of(right.text), "dat.reason": "clerical_error", "occ~y": "2026", "go": "next"}
    refused = clerk.post(address, same)
    assert (refused.status_code, "So it stands already." in text_of(refused)) == (400, True)
    checked = clerk.post(address, {**same, f"{base}.valid_to~y": "2028"})
    told = text_of(checked)
    assert "Go on to sign" in told
    assert "Last day: Value before January 1, 2023" in told
    assert "Last day: Right value January 1, 2028" in told
    assert "valid_to" not in told


def test_whoever_names_a_record_chooses_among_its_entries(console: Console, licence: str) -> None:
    clerk = console.person("LIC")
    first = clerk.get("/record/licence.corrected")
    assert "Which record" in text_of(first)
    assert "Which value" not in text_of(first)
    named = {**sent_of(first.text), "stream": licence, "go": "next"}
    second = clerk.post("/record/licence.corrected", named)
    assert text_of(second).count("Which entry was wrong") == 1
    assert sent_of(clerk.get(f"/record/licence.corrected?stream={licence}").text)["at"] == ["2"]
    assert re.search(r'type="radio" id="dat.target-1"', second.text)
    none = clerk.post("/record/licence.corrected", {**sent_of(second.text), "go": "next"})
    assert none.status_code == 400


def test_what_was_put_right_is_told_in_the_same_words_ever_after(
    console: Console, nation: Nation, licence: str
) -> None:
    clerk = console.person("LIC")
    (entry,) = re.findall(
        r'name="dat.target" value="([^"]+)"', clerk.get(f"/licences/{licence}").text
    )[:1]
    change = {"field": "valid_to", "old": "2023-01-01", "new": "2028-01-01"}
    nation.did(
        "licence.corrected", "LICENCE", "2026-01-02",
        target=entry, reason="clerical_error", changes=[change],
    )  # fmt: skip
    told = text_of(clerk.get(f"/licences/{licence}"))
    assert "Last day: Value before January 1, 2023" in told
    assert "Last day: Right value January 1, 2028" in told
    assert "valid_to" not in told
