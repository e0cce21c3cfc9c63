# SPDX-License-Identifier: Apache-2.0
"""`muniment explain` and `sign --template` on a real ledger."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from domain.catalogue import CATALOGUE
from domain.identifiers import short_form
from tests.integration.cli.conftest import ROOTS, Ground, Run
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.lives import DESCRIPTION

ROOT, SECOND, _ = ROOTS
SUB = "arm.01a2076b-4018-7111-8222-444444444444"
GUN: dict[str, Any] = {
    **DESCRIPTION,
    "serial": {"known": "TW9-EXPLAIN1"},
    "source": {"register_code": "test_register", "as_of": "2018"},
}


def _append(ground: Ground, run: Run, name: str, **fields: Any) -> dict[str, Any]:
    signed = run("sign", ground.event(name, **fields), "--key", ground.key("teller"))
    file = ground.folder / f"{name}.txt"
    file.write_text(signed.data, "utf-8")
    answer: dict[str, Any] = json.loads(run("append", str(file)).data)
    return answer


@pytest.fixture
def stolen(ground: Ground, run: Run) -> str:
    """Register a firearm and report it stolen; give its identifier."""
    options = ["--role", "POL", "--jurisdiction", "XA", "--new-key", ground.key("teller")]
    options += ["--proposer", ground.key(ROOT), "--approver", ground.key(SECOND)]
    if run("authority", "enrol", "auth.xa", *options).code == 0:
        _append(ground, run, "teller-gun", evt="firearm.registered", sub=SUB, occ="2018", dat=GUN)
        _append(
            ground, run, "teller-loss", evt="firearm.stolen-reported", sub=SUB, occ="2019", dat=LOSS
        )
    return SUB


def _size(run: Run) -> int:
    return int(json.loads(run("status", "--json").data)["size"])


def test_an_event_that_would_be_refused_is_explained_and_nothing_is_appended(
    run: Run, stolen: str
) -> None:
    before = _size(run)
    answer = run("explain", stolen, "--event", "firearm.transferred", "--json")
    record = json.loads(answer.data)
    assert (answer.code, record["legal"], record["data"]) == (3, False, "template")
    assert "no --data was given" in answer.words
    refusal = record["refusal"]
    assert (refusal["rule"], refusal["axis"], refusal["found"]) == ("alert_open", "A", "stolen")
    assert refusal["legal"]
    assert _size(run) == before


def test_the_answer_is_the_one_that_appending_gives(ground: Ground, run: Run, stolen: str) -> None:
    event = ground.event("mark", evt="firearm.marked", occ="2020", sub=stolen, dat=_mark(None))
    explained = json.loads(
        run("explain", stolen, "--event", "firearm.marked", "--data", event, "--json").data
    )
    fields = {"evt": "firearm.marked", "occ": "2020", "sub": stolen, "dat": _mark(None)}
    appended = _append(ground, run, "mark-again", **fields)
    assert explained["refusal"]["rule"] == appended["error"] == "mark_incomplete"


def test_a_legal_event_is_legal_and_its_key_may_sign_it(
    ground: Ground, run: Run, stolen: str
) -> None:
    event = ground.event("good", evt="firearm.marked", occ="2020", sub=stolen, dat=_mark("XA"))
    told = ["explain", stolen, "--event", "firearm.marked", "--data", event]
    answer = run(*told, "--key", ground.key("teller"))
    assert answer.code == 0
    assert "LEGAL now" in answer.data
    assert "may sign it" in answer.data
    denied = run(*told, "--key", ground.kid(ROOT))
    assert denied.code == 3
    assert "role_denied" in denied.data


def test_a_firearm_goes_by_its_short_form(run: Run, stolen: str) -> None:
    short = short_form(UUID(stolen.partition(".")[2]))
    record = json.loads(run("explain", short, "--event", "firearm.found", "--json").data)
    assert (record["stream"], record["legal"], record["recorded"]) == (stolen, True, 2)


@pytest.mark.parametrize(
    ("identifier", "code", "slug"),
    [
        ("0000-0000-0000-0", 2, "firearm_unknown"),
        ("0000-0000-0000-1", 2, "short_form_invalid"),
        ("gun.7", 2, "identifier_invalid"),
        ("case.01a2076b-4018-7111-8222-444444444444", 2, "stream_kind"),
    ],
)
def test_an_identifier_that_names_no_such_stream_is_a_usage_error(
    run: Run, identifier: str, code: int, slug: str
) -> None:
    answer = run("explain", identifier, "--event", "firearm.found")
    assert (answer.code, answer.words.partition(":")[0]) == (code, slug)


@pytest.mark.usefixtures("stolen")
def test_a_template_is_signed_as_it_is_but_for_streams_it_names(ground: Ground, run: Run) -> None:
    template = json.loads(run("sign", "--template", "firearm.registered", "--full").data)
    for name in CATALOGUE.latest("firearm.registered").links:
        template["dat"].pop(name, None)
    assert template["disclosures"]
    assert "error" not in _append(ground, run, "template", **template)


def _mark(country: str | None) -> dict[str, Any]:
    mark = {"kind": "import", "text": {"known": "XA 20"}, "condition": "legible"}
    return {"mark": {**mark, **({"country": country} if country else {})}}
