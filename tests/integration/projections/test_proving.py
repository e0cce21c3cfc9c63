# SPDX-License-Identifier: Apache-2.0
"""Every entry of a trace is verified, and whatever was changed behind it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.tracing.inquiry import Inquiry, Trace, open_queries, trace
from api.tracing.page import Page, history_page
from api.tracing.record import trace_record
from audit.appending.receipts import Notary
from audit.proof.checkpoint import Checkpoint
from audit.proof.inclusion import TlogProof, verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.note import parse_verifier_key
from audit.signer.identity import read_verifier
from domain.errors import UnreachableError
from domain.identifiers import StreamId
from tests.integration.projections.conftest import Desk

SEIZED_SEQ = 3


def _trace(desk: Desk, arm: StreamId) -> Trace:
    with open_queries(desk.office) as queries:
        found = trace(queries, Inquiry(identifier=str(arm)))
    assert isinstance(found, Trace)
    return found


def _states(found: Trace) -> dict[int, str]:
    return {step.proven.line.seq: step.proven.state for step in found.steps}


def _change(desk: Desk, arm: StreamId, assignment: str) -> None:
    desk.falsify(
        f"update ledger.event set {assignment} where stream = %(stream)s and seq = %(seq)s",
        {"stream": arm.uuid, "seq": SEIZED_SEQ},
    )


def test_an_untouched_history_is_checkpointed_throughout(desk: Desk) -> None:
    found = _trace(desk, desk.life("369J257"))
    assert _states(found) == dict.fromkeys(range(1, 7), "checkpointed")
    assert found.headline == "checkpointed"


def test_every_proof_in_an_answer_verifies_with_the_keys_of_the_log_alone(desk: Desk) -> None:
    found = _trace(desk, desk.life("369J257"))
    key = parse_verifier_key(read_verifier(desk.office.settings.signer_folder))
    assert found.anchor is not None
    for step in found.steps:
        line, path = step.proven.line, step.proven.path
        assert line.raw is not None
        assert path is not None
        proof = TlogProof(index=line.index, path=path, checkpoint_note=found.anchor.note)
        verify_tlog_proof(proof, leaf_hash(line.raw), keys=[key], origin=key.name)


@pytest.mark.parametrize(
    ("assignment", "reason"),
    [
        ("raw = overlay(raw placing 'x' from 400)", "Check"),
        ("raw = 'nothing'", "Check envelope"),
        ("raw = overlay(raw placing 'AAAAAAAA' from octet_length(raw) - 8)", "Check signature"),
    ],
)
def test_a_changed_row_fails_with_the_reason(desk: Desk, assignment: str, reason: str) -> None:
    arm = desk.life("369J257")
    _trace(desk, arm)
    _change(desk, arm, assignment)
    found = _trace(desk, arm)
    seized = next(step for step in found.steps if step.proven.line.seq == SEIZED_SEQ)
    assert seized.proven.state == "failed"
    assert reason in (seized.proven.reason or "")
    assert found.headline == "failed"
    assert "Do not rely on this history" in history_page(found, Page(96))


def test_a_row_that_names_another_event_than_its_bytes_fails(desk: Desk) -> None:
    arm = desk.life("369J257")
    _change(desk, arm, "kind = 'firearm.found/1'")
    seized = next(s for s in _trace(desk, arm).steps if s.proven.line.seq == SEIZED_SEQ)
    assert "name different events" in (seized.proven.reason or "")


def test_entries_around_a_changed_one_keep_what_they_still_prove(desk: Desk) -> None:
    arm = desk.life("369J257")
    _change(desk, arm, "raw = overlay(raw placing 'AAAAAAAA' from octet_length(raw) - 8)")
    states = _states(_trace(desk, arm))
    # A signature is not part of what the next entry names, so the chain still holds.
    assert states == {**dict.fromkeys(range(1, 7), "checkpointed"), SEIZED_SEQ: "failed"}


def test_the_entry_after_an_unreadable_one_says_that_the_chain_is_broken(desk: Desk) -> None:
    arm = desk.life("369J257")
    _change(desk, arm, "raw = 'nothing'")
    after = next(s for s in _trace(desk, arm).steps if s.proven.line.seq == SEIZED_SEQ + 1)
    assert after.proven.reason is not None
    assert "Check chain" in after.proven.reason


def test_a_deleted_row_leaves_a_place_that_has_failed(desk: Desk) -> None:
    arm = desk.life("369J257")
    _trace(desk, arm)
    desk.falsify(
        "delete from ledger.event where stream = %(stream)s and seq = %(seq)s",
        {"stream": arm.uuid, "seq": SEIZED_SEQ},
    )
    found = _trace(desk, arm)
    missing = next(s for s in found.steps if s.proven.line.seq == SEIZED_SEQ)
    assert missing.moment is None
    assert "holds nothing at index" in (missing.proven.reason or "")
    assert "holds nothing at index" in history_page(found, Page(96))
    assert trace_record(found)["entries"][missing.number - 1]["jws"] is None


def test_a_row_deleted_before_the_timeline_was_built_breaks_the_chain(desk: Desk) -> None:
    arm = desk.life("369J257")
    desk.falsify(
        "delete from ledger.event where stream = %(stream)s and seq = %(seq)s",
        {"stream": arm.uuid, "seq": SEIZED_SEQ},
    )
    after = next(s for s in _trace(desk, arm).steps if s.proven.line.seq == SEIZED_SEQ + 1)
    assert f"number {SEIZED_SEQ} of this firearm's entries is missing" in str(after.proven.reason)


def test_a_rewritten_leaf_of_the_stored_tree_fails_the_inclusion(desk: Desk) -> None:
    arm = desk.life("369J257")
    for number in range(20):
        desk.manufacture(f"A-{number}")
    desk.falsify("update ledger.tile set hashes = set_byte(hashes, 130, 7)", {})
    found = _trace(desk, arm)
    assert found.headline == "failed"
    assert any("Check inclusion" in (step.proven.reason or "") for step in found.steps)


def test_a_changed_registry_puts_every_entry_in_doubt(desk: Desk) -> None:
    arm = desk.manufacture("A-1")
    desk.falsify(
        "update ledger.event set raw = overlay(raw placing 'AAAAAAAA'"
        " from octet_length(raw) - 8) where idx = 0",
        {},
    )
    reason = _trace(desk, arm).steps[0].proven.reason or ""
    assert "Check" in reason or "Who may sign is in doubt" in reason


def test_without_a_signer_the_stored_checkpoint_serves_and_newer_entries_are_chained(
    desk: Desk,
) -> None:
    older = desk.manufacture("A-1")
    kept, _ = desk.office.notary.checkpoint()
    newer = desk.manufacture("B-2")
    desk.falsify("delete from ledger.checkpoint where size > %(size)s", {"size": kept.size})
    office = replace(desk.office, notary=_SilentNotary())
    with open_queries(office) as queries:
        first = trace(queries, Inquiry(identifier=str(older)))
        second = trace(queries, Inquiry(identifier=str(newer)))
    assert isinstance(first, Trace)
    assert isinstance(second, Trace)
    assert (first.headline, second.headline) == ("checkpointed", "chained")
    assert "No new checkpoint could be had" in history_page(first, Page(96))
    assert trace_record(second)["entries"][0]["tlog_proof"] is None


def test_a_stored_checkpoint_of_another_key_is_no_anchor(desk: Desk) -> None:
    arm = desk.manufacture("A-1")
    desk.falsify("update ledger.checkpoint set note = overlay(note placing 'AAAA' from 90)")
    office = replace(desk.office, notary=_SilentNotary())
    with open_queries(office) as queries:
        found = trace(queries, Inquiry(identifier=str(arm)))
    assert isinstance(found, Trace)
    assert found.anchor is None
    assert found.headline == "chained"
    assert "Proof       chained" in history_page(found, Page(96))


class _SilentNotary(Notary):
    """A notary whose signer is away."""

    def __init__(self) -> None:
        pass

    def checkpoint(self) -> tuple[Checkpoint, bytes]:
        raise UnreachableError("The signer does not answer.")
