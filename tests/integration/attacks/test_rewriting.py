# SPDX-License-Identifier: Apache-2.0
"""The history is written anew, or two are shown: what shows it (log.md 2.10).

Rows of the table: "rewrite all, recompute the tree", "split view (two heads, same size)", "DBA is
also root on the signer host". The other history here is a perfect one: the attacker holds the
officer's key too, and every signature, chain and rule in it is right.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.database import Database
from audit.proof.cosignature import cosign, cosigner_key
from audit.proof.inclusion import TlogProof, verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.note import with_lines
from audit.proof.policy.file import parse_policy
from audit.proof.policy.rule import Policy
from audit.proof.verify.command import main
from audit.proof.verify.fraud import judge_heads
from audit.proof.verify.report import ExitCode
from audit.signer.keys.lines import LINES
from audit.signer.state import STATE_FILE
from audit.witness.evidence import origin_hash
from audit.witness.message import AddCheckpoint
from domain.errors import ProofError, UnsafeError
from tests.integration.append.desk import AUDIENCE, born
from tests.integration.attacks.conftest import copied
from tests.integration.attacks.forging import insert, refusal_to_sign, second_seizure
from tests.integration.attacks.scene import (
    HALF_THEFTS,
    NOW,
    OLD,
    SEIZED,
    SIZE,
    Ground,
    Scene,
    Theft,
    consistency,
    forged_note,
    proof_states,
)
from tests.integration.fsck.conftest import finding, found


@pytest.fixture(scope="module")
def rewritten_once(
    server: Database, ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Give a rewritten copy, to which nothing more is done."""
    with copied(server, ground, tmp_path_factory.mktemp("rewritten")) as scene:
        rewrite(scene)
        yield scene


@pytest.fixture
def rewritten(rewritten_once: Scene, theft: Theft) -> Scene:
    """Give the rewritten copy, with log keys in the hands of whoever rewrote it."""
    return replace(rewritten_once, theft=theft)


def rewrite(scene: Scene) -> None:
    """Put another seizure in the place of the recorded one, and make everything stored fit."""
    scene.ledger.falsify("delete from ledger.event where idx = %s", SEIZED)
    insert(scene, second_seizure(scene), at=SEIZED)
    scene.ledger.falsify("delete from ledger.checkpoint")
    scene.ledger.recompute()


def test_a_rewritten_history_is_refused_by_the_signer(scene: Scene) -> None:
    rewrite(scene)
    assert refusal_to_sign(scene) == "signer_fork"
    with scene.opened() as desk:
        with pytest.raises(UnsafeError) as refusal:
            desk.append(born())
        assert refusal.value.slug == "signer_fork"


def test_a_rewritten_history_is_named_by_fsck(rewritten_once: Scene) -> None:
    assert {(check, code) for check, code, _ in found(rewritten_once.ledger.fsck())} == {
        ("signer", "fork")
    }
    named = rewritten_once.ledger.fsck(published=True)
    assert finding(named, "rows", "row_differs").index == SEIZED


def test_answers_over_a_rewritten_history_are_not_checkpointed(rewritten_once: Scene) -> None:
    told = rewritten_once.traced()
    assert told.anchor is None
    assert proof_states(told) == ["chained", "chained"], "never more than the chain shows"


def test_signed_with_a_stolen_log_key_a_rewritten_history_passes_for_a_newcomer(
    rewritten: Scene,
) -> None:
    report = rewritten.verified(rewritten.export(rewritten.forged_note()), rules=True)
    assert (report.exit_code, report.size) == (ExitCode.OK, SIZE)


@pytest.mark.parametrize("half", HALF_THEFTS, ids=str)
def test_signed_with_one_of_two_log_keys_it_passes_for_nobody_who_knows_both(
    rewritten_once: Scene, half: Theft
) -> None:
    robbed = replace(rewritten_once, theft=half)
    folder = f"half of {half}"
    report = robbed.verified(robbed.export(robbed.forged_note(), folder))
    missing = "log_line_missing" if half.trusted == LINES else "note_unsigned"
    assert found(report) == {("checkpoint", missing, None)}


@pytest.mark.parametrize("half", HALF_THEFTS[:2], ids=str)
def test_signed_with_one_of_two_log_keys_it_is_a_proof_of_fraud_all_the_same(
    rewritten_once: Scene, half: Theft
) -> None:
    robbed = replace(rewritten_once, theft=half)
    verdict = judge_heads((robbed.ground.note, robbed.forged_note()), robbed.trust)
    assert verdict.result == "proved"
    assert len(verdict.keys) == len(LINES)


def test_it_does_not_pass_where_anybody_kept_a_checkpoint(rewritten: Scene) -> None:
    given = rewritten.export(rewritten.forged_note())
    assert found(rewritten.verified(given, saved=rewritten.ground.old_note)) == {
        ("consistency", "not_a_prefix", None)
    }
    assert found(rewritten.verified(given, saved=rewritten.ground.note)) == {
        ("consistency", "fork", None),
        ("fraud", "two_histories", None),
    }


def test_it_cannot_prove_what_a_receipt_promised(rewritten: Scene) -> None:
    submission, receipt = rewritten.ground.acknowledged[SEIZED]
    key = rewritten.trust.verifier_keys(SIZE)[0]
    leaf = leaf_hash(submission.jws)
    assert verify_tlog_proof(receipt.proof, leaf, keys=[key], origin=AUDIENCE).size == SEIZED + 1
    for path in (receipt.proof.path, consistency(rewritten.rows(), OLD)):
        proof = TlogProof(index=SEIZED, path=path, checkpoint_note=rewritten.forged_note())
        with pytest.raises(ProofError):
            verify_tlog_proof(proof, leaf, keys=[key], origin=AUDIENCE)


@pytest.mark.parametrize("more", [0, 1])
def test_a_witness_refuses_it_with_422_and_keeps_the_evidence(rewritten: Scene, more: int) -> None:
    rows = [*rewritten.rows(), *[b"one more"] * more]
    witness = rewritten.witness()
    answer = witness.asked(forged_note(rows, rewritten.stolen_keys()), rows)
    assert answer.status == 422
    assert witness.kept() == [("inconsistent" if more else "fork", SIZE + more)]


def test_two_heads_of_one_size_are_a_proof_of_fraud_by_themselves(
    rewritten: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = judge_heads((rewritten.ground.note, rewritten.forged_note()), rewritten.trust)
    assert verdict.result == "proved"
    files = {
        "one": rewritten.ground.note,
        "two": rewritten.forged_note(),
        "trust": rewritten.trust.encode(),
    }
    for name, octets in files.items():
        (tmp_path / name).write_bytes(octets)
    one, two, trust = (str(tmp_path / name) for name in files)
    assert main(["--fraud", one, two, "--trust", trust, "--json"]) == ExitCode.VIOLATED
    assert json.loads(capsys.readouterr().out)["result"] == "proved"


def test_heads_of_two_sizes_are_a_proof_only_with_the_hashes_of_the_newer_one(
    rewritten: Scene,
) -> None:
    notes = rewritten.ground.old_note, rewritten.forged_note()
    assert judge_heads(notes, rewritten.trust).result == "not proved"
    lines = [b64encode(each) + b"\n" for each in consistency(rewritten.rows(), OLD)]
    assert judge_heads(notes, rewritten.trust, b"".join(lines)).result == "proved"
    lines[-1] = lines[0]
    verdict = judge_heads(notes, rewritten.trust, b"".join(lines))
    assert (verdict.result, verdict.exit_code) == ("not proved", ExitCode.INCOMPLETE)


# A split view: one reader is shown this history, another that one.


def quorum(scene: Scene, keys: list[Ed25519PrivateKey], enough: int) -> Policy:
    """Give an auditor's policy of some witnesses, of whom so many are a quorum."""
    trust = scene.trust
    names = [f"w{n}" for n in range(len(keys))]
    witnesses = [
        f"witness {name} {cosigner_key(f'{name}.example', key.public_key())}"
        for name, key in zip(names, keys, strict=True)
    ]
    lines = [f"log {trust.log_keys[0].vkey}", *witnesses]
    group = f"group g {enough} {' '.join(names)}"
    return parse_policy("\n".join([*lines, group, "quorum g", ""]).encode())


def cosigned(note: bytes, keys: list[Ed25519PrivateKey], which: range) -> bytes:
    """Have some of the witnesses cosign a note."""
    text = note.partition(b"\n\n")[0].decode() + "\n"
    lines = [cosign(text, name=f"w{n}.example", private_key=keys[n], at=NOW) for n in which]
    return with_lines(note, lines)


def test_a_split_view_needs_the_log_key_and_a_quorum_of_the_witnesses(rewritten: Scene) -> None:
    keys = [Ed25519PrivateKey.generate() for _ in range(3)]
    policy = quorum(rewritten, keys, 2)
    assert policy.prevents_split_views()
    first = cosigned(rewritten.ground.note, keys, range(2))
    assert len(policy.accept(first, AUDIENCE).witnesses) == 2
    second = cosigned(rewritten.forged_note(), keys, range(2, 3))  # the others cosigned the first
    with pytest.raises(ProofError):
        policy.accept(second, AUDIENCE)
    with pytest.raises(ProofError):
        policy.accept(cosigned(second[:-10] + b"AAAAAAAA==\n", keys, range(2)), AUDIENCE)


def test_a_quorum_of_half_the_witnesses_only_detects_a_split_view(rewritten: Scene) -> None:
    keys = [Ed25519PrivateKey.generate() for _ in range(2)]
    policy = quorum(rewritten, keys, 1)
    assert not policy.prevents_split_views()
    second = rewritten.forged_note()
    for note, which in ((rewritten.ground.note, range(1)), (second, range(1, 2))):
        assert policy.accept(cosigned(note, keys, which), AUDIENCE).checkpoint.size == SIZE
    verdict = judge_heads((rewritten.ground.note, second), rewritten.trust)
    assert verdict.result == "proved", "as soon as the two readers compare"


def test_whoever_was_shown_the_second_history_sees_the_first_on_a_witness(rewritten: Scene) -> None:
    witness = rewritten.witness()
    honest = AddCheckpoint(old=SIZE, path=(), note=rewritten.ground.note)
    assert witness.witness.add_checkpoint(honest.encode()).status == 200
    shown = rewritten.forged_note()
    page = witness.witness.checkpoint(origin_hash(AUDIENCE))
    assert page.status == 200
    assert judge_heads((shown, page.body), rewritten.trust).result == "proved"


# Root on the database and on the signer's host: only others stop it.


def test_a_signer_rolled_back_with_its_database_signs_a_fork(restored: Scene) -> None:
    state = restored.ledger.settings.signer_folder / STATE_FILE
    state.write_bytes(restored.ground.sound.older_state)
    with restored.opened() as desk:
        assert desk.append(born()).index == OLD
        note = desk.office.notary.checkpoint()[1]
    assert found(restored.ledger.fsck()) == set(), "from the inside everything fits"
    assert restored.verified(restored.export(note), rules=True).exit_code is ExitCode.OK


def test_only_what_is_kept_elsewhere_shows_a_signer_that_was_rolled_back(restored: Scene) -> None:
    state = restored.ledger.settings.signer_folder / STATE_FILE
    state.write_bytes(restored.ground.sound.older_state)
    with restored.opened() as desk:
        for _ in range(SIZE - OLD):
            desk.append(born())
        note = desk.office.notary.checkpoint()[1]
    assert restored.witness().asked(note, restored.rows()).status == 422
    given = restored.export(note)
    report = restored.verified(given, saved=restored.ground.note)
    assert found(report) == {("consistency", "fork", None), ("fraud", "two_histories", None)}
    assert judge_heads((note, restored.ground.note), restored.trust).result == "proved"
    named = restored.ledger.fsck(published=True)
    assert {check for check, _, _ in found(named)} >= {"published"}
