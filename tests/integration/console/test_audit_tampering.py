# SPDX-License-Identifier: Apache-2.0
"""What an administrator changes behind the ledger's back, an auditor sees on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from audit.database import Database
from audit.link import Link
from audit.proof.cosignature import signed_text
from audit.proof.note import with_lines
from audit.signer.keys.known import known_log_keys
from audit.witness.key import create_cosigner
from domain.identifiers import StreamId
from tests.integration.console.conftest import Console, Person, served, text_of

AUDIT = {"purpose": "audit", "basis": "act_12", "case": "A-7"}
INDEXES = "select idx from ledger.event where stream = %b order by idx"
LAST = "(select max(idx) from ledger.event where stream = %(stream)s)"
FORGED = "update ledger.event set raw = overlay(raw placing %(octet)s from 120) where idx = " + LAST

pytestmark = pytest.mark.slow


@pytest.fixture
def ledger(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Serve a console of a ledger that nobody else looks at."""
    with ExitStack() as stack:
        yield stack.enter_context(served(server, tmp_path_factory.mktemp("tampered") / "ledger"))


@pytest.fixture
def arm(ledger: Console) -> StreamId:
    """Record a life of a firearm."""
    return ledger.desk.life("TAMPERED-1")


@pytest.fixture
def auditor(ledger: Console, arm: StreamId) -> Person:
    """Somebody who may audit it, with the purpose stated."""
    del arm
    return ledger.person("AUD").says(**AUDIT)


def _falsified(ledger: Console, arm: StreamId) -> None:
    ledger.desk.falsify(FORGED, {"stream": arm.uuid, "octet": b"zz"})


def _indexes(ledger: Console, arm: StreamId) -> list[int]:
    """Give the indexes of a stream's entries."""
    with closing(Link(ledger.office.database.conninfo("ledger_reader"))) as link:
        return [index for (index,) in link.read(INDEXES, (arm.uuid,))]


def _verified(auditor: Person, ledger: Console) -> str:
    return text_of(auditor.get(f"/audit/verify?first=0&last={ledger.office.ledger.size - 1}"))


def test_changed_bytes_fail_where_a_range_is_verified(
    ledger: Console, auditor: Person, arm: StreamId
) -> None:
    assert "passed every check that was made" in _verified(auditor, ledger)
    _falsified(ledger, arm)
    text = _verified(auditor, ledger)
    assert "is not as it was signed" in text
    assert "The stored bytes are not what the signed tree holds at this index." in text
    assert "Do not repair anything." in text


def test_an_entry_that_was_changed_says_so_on_its_own_page(
    ledger: Console, auditor: Person, arm: StreamId
) -> None:
    _falsified(ledger, arm)
    size = ledger.office.ledger.size
    pages = [auditor.get(f"/audit/entry/{index}") for index in range(size)]
    assert {each.status_code for each in pages} == {200}
    failing = [n for n, page in enumerate(pages) if "is not as it was signed" in text_of(page)]
    assert len(failing) == 1


def test_changed_bytes_are_named_where_a_kept_checkpoint_is_compared(
    ledger: Console, auditor: Person, arm: StreamId
) -> None:
    kept = ledger.office.notary.checkpoint()[1].decode()
    clean = text_of(auditor.post("/audit/compare", {"notes": kept}))
    assert "This log grew out of every checkpoint that you pasted." in clean
    _falsified(ledger, arm)
    text = text_of(auditor.post("/audit/compare", {"notes": kept}))
    assert "This log is not the one that was shown before." in text
    assert "whose bytes are not those of its hash" in text
    assert "The stored tree gives that root yes" in text
    assert "The stored bytes give that root no" in text


def test_a_changed_tree_is_told_apart_from_changed_bytes(
    ledger: Console, auditor: Person, arm: StreamId
) -> None:
    del arm
    for number in range(16):
        ledger.desk.manufacture(f"MANY-{number}")
    kept = ledger.office.notary.checkpoint()[1].decode()
    ledger.desk.falsify(
        "update ledger.tile set hashes = overlay(hashes placing %(octet)s from 1) where n = 0",
        {"octet": b"zz"},
    )
    text = text_of(auditor.post("/audit/compare", {"notes": kept}))
    assert "The stored tree gives that root no" in text
    assert "The stored bytes give that root yes" in text
    assert "In the signed tree fails" in _verified(auditor, ledger)


def test_a_log_that_was_cut_off_is_seen_by_a_larger_checkpoint(
    ledger: Console, auditor: Person
) -> None:
    kept = ledger.office.notary.checkpoint()[1].decode()
    origin, size, root = kept.split("\n")[:3]
    more = f"{origin}\n{int(size) + 5}\n{root}\n"
    text = text_of(auditor.post("/audit/compare", {"notes": more}))
    assert "more entries than are here" in text


def test_a_missing_row_is_told_and_breaks_no_page(
    ledger: Console, auditor: Person, arm: StreamId
) -> None:
    ledger.desk.falsify(
        f"delete from ledger.event where idx = {LAST} - 2",
        {"stream": arm.uuid},
    )
    text = _verified(auditor, ledger)
    assert "The entry is gone." in text
    assert "has nothing before it in its stream" in text


def test_bytes_that_are_no_event_at_all_are_told(
    ledger: Console, auditor: Person, arm: StreamId
) -> None:
    (index,) = _indexes(ledger, arm)[-1:]
    ledger.desk.falsify(
        "update ledger.event set raw = %(raw)s where idx = %(index)s",
        {"raw": "\u202e<script>alert(1)</script>".encode(), "index": index},
    )
    page = auditor.get(f"/audit/entry/{index}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text
    assert "is not as it was signed" in text_of(page)


def test_a_record_cut_out_of_the_access_log_is_found(ledger: Console, auditor: Person) -> None:
    for index in range(4):
        auditor.get(f"/audit/entry/{index}")
    assert "holds" in text_of(auditor.get("/audit/access/verify"))
    ledger.desk.falsify("alter table access.record disable trigger all")
    ledger.desk.falsify("update access.record set raw = %(raw)s where n = 1", {"raw": b"{}"})
    text = text_of(auditor.get("/audit/access/verify"))
    assert "The access log is not what it was" in text
    assert "unreadable" in text_of(auditor.get("/audit/access"))


def test_each_witness_is_told_with_what_it_cosigned(
    ledger: Console, auditor: Person, tmp_path: Path
) -> None:
    checkpoint, note = ledger.office.notary.checkpoint()
    one, other = (create_cosigner(tmp_path / n, f"witness.example/{n}") for n in ("one", "other"))
    keys = known_log_keys(ledger.office.settings.signer_folder)
    lines = [f"log {each.vkey}" for each in keys]
    lines += [f"witness one {one.verifier}", f"witness other {other.verifier}"]
    lines += ["group some 1 one other", "quorum some", ""]
    folder = ledger.office.settings.home / "witnesses"
    folder.mkdir()
    (folder / "policy.txt").write_text("\n".join(lines))
    cosigned = with_lines(note, [one.line(signed_text(note), 1_800_000_000)])
    (folder / "checkpoint").write_bytes(cosigned)
    text = text_of(auditor.get("/audit"))
    assert f"1 of 2 cosigned the checkpoint of {checkpoint.size} entries" in text
    assert f"one {checkpoint.size} entries 15 Jan 2027 08:00 UTC" in text
    assert "other none" in text
    assert "This quorum does not prevent a split view" in text
    (folder / "checkpoint").write_bytes(note)
    assert "no quorum yet" in text_of(auditor.get("/audit"))
