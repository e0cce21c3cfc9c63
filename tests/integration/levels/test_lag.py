# SPDX-License-Identifier: Apache-2.0
"""How far witnesses and clocks lag behind is told wherever the keeper looks, and alarmed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.witness.history import CosignedHistory
from tests.integration.append.desk import born
from tests.integration.levels.conftest import Yard
from tests.unit.audit.timestamps.local_authority import needs_openssl

LONG_AGO = -250
"""Seconds by which the clocks of the witnesses are behind; more would be refused."""


def status(yard: Yard) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(yard.run("status", "--json").data)
    return found


def lines(yard: Yard) -> dict[str, str]:
    told = yard.run("status").data.splitlines()
    return {line[:15].strip(): line[15:] for line in told}


def lag_found(yard: Yard) -> list[tuple[str, str]]:
    found = map(json.loads, yard.run("findings", "--json").data.splitlines())
    return [(each["severity"], each["sentence"]) for each in found if each["code"] == "witness_lag"]


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call witnessing late sooner than anybody would."""
    monkeypatch.setattr("audit.witness.collecting.LAG_SECONDS_MAX", 100)


def test_nothing_is_passed_over_where_there_are_neither_witnesses_nor_clocks(yard: Yard) -> None:
    found = status(yard)
    assert (found["witnesses"], found["timestamps"]) == (None, None)
    told = lines(yard)
    assert told["witnesses"].startswith("none: no checkpoint was taken to a witness yet")
    assert told["time-stamps"].startswith("none: no timestamps.toml names authorities")


def test_entries_that_wait_a_moment_are_told_and_no_alarm(yard: Yard) -> None:
    yard.desk.append(born())
    size = yard.collect()["size"]
    assert status(yard)["witnesses"] == {
        "size": size,
        "quorum": "both",
        "behind": 0,
        "seconds": 0,
        "alarm": False,
    }
    assert lag_found(yard) == []
    yard.desk.append(born())
    found = status(yard)["witnesses"]
    assert (found["size"], found["behind"], found["alarm"]) == (size, 1, False)
    ((severity, sentence),) = lag_found(yard)
    assert (severity, sentence.startswith("1 signed entry is not witnessed yet")) == (
        "notice",
        True,
    )


@pytest.mark.usefixtures("late")
def test_entries_that_wait_too_long_are_an_alarm_everywhere(yard: Yard) -> None:
    yard.clock.update(dict.fromkeys(yard.clock, LONG_AGO))
    yard.desk.append(born())
    yard.collect()
    yard.desk.append(born())
    assert status(yard)["witnesses"]["alarm"]
    assert lines(yard)["witnesses"].endswith("ALARM")
    assert [severity for severity, _ in lag_found(yard)] == ["gap"]
    done = yard.run("witness", "collect", "--policy", str(yard.without("court")))
    assert (done.code, "ALARM: witnesses are behind" in done.words) == (4, True)
    assert "1 signed entry is not witnessed yet, for at most 2" in done.words


def test_a_cosignature_of_an_earlier_run_counts_though_its_witness_is_away_now(
    yard: Yard,
) -> None:
    yard.desk.append(born())
    assert not yard.collect(yard.without("court"))["witnessed"]
    done = yard.collect(yard.without("office"))
    assert done["witnessed"]
    assert done["witnesses"]["court"] == "cosigned"
    assert done["witnesses"]["office"].startswith("cosigned earlier; now witness_unreachable: ")
    assert list(CosignedHistory(yard.home / "witnesses").spans()) == [done["size"]]


def test_a_policy_that_lacks_the_new_key_of_the_log_is_named_as_what_is_wrong(yard: Yard) -> None:
    text = yard.policy.read_text()
    log, *rest = text.splitlines(keepends=True)
    other = yard.folder / "stale.txt"
    court = yard.observers["court"].key
    assert str(court) in text
    other.write_text("".join(rest))
    done = yard.run("witness", "collect", "--policy", str(other))
    assert done.code == 1
    assert log.startswith("log ")
    assert "note_unsigned: No key of ledger.xa-test that the policy names" in done.words
    assert "add a line for the new one" in done.words


@needs_openssl
def test_the_newest_time_stamp_is_told_and_one_that_is_overdue_alarmed(
    dated: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = status(dated)["timestamps"]
    assert first == {"size": None, "at": None, "behind": 3, "alarm": True}
    dated.desk.append(born())
    dated.run("timestamp", "now")
    found = status(dated)["timestamps"]
    assert (found["size"], found["behind"], found["alarm"]) == (4, 0, False)
    assert "size 4 dated" in lines(dated)["time-stamps"]
    dated.desk.append(born())
    assert not status(dated)["timestamps"]["alarm"]
    monkeypatch.setattr("audit.timestamps.stamping.OVERDUE_SECONDS", -10)
    assert status(dated)["timestamps"]["alarm"]
    assert lines(dated)["time-stamps"].endswith("ALARM")
