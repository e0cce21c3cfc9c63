# SPDX-License-Identifier: Apache-2.0
"""`muniment explain` answers as the ledger would: legal or why not, and who may sign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.describing import explaining
from api.describing.examples import begins_stream, example_of
from api.explaining import Explanation, Question, explain
from audit.appending.admission import AdmittedEvent
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, MunimentError, UsageError
from domain.identifiers import REGISTRY_KINDS, StreamId, parse_stream_id
from domain.schema import EventType
from tests.unit.api.cli.terminal import muniment
from tests.unit.domain.signed_ledger import (
    MAKER,
    ROOTS,
    STRANGER,
    Pen,
    admitted,
    founded_ledger,
    stored_eids,
)
from tests.unit.every import for_every

NEW = "01a2076b-4018-7111-8222-333333333333"
IMPORT_MARK: dict[str, Any] = {
    "mark": {"kind": "import", "text": {"known": "XA"}, "country": "XA", "condition": "legible"}
}
BARE_MARK: dict[str, Any] = {
    "mark": {"kind": "manufacture", "text": {"known": "F1"}, "condition": "legible"}
}


@pytest.fixture
def pen() -> Pen:
    return Pen()


@pytest.fixture
def ledger(pen: Pen) -> Ledger:
    return founded_ledger(pen)


@pytest.fixture
def born(pen: Pen, ledger: Ledger) -> AdmittedEvent:
    made = admitted(pen.born("F1"))
    ledger.record([made])
    return made


def about(evt: str, stream: StreamId | str, dat: dict[str, Any], **facts: Any) -> Question:
    stream = parse_stream_id(stream) if isinstance(stream, str) else stream
    return Question(kind=CATALOGUE.latest(evt), stream=stream, dat=dat, **facts)


def test_a_legal_event_is_said_to_be_legal_and_nothing_is_appended(
    ledger: Ledger, born: AdmittedEvent
) -> None:
    before = stored_eids(ledger)
    found = explain(ledger, about("firearm.marked", born.event.sub, IMPORT_MARK))
    assert (found.legal, found.recorded, found.size) == (True, 1, len(before))
    assert stored_eids(ledger) == before


def test_an_illegal_event_is_explained_by_rule_axis_found_and_legal(
    ledger: Ledger, born: AdmittedEvent
) -> None:
    question = about("firearm.marked", born.event.sub, BARE_MARK)
    found = explain(ledger, question)
    lines = "\n".join(explaining._lines(question, found))
    assert not found.legal
    assert "NOT LEGAL now" in lines
    for label in ("rule     mark_incomplete", "axis     M marks", "found    incomplete", "legal  "):
        assert f"  {label}" in lines
    assert "police (POL)" in lines


@pytest.mark.parametrize(
    ("kid", "rule"),
    [(MAKER.kid, None), (ROOTS[0].kid, "role_denied"), (STRANGER.kid, "kid_unknown")],
)
def test_a_key_is_told_whether_it_may(
    ledger: Ledger, born: AdmittedEvent, kid: str, rule: str | None
) -> None:
    question = about("firearm.marked", born.event.sub, IMPORT_MARK, kid=kid)
    found = explain(ledger, question)
    record = explaining._record(question, found, template=False)
    assert record["legal"]
    assert found.legal is (rule is None)
    assert record["key"]["may"] is (rule is None)
    assert (record["key"]["refusal"] or {}).get("rule") == rule
    assert ("may not sign it" in "\n".join(explaining._lines(question, found))) is bool(rule)


def test_the_place_that_the_data_names_counts_for_the_key(
    ledger: Ledger, born: AdmittedEvent
) -> None:
    dat = {**IMPORT_MARK, "jur": "XB"}
    found = explain(ledger, about("firearm.marked", born.event.sub, dat, kid=MAKER.kid))
    assert found.mandate is not None
    assert found.mandate.rule == "jurisdiction_denied"


def test_what_would_be_noted_is_told(ledger: Ledger) -> None:
    dat = {
        **example_of(CATALOGUE.latest("firearm.manufactured")),
        "markings": [{**BARE_MARK["mark"], "text": {"known": "OTHER9"}}],
    }
    question = about("firearm.manufactured", f"arm.{NEW}", dat)
    found = explain(ledger, question)
    assert found.legal
    assert "(serial_differs)" in "\n".join(explaining._lines(question, found))
    assert (
        explaining._record(question, found, template=True)["notes"][0]["rule"] == "serial_differs"
    )


def test_an_event_on_a_stream_of_another_kind_is_a_usage_error(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match=r"streams arm\.<uuid>") as caught:
        explain(ledger, about("firearm.found", f"case.{NEW}", {}))
    assert caught.value.slug == "stream_kind"


def test_data_of_another_form_is_refused_as_the_ledger_would(ledger: Ledger) -> None:
    with pytest.raises(EnvelopeError, match=r"dat\.remark"):
        explain(ledger, about("firearm.found", f"arm.{NEW}", {"remark": "x"}))


def test_an_event_about_keys_depends_on_who_signs_it(ledger: Ledger) -> None:
    record = ledger.registry.keys[MAKER.kid]
    question = about("key.suspended", f"key.{record.stream}", {"kid": MAKER.kid})
    with pytest.raises(UsageError, match="--key") as caught:
        explain(ledger, question)
    assert caught.value.slug == "signer_unnamed"
    signed = about("key.suspended", f"key.{record.stream}", {"kid": MAKER.kid}, kid=ROOTS[0].kid)
    assert explain(ledger, signed).legal


def test_keys_whose_proofs_the_data_names_count_as_proved(ledger: Ledger) -> None:
    proposal = example_of(CATALOGUE.latest("key.enrol-proposed")) | {"authority": "auth.xa"}
    question = about("key.enrol-proposed", f"key.{NEW}", proposal, kid=ROOTS[0].kid)
    assert explain(ledger, question).legal


@pytest.mark.parametrize(
    ("evt", "rests_on", "verdict"),
    [
        ("firearm.transferred", None, "LEGAL now."),
        ("firearm.converted", None, "LEGAL now."),
        ("firearm.custody-returned", "record", "NOT LEGAL now."),
        ("firearm.released-to-civilian", "record", "NOT LEGAL now."),
        ("firearm.alert-cleared", "both", "NOT LEGAL now with the data of the example."),
        ("firearm.exported", "both", "NOT LEGAL now with the data of the example."),
    ],
)
def test_what_rests_on_the_record_is_told_from_what_rests_on_invented_data(
    ledger: Ledger, born: AdmittedEvent, evt: str, rests_on: str | None, verdict: str
) -> None:
    question = about(evt, born.event.sub, example_of(CATALOGUE.latest(evt)))
    found = explain(ledger, question)
    refusal = found.foresight.refusal
    assert (refusal.rests_on if refusal else None) == rests_on
    first, *lines = explaining._lines(question, found, template=True)
    assert first.endswith(verdict)
    told = [line for line in lines if line.startswith("  rests on")]
    assert told == ([f"  rests on {explaining.RESTS_ON[rests_on]}"] if rests_on else [])
    invented = "data is invented" in explaining._by_the_example(refusal)
    assert invented is (rests_on == "both")
    record = explaining._record(question, found, template=True)["refusal"]
    assert (record or {}).get("rests_on") == rests_on


def test_data_that_is_given_is_not_called_an_example(ledger: Ledger, born: AdmittedEvent) -> None:
    question = about("firearm.marked", born.event.sub, BARE_MARK)
    first, *_ = explaining._lines(question, explain(ledger, question))
    assert first.endswith("NOT LEGAL now.")


@for_every(CATALOGUE)
def test_every_event_is_explained_on_a_new_stream(ledger: Ledger, kind: EventType) -> None:
    """Whatever the event, the answer is legal or a refusal with a sentence, never a failure."""
    kid = ROOTS[0].kid if kind.subject in REGISTRY_KINDS else None
    dat = example_of(kind)
    stream = StreamId(kind.subject, parse_stream_id(f"{kind.subject}.{NEW}").uuid)
    found = explain(ledger, Question(kind=kind, stream=stream, dat=dat, kid=kid))
    assert found.recorded == 0
    refusal = found.foresight.refusal
    if kind.subject not in REGISTRY_KINDS and not begins_stream(kind, dat):
        assert refusal is not None
    assert refusal is None or refusal.sentence.endswith(".")


def test_the_data_may_stand_alone_or_inside_its_event(tmp_path: Path) -> None:
    kind = CATALOGUE.latest("firearm.found")
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"station": "S"}), "utf-8")
    assert explaining._read(file, kind) == ({"station": "S"}, None)
    file.write_text(json.dumps({"evt": kind.evt, "occ": "2020", "dat": {"station": "S"}}), "utf-8")
    assert explaining._read(file, kind) == ({"station": "S"}, "2020")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting"),
        ("[]", "no JSON object"),
        ('"x"', "no JSON object"),
        ('{"evt": "firearm.seized", "dat": {}}', "another event than firearm.found"),
        ('{"evt": "firearm.found", "dat": []}', "no JSON object"),
        ('{"evt": "firearm.found", "dat": {}, "occ": 7}', "no JSON object"),
    ],
)
def test_a_file_without_data_is_refused_with_the_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "event.json"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=reason) as caught:
        explaining._read(file, CATALOGUE.latest("firearm.found"))
    assert "--template" in caught.value.next_step


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        explaining._read(tmp_path / "absent.json", CATALOGUE.latest("firearm.found"))


def test_an_unknown_event_is_answered_with_near_names(capsys: pytest.CaptureFixture[str]) -> None:
    answer = muniment(capsys, "explain", f"arm.{NEW}", "--event", "firearm.ceased")
    assert (answer.code, answer.data) == (2, "")
    assert "Did you mean firearm.reversed or firearm.seized" in answer.words


def test_a_key_that_is_no_file_is_a_thumbprint(tmp_path: Path) -> None:
    assert explaining._kid(MAKER.kid) == MAKER.kid
    (tmp_path / "key.pem").write_text("no key", "utf-8")
    with pytest.raises(MunimentError):
        explaining._kid(str(tmp_path / "key.pem"))


def test_a_refusal_about_the_record_is_told_with_what_begins_one(ledger: Ledger) -> None:
    question = about("firearm.found", f"arm.{NEW}", {})
    found: Explanation = explain(ledger, question)
    lines = "\n".join(explaining._lines(question, found))
    for told in ("rule     origin_missing", "axis     record", "found    no event"):
        assert told in lines
    assert "legal    firearm.manufactured, firearm.production-planned" in lines
    assert "no event yet" in lines
