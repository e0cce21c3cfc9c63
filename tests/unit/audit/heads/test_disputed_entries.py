# SPDX-License-Identifier: Apache-2.0
"""The drill after a compromise: entries listed, and each confirmed or superseded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from api.client.attest import endorse
from audit.proof.disputes.listing import (
    Dispute,
    check_settlements,
    list_disputes,
    open_disputes,
)
from audit.proof.heads.head import read_head
from domain.registry.state import Registry
from tests.unit.audit.heads.chronicle import registry_of
from tests.unit.audit.verify.log_builder import LogBuilder

FIRST = 5
"""Index of the first entry in the thief's hands: the second firearm."""


@pytest.fixture
def log() -> LogBuilder:
    """Give a log whose officer's key is revoked as compromised."""
    made = LogBuilder.founded()
    streams = [made.register() for _ in range(3)]
    made.transfer(streams[1])
    assert read_head(made.entries[FIRST - 1]).sub == streams[1]  # type: ignore[union-attr]
    return made


def revoke(log: LogBuilder, since: int) -> None:
    dat = {"kid": log.officer.kid, "reason": "compromised", "compromised_since": since}
    log.append("key.revoked", log.key_stream, dat, key=log.roots[0])


def settle(log: LogBuilder, *entries: Mapping[str, Any]) -> None:
    """Settle entries by the two root officers."""
    dat = {"kid": log.officer.kid, "entries": list(entries)}
    draft = log.draft("key.dispute-settled", log.key_stream, dat)
    endorsed = {**dat, "endorsements": [endorse(log.roots[1], draft)]}
    log.append("key.dispute-settled", log.key_stream, endorsed, key=log.roots[0])


def named(log: LogBuilder, index: int, **more: Any) -> dict[str, Any]:
    head = read_head(log.entries[index])
    assert head
    return {"index": index, "eid": head.eid, **more}


def eid(log: LogBuilder, index: int) -> str:
    return str(named(log, index)["eid"])


def disputes(log: LogBuilder) -> list[Dispute]:
    return list(list_disputes(enumerate(log.entries), registry_of(log)))


def wrong(log: LogBuilder) -> list[tuple[str, int | None]]:
    found = check_settlements(enumerate(log.entries), registry_of(log))
    return [(each.code, each.index) for each in found]


def test_nothing_is_disputed_while_no_key_was_compromised(log: LogBuilder) -> None:
    assert disputes(log) == []
    assert wrong(log) == []


def test_every_entry_since_the_compromise_is_listed_and_none_before(log: LogBuilder) -> None:
    revoke(log, FIRST)
    log.register()  # after the end of the key: not disputed but refused by other checks
    found = disputes(log)
    assert [each.index for each in found] == [5, 6]
    assert {each.standing for each in found} == {"disputed"}
    assert {each.kid for each in found} == {log.officer.kid}
    assert [each.evt for each in found] == ["firearm.registered", "firearm.transferred"]
    notices = list(open_disputes(found))
    assert [each.index for each in notices] == [5, 6]
    assert {each.severity for each in notices} == {"notice"}


def test_each_is_confirmed_or_superseded_and_the_rest_waits(log: LogBuilder) -> None:
    revoke(log, FIRST - 1)
    settle(log, named(log, 4), named(log, 5))
    assert [each.standing for each in disputes(log)] == ["confirmed", "confirmed", "disputed"]
    settle(log, named(log, 4, by=eid(log, 6)))
    found = disputes(log)
    assert [each.standing for each in found] == ["superseded", "confirmed", "disputed"]
    assert found[0].to_json()["superseded_by"] == eid(log, 6)
    assert found[0].to_json()["settled_at"] == len(log.entries) - 1
    assert found[2].to_json()["settled_at"] is None
    assert wrong(log) == []


def test_a_settlement_of_another_event_than_the_logs_is_named(log: LogBuilder) -> None:
    revoke(log, FIRST)
    settle(log, {"index": 5, "eid": eid(log, 4)})
    assert wrong(log) == [("settlement_entry", len(log.entries) - 1)]
    assert disputes(log)[0].standing == "disputed"


@pytest.mark.parametrize("by", [3, 5, None])
def test_a_successor_that_is_no_later_event_of_the_stream_is_named(
    by: int | None, log: LogBuilder
) -> None:
    revoke(log, FIRST - 1)
    settle(log, named(log, 4, by="A" * 43 if by is None else eid(log, by)))
    assert wrong(log) == [("settlement_successor", len(log.entries) - 1)]


def test_entries_that_nobody_can_read_end_no_list(log: LogBuilder) -> None:
    revoke(log, FIRST)
    registry = registry_of(log)
    header = log.entries[5].partition(b".")[0]
    spoilt = [(5, header + b".e30.AA"), (6, b"junk"), (6, b"")]
    (found,) = list_disputes(spoilt, registry)
    assert (found.index, found.evt, found.sub) == (5, "", "")
    assert list(list_disputes(enumerate(log.entries), Registry.empty())) == []
