# SPDX-License-Identifier: Apache-2.0
"""What takes two persons: the draft of the one, the endorsement of the other, one event."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.client.attest import stand_for
from api.console.forms.form import form_of, write_form
from api.registrar import Act
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import identifier
from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.console.signing.test_signing import (
    filled,
    sent,
    sheet_for,
    sheet_in,
)
from tests.unit.domain.lives import DATA

ROLES = ("MFR", "LIC", "POL", "DST")


def destruction(console: Console, person: Person) -> Act:
    """Record a component, and give the act that destroys it."""
    serial = {"known": identifier()[:32]}
    part = Act(
        evt="component.manufactured",
        sub=parse_stream_id(identifier("cmp.")),
        dat={"part": "barrel", "make": {"known": "TESTWERK"}, "serial": serial},
    )
    assert sent(person, sheet_for(console, person, part)).status_code == 303
    return replace(part, evt="component.destroyed", dat={"method": "melt", "certificate_no": "D-1"})


def draft_in(answer: httpx.Response) -> dict[str, Any]:
    (text,) = re.findall(r'<textarea id="draft"[^>]*>([^<]*)</textarea>', answer.text)
    found: dict[str, Any] = json.loads(html.unescape(text))
    return found


def endorsed(draft: dict[str, Any], person: Person) -> str:
    assert person.key is not None
    return json.dumps(
        {**draft, "dat": {**draft["dat"], "endorsements": [stand_for(person.key, draft)]}}
    )


def checked(console: Console, person: Person, act: Act) -> httpx.Response:
    assert person.key is not None
    return person.post("/sign/again", filled(sheet_for(console, person, act), person.key))


def test_a_destruction_goes_through_the_hands_of_two_persons(console: Console) -> None:
    first, second = console.person(*ROLES), console.person(*ROLES)
    page = checked(console, first, destruction(console, first))
    assert "It takes a second person" in text_of(page), text_of(page)
    draft = draft_in(page)
    shown = second.post("/drafts", {"draft": json.dumps(draft), "go": "endorse"})
    assert "What your key will stand for" in text_of(shown)
    assert second.key is not None
    assert f'data-kid="{second.key.kid}"' in shown.text
    check = first.post("/drafts", {"draft": endorsed(draft, second), "go": "sign"})
    assert second.key.kid in text_of(check)
    assert "refuse this now" not in text_of(check)
    answer = sent(first, sheet_in(check))
    assert answer.status_code == 303, text_of(answer)


def test_the_questions_lead_to_the_draft_although_the_second_person_is_missing(
    console: Console,
) -> None:
    person = console.person(*ROLES)
    act = destruction(console, person)
    assert "/drafts" in person.get("/record").text
    dat = dict(act.dat)
    fields = write_form(form_of(act.evt), occ="2026-11-27", dat=dat, disclosures={}).fields
    given = {name: list(texts) for name, texts in fields.items()}
    answer = person.post(f"/record/{act.evt}", {**given, "stream": str(act.sub), "go": "sign"})
    assert "Let a second person endorse it first" in text_of(answer), text_of(answer)
    assert draft_in(answer)["dat"] == dat


def test_an_endorsement_of_an_older_state_is_told_before_anything_is_signed(
    console: Console,
) -> None:
    first, second = console.person(*ROLES), console.person(*ROLES)
    act = destruction(console, first)
    draft = draft_in(checked(console, first, act))
    lost = replace(act, evt="component.lost-reported", dat=DATA["firearm.lost-reported"])
    assert sent(first, sheet_for(console, first, lost)).status_code == 303
    answer = first.post("/drafts", {"draft": endorsed(draft, second), "go": "sign"})
    assert answer.status_code == 409
    assert "endorsement is for another act" in text_of(answer)


def test_the_same_person_does_not_count_twice(console: Console) -> None:
    first = console.person(*ROLES)
    draft = draft_in(checked(console, first, destruction(console, first)))
    check = first.post("/drafts", {"draft": endorsed(draft, first), "go": "sign"})
    assert sent(first, sheet_in(check)).status_code == 409


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[" * 5_000, '{"evt": 1}', "x" * 70_000, "null", '"evt"']
)
def test_what_is_no_draft_is_told_so(console: Console, text: str) -> None:
    answer = console.person(*ROLES).post("/drafts", {"draft": text, "go": "endorse"})
    assert answer.status_code in (400, 413)


def test_a_draft_for_another_ledger_or_of_one_person_is_refused(console: Console) -> None:
    first = console.person(*ROLES)
    draft = draft_in(checked(console, first, destruction(console, first)))
    foreign = first.post("/drafts", {"draft": json.dumps(draft | {"aud": "x"}), "go": "endorse"})
    assert "another ledger" in text_of(foreign)
    alone = draft | {
        "evt": "firearm.found",
        "sub": identifier("arm."),
        "dat": DATA["firearm.found"],
    }
    answer = first.post("/drafts", {"draft": json.dumps(alone), "go": "endorse"})
    assert "takes no endorsement" in text_of(answer)


def test_a_draft_also_comes_as_a_file(console: Console) -> None:
    first = console.person(*ROLES)
    draft = draft_in(checked(console, first, destruction(console, first)))
    page = first.get("/drafts").text
    (token,) = set(re.findall(r'name="csrf" value="([^"]+)"', page))
    answer = first.client.post(
        "/drafts",
        data={"csrf": token, "go": "endorse", "draft": ""},
        files={"file": ("draft.json", json.dumps(draft), "application/json")},
        headers=first._headers(),
    )
    assert "What your key will stand for" in text_of(answer)


def test_an_old_factor_endorses_nothing(console: Console) -> None:
    person = console.person(*ROLES)
    old = console.logged_in(person.officer, person.key, ago=400)
    assert old.get("/drafts").headers["location"].startswith("/step-up?next=%2Fdrafts")
    answer = old.post("/drafts?back=/drafts", {"draft": "{}", "go": "endorse"})
    assert answer.headers["location"].startswith("/step-up?next=%2Fdrafts")
