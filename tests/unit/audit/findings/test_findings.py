# SPDX-License-Identifier: Apache-2.0
"""One list of findings: the weightiest first, nothing twice, and nothing silently left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.findings.collecting import Findings
from audit.findings.reports import read_report, reported
from audit.findings.settling import parse_word
from audit.findings.witnesses import (
    NOTICES_MAX,
    answer_findings,
    lag_findings,
    witness_findings,
)
from audit.proof.verify.findings import Finding, between, counted
from audit.witness.collecting import Lag
from domain.errors import MunimentError, UnreachableError, UnsafeError, UsageError

REPORT: dict[str, Any] = {
    "subject": "export",
    "ledger": "ledger.xa-test",
    "checks": [
        {"name": "root", "state": "failed", "sentence": "s", "failures": 3},
        {"name": "time", "state": "not checked", "sentence": "Nobody asked.", "failures": 0},
    ],
    "findings": [
        {"check": "root", "code": "root_mismatch", "severity": "violation", "sentence": "s",
         "index": None, "missing": False, "evidence": "e", "next_step": "n"},
    ],
}  # fmt: skip


def finding(code: str, *, index: int | None = None, **kind: bool) -> Finding:
    return Finding(check="root", code=code, sentence=code, index=index, **kind)  # type: ignore[arg-type]


def test_the_weightiest_come_first_and_of_these_the_newest() -> None:
    found = Findings()
    found.take("b", lambda: [finding("note", notice=True), finding("gap", missing=True)])
    found.take("a", lambda: [finding("old", index=1), finding("new", index=9), finding("none")])
    assert [each.finding.code for each in found.in_order()] == ["new", "old", "none", "gap", "note"]
    assert found.violated
    assert found.in_order()[0].to_json()["source"] == "a"


def test_what_is_found_twice_by_one_source_is_listed_once() -> None:
    found = Findings()
    found.take("a", lambda: [finding("x"), finding("x")])
    found.take("b", lambda: [finding("x")])
    found.leave_out("c", "nobody asked")
    assert found.left_out == {"c": "nobody asked"}
    assert [each.source for each in found.in_order()] == ["a", "b"]


@pytest.mark.parametrize(
    ("error", "severity"),
    [(UnreachableError("The database is away."), "gap"), (UnsafeError("It differs."), "violation")],
)
def test_a_source_that_cannot_be_looked_at_is_a_finding_and_the_others_go_on(
    error: MunimentError, severity: str
) -> None:
    found = Findings()

    def look() -> list[Finding]:
        raise error

    found.take("away", look)
    found.take("here", lambda: [finding("x", notice=True)])
    first = found.in_order()[0].finding
    assert (first.check, first.severity, first.code) == ("away", severity, error.slug)
    assert len(found.in_order()) == 2
    assert found.violated == (severity == "violation")


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), "utf-8")
    return path


def test_a_report_gives_its_findings_and_says_how_many_it_did_not_list(tmp_path: Path) -> None:
    first, more = reported(read_report(write(tmp_path / "r.json", REPORT)))
    assert (first.check, first.code, first.evidence) == ("root", "root_mismatch", "e")
    assert (more.code, "2 more" in more.sentence) == ("not_listed", True)


SPOILS: list[Any] = [
    [], {}, None, {**REPORT, "findings": [{}]}, {**REPORT, "checks": 1},
    {**REPORT, "findings": [{**REPORT["findings"][0], "severity": "mild"}]},
    {**REPORT, "findings": [{**REPORT["findings"][0], "index": 1.5}]},
    {**REPORT, "findings": [{**REPORT["findings"][0], "sentence": "\x1b[31mred"}]},
]  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILS)
def test_what_is_no_report_is_refused(spoilt: object, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read_report(write(tmp_path / "r.json", spoilt))
    assert refused.value.slug == "report_malformed"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(octets=st.binary(max_size=200) | st.just(b"[" * 100_000))
def test_any_octets_get_a_verdict_and_never_a_traceback(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "r").write_bytes(octets)
    with pytest.raises(UsageError):
        read_report(tmp_path / "r")


def refused(store: Path, *names: str) -> None:
    """Keep refused checkpoints as a witness keeps them."""
    folder = store / "evidence" / "0123456789abcdef"
    folder.mkdir(parents=True)
    for name in names:
        (folder / f"{name}-0123456789abcdef.note").touch()


def test_what_only_the_log_can_have_signed_contradicts_it_and_the_rest_are_notices(
    tmp_path: Path,
) -> None:
    refused(tmp_path, "fork-12", "inconsistent-40", "rollback-3", "unproved-20")
    (tmp_path / "evidence/0123456789abcdef/something-else.note").touch()
    found = list(witness_findings(tmp_path))
    assert [(each.code, each.severity) for each in found] == [
        ("witness_fork", "violation"),
        ("witness_inconsistent", "violation"),
        ("witness_rollback", "notice"),
        ("witness_unproved", "notice"),
    ]
    assert all(each.next_step for each in found)
    assert "12 entries" in found[0].sentence
    rollback = found[2]
    assert "--fraud" not in rollback.next_step, "two sizes prove nothing there"


def test_notices_about_refused_checkpoints_are_bounded_and_the_rest_counted(tmp_path: Path) -> None:
    refused(tmp_path, *(f"rollback-{size}" for size in range(NOTICES_MAX + 5)), "fork-12")
    first, *notices = list(witness_findings(tmp_path))
    assert first.severity == "violation"
    assert len(notices) == NOTICES_MAX + 1
    assert notices[-1].sentence.startswith("5 more such checkpoints")


def test_an_answer_that_must_not_be_is_a_finding(tmp_path: Path) -> None:
    assert list(answer_findings(tmp_path)) == list(witness_findings(tmp_path)) == []
    folder = tmp_path / "evidence" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "0123456789abcdef.request").touch()
    (found,) = answer_findings(tmp_path)
    assert (found.code, found.severity) == ("witness_conflict", "violation")
    assert found.evidence.endswith(".request")


@pytest.mark.parametrize(
    ("lag", "severity"),
    [(Lag(entries=3, seconds=60), "notice"), (Lag(entries=3, seconds=601), "gap"),
     (Lag(entries=3, seconds=None), "gap")],
)  # fmt: skip
def test_what_is_signed_and_not_witnessed_for_long_is_a_gap(lag: Lag, severity: str) -> None:
    (found,) = lag_findings(lag, 5)
    assert (found.code, found.severity, found.index) == ("witness_lag", severity, 5)
    assert found.sentence.startswith("3 signed entries are not witnessed yet")
    assert list(lag_findings(Lag(entries=0, seconds=0), 8)) == []


def test_one_entry_is_told_as_one() -> None:
    assert (
        str(Lag(entries=1, seconds=90)) == "1 signed entry is not witnessed yet, for at most 90 s"
    )


def test_evidence_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "evidence").touch()
    with pytest.raises(UnreachableError, match="cannot be read"):
        list(witness_findings(tmp_path))


@pytest.mark.parametrize(("text", "word"), [("17", (17, None)), ("17=42", (17, 42))])
def test_a_word_names_an_entry_and_perhaps_its_successor(
    text: str, word: tuple[int, int | None]
) -> None:
    assert parse_word(text) == word


@pytest.mark.parametrize("text", ["", "=", "17=", "=42", "-1", "1=2=3", "\u0661", "9" * 16, "a"])
def test_a_word_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_word(text)
    assert refused.value.slug == "settlement_form"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (counted(1, "gap"), "1 gap"),
        (counted(0, "gap"), "0 gaps"),
        (counted(2_000), "2,000 entries"),
        (between(7, 7), "entry 7"),
        (between(7, 8), "entries 7 to 8"),
        (between(299, 299, "octet"), "octet 299"),
        (between(298, 299, "octet"), "octets 298 to 299"),
    ],
)
def test_one_is_told_as_one_and_several_as_several(told: str, words: str) -> None:
    assert told == words
