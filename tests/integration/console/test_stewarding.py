# SPDX-License-Identifier: Apache-2.0
"""The pages of the data steward: what is due, who agreed, and a person's file that stays masked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from api.erasing.proposing import approval
from api.registrar import perform
from audit.access.reading import open_access_log
from audit.proof.access.record import Access, read_record
from domain.identifiers import StreamId
from tests.integration.append.desk import identifier
from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.erasing.conftest import Application, Stage
from tests.integration.erasing.test_officers import served_until_2011

NAME = "<script>alert('Ødegård')</script>"
DOCUMENT = "AB-7654321"
SUBJECT = {"purpose": "data_subject_request", "basis": "act_9", "case": "S-12"}
RULED = "/erasures?policy=example-state"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def steward(console: Console) -> Person:
    """A data steward, with the purpose stated."""
    return console.person("STW").says(**SUBJECT)


@pytest.fixture(scope="module")
def stage(console: Console, steward: Person, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Officers who have persons recorded, and erase them."""
    people = {
        "clerk": console.person("LIC", "MFR", "POL"),
        "steward": steward,
        "approver": console.person("LIC", "AUD"),
        "service": console.person("service"),
    }
    keys = {name: each.key for name, each in people.items() if each.key}
    folder: Path = tmp_path_factory.mktemp("stage")
    return Stage(office=console.office, folder=folder, keys=keys)


@pytest.fixture(scope="module")
def ended(stage: Stage) -> Application:
    """An application that was refused more than ten years ago."""
    return stage.refused_licence()


@pytest.fixture(scope="module")
def held(stage: Stage) -> StreamId:
    """A firearm whose holder's name is hostile to pages."""
    return stage.registered(DOCUMENT, name=NAME)


def looks(console: Console, officer: str, action: str) -> list[Access]:
    """Give what the access log says of an officer's looks, the oldest first."""
    with open_access_log(console.office.database.conninfo("ledger_auditor")) as log:
        found = [read_record(each.raw) for each in log.records()]
    accesses = [each for each in found if isinstance(each, Access)]
    return [each for each in accesses if (each.officer, each.action) == (officer, action)]


def fields_of(page: str, evt: str) -> dict[str, str]:
    """Give the hidden fields of the first form that leads to an event."""
    form = re.search(rf'(?s)<form method="post" action="/record/{evt}\?.*?</form>', page)
    assert form, page
    pairs = re.findall(r'name="([^"]+)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in pairs}


def rows_of(page: str) -> list[str]:
    """Give the words of each row of a page's table."""
    rows = re.findall(r"(?s)<tr>(<th scope=\"row\">.*?)</tr>", page)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in rows]


def test_what_is_due_leads_to_the_questions_with_their_answers(
    steward: Person, ended: Application
) -> None:
    page = steward.get(RULED)
    text = text_of(page)
    assert "since the refusal" in text
    assert "example-state 1.0 , persons_of_refused" in text
    fields = fields_of(page.text, r"erasure\.proposed")
    assert fields["dat.record"] == str(ended.stream)
    assert fields["dat.events"].split("\r\n")[0] == ended.eid
    assert fields["dat.holdings"] == ended.holding
    assert fields["dat.clock.policy"] == "example-state"
    assert [fields[f"dat.clock.began_on~{part}"] for part in "ymd"] == ["2011", "02", "01"]
    assert "dat.scope" not in fields


def test_an_officer_out_of_service_is_due_with_the_name_and_every_key(
    console: Console, stage: Stage, steward: Person
) -> None:
    served = served_until_2011(replace(stage, roots=console.roots))
    page = steward.get(RULED)
    assert "since the end of the last key" in text_of(page)
    row = next(each for each in page.text.split("<tr>") if served.id in each and "dat." in each)
    fields = fields_of(row, r"erasure\.proposed")
    assert fields["dat.record"] == fields["dat.holdings"] == served.id
    assert fields["dat.events"] == served.record.eid
    assert fields["dat.clock.starts"] == "service_end"


@pytest.mark.parametrize("path", ["/erasures", "/persons"])
def test_nobody_else_is_shown_erasures_or_files(console: Console, path: str) -> None:
    for role in ("DLR", "TRC"):
        assert console.person(role).says(**SUBJECT).get(path).status_code == 404


def test_an_unknown_policy_is_refused_and_no_file_is_read(steward: Person) -> None:
    answer = steward.get("/erasures?policy=/etc/passwd.toml")
    assert answer.status_code == 400
    assert "There is no policy of that name." in text_of(answer)


def test_a_proposal_waits_for_another_person_and_leaves_a_proof(
    console: Console, stage: Stage, steward: Person
) -> None:
    wrong = stage.refused_licence(on="2012-02-01", document="XY-1")
    erasure = stage.proposed(wrong)
    own = text_of(steward.get(RULED))
    assert "You proposed it, so another person has to approve it." in own
    approver = console.person("LIC").says(**SUBJECT)
    waiting = approver.get("/erasures/waiting")
    fields = fields_of(waiting.text, r"erasure\.approved")
    assert (fields["stream"], fields["dat.record"]) == (str(erasure), str(wrong.stream))
    perform(stage.office, approval(stage.office, erasure), stage.keys["approver"])
    carried = next(each.index for each in stage.executed() if each.erasure == str(erasure))
    page = steward.get(RULED)
    assert "erased; old backups may still exist" in text_of(page)
    assert f'href="/audit/entry/{carried}/proof"' in page.text
    assert steward.get(f"/audit/entry/{carried}/proof").status_code == 200
    assert wrong.person["holder_name"] not in page.text


def test_who_was_given_it_is_named_with_why_when_and_what_and_no_value(
    console: Console, stage: Stage
) -> None:
    given = stage.refused_licence(on="2013-02-01", document="PO-1")
    reader = console.person("STW")
    stated = reader.post("/purpose", {**SUBJECT, "recipient": "XB"})
    name, _, kept = stated.headers["set-cookie"].partition(";")[0].partition("=")
    reader.cookies[name] = kept
    reader.post("/persons", {"document": "PO-1", "open": "1"})
    (look,) = looks(console, reader.officer, "person.file")
    assert (look.recipient, look.events) == ("XB", (given.eid,))
    erasure = stage.proposed(given)
    steward = console.person("STW")
    address = f"/erasures/{erasure}/recipients"
    assert f'href="{address}"' in steward.get(RULED).text
    page = steward.get(address)
    assert "Nothing is erased yet" in text_of(page)
    (row,) = rows_of(page.text)
    assert row.startswith("auth.xa given to XB Request of the person concerned act_9")
    assert "Document number of the holder Name of the holder times: 1" in row
    assert f"{datetime.fromtimestamp(look.at, UTC):%Y}" in row
    assert given.person["holder_name"] not in page.text
    assert address not in console.person("LIC").get("/erasures/waiting").text
    perform(stage.office, approval(stage.office, erasure), stage.keys["approver"])
    stage.executed()
    (row,) = rows_of(steward.get(address).text)
    assert row.endswith("auth.xa no webhook XB no webhook")
    assert f'href="{address}"' in steward.get(RULED).text
    arabic = steward.get(address, **{"Accept-Language": "ar"}).text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert len(re.findall(r'<bdi dir="ltr" class="value">XB</bdi>', arabic)) == 2


def test_who_was_given_it_is_shown_to_stewards_of_that_place_alone(
    console: Console, stage: Stage, steward: Person
) -> None:
    wrong = stage.refused_licence(on="2014-02-01", document="PO-2")
    address = f"/erasures/{stage.approved(wrong)}/recipients"
    assert "Nobody was shown it" in text_of(steward.get(address))
    for reader in (
        *(console.person(role) for role in ("TRC", "LIC", "AUD")),
        console.person("STW", authority="auth.xb", place="XB"),
    ):
        assert reader.says(**SUBJECT).get(address).status_code == 404
    assert steward.get(f"/erasures/{identifier('ers.')}/recipients").status_code == 404
    tired = console.logged_in(steward.officer, ago=3_600)
    assert tired.get(address).headers["location"].startswith("/step-up?")


def test_a_file_is_masked_until_it_is_opened_and_each_opening_is_kept(
    console: Console, steward: Person, held: StreamId
) -> None:
    masked = steward.post("/persons", {"document": DOCUMENT})
    assert masked.status_code == 200
    assert f'href="/firearms/{held}"' in masked.text
    assert "Name of the holder" in text_of(masked)
    assert "alert" not in masked.text
    opened = steward.post("/persons", {"document": DOCUMENT, "open": "1"})
    assert NAME in unescape(opened.text)
    assert "<script>alert" not in opened.text
    first, second = looks(console, steward.officer, "person.file")[-2:]
    assert (first.claims, second.claims) == ((), ("holder_doc_no", "holder_name"))
    assert (second.purpose, second.case) == ("data_subject_request", "S-12")


def test_without_a_case_nothing_is_looked_up(console: Console, held: StreamId) -> None:
    del held
    steward = console.person("STW").says(purpose="data_subject_request", basis="act_9")
    answer = steward.post("/persons", {"document": DOCUMENT, "open": "1"})
    assert answer.status_code == 400
    assert "State the case number first" in text_of(answer)
    assert looks(console, steward.officer, "person.file") == []


def test_a_file_is_for_its_purpose_and_a_fresh_factor_alone(console: Console) -> None:
    steward = console.person("STW")
    assert steward.get("/persons").headers["location"].startswith("/purpose?")
    steward.says(purpose="maintenance", basis="act_9", case="S-1")
    assert steward.get("/persons").headers["location"].startswith("/purpose?")
    tired = console.logged_in(steward.officer, ago=3_600).says(**SUBJECT)
    assert tired.get("/persons").headers["location"].startswith("/step-up?")


@pytest.mark.parametrize("document", ["", "AB-*", "A?", "x" * 200])
def test_parts_of_a_number_find_nobody(steward: Person, document: str) -> None:
    answer = steward.post("/persons", {"document": document})
    assert answer.status_code == 400
    assert 'id="document-error"' in answer.text


def test_a_number_that_nobody_has_finds_nothing_and_is_in_no_address(steward: Person) -> None:
    answer = steward.post("/persons", {"document": "ZZ-0000000"})
    assert "Nothing is held under that number." in text_of(answer)
    assert "ZZ-0000000" not in re.sub(r"(?s)<input[^>]*>", "", answer.text)
    assert "document=" not in answer.text


def test_a_forged_form_opens_no_file(console: Console, steward: Person) -> None:
    before = len(looks(console, steward.officer, "person.file"))
    answer = steward.post("/persons", {"document": DOCUMENT, "open": "1", "csrf": "x" * 43})
    assert answer.status_code == 403
    assert len(looks(console, steward.officer, "person.file")) == before
