# SPDX-License-Identifier: Apache-2.0
"""A receiver that Maryland's list shows as transferred is the transfer of a component.

The rows are made up in the form of the published list; the list itself is read elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from domain.component.state import Component
from domain.event import Event
from domain.judgement import Stream
from tests.unit.api.importing.builders import shipped
from tests.unit.api.importing.desk import MemoryRegister, appoint, open_register, run

HEADER = (
    "Dealer Name,Application Number,Make,Model,Model Number,Caliber,Finish,"
    "Barrel Length (inches),Weapon Transfer Date"
)
ROWS = (
    "EXAMPLE ARMS,17001,TESTWERK,TW-15 Lower,TW15,NULL,Black,NULL,1/6/17",
    "EXAMPLE ARMS,17001,TESTWERK,TW-15,Stripped Receiver,NULL,Black,NULL,1/6/17",
    "EXAMPLE ARMS,17002,TESTWERK,TW-9,TW9,9mm,Black,4,1/7/17",
)


@pytest.fixture
def register(tmp_path: Path) -> MemoryRegister:
    """Give a ledger into which three rows were imported: two receivers and a pistol."""
    file = tmp_path / "transfers.csv"
    file.write_text("\n".join((HEADER, *ROWS, "")), encoding="utf-8-sig")
    register = open_register(tmp_path / "keys")
    tally = run(appoint(register, ["LIC"], ["US-MD"]), file, mapping=shipped("md-transfers.toml"))
    assert tally.refused == {}
    return register


def components(register: MemoryRegister) -> list[Component]:
    """Fold the components of a ledger, in the order in which they were first recorded."""
    streams: dict[str, Stream] = {}
    for index, stored in enumerate(register.ledger.store.select_notifications(1, 100)):
        event = cast("Event", register.ledger.mapper.to_domain_event(stored))
        if event.sub.kind == "cmp":
            streams[str(event.sub)] = streams.get(str(event.sub), Stream()).advance(event, index)
    return [each.state for each in streams.values()]


def test_a_transferred_receiver_is_transferred_and_nothing_more(register: MemoryRegister) -> None:
    lower, receiver = components(register)
    assert (lower.part, receiver.part) == ("receiver_lower", "receiver")
    for each in (lower, receiver):
        assert [entry.event.evt for entry in each.entries] == [
            "component.registered",
            "component.transferred",
        ]
        assert each.contradictions == ()
        assert (each.holder, each.custody, each.country) == ("civilian", "holder", "US")
        assert (each.serial, each.technical, each.installed_before) == ("unknown", "unknown", None)
        assert (each.firearm, each.custodian) == (None, None)
    assert lower.holding == receiver.holding is not None


def test_the_day_of_the_row_is_that_of_the_transfer_and_of_nothing_before(
    register: MemoryRegister,
) -> None:
    for each in components(register):
        assert [str(entry.event.occ) for entry in each.entries] == ["unknown", "2017-01-06"]
        registered, transferred = (entry.event.dat for entry in each.entries)
        assert getattr(registered, "hld", None) is None
        assert getattr(transferred, "licence", None) is None
