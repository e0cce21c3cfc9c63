# SPDX-License-Identifier: Apache-2.0
"""What two heads of one log prove, and what they do not."""

import json
from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli.receipting.command import receipt
from audit.proof.merkle import CompactRange, consistency_path, leaf_hash
from audit.proof.verify.command import main
from audit.proof.verify.evidence import pack_log
from audit.proof.verify.fraud import judge_heads, render_verdict
from audit.proof.verify.report import ExitCode
from audit.proof.verify.trust import fingerprint
from domain.errors import UsageError
from tests.unit.audit.verify.log_builder import LogBuilder, small_log

LOG = small_log(4)
SIZE = len(LOG.entries)
TRUST = LOG.trust()
OTHER = replace(LOG, entries=[*LOG.entries[:-1], b"another history"])


def proof(log: LogBuilder, old: int) -> bytes:
    """Give the consistency proof from an older size, a hash a line."""
    leaves = [leaf_hash(each) for each in log.entries]

    def node(level: int, index: int) -> bytes:
        return CompactRange().extend(leaves[index << level : (index + 1) << level]).root()

    path = consistency_path(old, len(leaves), node=node)
    return b"".join(b64encode(each) + b"\n" for each in path)


def test_two_heads_of_one_size_and_different_roots_prove_fraud() -> None:
    verdict = judge_heads((LOG.note(), OTHER.note()), TRUST)
    assert verdict.result == "proved"
    assert verdict.exit_code is ExitCode.VIOLATED
    assert f"two different trees of {SIZE} entries" in verdict.sentence


def test_the_order_of_the_two_heads_does_not_matter() -> None:
    assert judge_heads((OTHER.note(), LOG.note()), TRUST).result == "proved"
    verdict = judge_heads((LOG.note(), LOG.note(3)), TRUST, proof(LOG, 3))
    assert [each.checkpoint.size for each in verdict.heads] == [3, SIZE]


def test_the_verdict_can_be_judged_again_from_itself_alone() -> None:
    told = json.loads(json.dumps(judge_heads((LOG.note(), OTHER.note()), TRUST).to_json()))
    first, second = (head["note"].encode() for head in told["heads"])
    assert told["keys"] == [key.vkey for key in TRUST.log_keys]
    assert judge_heads((first, second), TRUST).result == "proved"


def test_the_text_names_roots_and_keys_and_ends_with_the_verdict() -> None:
    verdict = judge_heads((LOG.note(), OTHER.note()), TRUST)
    text = render_verdict(verdict)
    vkey = TRUST.log_keys[0].vkey
    assert f"SHA-256 {fingerprint(vkey)}" in text
    assert vkey.partition("+A")[0] in text
    assert verdict.to_json()["keys"] == [vkey]
    assert all(str(head.to_json()["root"]) in text for head in verdict.heads)
    assert text.splitlines()[-1].startswith("PROVED:")


def test_the_same_head_twice_proves_nothing() -> None:
    verdict = judge_heads((LOG.note(), LOG.note()), TRUST)
    assert (verdict.result, verdict.exit_code) == ("same", ExitCode.OK)


def test_two_sizes_without_a_proof_prove_nothing() -> None:
    verdict = judge_heads((LOG.note(3), OTHER.note()), TRUST)
    assert (verdict.result, verdict.exit_code) == ("not proved", ExitCode.INCOMPLETE)


def test_a_log_that_only_grew_is_consistent() -> None:
    for old in range(1, SIZE):
        verdict = judge_heads((LOG.note(old), LOG.note()), TRUST, proof(LOG, old))
        assert (verdict.result, verdict.exit_code) == ("consistent", ExitCode.OK)
    assert judge_heads((LOG.note(0), LOG.note()), TRUST, b"").result == "consistent"


def test_a_proof_that_leads_to_the_newer_head_and_past_the_older_proves_fraud() -> None:
    forged = replace(LOG, entries=[b"false", *LOG.entries[1:]])
    verdict = judge_heads((LOG.note(5), forged.note()), TRUST, proof(forged, 5))
    assert (verdict.result, verdict.exit_code) == ("proved", ExitCode.VIOLATED)
    assert "first 5 are not the tree" in verdict.sentence


@pytest.mark.parametrize("old", [4, 5])
def test_a_consistency_proof_that_fails_is_said_not_to_be_a_proof_of_fraud(old: int) -> None:
    forged = replace(LOG, entries=[b"false", *LOG.entries[1:]])
    # That of the other history misses the newer head; one from a power of two cannot tell.
    path = proof(LOG, 5) if old == 5 else proof(forged, 4)
    verdict = judge_heads((LOG.note(old), forged.note()), TRUST, path)
    assert (verdict.result, verdict.exit_code) == ("not proved", ExitCode.INCOMPLETE)
    assert "NOT a proof of fraud" in verdict.sentence


@pytest.mark.parametrize("packed", [False, True])
def test_the_proof_between_two_heads_is_written_by_a_command(
    tmp_path: Path, *, packed: bool
) -> None:
    export = LOG.export(tmp_path / "log")
    if packed:
        pack_log(tmp_path / "log.zip", export)
    source, out = tmp_path / ("log.zip" if packed else "log"), tmp_path / "growth.proof"

    def written(old: int, new: int) -> int:
        words = ["consistency", str(old), str(new), "--from", str(source), "--out", str(out)]
        return CliRunner().invoke(receipt, words).exit_code

    assert written(5, SIZE) == 0
    arguments = fraud(tmp_path, LOG.note(5))
    assert (
        "muniment receipt consistency 5" in judge_heads((LOG.note(5), LOG.note()), TRUST).next_step
    )
    assert main([*arguments, "--consistency", str(out)]) == 0
    other = replace(LOG, entries=[b"false", *LOG.entries[1:]])
    assert main([*fraud(tmp_path, other.note(5)), "--consistency", str(out)]) == 1
    assert (written(SIZE, 5), written(5, SIZE + 1)) == (2, 2)


def test_a_head_that_the_log_did_not_sign_is_unusable() -> None:
    forger = replace(OTHER, log_key=Ed25519PrivateKey.generate())
    with pytest.raises(UsageError, match="proves nothing"):
        judge_heads((LOG.note(), forger.note()), TRUST)


def test_a_head_of_another_log_is_unusable() -> None:
    with pytest.raises(UsageError, match="proves nothing"):
        judge_heads((LOG.note(), OTHER.note(origin="ledger.xb/log")), TRUST)


@given(st.binary(max_size=400), st.integers(0, 400))
def test_damaged_notes_and_proofs_get_a_verdict_or_a_usage_error(damage: bytes, at: int) -> None:
    note = LOG.note()
    damaged = note[:at] + damage + note[at + len(damage) :]
    for notes, path in (((note, damaged), None), ((LOG.note(5), note), damage)):
        with suppress(UsageError):
            assert judge_heads(notes, TRUST, path).result != "proved"


def test_the_command_says_proved_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = fraud(tmp_path, OTHER.note())
    assert main([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["result"] == "proved"
    assert main(arguments) == 1


def test_the_command_takes_a_consistency_proof(tmp_path: Path) -> None:
    arguments = fraud(tmp_path, LOG.note(3))
    assert main(arguments) == 3
    (tmp_path / "proof").write_bytes(proof(LOG, 3))
    assert main([*arguments, "--consistency", str(tmp_path / "proof")]) == 0


def test_the_command_calls_an_unreadable_or_unsigned_head_unusable(tmp_path: Path) -> None:
    assert main(fraud(tmp_path, b"no note")) == 2
    assert main([*fraud(tmp_path, b"no note")[:2], "nowhere", "--trust", "nowhere"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--fraud", "a", "b"],
        ["export/", "--fraud", "a", "b", "--trust", "t"],
        ["export/", "--consistency", "p"],
    ],
)
def test_arguments_that_do_not_go_together_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def fraud(folder: Path, other: bytes) -> list[str]:
    """Write two heads and a trust file; give the arguments that name them."""
    files = {"one": LOG.note(), "two": other, "trust": TRUST.encode()}
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    one, two, trust = (str(folder / name) for name in files)
    return ["--fraud", one, two, "--trust", trust]
