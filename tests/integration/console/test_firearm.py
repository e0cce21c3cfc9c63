# SPDX-License-Identifier: Apache-2.0
"""Screen 2: the life of a firearm, as it is proved, and nothing of a person without a purpose."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from api.registrar import Act, perform
from domain.identifiers import parse_stream_id, short_form
from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.projections.conftest import HOLDING

SOLD = "arm.01a2076b-4018-7111-8222-0000000050d7"
NAME = "Zuzanna <b>Beispiel</b>"


@pytest.fixture(scope="module")
def arm(console: Console) -> str:
    """A firearm whose life holds a theft, a seizure, a correction and a person's name."""
    desk = console.desk
    arm = desk.life("LIFE-7")
    sold = desk.manufacture("SOLD-7", arm=parse_stream_id(SOLD))
    perform(
        desk.office,
        Act(
            evt="firearm.transferred",
            dat={"acq": "purchase", "hld": HOLDING, "permit_class": "sport"},
            sub=sold,
            occ="2016-05",
            disclosures={"holder_name": NAME},
        ),
        desk.key,
    )
    return str(arm)


@pytest.fixture(scope="module")
def officer(console: Console) -> Person:
    return console.person("TRC").says()


def test_every_entry_stands_in_its_place_with_its_proof(officer: Person, arm: str) -> None:
    answer = officer.get(f"/firearms/{arm}")
    assert answer.status_code == 200
    names = re.findall(r"<h3>([^<]+?)\s*<span class=\"proof proof-(\w+)", answer.text)
    assert [name.strip() for name, _ in names] == [
        "Manufactured",
        "Transferred",
        "Reported stolen",
        "Seized",
        "Moved to another custodian",
        "Record corrected",
    ]
    assert {state for _, state in names} <= {"checkpointed", "witnessed"}


def test_the_headline_is_the_weakest_state_of_the_list(console: Console, officer: Person) -> None:
    forged = console.desk.manufacture("FORGED-7")
    officer.get(f"/firearms/{forged}")
    console.desk.falsify(
        "update ledger.event set raw = set_byte(raw, 200, get_byte(raw, 200) # 1)"
        " where stream = %(stream)s",
        {"stream": forged.uuid},
    )
    answer = officer.get(f"/firearms/{forged}")
    assert "Do not rely on this history as it stands." in text_of(answer)
    assert "proof-failed" in answer.text
    assert 'class="good"' not in answer.text


def test_it_can_be_looked_at_as_of_a_day_and_as_known_at_an_index(
    officer: Person, arm: str
) -> None:
    early = officer.get(f"/firearms/{arm}?as_at=2017-01-01")
    assert early.text.count("proof-checkpointed") < officer.get(f"/firearms/{arm}").text.count(
        "proof-checkpointed"
    )
    assert "Told within limits" in text_of(early)
    original = officer.get(f"/firearms/{arm}?view=original")
    assert "Class of the permit sport" in text_of(original)


def test_a_limit_that_cannot_be_read_is_told_and_everything_is_shown(
    officer: Person, arm: str
) -> None:
    answer = officer.get(f"/firearms/{arm}?as_at=yesterday")
    assert answer.status_code == 400
    assert 'href="#limits"' in answer.text
    assert "Record corrected" in text_of(answer)


def test_the_short_form_leads_there(officer: Person, arm: str) -> None:
    short = short_form(parse_stream_id(arm).uuid)
    assert f'href="/firearms/{arm}/custody"' in officer.get(f"/firearms/{short}").text


def test_the_chain_of_custody_names_seals_and_breaks(officer: Person, arm: str) -> None:
    told = text_of(officer.get(f"/firearms/{arm}/custody"))
    assert "S-881" in told
    assert "STATION 7" in told


def test_a_custodian_is_not_turned_round_in_an_arabic_picture(
    console: Console, officer: Person
) -> None:
    arm = console.desk.life("LIFE-8")
    hands = {"from_custodian": {"known": "LAB"}, "to_custodian": {"known": "17 / (2)"}}
    console.desk.record("custody-moved", arm, "2021-02-01", seals=["S-882"], **hands)
    page = officer.get(f"/firearms/{arm}/custody", **{"Accept-Language": "ar"})
    labels = re.findall(r'<text[^>]* direction="(\w+)"[^>]*>17 / \(2\)', page.text)
    assert set(labels) == {"ltr"}


def test_the_evidence_is_a_bundle_for_a_stranger(officer: Person, arm: str) -> None:
    answer = officer.get(f"/firearms/{arm}/evidence")
    assert answer.headers["content-type"] == "application/zip"
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


def test_persons_are_masked_until_they_are_opened_for_a_purpose(
    console: Console, officer: Person, arm: str
) -> None:
    assert arm
    shown = officer.get(f"/firearms/{SOLD}")
    assert "Zuzanna" not in shown.text
    (index,) = re.findall(r"name=\"index\" value=\"(\d+)\"", shown.text)
    opened = officer.post(f"/firearms/{SOLD}/persons", {"index": index})
    assert opened.status_code == 200
    assert "Zuzanna &lt;b&gt;" in opened.text
    plain = console.logged_in(officer.officer, ago=3_000).says()
    asked = plain.post(f"/firearms/{SOLD}/persons?back=/firearms/{SOLD}", {"index": index})
    assert asked.headers["location"].startswith("/step-up?next=%2Ffirearms%2F")
    silent = console.logged_in(officer.officer)
    told = silent.post(f"/firearms/{SOLD}/persons?back=/firearms/{SOLD}", {"index": index})
    assert told.headers["location"].startswith("/purpose?next=%2Ffirearms%2F")


def test_whoever_may_not_see_it_is_told_what_a_stranger_to_it_is_told(
    console: Console, arm: str
) -> None:
    elsewhere = console.person("POL", authority="auth.xb", place="XB").says()
    hidden = elsewhere.get(f"/firearms/{arm}")
    nothing = elsewhere.get("/firearms/arm.01a2076b-4018-7111-8222-00000000dead")
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert text_of(hidden) == text_of(nothing)


def test_no_datum_is_reordered_in_arabic(officer: Person, arm: str) -> None:
    answer = officer.get(f"/firearms/{arm}/custody", **{"Accept-Language": "ar"})
    assert '<html lang="ar" dir="rtl">' in answer.text
    listed = answer.text[answer.text.rindex("<table") :]
    for datum in ("S-881", "STATION 7"):
        before = [part[-60:] for part in listed.split(datum)[:-1]]
        assert before
        assert [each for each in before if not re.search(r"<bdi dir=\"ltr\"[^>]*>$", each)] == []
