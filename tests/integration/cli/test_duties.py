# SPDX-License-Identifier: Apache-2.0
"""`muniment duties` on a real ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.cli.conftest import ROOTS, Ground, Run
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.lives import DESCRIPTION

ROOT, SECOND, _ = ROOTS
SUB = "arm.01a2076b-4018-7111-8222-555555555555"
GUN: dict[str, Any] = {
    **DESCRIPTION,
    "serial": {"known": "TW9-DUTIES1"},
    "source": {"register_code": "test_register", "as_of": "2018"},
}
EXAMPLE = ("--policy", "example-state")


def _append(ground: Ground, run: Run, name: str, **fields: Any) -> None:
    signed = run("sign", ground.event(name, **fields), "--key", ground.key("duties"))
    file = ground.folder / f"{name}.txt"
    file.write_text(signed.data, "utf-8")
    assert run("append", str(file)).code == 0


@pytest.fixture
def lost(ground: Ground, run: Run) -> str:
    """Register a firearm and report its loss, long after; give its identifier."""
    options = ["--role", "POL", "--jurisdiction", "XA", "--new-key", ground.key("duties")]
    options += ["--proposer", ground.key(ROOT), "--approver", ground.key(SECOND)]
    if run("authority", "enrol", "auth.xa", *options).code == 0:
        _append(ground, run, "duties-gun", evt="firearm.registered", sub=SUB, occ="2018", dat=GUN)
        _append(
            ground, run, "duties-loss", evt="firearm.lost-reported", sub=SUB, occ="2019", dat=LOSS
        )
    return SUB


def test_the_duties_of_a_firearm_are_listed(run: Run, lost: str) -> None:
    answer = run("duties", lost, *EXAMPLE)
    assert answer.code == 0
    assert answer.data.startswith("MET LATE, due 2019-05-04: loss_to_report")
    assert f": 1 duty of {lost}, 0 overdue." in answer.words
    assert "Policy example-state, version 1.0, digest " in answer.words


def test_on_an_earlier_date_the_report_was_overdue(run: Run, lost: str) -> None:
    (line,) = run("duties", lost, *EXAMPLE, "--on", "2020-01-01", "--json").data.splitlines()
    record = json.loads(line)
    assert (record["duty"], record["state"]) == ("loss_to_report", "overdue")
    assert record["opened_by"]["sub"] == lost


def test_a_firearm_that_is_not_there_is_told(run: Run, lost: str) -> None:
    answer = run("duties", lost.replace("5555", "6666"), *EXAMPLE)
    assert (answer.code, answer.data) == (2, "")
    assert answer.words.startswith("stream_unknown: ")
