# SPDX-License-Identifier: Apache-2.0
"""What a browser would send from the check page, sent by hand: signed once, told truly."""

from __future__ import annotations

import html
import json
import re
import threading
from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.keyfile import FileKey
from api.client.signer import Unsigned
from api.console.signing.answers import Answer, carried
from api.console.signing.sheets import Sheet, joined, read_sheet, sheet_of
from api.people.sessions import end_sessions
from api.registrar import Act
from audit.proof.encoding import canonical, decode, encode
from audit.proof.inclusion import parse_tlog_proof
from domain.identifiers import StreamId, parse_stream_id
from tests.integration.append.desk import identifier, manufactured
from tests.integration.console.conftest import Console, Person, text_of
from tests.unit.domain.lives import DATA

ANSWERS = [Answer("Make", "<b>Example</b> \u202eWorks", "/record?step=1"), Answer("Model", "TW-9")]
HIDDEN = re.compile(r'name="(\w+)" value="([^"]*)"')


def sheet_for(console: Console, person: Person, act: Act | None = None) -> Sheet:
    key = console.office.ledger.catch_up().keys[person.key.kid] if person.key else None
    assert key is not None
    return sheet_of(console.office, act or made(), key)


def made(serial: str | None = None, **more: Any) -> Act:
    return Act(
        evt="firearm.manufactured",
        dat=manufactured(serial or identifier("S")[:32]),
        sub=parse_stream_id(identifier("arm.")),
        **more,
    )


def filled(sheet: Sheet, key: FileKey, **changes: str) -> dict[str, str]:
    signature = encode(key.sign(sheet.unsigned.signing_input)).decode()
    fields = {
        "signing_input": sheet.unsigned.signing_input.decode(),
        "disclosures": joined(sheet.unsigned.disclosures),
        "kid": sheet.kid,
        "answers": carried(ANSWERS),
        "signature": signature,
    }
    return fields | changes


def sent(person: Person, sheet: Sheet, **changes: str) -> httpx.Response:
    assert person.key is not None
    return person.post("/sign", filled(sheet, person.key, **changes))


def fields_of(answer: httpx.Response) -> dict[str, str]:
    """Give what the page would send again."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(answer.text)}


def sheet_in(answer: httpx.Response) -> Sheet:
    fields = fields_of(answer)
    texts = tuple(each for each in fields["disclosures"].encode().split(b"~") if each)
    return read_sheet(Unsigned(signing_input=fields["signing_input"].encode(), disclosures=texts))


@pytest.fixture(scope="module")
def officer(console: Console) -> Person:
    return console.person("MFR", "LIC", "POL", "CRT", "DLR")


def test_what_was_signed_is_recorded_and_leads_to_its_receipt(
    console: Console, officer: Person
) -> None:
    sheet = sheet_for(console, officer)
    answer = sent(officer, sheet)
    assert answer.status_code == 303, text_of(answer)
    receipt = officer.get(answer.headers["location"])
    words = text_of(receipt)
    assert sheet.eid in words
    assert "Your event is in the log" in words
    assert f'href="/firearms/{sheet.payload["sub"]}"' in receipt.text
    (address,) = re.findall(
        r'href="(/v1/receipts/\d+)" download="entry-\d+\.tlog-proof"', receipt.text
    )
    proof = parse_tlog_proof(console.client.get(address).content)
    assert proof.index == int(address.rpartition("/")[2])


def test_personal_data_goes_to_the_vault_and_only_its_digests_into_the_log(
    console: Console, officer: Person
) -> None:
    act = made()
    assert sent(officer, sheet_for(console, officer, act)).status_code == 303
    given = Act(
        evt="firearm.transferred",
        sub=act.sub,
        dat={
            "acq": "sale",
            "hld": identifier("hld."),
            "permit_class": "sport",
            "exemption": "not_required",
        },
        disclosures={"holder_name": "Zofia Example", "holder_birth_date": "1979-03-14"},
    )
    sheet = sheet_for(console, officer, given)
    assert "Zofia" not in sheet.text
    answer = sent(officer, sheet)
    assert answer.status_code == 303, text_of(answer)
    assert "Zofia" not in officer.get(answer.headers["location"]).text


def test_signing_twice_gives_one_event_and_the_same_receipt(
    console: Console, officer: Person
) -> None:
    sheet = sheet_for(console, officer)
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(sent(officer, sheet))) for _ in "ab"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    answers.append(sent(officer, sheet))
    assert {each.status_code for each in answers} == {303}
    assert len({each.headers["location"] for each in answers}) == 1
    pages = {text_of(officer.get(each.headers["location"])) for each in answers}
    assert len(pages) == 1
    assert console.office.heads([sheet.stream.uuid])[sheet.stream.uuid] == (1, sheet.eid)


def test_the_page_made_anew_and_signed_again_is_still_the_same_event(
    console: Console, officer: Person
) -> None:
    sheet = sheet_for(console, officer)
    later = officer.post("/sign/again", filled(sheet, officer.key))  # type: ignore[arg-type]
    fresh = sheet_in(later)
    assert fresh.payload["jti"] == sheet.payload["jti"]
    first, second = sent(officer, sheet), sent(officer, fresh)
    assert first.headers["location"] == second.headers["location"]


def test_a_page_that_was_left_leads_to_the_receipt_or_says_that_there_is_none(
    console: Console, officer: Person
) -> None:
    sheet = sheet_for(console, officer)
    address = f"/sign/{sheet.payload['jti']}"
    assert "Nothing was recorded" in text_of(officer.get(address))
    receipt = sent(officer, sheet).headers["location"]
    assert officer.get(address).headers["location"] == receipt
    assert console.person("POL").get(receipt).status_code == 404


def test_the_later_of_two_officers_is_told_what_changed_and_signs_again(
    console: Console, officer: Person
) -> None:
    act = made()
    assert sent(officer, sheet_for(console, officer, act)).status_code == 303
    other = console.person("POL")
    stolen = replace(act, evt="firearm.stolen-reported", dat=DATA["firearm.stolen-reported"])
    lost = replace(act, evt="firearm.lost-reported", dat=DATA["firearm.lost-reported"])
    sheets = []
    for person, draft in ((officer, stolen), (other, lost)):
        sheets.append(sheet_for(console, person, draft))
    assert sent(officer, sheets[0]).status_code == 303
    refused = sent(other, sheets[1])
    assert refused.status_code == 409
    words = text_of(refused)
    assert "Something else was recorded in the meantime" in words
    assert "firearm.stolen-reported" in words
    assert "Make" in words
    fresh = sheet_in(refused)
    assert (fresh.payload["seq"], fresh.payload["jti"]) == (3, sheets[1].payload["jti"])
    assert sent(other, fresh).status_code == 303


def test_what_a_rule_refuses_keeps_the_answers(console: Console, officer: Person) -> None:
    act = replace(made(), evt="firearm.lost-reported", dat=DATA["firearm.lost-reported"])
    answer = sent(officer, sheet_for(console, officer, act))
    assert answer.status_code == 409
    assert "The event is not recorded" in text_of(answer)
    assert "&lt;b&gt;Example&lt;/b&gt;" in answer.text
    assert json.loads(fields_of(answer)["answers"]) == [list(each) for each in ANSWERS]


def test_the_page_says_beforehand_what_the_ledger_would_refuse(
    console: Console, officer: Person
) -> None:
    act = replace(made(), evt="firearm.lost-reported", dat=DATA["firearm.lost-reported"])
    sheet = sheet_for(console, officer, act)
    answer = officer.post("/sign/again", filled(sheet, officer.key))  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "The ledger would refuse this now" in text_of(answer)


def test_the_page_shows_the_very_characters_that_are_signed(
    console: Console, officer: Person
) -> None:
    sheet = sheet_for(console, officer)
    answer = officer.post("/sign/again", filled(sheet, officer.key))  # type: ignore[arg-type]
    (shown,) = re.findall(r"<pre[^>]* data-exact>([^<]*)</pre>", answer.text)
    fresh = sheet_in(answer)
    assert html.unescape(shown).encode() == decode(fresh.unsigned.signing_input.split(b".")[1])
    assert canonical(json.loads(html.unescape(shown))) == html.unescape(shown).encode()


def test_the_page_offers_ways_that_need_no_script(console: Console, officer: Person) -> None:
    sheet = sheet_for(console, officer)
    answer = officer.post("/sign/again", filled(sheet, officer.key))  # type: ignore[arg-type]
    words = html.unescape(text_of(answer))
    assert "muniment sign event.json --key officer.pem | muniment append -" in words
    assert "TokenKey.open" in words
    (event,) = re.findall(r'aria-label="event.json">([^<]*)</pre>', answer.text)
    assert json.loads(html.unescape(event))["dat"] == sheet.payload["dat"]


def test_a_session_that_ended_in_mid_form_records_nothing(console: Console) -> None:
    person = console.person("MFR")
    sheet = sheet_for(console, person)
    end_sessions(console.people, person.officer)
    answer = sent(person, sheet)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/log-in")
    assert console.office.heads([sheet.stream.uuid]) == {}


def test_an_old_factor_is_asked_for_again_and_the_answers_are_kept(console: Console) -> None:
    person = console.person("MFR")
    stale = replace(console.logged_in(person.officer, person.key, ago=400))
    sheet = sheet_for(console, person)
    answer = sent(stale, sheet)
    assert answer.status_code == 403
    assert "Prove once more who you are" in text_of(answer)
    assert sheet_in(answer).eid == sheet.eid
    assert console.office.heads([sheet.stream.uuid]) == {}
    assert sent(person, sheet).status_code == 303


def test_nobody_hands_in_what_somebody_else_signed(console: Console, officer: Person) -> None:
    other = console.person("MFR")
    sheet = sheet_for(console, other)
    answer = officer.post("/sign", filled(sheet, other.key))  # type: ignore[arg-type]
    assert "not one of yours" in text_of(answer)
    again = officer.post("/sign/again", filled(sheet, other.key))  # type: ignore[arg-type]
    assert "not one of yours" in text_of(again)
    assert console.office.heads([sheet.stream.uuid]) == {}


def test_a_page_without_its_token_records_nothing(console: Console, officer: Person) -> None:
    sheet = sheet_for(console, officer)
    assert sent(officer, sheet, csrf="x" * 43).status_code == 403
    assert console.office.heads([sheet.stream.uuid]) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signature": "A" * 86}, "signature"),
        ({"signature": "AAAA"}, "64 octets"),
        ({"signature": "!"}, "base64url"),
        ({"signature": ""}, "base64url"),
    ],
)
def test_a_signature_that_does_not_hold_records_nothing(
    console: Console, officer: Person, changes: dict[str, str], words: str
) -> None:
    sheet = sheet_for(console, officer)
    answer = sent(officer, sheet, **changes)
    assert answer.status_code in (400, 422)
    assert words in text_of(answer)
    assert console.office.heads([sheet.stream.uuid]) == {}


def test_a_signature_of_another_key_under_ones_own_name_records_nothing(
    console: Console, officer: Person
) -> None:
    sheet = sheet_for(console, officer)
    signature = Ed25519PrivateKey.generate().sign(sheet.unsigned.signing_input)
    answer = sent(officer, sheet, signature=encode(signature).decode())
    assert answer.status_code == 422
    assert console.office.heads([sheet.stream.uuid]) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"signing_input": "e30.e30"},
        {"signing_input": "no token"},
        {"signing_input": ""},
        {"signing_input": "\u00e9.\u00e9"},
        {"signing_input": "A" * 20_000},
        {"disclosures": "WyJhIl0~"},
        {"disclosures": "A~" * 40},
        {"answers": "not JSON"},
        {"answers": "[[1,2,3]]"},
        {"answers": '["ab"]'},
        {"answers": "[" * 5_000},
    ],
)
def test_a_page_that_was_tampered_with_is_refused_in_words(
    console: Console, officer: Person, changes: dict[str, str]
) -> None:
    answer = sent(officer, sheet_for(console, officer), **changes)
    assert answer.status_code in (400, 413, 422)
    assert "That cannot be done" in text_of(answer)


def test_a_summary_leads_to_pages_of_ours_alone(console: Console, officer: Person) -> None:
    answers = carried([Answer("Make", "x", "https://evil.example/")])
    fields = filled(sheet_for(console, officer), officer.key, answers=answers)  # type: ignore[arg-type]
    assert "evil.example" not in re.sub(
        r'value="[^"]*"', "", officer.post("/sign/again", fields).text
    )


def test_a_receipt_is_for_its_signer_alone(console: Console, officer: Person) -> None:
    address = sent(officer, sheet_for(console, officer)).headers["location"]
    assert officer.get(address).status_code == 200
    assert console.person("TRC").get(address).status_code == 404
    assert console.stranger.get(address).headers["location"].startswith("/log-in")
    assert officer.get("/recorded/999999").status_code == 404


def test_a_hit_and_what_has_to_be_done_stand_on_the_receipt(
    console: Console, officer: Person
) -> None:
    act = made()
    sent(officer, sheet_for(console, officer, act))
    stolen = replace(act, evt="firearm.stolen-reported", dat=DATA["firearm.stolen-reported"])
    assert sent(officer, sheet_for(console, officer, stolen)).status_code == 303
    found = replace(act, evt="firearm.found", dat={})
    answer = sent(officer, sheet_for(console, officer, found))
    assert answer.status_code == 303, text_of(answer)
    words = text_of(officer.get(answer.headers["location"]))
    assert "Hit: somebody has listed this" in words
    assert str(act.sub) in words


def test_streams_are_named_as_they_are_signed(console: Console, officer: Person) -> None:
    sheet = sheet_for(console, officer)
    assert isinstance(sheet.stream, StreamId)
    assert sheet.act.dat == sheet.payload["dat"]
