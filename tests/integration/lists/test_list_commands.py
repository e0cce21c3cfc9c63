# SPDX-License-Identifier: Apache-2.0
"""The lists on the command line: in words, as JSON, as CSV, and what is wrong with questions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.lists.nation import Nation
from tests.unit.api.cli.terminal import Answer, muniment

Run = Callable[..., Answer]

LISTS = (
    ("duties", "--policy", "example-state"),
    ("authorizations",),
    ("holdings",),
    ("requests",),
    ("retention", "--policy", "example-state"),
    ("findings", "--record"),
)
AT = ("--on", "2024-06-15")


@pytest.fixture
def run(nation: Nation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands on the nation's ledger."""
    settings = nation.desk.office.settings
    monkeypatch.setenv("MUNIMENT_HOME", str(settings.home))
    monkeypatch.setenv("MUNIMENT_DATABASE_URL", settings.database_url or "")
    return lambda *arguments: muniment(capsys, *arguments)


def _json(answer: Answer) -> list[dict[str, Any]]:
    assert answer.code == 0, answer.words
    return [json.loads(line) for line in answer.data.splitlines()]


def _csv(answer: Answer) -> list[dict[str, str]]:
    assert answer.code == 0, answer.words
    return list(csv.DictReader(io.StringIO(answer.data)))


@pytest.mark.parametrize("words", LISTS)
def test_a_list_is_the_same_in_every_form(run: Run, words: tuple[str, ...]) -> None:
    records, rows = _json(run(*words, *AT, "--json")), _csv(run(*words, *AT, "--csv"))
    assert records
    first = next(iter(rows[0]))
    names = [each.get(first) or "" for each in records]
    assert [each[first] for each in rows] == names
    told = run(*words, *AT)
    assert told.code == 0
    assert f" {len(records)} " in told.words or words[0] == "findings"


@pytest.mark.parametrize("words", LISTS)
def test_a_list_as_known_before_anything_happened_is_empty(
    run: Run, words: tuple[str, ...]
) -> None:
    for known in ("0", "2001-01-01"):
        answer = run(*words, *AT, "--as-known-on", known)
        assert (answer.code, answer.data) == (0, "")
        assert "of the first" in answer.words


@pytest.mark.parametrize("words", LISTS)
@pytest.mark.parametrize(
    ("wrong", "slug"),
    [
        (("--on", "yesterday"), "occ_invalid"),
        (("--as-known-on", "999999"), "index_unknown"),
        (("--as-known-on", "' or 1=1"), "occ_invalid"),
        (("--json", "--csv"), "form_twice"),
    ],
)
def test_what_is_wrong_with_a_question_is_told(
    run: Run, words: tuple[str, ...], wrong: tuple[str, ...], slug: str
) -> None:
    answer = run(*words, *wrong)
    assert (answer.code, answer.data) == (2, "")
    assert answer.words.startswith(f"{slug}: ")


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        (("duties", "--who", "XYZ"), "role_unknown"),
        (("requests", "--authority", "auth.nowhere"), "authority_unknown"),
        (("authorizations", "--on", "2024"), "day_vague"),
        (("retention", "--due-by", "2024-06"), "day_vague"),
        (("findings", "--as-known-on", "5"), "as_known_on_what"),
        (("holdings", "hld.nope"), "identifier_invalid"),
        (("holdings", "arm.01a2076b-4018-7111-8222-000000000001"), "holding_form"),
        (("holdings", "--holder", "private"), "code_unknown"),
    ],
)
def test_an_option_that_names_nothing_is_told(run: Run, words: tuple[str, ...], slug: str) -> None:
    answer = run(*words)
    assert (answer.code, answer.data) == (2, "")
    assert answer.words.startswith(f"{slug}: ")


def test_a_chain_of_custody_is_told_in_every_form(run: Run) -> None:
    (first, *_) = _json(run("holdings", "--custody", "evidence", "--json"))
    told = _json(run("custody", first["short_form"], "--json"))
    assert told[-1]["custody"] == "evidence"
    assert [each["evt"] for each in told] == [
        each["evt"] for each in _csv(run("custody", first["firearm"], "--csv"))
    ]
    assert " links, " in run("custody", first["firearm"]).words
    nobody = run("custody", "arm.01a2076b-4018-7111-8222-ffffffffffff")
    assert nobody.words.startswith("firearm_unknown: ")


def test_a_policy_that_keeps_nothing_is_told(run: Run, tmp_path: Any) -> None:
    shipped = run("policies", "--json").data
    assert "example-state" in shipped
    file = tmp_path / "own.toml"
    file.write_text(
        'id = "own"\ntitle = "Own rules"\njurisdiction = "XA"\nversion = "1"\n'
        'valid_from = 2020-01-01\nsource = "None at all"\n\n[[duty]]\ncode = "a"\n'
        'sentence = "Do it."\nsource = "None at all"\nopens = { event = "firearm.found" }\n'
        'closes = ["firearm.seized"]\ndays = 1\ncounts_from = "occ"\nwho = "POL"\n'
        'severity = "low"\n',
        "utf-8",
    )
    answer = run("retention", "--policy", str(file))
    assert (answer.code, answer.data) == (2, "")
    assert answer.words.startswith("policy_without_retention: ")


def test_overdue_duties_come_first_and_those_that_are_met_only_when_asked_for(run: Run) -> None:
    states = [each["state"] for each in _json(run("duties", *LISTS[0][1:], *AT, "--json"))]
    assert set(states) == {"overdue", "open"}
    assert states == sorted(states, reverse=True)
    late = ("--on", "2029-01-01", "--state", "met_late", "--json")
    met = _json(run("duties", *LISTS[0][1:], *late))
    assert {each["state"] for each in met} == {"met_late"}


def test_duties_of_one_role_and_of_one_stream_are_told(run: Run, nation: Nation) -> None:
    own = _json(run("duties", *LISTS[0][1:], *AT, "--who", "TRC", "--json"))
    assert {each["who"] for each in own} == {"TRC"}
    name = nation["UNDER"]
    alone = _json(run("duties", name, *LISTS[0][1:], *AT, "--json"))
    known = _json(run("duties", name, *LISTS[0][1:], *AT, "--as-known-on", "9998-01-01", "--json"))
    assert alone == known
    assert [each["about"] for each in alone] == [name] * len(alone)
    assert alone


def test_authorizations_are_chosen_by_their_state_and_by_what_is_unmatched(
    run: Run, nation: Nation
) -> None:
    expired = _json(run("authorizations", *AT, "--state", "expired", "--json"))
    assert [each["authorization"] for each in expired] == [nation["EXPORT"]]
    (_, row, *_) = run("authorizations", *AT, "--state", "expired").data.splitlines()
    assert "10/20 firearm" in row
    unmatched = _csv(run("authorizations", *AT, "--unmatched", "--csv"))
    assert [each["without_receipt"] for each in unmatched] == [nation["SHIPMENT"], ""]
    assert unmatched[0]["quantities_firearm_drawn"] == "10"
    assert unmatched[0]["quantities_ammunition_drawn"] == ""


def test_the_inbox_holds_what_was_asked_of_us_and_the_outbox_what_we_asked(
    run: Run, nation: Nation
) -> None:
    inbox = _json(run("requests", "inbox", *AT, "--json"))
    assert [each["request"] for each in inbox] == [nation["IN"]]
    outbox = _json(run("requests", "outbox", *AT, "--open", "--json"))
    assert [each["request"] for each in outbox] == [nation["OUT"]]
    own = _json(run("requests", "--authority", "auth.xa", *AT, "--json"))
    assert len(own) == len(_json(run("requests", *AT, "--json")))
    assert "2 past the day that was given" in run("requests", *AT).words


def test_what_has_run_out_by_a_day_is_chosen(run: Run, nation: Nation) -> None:
    words = ("retention", "--policy", "example-state", *AT)
    due = _json(run(*words, "--due-by", "2031-12-31", "--json"))
    assert [each["record"] for each in due] == [nation["BANNED"], nation["REFUSED"]]
    (only,) = _json(run(*words, "--state", "due", "--json"))
    assert only["record"] == nation["BANNED"]


def test_findings_of_the_record_stand_among_the_others_in_one_form(run: Run) -> None:
    alone = _json(run("findings", "--record", *AT, "--json"))
    every = _json(run("findings", *AT, "--json"))
    of_record = [each for each in every if each["source"] == "record"]
    assert {frozenset(each) for each in every} == {frozenset(each) for each in alone}
    assert {each["code"] for each in of_record} == {each["code"] for each in alone} - {
        "signed_late"
    }
    assert "left out by --quick" in run("findings", "--quick", *AT).words


def test_findings_in_words_name_the_rule_the_entry_and_the_next_step(run: Run) -> None:
    lines = run("findings", "--record", *AT).data.splitlines()
    seen = next(at for at, line in enumerate(lines) if "sequence (destroyed)" in line)
    assert lines[seen].startswith("gap: record: sequence (destroyed): Index ")
    assert lines[seen + 1].startswith("  evidence: arm.")
    assert lines[seen + 2].startswith("  next: Find out which entry is wrong")
