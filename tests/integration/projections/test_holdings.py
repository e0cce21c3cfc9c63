# SPDX-License-Identifier: Apache-2.0
"""Who holds what: now, on a date, as known on a position; and the chain of custody."""

from __future__ import annotations

from api.asking import open_snapshot
from api.tracing.inquiry import open_queries
from domain.firearm.history import replay
from domain.firearm.state import Entry
from domain.identifiers import StreamId
from domain.occurrence import parse_occurrence
from projections.asking.custody import Link, chain
from projections.asking.findings import record_findings
from projections.asking.holdings import Holder, holdings
from projections.findings.store import FINDINGS
from projections.marking_search.question import Question
from tests.integration.projections.conftest import HOLDING, Desk


def held(desk: Desk, by: Holder, on: str = "2030", known: str | None = None) -> list[str]:
    with open_snapshot(desk.office.database, known) as snapshot:
        found = holdings(snapshot, by, on=parse_occurrence(on))
        return [each["firearm"] for each in found]


def links(desk: Desk, arm: StreamId) -> tuple[Link, ...]:
    with open_queries(desk.office) as queries:
        events = queries.timeline.history(arm.uuid).readable()
        return chain(replay(Entry(*each) for each in events.items()))


def test_a_holder_has_what_was_transferred_to_it_until_it_is_elsewhere(desk: Desk) -> None:
    arm = str(desk.life("369J257"))
    other = desk.manufacture("B-2")
    by = Holder(holding=HOLDING)
    assert held(desk, by, "2015-12") == []
    assert held(desk, by, "2017") == [arm]
    assert held(desk, Holder(custodian="LAB")) == [arm]
    assert str(other) in held(desk, Holder())


def test_what_was_believed_on_a_position_is_still_told_after_a_late_report(desk: Desk) -> None:
    arm = desk.manufacture("A-1", occ="2015")
    before = str(desk.office.ledger.size - 1)
    desk.record("transferred", arm, "2016-05", acq="purchase", hld=HOLDING, permit_class="sport")
    assert held(desk, Holder(holding=HOLDING), "2017") == [str(arm)]
    assert held(desk, Holder(holding=HOLDING), "2017", before) == []


def test_a_chain_of_custody_names_its_links_seals_and_signatures(desk: Desk) -> None:
    told = links(desk, desk.life("369J257"))
    last = told[-1]
    assert (last.evt, last.custodian, last.seals) == ("firearm.custody-moved", "LAB", ("S-881",))
    assert last.signatures == 2
    assert last.breaks == ()


def test_a_seal_that_is_another_one_breaks_the_chain_and_is_named(desk: Desk) -> None:
    arm = desk.life("369J257")
    parties = {"from_custodian": {"known": "LAB"}, "to_custodian": {"known": "COURT"}}
    desk.record("custody-moved", arm, "2021-02-01", **parties, seals=["S-882"])
    (sentence,) = links(desk, arm)[-1].breaks
    assert sentence == "It was under seal S-881 before, and is under S-882 now."


def moved(desk: Desk, arm: StreamId, on: str, seal: str) -> int:
    """Record that evidence changed hands under a seal."""
    parties = {"from_custodian": {"known": "LAB"}, "to_custodian": {"known": "COURT"}}
    return desk.record("custody-moved", arm, on, **parties, seals=[seal]).index


def seals_told(desk: Desk, known: str | None = None) -> list[tuple[str, str, int | None, str]]:
    with open_snapshot(desk.office.database, known, also=[FINDINGS]) as snapshot:
        found = record_findings(snapshot, on=parse_occurrence("2030-01-01"))
        told = (each for each in found if each.check == "seal")
        return [(each.code, each.severity, each.index, each.evidence) for each in told]


def test_trap_14_a_seal_number_that_is_used_again_is_told_and_one_package_is_not(
    desk: Desk,
) -> None:
    arms = [desk.life(f"SEAL-{number}") for number in range(3)]
    together = [moved(desk, arm, "2021-02-01", "S-900") for arm in arms[:2]]
    assert seals_told(desk) == []  # S-881 was on all three, and S-900 on two, in one package each
    again = moved(desk, arms[2], "2021-03-01", "S-900")
    evidence = f"S-900: {', '.join(map(str, arms))}"
    assert seals_told(desk) == [("seal_on_several", "notice", again, evidence)]
    assert seals_told(desk, str(together[1])) == []
    with open_queries(desk.office) as queries:
        found = queries.markings.search(Question(text="S-900")).found
    assert {each.subject for each in found} == set(arms)
