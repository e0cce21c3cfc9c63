# SPDX-License-Identifier: Apache-2.0
"""Which notes carry which lines: receipts one type, what is kept or published both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.bootstrap import open_office
from audit.database import Database
from audit.export.founding import trust_of
from audit.export.log import export_log
from audit.link import Link
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import ExitCode
from audit.proof.verify.trust import Trust
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from audit.signer.keys.ring import RING_FILE, read_ring
from audit.signer.keys.rotation import rotate_log_key
from audit.signer.launch import open_signer, stop_process
from audit.signer.protocol import KEPT_LINES, RECEIPT_LINES
from domain.errors import ProofError, UnreachableError, UnsafeError
from tests.integration.append.desk import Desk, born, opened_desk, settings_of
from tests.integration.signer.conftest import ORIGIN

if TYPE_CHECKING:
    from tests.integration.signer.conftest import Log, SignerHome

_NOTES = "select note from ledger.checkpoint order by size"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(settings_of(tmp_path / "ledger", database.admin)) as opened:
        yield opened


def lines_of(note: bytes) -> int:
    return note.count("\N{EM DASH}".encode())


def trust(desk: Desk) -> Trust:
    office = desk.office
    keys = known_log_keys(office.settings.signer_folder)
    with closing(Link(office.database.conninfo("ledger_reader"))) as link:
        return trust_of(link, audience=office.audience, origin=office.name.origin, log_keys=keys)


def export(desk: Desk, directory: Path) -> None:
    _, note = desk.office.notary.checkpoint()
    conninfo = desk.office.database.conninfo("ledger_reader")
    export_log(conninfo, directory, note=note, trust=trust(desk))


def test_the_signer_signs_the_lines_that_are_asked_for(log: Log, home: SignerHome) -> None:
    log.append(3)
    keys = known_log_keys(home.folder)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        receipt, kept = client.sign(3, RECEIPT_LINES), client.sign(3, KEPT_LINES)
        assert receipt == client.sign(3) == client.begin(3)()
        with pytest.raises(UnreachableError, match="does not know this request"):
            client.sign(3, ["rsa"])
    assert (lines_of(receipt), lines_of(kept)) == (1, 2)
    assert open_own_checkpoint(kept, keys[1:]) == open_own_checkpoint(receipt, keys)


def test_a_signer_made_before_there_was_a_second_key_gets_it_when_it_starts(
    log: Log, home: SignerHome
) -> None:
    (home.folder / RING_FILE).unlink()
    (home.folder / "log.ml-dsa-44.key").unlink()
    log.append(3)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        assert lines_of(client.sign(3, KEPT_LINES)) == 2
    assert [(key.line, key.from_size) for key in read_ring(home.folder)] == [
        ("ed25519", 0),
        ("ml-dsa-44", 0),
    ]
    assert (home.folder / "log.ml-dsa-44.key").stat().st_mode & 0o777 == 0o600


def test_a_running_signer_is_not_rotated(log: Log, home: SignerHome) -> None:
    log.append(1)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        with pytest.raises(UnsafeError, match="is running"):
            rotate_log_key(home.folder)
        assert home.open(client.sign(1)).size == 1
    assert len(rotate_log_key(home.folder)) == 4
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        assert lines_of(client.sign(1, KEPT_LINES)) == 4


def test_receipts_carry_one_line_and_kept_notes_one_of_each_type(desk: Desk) -> None:
    receipts = [desk.append(born()) for _ in range(5)]
    _, published = desk.office.notary.checkpoint()
    assert min(lines_of(each.proof.checkpoint_note) for each in receipts) == 1
    assert lines_of(published) == 2
    with closing(Link(desk.office.database.conninfo("ledger_reader"))) as link:
        kept = [note for (note,) in link.read(_NOTES)]
    assert kept
    for note in kept:
        assert trust(desk).open(note, lasting=True).size > 0


def test_a_stranger_follows_a_rotation_with_the_new_trust_file_only(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    before = trust(desk)
    export(desk, folder)
    settings, size = desk.office.settings, before.open((folder / "checkpoint").read_bytes()).size
    assert verify_directory(Request(path=folder, trust=before, jobs=1)).exit_code is ExitCode.OK
    rotated(desk, overlap=1)
    with open_office(settings) as office:
        again = Desk(office=office, roots=desk.roots, key=desk.key)
        again.append(born())
        export(again, folder)
        assert before.open((folder / "checkpoint").read_bytes()).size == size + 1
        again.append(born())
        export(again, folder)
        after = trust(again)
    ended = (folder / "checkpoint").read_bytes()
    assert verify_directory(Request(path=folder, trust=after, jobs=1)).exit_code is ExitCode.OK
    undecided = verify_directory(Request(path=folder, trust=before, jobs=1))
    assert undecided.exit_code is ExitCode.INCOMPLETE
    assert [each.code for each in undecided.findings] == ["trust_older"]
    with pytest.raises(ProofError, match="No known key"):
        before.open(ended)
    stale = after.model_copy(update={"log_keys": after.log_keys[:1]})
    assert lines_of(ended) == 2
    with pytest.raises(ProofError, match="No known key"):
        stale.open(ended)


def rotated(desk: Desk, *, overlap: int) -> None:
    """Rotate the keys of a ledger that is still open: its signer is stopped for it."""
    folder = desk.office.settings.signer_folder
    stop_process(folder)
    rotate_log_key(folder, overlap=overlap)


def test_a_published_checkpoint_of_which_a_line_was_cut_is_found_out(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    export(desk, folder)
    whole = (folder / "checkpoint").read_bytes()
    text, _, signed = whole.decode().rpartition("\n\n")
    for line in signed.splitlines(keepends=True):
        (folder / "checkpoint").write_text(f"{text}\n\n{line}", encoding="utf-8")
        report = verify_directory(Request(path=folder, trust=trust(desk), jobs=1))
        assert report.exit_code is ExitCode.VIOLATED
        assert "log_line_missing" in {finding.code for finding in report.findings}
