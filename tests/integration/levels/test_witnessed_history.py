# SPDX-License-Identifier: Apache-2.0
"""A history under witnesses and clocks: how far it is proved, and between which times."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.client.signer import Draft
from audit.signer.identity import load_identity
from audit.signer.keys.lines import LINES
from audit.witness.history import HISTORY_FOLDER
from domain.identifiers import parse_stream_id, short_form
from tests.integration.append.desk import born, following, manufactured
from tests.integration.levels.conftest import Yard
from tests.unit.api.cli.terminal import Answer
from tests.unit.audit.timestamps.local_authority import needs_openssl

YESTERDAY = -200
"""Seconds by which the witnesses' clocks are off at first; more would be refused."""


def shift(yard: Yard, seconds: float) -> None:
    """Set the clocks of all witnesses."""
    yard.clock.update(dict.fromkeys(yard.clock, seconds))


def name_of(draft: Draft) -> str:
    return short_form(parse_stream_id(draft.sub).uuid)


def traced(yard: Yard, draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(yard.run("trace", "--id", name_of(draft), "--json").data)
    return found


def page(yard: Yard, draft: Draft) -> Answer:
    """Give the page of a trace, its words in one line."""
    done = yard.run("trace", "--id", name_of(draft))
    return Answer(done.code, " ".join(done.data.split()), done.words)


@pytest.fixture
def seized(yard: Yard) -> Draft:
    """Give a firearm whose manufacture was witnessed first, and whose seizure later."""
    shift(yard, YESTERDAY)
    draft = born()
    eid = yard.desk.append(draft).eid
    yard.collect()
    yard.desk.append(following(draft, eid))
    shift(yard, 0)
    yard.collect()
    return draft


def test_a_history_is_witnessed_once_a_quorum_has_cosigned_all_of_it(
    yard: Yard, seized: Draft
) -> None:
    found = traced(yard, seized)
    assert found["proof"] == "witnessed"
    assert [each["proof"] for each in found["entries"]] == ["witnessed"] * 2
    size = found["log_size"]
    assert found["witnessed"] == {"size": size, "quorum": "both", "witnesses": ["court", "office"]}
    told = page(yard, seized)
    assert "witnessed: 2 entries, each signature valid, no gap" in told.data
    assert f"its first {size} are cosigned by court, office, the quorum both" in told.data


def test_an_event_was_recorded_between_two_cosigned_checkpoints(yard: Yard, seized: Draft) -> None:
    made, taken = (each["recorded_between"] for each in traced(yard, seized)["entries"])
    assert made["not_before"] is None
    assert made["not_after"]["kind"] == "cosigned"
    assert taken["not_before"]["size"] == made["not_after"]["size"]
    assert taken["not_before"]["at"] < taken["not_after"]["at"]
    assert "proved recorded between 20" in page(yard, seized).data
    index = str(taken["not_before"]["size"])
    asked = yard.run("timestamp", "bracket", index, "--json")
    assert json.loads(asked.data) == {"index": int(index), **taken}


def test_an_entry_that_witnesses_have_not_seen_weakens_the_headline(
    yard: Yard, seized: Draft
) -> None:
    eid = traced(yard, seized)["entries"][-1]["eid"]
    moved = {"station": "STATION 7"}
    yard.desk.append(following(seized, eid, seq=3, evt="firearm.found", dat=moved, occ="2020-08"))
    found = traced(yard, seized)
    assert [each["proof"] for each in found["entries"]] == ["witnessed"] * 2 + ["checkpointed"]
    assert found["proof"] == "checkpointed"
    assert "not yet 1 entry of these" in page(yard, seized).data


def test_one_witness_of_two_makes_nothing_witnessed(yard: Yard) -> None:
    draft = born()
    yard.desk.append(draft)
    yard.collect(yard.without("office"))
    assert traced(yard, draft)["proof"] == "checkpointed"
    # What the other adds in a later run completes the quorum.
    assert yard.collect(yard.without("court"))["witnessed"]
    assert traced(yard, draft)["proof"] == "witnessed"


@needs_openssl
def test_time_stamps_and_cosignatures_bound_together(dated: Yard) -> None:
    draft = born()
    index = dated.desk.append(draft).index
    dated.run("timestamp", "now")
    (entry,) = traced(dated, draft)["entries"]
    assert entry["proof"] == "checkpointed"
    assert entry["recorded_between"]["not_after"]["kind"] == "stamped"
    shift(dated, YESTERDAY)
    dated.collect()
    told = json.loads(dated.run("timestamp", "bracket", str(index), "--json").data)
    assert told["not_after"]["kind"] == "cosigned", "it is the earlier one"


def replaced(yard: Yard, size: int, note: bytes) -> None:
    """Replace what witnesses cosigned of one size by another note."""
    for path in (yard.home / "witnesses" / HISTORY_FOLDER).iterdir():
        if path.name.startswith(f"{size}."):
            path.write_bytes(note)


def test_a_checkpoint_of_another_history_fails_all_of_it(yard: Yard, seized: Draft) -> None:
    office = yard.desk.office
    stolen = load_identity(office.settings.signer_folder, office.name.origin)
    size = traced(yard, seized)["log_size"] - 1
    replaced(yard, size, stolen.sign(size, bytes(32), LINES))
    told = page(yard, seized)
    assert told.code == 1
    assert f"A checkpoint of {size} entries is not of this history" in told.data


def test_a_checkpoint_that_nobody_signed_is_a_remark(yard: Yard, seized: Draft) -> None:
    size = traced(yard, seized)["log_size"] - 1
    replaced(yard, size, b"spoilt\n\nnote")
    found = traced(yard, seized)
    assert found["proof"] == "witnessed"
    assert "Not all that witnesses and clocks say holds" in found["proof_remark"]


def test_a_policy_that_cannot_be_read_is_a_remark_and_stops_no_trace(
    yard: Yard, seized: Draft
) -> None:
    (yard.home / "witnesses" / "policy.txt").write_bytes(b"nonsense")
    found = traced(yard, seized)
    assert found["proof"] == "checkpointed"
    assert "What witnesses and clocks say could not be read" in found["proof_remark"]


def test_what_was_recorded_late_is_told_in_its_place(yard: Yard) -> None:
    entitled = {"exemption": "not_required"}  # so that being late is all that calls for attention
    late = born(occ="2015-03-02", dat=manufactured("TW9-LATE2", **entitled))
    soon = born(occ="unknown", dat=manufactured("TW9-SOON2", **entitled))
    for draft in (late, soon):
        yard.desk.append(draft)
    (entry,) = traced(yard, late)["entries"]
    assert [each["flag"] for each in entry["times"]] == ["late"]
    assert entry["signed"]["occ"] == "2015-03-02", "never altered"
    told = page(yard, late)
    assert "late It happened 2015-03-02, and by its own date was signed only 20" in told.data
    assert "the default where no adopted policy names one" in told.data
    assert "Attention 1 late entry" in told.data
    assert traced(yard, soon)["entries"][0]["times"] == []
