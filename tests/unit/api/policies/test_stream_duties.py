# SPDX-License-Identifier: Apache-2.0
"""The duties of a stream are told from a ledger in memory, every event really signed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.cli.asking.duties import _lines
from api.policies.asking import stream_duties
from api.policies.loading import load_policy
from api.policies.record import duty_record
from domain.errors import InvalidValueError
from domain.identifiers import StreamId, parse_stream_id
from domain.occurrence import parse_occurrence
from domain.policy.duties import Duty
from tests.unit.api.cli.terminal import muniment
from tests.unit.domain.identity.test_two_signatures import Office
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.lives import DATA
from tests.unit.domain.policy.policies import HEAD, PLACING, policy

NOWHERE = "arm.01a2076b-4018-7111-8222-999999999999"
LATER = parse_occurrence("2030-01-01")
TRANSFER = {name: value for name, value in DATA["firearm.transferred"].items() if name != "hld"}


@pytest.fixture
def office() -> Office:
    return Office()


def licensed(office: Office) -> str:
    """Record a licence, valid without an end."""
    sub = office.pen.identifier("lic.")
    source = {"register_code": "test_register", "as_of": "2018"}
    dat: dict[str, Any] = {"kind": "possession", "status": "valid", "source": source}
    dat |= {"valid_from": "2018-01-01"}
    assert isinstance(office.did("licence.registered", sub, dat), int)
    return sub


def held_under(office: Office, licence: str) -> str:
    """Record a firearm and its transfer to the holder of a licence."""
    arm = office.known()
    dat = {**TRANSFER, "hld": office.pen.identifier("hld."), "licence": licence}
    assert isinstance(office.did("firearm.transferred", arm, dat), int)
    return arm


def test_a_firearm_held_under_a_revoked_licence_is_due_to_be_placed(office: Office) -> None:
    licence, other = licensed(office), licensed(office)
    held, elsewhere = held_under(office, licence), held_under(office, other)
    decision = {"effective_on": "2026-11-23", "ground": "other"}
    at = office.did("licence.revoked", licence, decision)
    (found,) = stream_duties(office.ledger, parse_stream_id(held), policy(PLACING), on=LATER)
    assert (found.rule.code, found.state, found.opened_by.index) == ("placing", "overdue", at)
    assert found.due_on == "2026-12-23"
    assert stream_duties(office.ledger, parse_stream_id(elsewhere), policy(PLACING), on=LATER) == ()


def test_the_duties_of_a_licence_of_its_own_are_asked_for_by_its_identifier(
    office: Office,
) -> None:
    licence = licensed(office)
    assert stream_duties(office.ledger, parse_stream_id(licence), policy(PLACING), on=LATER) == ()


@pytest.mark.parametrize("kind", ["arm", "lic", "trc", "key"])
def test_a_stream_that_the_ledger_does_not_hold_is_told(office: Office, kind: str) -> None:
    stream = parse_stream_id(NOWHERE.replace("arm", kind))
    with pytest.raises(InvalidValueError, match="holds no record") as caught:
        stream_duties(office.ledger, stream, policy(PLACING), on=LATER)
    assert caught.value.slug == "stream_unknown"


def test_a_firearm_is_not_found_under_another_kind(office: Office) -> None:
    stream = parse_stream_id(office.known().replace("arm.", "lic."))
    with pytest.raises(InvalidValueError, match="holds no record"):
        stream_duties(office.ledger, stream, policy(PLACING), on=LATER)


def test_streams_of_the_registry_have_no_duties(office: Office) -> None:
    key = next(each.stream for each in office.ledger.registry.keys.values() if each.stream)
    with pytest.raises(InvalidValueError, match="holds no record"):
        stream_duties(office.ledger, StreamId("key", key), policy(PLACING), on=LATER)


def test_what_ended_a_duty_is_told_where_it_is_another_event(office: Office) -> None:
    licence, second = licensed(office), licensed(office)
    arm = held_under(office, licence)
    decision = {"effective_on": "2026-11-23", "ground": "other"}
    assert isinstance(office.did("licence.revoked", licence, decision), int)
    at = office.did("firearm.transferred", arm, {**DATA["firearm.transferred"], "licence": second})
    (found,) = stream_duties(office.ledger, parse_stream_id(arm), policy(PLACING), on=LATER)
    told = f"firearm.transferred, entry {at} of the log, happened 2026-11-23"
    assert (
        list(_lines(duty_record(found), asked=found.about))[-1]
        == f"  ended   {told}; counts as done 2026-11-23"
    )


def reported(office: Office) -> Duty:
    """Report a loss two weeks after its discovery, and give the duty."""
    arm = office.known()
    dat = {**LOSS, "discovered_on": "2026-11-09"}
    assert isinstance(office.did("firearm.lost-reported", arm, dat), int)
    rules = load_policy("example-state").policy
    (found,) = stream_duties(office.ledger, parse_stream_id(arm), rules, on=LATER)
    return found


def test_a_duty_is_told_with_its_rule_and_its_events(office: Office) -> None:
    loss = reported(office)
    head, sentence, rule, opened, ended = _lines(duty_record(loss), asked=loss.about)
    assert head == "MET LATE, due 2026-11-11: loss_to_report (HLD, high)"
    assert sentence.startswith("  Report the loss within 48 hours")
    assert rule == "  rule    After 27 CFR 478.39a: 48 hours after discovery"
    assert opened.startswith("  opened  firearm.lost-reported, entry ")
    assert opened.endswith(" of the log, happened 2026-11-23")
    assert ended == "  ended   by the same event; counts as done 2026-11-23T08:00:00Z"


def test_a_duty_without_a_deadline_and_without_an_end_says_so(office: Office) -> None:
    licence = licensed(office)
    arm = held_under(office, licence)
    decision = {"effective_on": "unknown", "ground": "other"}
    assert isinstance(office.did("licence.revoked", licence, decision), int)
    (found,) = stream_duties(office.ledger, parse_stream_id(arm), policy(PLACING), on=LATER)
    lines = list(_lines(duty_record(found), asked=found.about))
    assert lines[0] == "OPEN, due on no known day: placing (HLD, high)"
    assert len(lines) == 4
    record = duty_record(found)
    assert (record["due_on"], record["closed_by"], record["closed_at"]) == (None, None, None)


def test_a_duty_is_a_record_for_programs(office: Office) -> None:
    record = json.loads(json.dumps(duty_record(reported(office))))
    assert (record["duty"], record["state"], record["due_on"]) == (
        "loss_to_report",
        "met_late",
        "2026-11-11",
    )
    assert record["opened_by"] == record["closed_by"]
    assert record["opened_by"]["evt"] == "firearm.lost-reported"
    assert record["closed_at"] == "2026-11-23T08:00:00Z"


def test_the_policies_are_listed_and_one_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    listed = muniment(capsys, "policies")
    assert listed.code == 0
    assert "AT and 26 more" in listed.data
    records = [
        json.loads(each) for each in muniment(capsys, "policies", "--json").data.splitlines()
    ]
    assert [each["policy"] for each in records][-1] == "firearms-protocol-minimum"
    shown = muniment(capsys, "policies", "example-state")
    assert "due_on, else occ" in shown.data
    assert load_policy("example-state").digest in shown.words
    (first, *_) = muniment(capsys, "policies", "example-state", "--json").data.splitlines()
    assert json.loads(first)["counts_from"] == "discovered_on"


def test_a_policy_file_that_is_wrong_is_told_before_a_ledger_is_opened(
    capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(HEAD + PLACING.replace("HLD", "XYZ"))
    for command in (["policies", str(file)], ["duties", NOWHERE, "--policy", str(file)]):
        answer = muniment(capsys, *command)
        assert (answer.code, answer.data) == (2, "")
        assert "duty placing: there is no role XYZ" in answer.words


@pytest.mark.parametrize(
    ("options", "slug"),
    [(["--on", "yesterday"], "occ_invalid"), (["--policy", "x"], "policy_unknown")],
)
def test_an_option_that_is_wrong_is_told(
    capsys: pytest.CaptureFixture[str], options: list[str], slug: str
) -> None:
    answer = muniment(capsys, "duties", NOWHERE, *options)
    assert (answer.code, answer.words.split(":")[0]) == (2, slug)


def test_without_a_ledger_there_are_no_duties(
    capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    answer = muniment(capsys, "--home", str(tmp_path), "duties", NOWHERE)
    assert (answer.code, answer.data) == (2, "")
    assert "Make one with `muniment init`" in answer.words
