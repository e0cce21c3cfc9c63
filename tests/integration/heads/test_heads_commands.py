# SPDX-License-Identifier: Apache-2.0
"""`muniment heads`: an epoch taken, proved, checked offline, and refused over falsified rows."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from api.bootstrap import open_office
from api.tracing.evidence import gather_evidence
from audit.heads.entries import read_entries
from audit.heads.taking import take_epoch
from audit.link import Link
from audit.proof.checkpoint import Checkpoint
from audit.proof.heads.proof import check_head, compare_head
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.report import ExitCode
from domain.errors import UnreachableError, UnsafeError
from domain.registry.state import Registry
from projections.timeline.registry import SignerBook, read_on
from tests.integration.append.desk import AUDIENCE, born, following
from tests.integration.heads.conftest import Run, Scene, lines, timely


def taken(scene: Scene, run: Run, key: str | None = None) -> dict[str, object]:
    answer = run("heads", "take", "--json", "--key", key or scene.roots[1])
    assert answer.exit_code == 0, answer.output
    return lines(answer)[0]


def proved(scene: Scene, run: Run, sub: str) -> Path:
    out = scene.folder / "gun.head-proof"
    answer = run("heads", "prove", sub, "--out", str(out))
    assert answer.exit_code == 0, answer.output
    return out


def verified(scene: Scene) -> Registry:
    with closing(Link(scene.database.conninfo("ledger_reader"))) as link:
        book = read_on(link, SignerBook(), audience=AUDIENCE, size=scene.desk.office.ledger.size)
    assert book.doubt is None
    return book.registry


def test_the_newest_event_is_proved_to_a_stranger_offline(scene: Scene, run: Run) -> None:
    told = taken(scene, run)
    assert (told["epoch"], told["size"], told["index"]) == (1, 6, 6)
    out, gun = proved(scene, run, scene.guns[0]), scene.guns[0]
    verdict = check_head(out.read_bytes(), trust=scene.trust(), registry=verified(scene))
    head = scene.desk.office.heads([UUID(gun.partition(".")[2])])
    assert verdict.head
    assert (verdict.head.seq, verdict.head.eid) == next(iter(head.values()))
    assert verdict.signed
    stale = compare_head(verdict, {3: verdict.head._replace(seq=1)})
    assert stale
    assert stale.code == "head_stale"


def test_the_proof_is_checked_by_a_command_that_needs_no_ledger(scene: Scene, run: Run) -> None:
    taken(scene, run)
    out = proved(scene, run, scene.guns[1])
    trust = scene.folder / "trust.json"
    trust.write_bytes(scene.trust().encode())
    answer = run("heads", "check", str(out), "--trust", str(trust), "--json")
    assert (answer.exit_code, lines(answer)[0]["seq"]) == (0, 1)
    said = run("heads", "check", str(out), "--trust", str(trust))
    assert f"is the newest of {scene.guns[1]}" in said.stdout
    out.write_bytes(out.read_bytes()[:-9])
    spoilt = run("heads", "check", str(out), "--trust", str(trust))
    assert spoilt.exit_code == 1
    assert "head_proof_malformed" in spoilt.output


def test_that_a_stream_has_no_event_is_proved_too(scene: Scene, run: Run) -> None:
    taken(scene, run)
    out = proved(scene, run, born().sub)
    assert check_head(out.read_bytes(), trust=scene.trust()).head is None


def test_a_service_key_takes_one_epoch_after_another(scene: Scene, run: Run) -> None:
    key = scene.key(scene.enrol("service"))
    for number in (1, 2, 3):
        assert taken(scene, run, key)["epoch"] == number
    shown = lines(run("heads", "show", "--json"))
    assert [each["epoch"] for each in shown] == [1, 2, 3]
    assert "streams" in run("heads", "show").stdout


def test_a_police_key_takes_no_epoch(scene: Scene, run: Run) -> None:
    answer = run("heads", "take", "--key", scene.key(scene.desk.key))
    assert answer.exit_code == 3
    assert "role_denied" in answer.output


def test_epochs_are_known_again_after_a_restart(scene: Scene, run: Run) -> None:
    taken(scene, run)
    with open_office(scene.desk.office.settings) as again:
        assert [each.number for each in again.registry.epochs] == [1]
    assert taken(scene, run)["epoch"] == 2


def test_a_bundle_of_a_log_with_epochs_still_verifies(scene: Scene, run: Run) -> None:
    taken(scene, run)
    taken(scene, run)
    bundle = scene.folder / "evidence.zip"
    gun = UUID(scene.guns[0].partition(".")[2])
    write_bundle(bundle, gather_evidence(scene.desk.office, gun))
    report = verify_bundle(Request(path=bundle, trust=scene.trust()))
    assert report.exit_code is ExitCode.OK, report.findings


def test_no_epoch_is_taken_over_rows_that_do_not_give_the_signed_root(
    scene: Scene, run: Run
) -> None:
    scene.falsify("update ledger.event set raw = (select raw from ledger.event where idx = 3)"
                  " where idx = 5")  # fmt: skip
    answer = run("heads", "take", "--key", scene.roots[1])
    assert answer.exit_code == 1
    assert "root_mismatch" in answer.output


def test_no_head_is_proved_from_rows_that_give_another_map(scene: Scene, run: Run) -> None:
    taken(scene, run)
    scene.falsify("update ledger.event set raw = (select raw from ledger.event where idx = 3)"
                  " where idx = 5")  # fmt: skip
    answer = run("heads", "prove", scene.guns[0], "--out", str(scene.folder / "x"))
    assert answer.exit_code == 1
    assert "heads_differ" in answer.output
    assert not (scene.folder / "x").exists()


@pytest.mark.parametrize(
    ("stream", "slug"), [("arm.x", "identifier_invalid"), (None, "epoch_missing")]
)
def test_what_cannot_be_proved_is_said(
    stream: str | None, slug: str, scene: Scene, run: Run
) -> None:
    answer = run("heads", "prove", stream or scene.guns[0], "--out", str(scene.folder / "x"))
    assert answer.exit_code == 2
    assert slug in answer.output


def test_an_event_after_the_epoch_makes_it_no_falsehood(scene: Scene, run: Run) -> None:
    taken(scene, run)
    sub = scene.guns[1]
    uuid = UUID(sub.partition(".")[2])
    seq, eid = scene.desk.office.heads([uuid])[uuid]
    scene.desk.append(following(born(sub=sub), eid, seq=seq + 1))
    verdict = check_head(proved(scene, run, sub).read_bytes(), trust=scene.trust())
    assert verdict.head
    assert verdict.head.seq == seq
    findings = run("findings", "--json")
    assert (findings.exit_code, timely(findings)) == (0, []), findings.output


def test_no_epoch_is_taken_over_entries_that_nobody_can_read(scene: Scene) -> None:
    scene.falsify("update ledger.event set raw = 'junk' where idx = 5")
    reader = scene.database.conninfo("ledger_reader")
    leaves = [leaf_hash(raw) for _, raw in read_entries(reader, 6)]
    root = CompactRange().extend(leaves).root()
    signed = Checkpoint(origin=AUDIENCE, size=6, root=root)
    with pytest.raises(UnsafeError) as refused:
        take_epoch(reader, scene.desk.office.registry, signed)
    assert refused.value.slug == "heads_unreadable"


def test_a_database_or_a_disk_that_is_away_is_said(
    scene: Scene, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnreachableError, match="broke off"):
        list(read_entries("host=/nowhere", 1))
    monkeypatch.setattr(tempfile, "tempdir", str(scene.folder / "nowhere"))
    answer = run("heads", "take", "--key", scene.roots[1])
    assert answer.exit_code == 4
    assert "heads_unwritable" in answer.output
