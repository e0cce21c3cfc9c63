# SPDX-License-Identifier: Apache-2.0
"""Whoever touches a listed firearm is told at once, and who listed it can ask."""

from __future__ import annotations

import psycopg

from domain.firearm.hits import Hit, hit_tag
from tests.integration.append.desk import AUTHORITY, Desk, born, following
from tests.unit.domain.least.component import LOSS


def test_a_receipt_names_the_hit_and_the_log_keeps_it_for_who_listed_the_firearm(
    desk: Desk,
) -> None:
    birth = born()
    first = desk.append(birth)
    theft = following(birth, first.eid, evt="firearm.stolen-reported", dat=LOSS)
    listed = desk.append(theft)
    receipt = desk.append(following(theft, listed.eid))
    hit = Hit("stolen", AUTHORITY, listed.index, birth.sub)
    assert listed.hits == ()
    assert receipt.hits == (hit,)
    with psycopg.connect(desk.office.database.admin) as connection:
        found = connection.execute(
            "select idx from ledger.event_ref where tag = %s", (hit_tag(hit),)
        ).fetchall()
    assert found == [(receipt.index,)]
