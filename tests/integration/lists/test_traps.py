# SPDX-License-Identifier: Apache-2.0
"""Traps that other registers fell into, and that the findings of this one do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.asking import open_snapshot
from domain.occurrence import parse_occurrence
from domain.policy.duties import ORDER
from projections.asking.authorizations import authorizations
from projections.asking.findings import ordered, record_findings
from projections.asking.snapshot import Snapshot
from projections.duties.candidates import candidates
from projections.findings.store import FINDINGS
from tests.integration.lists.nation import Nation
from tests.integration.lists.test_duties_of_all import question_of
from tests.unit.domain.lives import NOW

DAY = parse_occurrence("2025-01-01")


@contextmanager
def _known(nation: Nation, known: str | None = None) -> Iterator[Snapshot]:
    with open_snapshot(nation.desk.office.database, known, also=[FINDINGS]) as snapshot:
        yield snapshot


def _found(nation: Nation, known: str | None = None) -> list[dict[str, Any]]:
    with _known(nation, known) as snapshot:
        return list(ordered(record_findings(snapshot, on=DAY)))


def test_nobody_deletes_in_silence_what_was_reversed_is_told_and_still_known(
    nation: Nation,
) -> None:
    (undone,) = [each for each in _found(nation) if each["code"] == "reversed"]
    assert undone["evidence"].startswith(nation["UNDONE"])
    by = int(undone["evidence"].rpartition(" ")[2])
    with _known(nation) as now, _known(nation, str(by - 1)) as before:
        query = "select stands, holding from life where idx = %(idx)s"
        at = {"idx": undone["index"]}
        ((stands, holding),) = now.rows(query, at)
        ((stood, held),) = before.rows(query, at)
    assert (stood, held is not None) == (True, True)
    assert (stands, holding) == (False, None)
    assert undone["index"] not in {
        each["index"] for each in _found(nation, str(by - 1)) if each["code"] == "reversed"
    }


def test_what_does_not_fit_is_recorded_and_worked_off_and_not_kept_out(nation: Nation) -> None:
    named = {each["code"]: each["evidence"] for each in _found(nation)}
    with _known(nation) as known:
        for name in ("TWIN2", "ENDED"):
            streams = {"stream": nation.streams[name].uuid}
            assert list(known.rows("select idx from life where stream = %(stream)s", streams))
    assert nation["TWIN2"] in named["one_maker_and_serial"]
    assert nation["ENDED"] in named["destroyed"]


def test_a_number_of_a_register_in_the_serial_box_is_told(nation: Nation) -> None:
    (told,) = [each for each in _found(nation) if each["code"] == "serial_like_register_number"]
    assert told["evidence"] == nation["TICKET"]


def test_a_total_has_its_unit_and_no_total_mixes_units(nation: Nation) -> None:
    with _known(nation) as known:
        for each in authorizations(known, on=DAY):
            assert set(each["quantities"]) <= {"firearm", "component", "ammunition"}
            assert not [name for name in each if "total" in name]


def test_a_report_has_the_date_of_the_world_and_that_of_its_signature(nation: Nation) -> None:
    late = [each for each in _found(nation) if each["code"] == "signed_late"]
    of_loss = [each["sentence"] for each in late if each["evidence"] == nation["LOST"]]
    assert any(said.startswith("It happened 2019 and was signed ") for said in of_loss)


def test_no_stream_is_judged_whose_duties_are_certainly_done(nation: Nation) -> None:
    policy = question_of("example-state", "2029-01-01", *ORDER).policy
    until = parse_occurrence("2029-01-01").latest
    with _known(nation) as known:
        every = set(candidates(known, policy, until=until, signed=NOW, undone=False))
        undone = set(candidates(known, policy, until=until, signed=NOW, undone=True))
    assert undone < every
    done = {nation.streams[name].uuid for name in ("LOST", "BOTHSIDES", "ELSEWHERE")}
    assert done <= every - undone
