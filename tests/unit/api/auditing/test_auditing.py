# SPDX-License-Identifier: Apache-2.0
"""What auditors paste, read and keep: notes parted, characters made visible, results kept."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auditing.entries import visible
from api.auditing.findings import records_in
from api.auditing.kept import FILE, FOLDER, keep_check, last_check
from api.auditing.looks import Wanted
from api.auditing.proving.comparing import split_notes
from api.settings import Settings
from audit.proof.access.record import Access
from audit.proof.encoding import encode
from audit.proof.verify.findings import Finding
from audit.proof.verify.report import ExitCode, Report

NOTE = "log.example\n7\n{}=\n\n\N{EM DASH} log.example sig\n\N{EM DASH} witness.example sig\n"
DIGEST = encode(b"x" * 32).decode()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_notes_that_follow_one_another_are_parted_again(roots: list[int], end: str) -> None:
    notes = [NOTE.format(root) for root in roots]
    pasted = "\n".join(notes).replace("\n", end)
    assert [each.decode() for each in split_notes(pasted)] == notes


def test_nothing_pasted_is_no_note() -> None:
    assert split_notes(" \r\n \n") == []


@given(st.text())
def test_every_character_of_what_is_shown_can_be_seen(text: str) -> None:
    shown = visible(text.encode("utf-8", "surrogatepass"))
    assert {category(each) for each in shown}.isdisjoint({"Cc", "Cf", "Co", "Cs", "Cn"})


def test_what_turns_others_round_is_written_out() -> None:
    assert visible("a\u202eb".encode()) == "a\\u{202e}b"
    assert visible(b"\xff") == "\\xff"


def test_the_records_that_a_finding_names_are_each_told_once() -> None:
    arm, shipment = (
        f"arm.{'0' * 8}-0000-7000-8000-{'1' * 12}",
        f"shp.{'0' * 8}-0000-7000-8000-{'2' * 12}",
    )
    assert records_in(f"{shipment} under {arm}: {arm}, claim x") == (shipment, arm)


def _look(**members: object) -> Access:
    stated = {"at": 100, "means": "session", "action": "firearm.read", "decision": "allowed"}
    return Access.model_validate({**stated, "request": DIGEST, **members})


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), True),
        (Wanted(who="off.1"), True),
        (Wanted(who="auth.xa"), True),
        (Wanted(who="off.2"), False),
        (Wanted(action="firearm.read"), True),
        (Wanted(action="person.file"), False),
        (Wanted(case="C-1"), True),
        (Wanted(case="C-2"), False),
        (Wanted(refused=True), False),
        (Wanted(since=100, until=101), True),
        (Wanted(since=101), False),
        (Wanted(until=100), False),
    ],
)
def test_a_look_answers_a_question_or_does_not(wanted: Wanted, *, found: bool) -> None:
    assert wanted.admits(_look(officer="off.1", authority="auth.xa", case="C-1")) is found


def test_the_result_of_a_check_is_kept_with_its_time(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert last_check(settings) is None
    finding = Finding(check="rows", code="row_missing", sentence="The row is gone.", index=3)
    report = Report(
        subject="ledger",
        ledger="ledger.xa",
        origin="ledger.xa",
        size=9,
        examined=8,
        checks=(),
        findings=(finding,),
        exit_code=ExitCode.VIOLATED,
    )
    keep_check(settings, report, now=1_800_000_000)
    kept = last_check(settings)
    assert kept is not None
    assert (kept.result, kept.examined, kept.size) == ("violated", 8, 9)
    assert (kept.first, kept.at.year) == ("The row is gone.", 2027)


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b'{"at": 1, "report": {}}', b"\xff"])
def test_a_result_that_cannot_be_read_is_none(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_bytes(octets)
    assert last_check(Settings(home=tmp_path)) is None
