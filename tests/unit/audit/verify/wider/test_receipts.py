# SPDX-License-Identifier: Apache-2.0
"""Receipts: what one is worth, and how it comes to be worth more without any server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from api.cli.receipting.command import receipt as commands
from audit.proof.inclusion import TlogProof, parse_tlog_proof
from audit.proof.timestamps.files import StampName
from audit.proof.verify.book import Request
from audit.proof.verify.evidence import pack_log, write_bundle
from audit.proof.verify.receipts.level import Held, judge_receipt
from audit.proof.verify.receipts.source import open_log
from audit.proof.verify.receipts.upgrading import upgrade
from audit.proof.verify.report import ExitCode
from domain.errors import ProofError
from tests.unit.audit.timestamps.conftest import alpha, authorities, beta
from tests.unit.audit.timestamps.local_authority import NOW as TODAY
from tests.unit.audit.timestamps.local_authority import LocalAuthority, needs_openssl
from tests.unit.audit.verify.log_builder import LogBuilder, small_log
from tests.unit.audit.verify.test_verify_bundle import EVIDENCE
from tests.unit.audit.verify.test_verify_bundle import LOG as SHOWN
from tests.unit.audit.verify.wider.others import cosigned, inclusion, policy, policy_file

__all__ = ["alpha", "authorities", "beta"]
"""Fixtures."""

LOG = small_log(150)
INDEX, AT = 200, 230
SIZE = len(LOG.entries)


def receipt_of(log: LogBuilder, index: int = INDEX, size: int = AT) -> TlogProof:
    path = inclusion(log, index, size)
    return TlogProof(index=index, path=path, checkpoint_note=log.note(size))


RECEIPT = receipt_of(LOG)


def held(receipt: TlogProof = RECEIPT, **changes: Any) -> Held:
    made = {"receipt": receipt, "entry": LOG.entries[receipt.index], "stamps": {}}
    return Held(**{**made, **changes})


def request(**options: Any) -> Request:
    given = {"path": Path(), "trust": LOG.trust(), "now": int(TODAY.timestamp())}
    return Request(**{**given, **options})


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Give a log whose witnesses saw it earlier than its newest checkpoint."""
    export = LOG.export(tmp_path / "public")
    (export / "checkpoints").mkdir()
    (export / "checkpoints/260.note").write_bytes(cosigned(LOG.note(260)))
    return export


def test_a_receipt_is_logged_and_no_more_without_witnesses() -> None:
    worth = judge_receipt(held(), request(), LOG.trust)
    assert (worth.level, worth.report.exit_code) == ("logged", ExitCode.OK)
    assert worth.report.subject == "receipt"


def test_a_receipt_is_witnessed_by_the_quorum_of_whoever_asks() -> None:
    note = cosigned(RECEIPT.checkpoint_note, ("court", "press"))
    mine = held(replace(RECEIPT, checkpoint_note=note))
    assert judge_receipt(mine, request(policy=policy(LOG)), LOG.trust).level == "witnessed"
    worth = judge_receipt(mine, request(policy=policy(LOG, 3)), LOG.trust)
    assert (worth.level, worth.report.exit_code) == ("logged", ExitCode.INCOMPLETE)


@pytest.mark.parametrize(
    "changed",
    [
        held(entry=LOG.entries[INDEX + 1]),
        held(replace(RECEIPT, index=INDEX + 1)),
        held(replace(RECEIPT, path=RECEIPT.path[:-1])),
        held(replace(RECEIPT, checkpoint_note=LOG.note(AT + 1))),
        held(replace(RECEIPT, checkpoint_note=small_log(120).note(AT))),
    ],
    ids=["entry", "index", "path", "checkpoint", "signer"],
)
def test_a_receipt_of_something_else_is_worth_nothing(changed: Held) -> None:
    worth = judge_receipt(changed, request(), LOG.trust)
    assert (worth.level, worth.report.exit_code) == ("none", ExitCode.VIOLATED)
    assert {each.check for each in worth.report.findings} <= {"inclusion", "checkpoint"}


def test_a_receipt_of_a_fork_of_the_saved_checkpoint_is_found() -> None:
    other = replace(small_log(150), log_key=LOG.log_key)
    report = judge_receipt(held(), request(saved=other.note(AT)), LOG.trust).report
    assert [(each.check, each.code) for each in report.findings] == [("consistency", "fork")]


@pytest.mark.parametrize("packed", [False, True])
def test_a_published_log_upgrades_a_receipt_to_a_witnessed_one(
    published: Path, tmp_path: Path, *, packed: bool
) -> None:
    if packed:
        pack_log(tmp_path / "log.zip", published)
    asked = request(policy=policy(LOG))
    with open_log(tmp_path / "log.zip" if packed else published) as log:
        best, worth = upgrade(held(), log, asked)
    assert worth.level == "witnessed"
    assert best.receipt.index == INDEX
    assert best.receipt.checkpoint_note == cosigned(LOG.note(260))
    assert judge_receipt(best, asked, LOG.trust).report.exit_code is ExitCode.OK


def test_without_anything_better_the_receipt_stays(published: Path) -> None:
    with open_log(published) as log:
        mine = held()
        assert upgrade(mine, log, request())[0] is mine
        late = held(receipt_of(LOG, 280, 290))
        assert upgrade(late, log, request(policy=policy(LOG)))[0] is late


def test_nothing_is_upgraded_into_another_history(tmp_path: Path) -> None:
    other = replace(small_log(150), log_key=LOG.log_key)
    export = other.export(tmp_path / "public")
    (export / "checkpoint").write_bytes(cosigned(other.note()))
    with open_log(export) as log, pytest.raises(ProofError, match="history of this receipt"):
        upgrade(held(), log, request(policy=policy(LOG)))


def test_a_receipt_that_does_not_hold_is_not_upgraded(published: Path) -> None:
    with open_log(published) as log, pytest.raises(ProofError, match="does not hold"):
        upgrade(held(entry=LOG.entries[0]), log, request())


def stamp(folder: Path, note: bytes, size: int, *by: LocalAuthority) -> None:
    """Date a checkpoint beside a log."""
    (folder / "tsa").mkdir(exist_ok=True)
    for each in by:
        papers, name = each.stamp(note), StampName(size, each.name)
        (folder / name.path("tsr")).write_bytes(papers.answer)
        (folder / name.path("pem")).write_bytes(papers.chain)


def roots(folder: Path, *of: LocalAuthority) -> list[str]:
    """Write the roots of authorities; give the option that names them."""
    (folder / "roots").mkdir(exist_ok=True)
    for each in of:
        (folder / f"roots/{each.name}.pem").write_bytes(each.root.pem)
    return ["--tsa-roots", str(folder / "roots")]


@needs_openssl
def test_a_receipt_takes_its_time_stamps_along(
    published: Path, tmp_path: Path, alpha: LocalAuthority, beta: LocalAuthority
) -> None:
    stamp(published, cosigned(LOG.note(260)), 260, alpha, beta)
    mine, options = files(tmp_path)
    options += roots(tmp_path, alpha, beta)
    done = run("upgrade", mine, "--from", published, *options)
    assert (done.exit_code, "timestamped" in done.stdout) == (0, True)
    done = run("verify", mine, "--entry", tmp_path / "entry.jws", *options)
    assert (done.exit_code, "timestamped" in done.stdout) == (0, True)
    (tmp_path / "tsa" / "260.alpha.0.tsr").write_bytes(b"no token")
    assert run("verify", mine, "--entry", tmp_path / "entry.jws", *options).exit_code == 1


@needs_openssl
def test_one_authority_alone_makes_no_receipt_time_stamped(
    published: Path, tmp_path: Path, alpha: LocalAuthority, beta: LocalAuthority
) -> None:
    stamp(published, cosigned(LOG.note(260)), 260, alpha)
    mine, options = files(tmp_path)
    options += roots(tmp_path, alpha, beta)
    done = run("upgrade", mine, "--from", published, *options, "--json")
    assert json.loads(done.stdout)["level"] == "witnessed"


@needs_openssl
@pytest.mark.parametrize("dated_later", [False, True])
def test_a_note_that_was_dated_before_it_was_cosigned_stands_beside_its_tokens(
    published: Path, alpha: LocalAuthority, beta: LocalAuthority, *, dated_later: bool
) -> None:
    dated = LOG.note(260)
    stamp(published, dated, 260, alpha, beta)
    other = LOG.note(259) if dated_later else dated
    (published / "tsa/260.note").write_bytes(other)
    asked = request(policy=policy(LOG), authorities=(alpha.trust, beta.trust))
    with open_log(published) as log:
        best, worth = upgrade(held(), log, asked)
    assert best.receipt.checkpoint_note == cosigned(LOG.note(260))
    assert worth.level == ("witnessed" if dated_later else "timestamped")


@needs_openssl
def test_an_upgrade_by_time_stamps_alone_gives_no_cosignature_away(
    published: Path, tmp_path: Path, alpha: LocalAuthority, beta: LocalAuthority
) -> None:
    mine, options = files(tmp_path)
    assert run("upgrade", mine, "--from", published, *options).exit_code == 0
    witnessed = mine.read_bytes()
    stamp(published, LOG.note(), SIZE, alpha, beta)
    given = roots(tmp_path, alpha, beta)
    done = run("upgrade", mine, "--from", published, *options[:2], *given)
    assert "no better receipt" in done.stderr
    assert mine.read_bytes() == witnessed
    # A checkpoint that has both takes nothing away.
    (published / "checkpoint").write_bytes(cosigned(LOG.note()))
    stamp(published, cosigned(LOG.note()), SIZE, alpha, beta)
    done = run("upgrade", mine, "--from", published, *options[:2], *given, "--json")
    assert (json.loads(done.stdout)["level"], json.loads(done.stdout)["size"]) == (
        "timestamped",
        SIZE,
    )


@needs_openssl
def test_an_upgrade_by_witnesses_alone_gives_no_time_stamp_away(
    published: Path, tmp_path: Path, alpha: LocalAuthority, beta: LocalAuthority
) -> None:
    stamp(published, LOG.note(), SIZE, alpha, beta)
    mine, options = files(tmp_path)
    given = roots(tmp_path, alpha, beta)
    assert run("upgrade", mine, "--from", published, *options[:2], *given).exit_code == 0
    dated = mine.read_bytes()
    done = run("upgrade", mine, "--from", published, *options)
    assert "no better receipt" in done.stderr
    assert mine.read_bytes() == dated


def test_an_upgrade_ends_with_the_code_of_the_receipt_that_is_left(
    published: Path, tmp_path: Path
) -> None:
    mine, options = files(tmp_path)
    (tmp_path / "policy").write_bytes(policy_file(LOG).replace(b"group g 2", b"group g 3"))
    (published / "checkpoints/260.note").write_bytes(cosigned(LOG.note(260), ("court",)))
    done = run("upgrade", mine, "--from", published, *options)
    assert (done.exit_code, "quorum" in done.stdout) == (3, True)


def test_a_receipt_is_compared_with_the_checkpoint_that_was_kept(
    published: Path, tmp_path: Path
) -> None:
    mine, options = files(tmp_path)
    kept = tmp_path / "kept"

    def compared(note: bytes, *given: object) -> tuple[int, str]:
        kept.write_bytes(note)
        done = run("verify", mine, *given, *options[:2], "--checkpoint", kept, "--json")
        checks = {each["name"]: each for each in json.loads(done.stdout)["checks"]}
        return done.exit_code, checks["consistency"]["state"]

    other, alone = replace(small_log(150), log_key=LOG.log_key), ("--entry", tmp_path / "entry.jws")
    assert compared(LOG.note(AT), *alone) == (0, "ok")
    assert compared(other.note(AT), *alone) == (1, "failed")
    assert compared(LOG.note(100), *alone) == (0, "not checked")
    for size in (0, 100, SIZE):
        assert compared(LOG.note(size), "--from", published) == (0, "ok")
    assert compared(other.note(100), "--from", published) == (1, "failed")
    assert compared(b"no note", *alone)[0] == 1


def files(folder: Path) -> tuple[Path, list[str]]:
    """Write a receipt, its entry, a trust file and a policy; give the first and the options."""
    (folder / "mine.tlog-proof").write_bytes(RECEIPT.encode())
    (folder / "entry.jws").write_bytes(LOG.entries[INDEX] + b"~\n")
    (folder / "trust.json").write_bytes(LOG.trust().encode())
    (folder / "policy").write_bytes(policy_file(LOG))
    options = ["--trust", str(folder / "trust.json"), "--policy", str(folder / "policy")]
    return folder / "mine.tlog-proof", options


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, [str(each) for each in arguments])


def test_the_commands_show_verify_and_upgrade(published: Path, tmp_path: Path) -> None:
    mine, options = files(tmp_path)
    shown = run("show", mine)
    assert f"index {INDEX}, in a tree of {AT} entries" in shown.stdout
    assert "not verified" in shown.stdout
    said = json.loads(run("show", mine, "--json").stdout)
    assert (said["index"], said["size"], len(said["signers"])) == (INDEX, AT, 1)
    assert f"signed by {said['origin']} (Ed25519);" in shown.stdout
    assert run("verify", mine, "--from", published, *options).exit_code == 3
    done = run("upgrade", mine, "--from", published, *options, "--json")
    assert (done.exit_code, json.loads(done.stdout)["level"]) == (0, "witnessed")
    assert parse_tlog_proof(mine.read_bytes()).index == INDEX
    verified = run("verify", mine, "--entry", tmp_path / "entry.jws", *options, "--json")
    report = json.loads(verified.stdout)
    assert (report["level"], report["exit_code"]) == ("witnessed", 0)
    again = run("upgrade", mine, "--from", published, *options)
    assert "no better receipt" in again.stderr


def test_each_failure_has_the_exit_code_of_the_verifier(published: Path, tmp_path: Path) -> None:
    mine, options = files(tmp_path)
    trust = options[:2]
    assert run("verify", mine).exit_code == 2
    assert run("verify", mine, "--entry", tmp_path / "entry.jws").exit_code == 2
    assert run("verify", mine, "--from", tmp_path / "nowhere").exit_code == 2
    (tmp_path / "other").write_bytes(LOG.entries[3])
    assert run("verify", mine, "--entry", tmp_path / "other", *trust).exit_code == 1
    (tmp_path / "bad.tlog-proof").write_bytes(b"no receipt")
    both = run("verify", tmp_path / "bad.tlog-proof", mine, "--from", published, "--json")
    assert both.exit_code == 1
    assert len(both.stdout.splitlines()) == 2
    next((published / "tile/entries").rglob("000")).unlink()
    assert run("verify", mine, "--from", published).exit_code == 3


def test_keys_that_came_with_the_log_conclude_nothing_unless_that_is_asked_for(
    published: Path, tmp_path: Path
) -> None:
    mine, options = files(tmp_path)
    for command in ("verify", "upgrade"):
        done = run(command, mine, "--from", published)
        assert (done.exit_code, "Nobody said whose keys these are" in done.stdout) == (3, True)
        done = run(command, mine, "--from", published, "--assume-trust")
        assert done.exit_code == 0
        assert all(each in done.stdout for each in LOG.trust().fingerprints())
    both = run("verify", mine, "--from", published, "--assume-trust", *options)
    assert (both.exit_code, "trust_twice" in both.stderr) == (2, True)


def test_a_bundle_of_evidence_verifies_and_upgrades_what_it_has_proofs_for(
    tmp_path: Path,
) -> None:
    index = max(EVIDENCE.entries)
    own = EVIDENCE.proofs[index]
    note = cosigned(EVIDENCE.checkpoint)
    proofs = {at: replace(each, checkpoint_note=note) for at, each in EVIDENCE.proofs.items()}
    write_bundle(tmp_path / "b.zip", replace(EVIDENCE, checkpoint=note, proofs=proofs))
    asked = request(trust=SHOWN.trust(), policy=policy(SHOWN))
    with open_log(tmp_path / "b.zip") as log:
        mine = Held(receipt=own, entry=log.entry(index), stamps={})
        best, worth = upgrade(mine, log, asked)
    assert worth.level == "witnessed"
    assert best.receipt.path == own.path


@given(st.binary(max_size=300))
def test_any_octets_are_no_receipt_and_no_traceback(octets: bytes) -> None:
    with pytest.raises(ProofError):
        parse_tlog_proof(octets)
