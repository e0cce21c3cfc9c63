# SPDX-License-Identifier: Apache-2.0
"""What happened is asked for page by page; answers are kept, checked, told again and handed on."""

from __future__ import annotations

import re
from html import unescape
from itertools import product
from typing import Any

import httpx
import pytest

from api.console.forms.form import form_of, write_form
from api.describing.examples import example_of
from api.people.sessions import end_sessions
from domain.catalogue import CATALOGUE
from domain.identifiers import parse_stream_id, short_form
from domain.registry.members import ROLES
from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.console.recording.sending import sent_of
from tests.integration.projections.conftest import HOLDING

SEIZED = {"ground": "illicit_possession", "proceeding": "criminal", "case_no": "22-1187"}
HOSTILE = '"><script>alert(1)</script>'
TO_PUT_RIGHT = r'name="dat.target" value="([^"]+)">.*?Put this entry right<[^>]+> \(([^,]+),'
"""Event id and name of each entry that the reader is offered to put right."""


def fields(evt: str, dat: dict[str, Any], occ: str = "2026-03-02") -> dict[str, Any]:
    """Give the answers to a whole form as a browser sends them."""
    written = write_form(form_of(evt), occ=occ, dat=dat, disclosures={}).fields
    return {name: list(texts) for name, texts in written.items()}


def kept(page: httpx.Response) -> dict[str, str]:
    """Give what the fields of a page hold, hidden ones included."""
    found = re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page.text)
    return {unescape(name): unescape(value) for name, value in found}


def wrong(page: httpx.Response) -> list[str]:
    """Give the fields to which the summary of problems leads."""
    return re.findall(r'<li><a href="#((?:dat|who|occ|stream)[^"]*)"', page.text)


@pytest.fixture(scope="module")
def police(console: Console) -> Person:
    """Give an officer of the police."""
    return console.person("POL")


@pytest.fixture(scope="module")
def firearm(console: Console) -> str:
    """Give a firearm that is on record."""
    return str(console.desk.manufacture("QA-000017"))


def test_only_what_the_roles_may_record_is_offered(console: Console, police: Person) -> None:
    told = text_of(police.get("/record"))
    assert "Firearm: seized" in told
    assert "Taken by an authority, even for a time." in told
    assert "Licence: issued" not in told
    assert "Licence: issued" in text_of(console.person("LIC").get("/record"))


def test_of_one_record_only_its_own_events_are_offered(police: Person, firearm: str) -> None:
    page = police.get(f"/record?stream={firearm}")
    assert f'href="/record/firearm.seized?stream={firearm}"' in page.text
    assert "Component: seized" not in text_of(page)


def test_another_role_is_refused_and_a_stranger_led_to_the_log_in(
    console: Console, police: Person
) -> None:
    assert police.get("/record/licence.issued").status_code == 403
    assert police.post("/record/licence.issued", {"go": "next"}).status_code == 403
    assert police.get("/record/firearm.vanished").status_code == 404
    answer = console.stranger.get("/record/firearm.seized")
    assert answer.headers["location"].startswith("/log-in")


def test_pages_follow_each_other_with_all_answers_kept(police: Person, firearm: str) -> None:
    answers = fields("firearm.seized", SEIZED)
    first = police.post("/record/firearm.seized", {**answers, "stream": firearm, "at": "1"})
    assert first.status_code == 200
    assert "Step 2 of 5" in text_of(first)
    assert kept(first)["dat.case_no"] == "22-1187"
    back = police.post("/record/firearm.seized", {**answers, "at": "2", "go": "back"})
    assert "Step 1 of 5" in text_of(back)


def test_what_is_missing_is_told_on_top_and_beside_the_field(police: Person) -> None:
    answers = {"at": "1", "dat.case_no": HOSTILE, "occ~y": "2026", "occ~d": "3"}
    page = police.post("/record/firearm.seized", answers)
    assert page.status_code == 400
    assert wrong(page) == ["stream", "occ", "dat.ground", "dat.proceeding"]
    assert 'id="dat.proceeding-error"' in page.text
    assert kept(page)["dat.case_no"] == HOSTILE
    assert "<script>" not in page.text


def test_the_end_leads_back_to_the_first_page_that_is_wrong(police: Person, firearm: str) -> None:
    answers = {**fields("firearm.seized", SEIZED), "dat.case_no": ["X" * 65], "stream": firearm}
    page = police.post("/record/firearm.seized", {**answers, "at": "4", "go": "next"})
    assert page.status_code == 400
    assert wrong(page) == ["dat.case_no"]
    assert "Step 1 of 5" in text_of(page)


def test_answers_are_told_again_in_words_and_can_be_changed(police: Person, firearm: str) -> None:
    answers = {**fields("firearm.seized", SEIZED), "stream": firearm, "who.person_name": HOSTILE}
    page = police.post("/record/firearm.seized", {**answers, "at": "4"})
    told = text_of(page)
    assert "Check your answers" in told
    assert "Illicit possession" in told
    assert '<time datetime="2026-03-02"' in page.text
    assert "<script>" not in page.text
    assert 'value="step:4"' in page.text
    changed = police.post("/record/firearm.seized", {**kept(page), "go": "step:4", "at": "5"})
    assert kept(changed)["who.person_name"] == HOSTILE


def test_a_firearm_is_named_by_its_short_form(police: Person, firearm: str) -> None:
    spoken = short_form(parse_stream_id(firearm).uuid)
    answers = {**fields("firearm.seized", SEIZED), "at": "4", "stream": spoken.lower()}
    assert firearm in police.post("/record/firearm.seized", answers).text
    misread = spoken[:-1] + ("A" if spoken[-1] != "A" else "B")
    again = police.post("/record/firearm.seized", {**answers, "stream": misread})
    assert wrong(again) == ["stream"]


def test_a_refusal_by_rule_is_told_before_anything_is_signed(police: Person, firearm: str) -> None:
    dat = {"flag": "stolen", "reason": "returned"}
    answers = {**fields("firearm.alert-cleared", dat), "stream": firearm, "go": "sign"}
    for at in ("1", "2"):
        page = police.post("/record/firearm.alert-cleared", {**answers, "at": at})
    told = text_of(page)
    assert "The ledger would refuse this" in told
    assert "Rule:" in told
    assert "Go on to sign" not in told


def test_right_answers_end_on_the_page_where_they_are_signed(police: Person, firearm: str) -> None:
    answers = {**fields("firearm.seized", SEIZED), "stream": firearm, "at": "5", "go": "sign"}
    page = police.post("/record/firearm.seized", answers)
    assert page.status_code == 200
    told = unescape(text_of(page))
    assert "Check your answers and sign" in told
    assert '"evt":"firearm.seized"' in told
    assert '"case_no":"22-1187"' in told


def test_a_new_record_begins_without_an_identifier(console: Console) -> None:
    maker = console.person("MFR")
    assert "Leave it empty for a new record" in text_of(maker.get("/record/firearm.manufactured"))
    dat = example_of(CATALOGUE.latest("firearm.manufactured"), full=False)
    last = len(form_of("firearm.manufactured").steps) + 1
    answers = {**fields("firearm.manufactured", dat), "at": str(last), "go": "sign"}
    page = maker.post("/record/firearm.manufactured", answers)
    assert "Check your answers and sign" in text_of(page)
    assert re.search(r"arm\.[0-9a-f-]{36}", page.text)


def test_answers_that_are_sent_twice_lead_to_one_event_and_one_record(console: Console) -> None:
    maker = console.person("MFR")
    jti = kept(maker.get("/record/firearm.manufactured"))["jti"]
    dat = example_of(CATALOGUE.latest("firearm.manufactured"), full=False)
    last = str(len(form_of("firearm.manufactured").steps) + 1)
    own = {"jti": jti, "at": last, "go": "sign"}
    answers = {**fields("firearm.manufactured", dat), **own}
    twice = [text_of(maker.post("/record/firearm.manufactured", answers)) for _ in range(2)]
    for told in map(unescape, twice):
        assert f'"jti":"{jti}"' in told
        assert f'"sub":"arm.{jti}"' in told


def test_groups_and_identifiers_are_added_by_a_button(police: Person) -> None:
    page = police.post("/record/firearm.seized", {"at": "2", "go": "more:dat.markings"})
    assert kept(page)["dat.markings~count"] == "1"
    assert 'name="dat.markings.0.kind"' in page.text
    less = {**kept(page), "at": "2", "go": "less:dat.markings"}
    assert 'name="dat.markings.0.kind"' not in police.post("/record/firearm.seized", less).text
    named = police.post("/record/firearm.seized", {"at": "3", "go": "new:dat.hld=hld"})
    assert re.fullmatch(r"hld\.[0-9a-f-]{36}", kept(named)["dat.hld"])


def test_who_has_the_firearm_is_looked_up_by_those_who_may_read_it(console: Console) -> None:
    arm = console.desk.manufacture("QA-000018")
    console.desk.record(
        "transferred",
        arm,
        "2016-05",
        acq="purchase",
        hld=HOLDING,
        permit_class="sport",
        exemption="not_required",
    )
    officer, dealer = console.person("POL"), console.person("DLR", authority="auth.xa.police")
    answers = {"stream": str(arm), "at": "2", "go": "holder", "who.person_name": "A PERSON"}
    masked = dealer.post("/record/firearm.stolen-reported", answers)
    assert "not for you" in text_of(masked)
    assert kept(masked)["who.person_name"] == "A PERSON"
    assert HOLDING not in masked.text
    told = officer.post("/record/firearm.stolen-reported", answers)
    assert kept(told)["dat.hld"] == HOLDING
    nobody = {**answers, "stream": str(console.desk.manufacture("QA-000019"))}
    assert "No holding is on record" in text_of(
        officer.post("/record/firearm.stolen-reported", nobody)
    )
    unnamed = officer.post("/record/firearm.stolen-reported", {**answers, "stream": ""})
    assert "Say first which firearm it is" in text_of(unnamed)


def test_a_country_is_chosen_by_its_name_and_kept_as_written_where_it_is_none(
    console: Console,
) -> None:
    tracer = console.person("TRC")
    answers = {**fields("trace.forwarded", {"reason": "other"}), "at": "1"}
    stream = "trc.01a2076b-4018-7111-8222-000000000001"
    chosen = {**answers, "stream": stream, "dat.to_country": "Belgique"}
    told = tracer.post("/record/trace.forwarded", {**chosen, "at": "9"})
    assert '<bdi>Belgium</bdi> <small><bdi dir="ltr" class="value">BE</bdi></small>' in told.text
    wrong_one = {**chosen, "dat.to_country": "Atlantis"}
    again = tracer.post("/record/trace.forwarded", wrong_one, **{"Accept-Language": "fr"})
    assert kept(again)["dat.to_country"] == "Atlantis"
    assert wrong(again) == ["dat.to_country"]
    assert '<option value="Allemagne (DE)">' in again.text


@pytest.mark.parametrize(
    "more",
    [
        {"dat.colour": "red"},
        {"dat.ground": ["illicit_possession", "border_control"]},
        {"dat.markings~count": "1000"},
        {"go": "more:dat.markings", "dat.markings~count": "-1"},
    ],
)
def test_fields_that_nobody_asked_for_are_refused(
    police: Person, firearm: str, more: dict[str, Any]
) -> None:
    answers = {**fields("firearm.seized", SEIZED), "stream": firearm, "at": "5", "go": "sign"}
    page = police.post("/record/firearm.seized", {**answers, **more})
    assert page.status_code == 400
    assert "request_invalid" in text_of(page)


def test_hidden_answers_are_not_believed(police: Person, firearm: str) -> None:
    answers = fields("firearm.seized", {**SEIZED, "case_no": "A\u202eB"})
    page = police.post(
        "/record/firearm.seized", {**answers, "stream": firearm, "at": "5", "go": "sign"}
    )
    assert page.status_code == 400
    assert "U+202E" in text_of(page)


def test_a_form_without_its_token_does_nothing(police: Person, firearm: str) -> None:
    answers = {**fields("firearm.seized", SEIZED), "stream": firearm, "at": "5", "go": "sign"}
    assert police.post("/record/firearm.seized", {**answers, "csrf": "x" * 43}).status_code == 403


def test_an_entry_is_put_right_by_whoever_could_have_recorded_it(console: Console) -> None:
    arm = str(console.desk.life("QA-000020"))
    police, maker = console.person("POL"), console.person("MFR")
    shown = police.get(f"/firearms/{arm}").text
    offered = dict(re.findall(TO_PUT_RIGHT, shown))
    assert list(offered.values()) == ["Reported stolen", "Seized"]
    (target,) = [eid for eid, name in offered.items() if name == "Seized"]
    asked = {"stream": arm, "dat.target": target, "go": "step:3"}
    first = police.post("/record/firearm.corrected", asked)
    (ground,) = re.findall(r'name="(dat.changes.\d+)~is" value="ground"', first.text)
    chosen = {**asked, f"{ground}~is": "ground", "at": "3", "go": "next"}
    second = police.post("/record/firearm.corrected", chosen)
    assert sent_of(second.text)[f"{ground}.ground"] == ["illicit_possession"]
    answers = {
        **sent_of(second.text),
        f"{ground}.ground": "mark_tampering",
        "dat.reason": "clerical_error",
        "occ~y": "2026",
    }
    assert "Go on to sign" in text_of(police.post("/record/firearm.corrected", answers))
    told = maker.post("/record/firearm.corrected", answers)
    assert told.status_code == 400
    assert "Go on to sign" not in text_of(told)


def test_answers_outlive_a_session_where_they_come_from_a_page_of_ours(
    console: Console, firearm: str
) -> None:
    officer = console.person("POL")
    answers = {**fields("firearm.seized", {**SEIZED, "case_no": HOSTILE}), "stream": firearm}
    end_sessions(console.people, officer.officer)
    ours = officer.post("/record/firearm.seized", answers, Origin=console.origin)
    assert (ours.status_code, kept(ours)["dat.case_no"]) == (401, HOSTILE)
    assert "Your answers are kept" in text_of(ours)
    assert "<script>alert" not in ours.text
    foreign = officer.post("/record/firearm.seized", answers, Origin="https://elsewhere.example")
    assert foreign.status_code == 403
    assert HOSTILE not in unescape(foreign.text)
    again = console.logged_in(officer.officer)
    changed = again.post("/record/firearm.seized", kept(ours), Origin=console.origin)
    assert "You have logged in anew" in text_of(changed)
    onward = again.post("/record/firearm.seized", kept(changed), Origin=console.origin)
    assert "Step 2 of 5" in text_of(onward)
    assert kept(onward)["dat.case_no"] == HOSTILE


@pytest.mark.slow
def test_every_page_of_every_event_can_be_shown(console: Console) -> None:
    roles = sorted(ROLES - {"service"})
    officers = [(half, console.person(*half)) for half in (roles[:10], roles[10:])]
    asked = set()
    for kind, (held, officer) in product(CATALOGUE, officers):
        if kind.evt in asked or kind.roles.isdisjoint(held):
            continue
        asked.add(kind.evt)
        answers = fields(kind.evt, example_of(kind, full=True))
        for step in form_of(kind.evt).steps:
            sent = {**answers, "at": "1", "go": f"step:{step.number}"}
            page = officer.post(f"/record/{kind.evt}", sent)
            assert page.status_code == 200, kind.evt
            assert [path for path in step.paths if f'"{path}' not in page.text] == []
    roots = {kind.evt for kind in CATALOGUE if kind.roles <= {"root", "service"}}
    assert asked == {kind.evt for kind in CATALOGUE} - roots
