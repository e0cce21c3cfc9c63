# SPDX-License-Identifier: Apache-2.0
"""The answers of tlog-witness: what is cosigned, and what each refusal is answered with."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.findings.witnesses import witness_findings
from audit.proof.cosignature import cosignatures, read_answer, signed_text
from audit.proof.note import open_note
from audit.proof.verify.command import main as muniment_verify
from audit.proof.verify.trust import LogKey
from audit.witness.evidence import KEPT_MAX, EvidenceStore, origin_hash
from audit.witness.message import AddCheckpoint
from audit.witness.service import TEXT_TYPE, Answer, Witness
from tests.unit.audit.verify.log_builder import small_log
from tests.unit.audit.witness.logs import FIRST, NOW, ORIGIN, SECOND, Desk, Log, open_desk

SIZE_TYPE = "text/x.tlog.size"


def test_a_checkpoint_that_grew_out_of_the_last_is_cosigned_with_the_time(desk: Desk) -> None:
    for old, new in ((0, 5), (5, 5), (5, 37), (37, 64)):
        answer = desk.witness.add_checkpoint(FIRST.request(old, new))
        assert (answer.status, answer.content_type) == (200, TEXT_TYPE)
        text = signed_text(FIRST.note(new))
        found, line = read_answer(text, answer.body, desk.cosigner.verifier)
        assert (found.at, line.encode()) == (NOW, answer.body)


@pytest.mark.parametrize(
    ("old", "new", "log", "status"),
    [
        (40, 30, FIRST, 400),  # an old size beyond the checkpoint
        (0, 64, FIRST, 409),  # a gap: it does not know what the witness holds
        (10, 64, FIRST, 409),  # stale
        (10, 20, FIRST, 409),  # rollback
        (30, 64, SECOND, 422),  # fork beyond the size held
        (30, 30, SECOND, 422),  # fork at the size held
    ],
)
def test_what_did_not_grow_out_of_the_last_is_refused(
    desk: Desk, old: int, new: int, log: Log, status: int
) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    answer = desk.witness.add_checkpoint(log.request(old, new))
    assert answer.status == status
    if status == 409:
        assert answer == Answer(409, b"30\n", SIZE_TYPE)
    held = desk.store.held(ORIGIN)
    assert held is not None
    assert (held.size, held.root) == (30, FIRST.root(30))


def test_a_refused_fork_is_kept_with_the_checkpoint_that_it_contradicts(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    desk.witness.add_checkpoint(SECOND.request(30, 30))
    (kept,) = EvidenceStore(desk.folder).of(ORIGIN)
    roots = set()
    for file in (kept.note, kept.held):
        verified = open_note(file.read_bytes(), (FIRST.key,))
        assert verified.text.split("\n")[1] == "30"
        roots.add(verified.text)
    assert len(roots) == 2
    assert kept.note.with_suffix(".request").read_bytes() == SECOND.request(30, 30)


def test_a_fork_is_kept_though_its_old_size_is_wrong_too(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    assert desk.witness.add_checkpoint(SECOND.request(10, 30)).status == 409
    assert desk.refused() == [("fork", 30)]


def test_what_is_refused_is_kept_once_each_by_what_it_proves(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    rubbish = AddCheckpoint(old=30, path=(bytes(32),) * 7, note=FIRST.note(40)).encode()
    for _ in range(2):
        desk.witness.add_checkpoint(FIRST.request(10, 20))
        assert desk.witness.add_checkpoint(rubbish).status == 422
        desk.witness.add_checkpoint(SECOND.request(30, 64))
    assert desk.refused() == [("inconsistent", 64), ("rollback", 20), ("unproved", 40)]


def test_what_contradicts_the_checkpoint_held_is_kept_with_its_proof(
    desk: Desk, tmp_path: Path
) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    desk.witness.add_checkpoint(SECOND.request(30, 64))
    (kept,) = EvidenceStore(desk.folder).of(ORIGIN)
    trust = (
        replace(small_log(0), log_key=FIRST.private_key)
        .trust()
        .model_copy(
            update={"origin": ORIGIN, "log_keys": (LogKey(vkey=str(FIRST.key), from_size=0),)}
        )
    )
    (tmp_path / "trust.json").write_bytes(trust.encode())
    notes = [str(kept.note), str(kept.held)]
    asked = ["--fraud", *notes, "--trust", str(tmp_path / "trust.json")]
    proof = ["--consistency", str(kept.note.with_suffix(".proof"))]
    assert (muniment_verify(asked), muniment_verify([*asked, *proof])) == (3, 1)


def test_a_stranger_who_replays_genuine_checkpoints_plants_no_violation(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    for size in range(1, 30):
        desk.witness.add_checkpoint(FIRST.request(0, size))
    for size in range(31, 64):
        body = AddCheckpoint(old=30, path=(), note=FIRST.note(size)).encode()
        assert desk.witness.add_checkpoint(body).status == 422
    found = list(witness_findings(desk.folder))
    assert {each.severity for each in found} == {"notice"}
    kinds = Counter(each.code for each in found)
    each = KEPT_MAX["rollback"]
    assert kinds == {"witness_rollback": each, "witness_unproved": each}


def test_evidence_has_a_limit_that_leaves_room_for_forks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("audit.witness.evidence.KEPT_MAX", {"rollback": 2, "fork": 1})
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    for size in (11, 12, 13):
        desk.witness.add_checkpoint(FIRST.request(10, size))
    desk.witness.add_checkpoint(SECOND.request(30, 30))
    assert desk.refused() == [("fork", 30), ("rollback", 11), ("rollback", 12)]
    assert "not kept: there is too much" in capsys.readouterr().err


def test_a_refusal_stands_though_its_evidence_cannot_be_written(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    (desk.folder / "evidence").write_bytes(b"a file where the folder should be")
    assert desk.witness.add_checkpoint(SECOND.request(30, 30)).status == 422
    assert "not kept" in capsys.readouterr().err


def test_a_log_that_is_not_watched_is_unknown(desk: Desk) -> None:
    other = Log(origin="elsewhere.example/log")
    assert desk.witness.add_checkpoint(other.request(0, 5)).status == 404


def test_a_checkpoint_that_no_trusted_key_signed_is_forbidden(desk: Desk) -> None:
    stranger = Log(private_key=Ed25519PrivateKey.generate())
    assert desk.witness.add_checkpoint(stranger.request(0, 5)).status == 403


def test_a_bad_signature_of_a_trusted_key_is_forbidden(desk: Desk) -> None:
    text, lines = FIRST.note(5).rsplit(b"\n\n", 1)
    changed = AddCheckpoint(old=0, path=(), note=text.replace(b"\n5\n", b"\n6\n") + b"\n\n" + lines)
    assert desk.witness.add_checkpoint(changed.encode()).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0\n\n",
        FIRST.request(0, 5).replace(b"old 0", b"old 00"),
        FIRST.request(0, 5).replace(b"old 0", b"new 0"),
        FIRST.request(0, 5).replace(b"old 0\n", b"old -1\n"),
        FIRST.request(0, 5).replace(b"old 0\n", b"old 0 \n"),
        FIRST.request(0, 5).replace(b"old 0\n", b"old 9223372036854775808\n"),
        FIRST.request(0, 5).replace(b"old 0\n", b"old 0\nAAAA\n"),
        FIRST.request(0, 5).replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n" * 64),
        FIRST.request(0, 5).replace(b"\n5\n", b"\n05\n"),
        FIRST.request(0, 5).replace(b"\n\n\xe2", b"\nextension\n\n\xe2"),
        FIRST.request(0, 5)[:-1],
        FIRST.request(0, 5) + b"\n",
        b"old 0\n\n" + b"x" * 300_000,
    ],
)
def test_a_malformed_request_is_a_bad_request(desk: Desk, body: bytes) -> None:
    assert desk.witness.add_checkpoint(body).status == 400


def test_a_proof_from_the_empty_tree_has_no_hashes(desk: Desk) -> None:
    body = AddCheckpoint(old=0, path=(bytes(32),), note=FIRST.note(5)).encode()
    assert desk.witness.add_checkpoint(body).status == 422


def test_the_same_checkpoint_may_be_asked_for_again_and_gets_a_new_time(desk: Desk) -> None:
    first = desk.witness.add_checkpoint(FIRST.request(0, 5))
    assert desk.witness.add_checkpoint(FIRST.request(5, 5)) == first
    desk.now += 60
    again = desk.witness.add_checkpoint(FIRST.request(5, 5))
    found, _ = read_answer(signed_text(FIRST.note(5)), again.body, desk.cosigner.verifier)
    assert (again.status, found.at) == (200, NOW + 60)


def test_nothing_is_cosigned_while_the_clock_is_behind(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 5))
    desk.now -= 1
    answer = desk.witness.add_checkpoint(FIRST.request(5, 9))
    assert (answer.status, answer.body) == (503, b"The clock of the witness went back.\n")
    desk.now += 1
    assert desk.witness.add_checkpoint(FIRST.request(5, 9)).status == 200


def test_the_newest_cosigned_checkpoint_is_shown_with_both_signatures(desk: Desk) -> None:
    name = origin_hash(ORIGIN)
    assert desk.witness.checkpoint(name).status == 404
    desk.witness.add_checkpoint(FIRST.request(0, 5))
    desk.witness.add_checkpoint(FIRST.request(5, 9))
    verified = open_note(desk.witness.checkpoint(name).body, (FIRST.key, desk.cosigner.verifier))
    assert verified.text == signed_text(FIRST.note(9))
    assert verified.signers == (FIRST.key, desk.cosigner.verifier)
    assert [each.at for each in cosignatures(verified)] == [NOW]


@pytest.mark.parametrize("name", ["", "x", "0" * 64, origin_hash(ORIGIN).upper()])
def test_a_page_of_no_log_is_not_found(desk: Desk, name: str) -> None:
    assert desk.witness.checkpoint(name).status == 404


def test_a_pinned_start_is_where_the_witness_begins(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "pinned", start=FIRST.note(30))
    assert desk.witness.checkpoint(origin_hash(ORIGIN)).status == 404
    assert desk.witness.add_checkpoint(SECOND.request(0, 40)) == Answer(409, b"30\n", SIZE_TYPE)
    assert desk.witness.add_checkpoint(SECOND.request(30, 40)).status == 422
    assert desk.witness.add_checkpoint(FIRST.request(30, 40)).status == 200
    desk.store.close()


def test_of_racing_updates_exactly_one_wins(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 20))
    requests = [log.request(20, 40) for log in (FIRST, SECOND)] * 8
    with ThreadPoolExecutor(len(requests)) as pool:
        answers = list(pool.map(desk.witness.add_checkpoint, requests))
    held = desk.store.held(ORIGIN)
    assert held is not None
    won = [request for request, each in zip(requests, answers, strict=True) if each.status == 200]
    roots = {AddCheckpoint.parse(request).note for request in won}
    assert len(roots) == 1
    assert held.root in {FIRST.root(40), SECOND.root(40)}
    assert {each.status for each in answers} == {200, 409}


def test_a_witness_that_was_overtaken_while_it_checked_cosigns_nothing(desk: Desk) -> None:
    def overtaken() -> float:
        assert desk.witness.add_checkpoint(SECOND.request(20, 50)).status == 200
        return NOW

    desk.witness.add_checkpoint(FIRST.request(0, 20))
    slow = Witness(desk.cosigner, desk.store, EvidenceStore(desk.folder), clock=overtaken)
    assert slow.add_checkpoint(FIRST.request(20, 40)) == Answer(409, b"50\n", SIZE_TYPE)
    held = desk.store.held(ORIGIN)
    assert held is not None
    assert held.root == SECOND.root(50)
