# SPDX-License-Identifier: Apache-2.0
"""Times are falsified: what can pass, and within which bounds (log.md 2.10 and 2.7).

Rows of the table: "edit rcv", "back-date"; envelope.md 9, attack 8.
"""

from __future__ import annotations

from typing import Final

import pytest

from audit.proof.cosignature import cosignatures
from audit.proof.note import open_note, with_lines
from audit.proof.timestamps.bracket import Fact, Timeline, cosigned
from audit.proof.timestamps.lateness import Allowance, flag_instant, flag_occurrence
from audit.proof.verify.report import ExitCode
from domain.occurrence import parse_occurrence
from tests.integration.append.desk import born, manufactured
from tests.integration.attacks.scene import NOW, OLD, SEIZED, SIZE, Scene, proof_states
from tests.integration.fsck.conftest import finding, found

HOUR: Final = 3_600
DAY: Final = 86_400
YEAR: Final = 365 * DAY
INDEX: Final = OLD + 5
"""An entry between the two cosigned checkpoints."""

LINE: Final = Timeline(
    [
        cosigned(size, at=at, witness=witness)
        for witness in ("audit-office", "court")
        for size, at in ((OLD, NOW - HOUR), (SIZE, NOW))
    ]
)
"""Two witnesses saw the log at the old size, and an hour later at the present one."""


def test_an_edited_time_of_receipt_passes_every_check_of_the_log(scene: Scene) -> None:
    scene.ledger.falsify("update ledger.event set at = '2001-01-01' where idx = %s", SEIZED)
    wrong = finding(scene.ledger.fsck(published=True), "projections", "timeline_differs")
    assert (wrong.index, "either side" in wrong.next_step) == (SEIZED, True), "a copy remembers it"
    scene.ledger.falsify("update projection.timeline set at = '2001-01-01' where idx = %s", SEIZED)
    assert found(scene.ledger.fsck(published=True)) == set()
    told = scene.traced()
    assert proof_states(told) == ["checkpointed", "checkpointed"]
    assert told.steps[1].proven.line.at.year == 2001, "and it is told as the database says it"
    assert scene.verified(scene.export(scene.ground.note)).exit_code is ExitCode.OK


@pytest.mark.parametrize(
    ("moved", "flag"),
    [(-YEAR, "suspect"), (-2 * HOUR, "suspect"), (-1_800, None), (0, None), (DAY, "suspect")],
)
def test_an_edited_time_of_receipt_shows_outside_the_witness_interval_only(
    moved: int, flag: str | None
) -> None:
    assert flag_instant(NOW + moved, LINE.bracket(INDEX), Allowance()) == flag


def test_the_interval_comes_from_the_cosignatures_of_a_witness(scene: Scene) -> None:
    witness = scene.witness()
    answer = witness.asked(scene.ground.note, scene.rows())
    note = with_lines(scene.ground.note, [answer.body.decode()])
    cosigner = witness.witness._cosigner.verifier
    (line,) = cosignatures(open_note(note, [cosigner]))
    bracket = Timeline([cosigned(SIZE, at=line.at, witness="court")], agreeing=1).bracket(INDEX)
    assert bracket.not_after is not None
    assert (bracket.not_after.at, bracket.not_before) == (NOW, None)


def test_a_backdated_occurrence_is_recorded_unaltered_and_told_as_late(scene: Scene) -> None:
    with scene.opened() as desk:
        made = manufactured("TW9-LATE1", year=2001)
        receipt = desk.append(born(occ="2001-05-01", dat=made))
        note = desk.office.notary.checkpoint()[1]
    report = scene.verified(scene.export(note), rules=True)
    assert (receipt.index, report.exit_code) == (SIZE, ExitCode.OK)
    allowance = Allowance(late_after=30 * DAY)
    occ = parse_occurrence("2001-05-01")
    assert flag_occurrence(occ, LINE.bracket(INDEX), allowance) == "late"
    assert flag_occurrence(occ, LINE.bracket(INDEX), Allowance()) is None, "by a term of policy"


def test_an_entry_cannot_be_dated_before_a_checkpoint_that_lacks_it() -> None:
    for index in range(OLD, SIZE):
        bracket = LINE.bracket(index)
        assert bracket.not_before is not None
        assert bracket.not_before.at == NOW - HOUR


def test_one_backdating_authority_moves_no_bound() -> None:
    early = Fact(
        size=SIZE,
        earliest=NOW - YEAR,
        latest=NOW - YEAR,
        source="tsa.bought",
        kind="stamped",
    )
    facts = [
        cosigned(SIZE, at=NOW, witness="audit-office"),
        cosigned(SIZE, at=NOW, witness="court"),
    ]
    bracket = Timeline([*facts, early]).bracket(INDEX)
    assert bracket.not_after is not None
    assert (bracket.not_after.at, bracket.not_before) == (NOW, None)


def test_who_controls_every_clock_that_is_trusted_backdates_unseen() -> None:
    facts = [cosigned(SIZE, at=NOW - YEAR, witness=name) for name in ("audit-office", "court")]
    bracket = Timeline(facts).bracket(INDEX)
    assert bracket.not_after is not None
    assert bracket.not_after.at == NOW - YEAR
