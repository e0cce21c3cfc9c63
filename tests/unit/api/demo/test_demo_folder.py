# SPDX-License-Identifier: Apache-2.0
"""The demonstration's folder is made whole, known by its marker, and removed without more."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from api.demo.folder import MADE, MARKER, SETTINGS, DemoFolder
from api.demo.forging import forge
from audit.proof.tiles import bundle_path, encode_bundle, read_bundle
from domain.errors import UnreachableError, UsageError

PASSPHRASE = "test-passphrase"  # noqa: S105 - of keys that sign for nobody


@pytest.fixture
def folder(tmp_path: Path) -> DemoFolder:
    """Give a folder as a demonstration makes it."""
    made = DemoFolder(tmp_path / "demo")
    made.make(PASSPHRASE)
    return made


def test_everything_it_makes_is_in_the_list_of_what_it_removes(folder: DemoFolder) -> None:
    made = {path for pattern in (*MADE, MARKER) for path in folder.path.glob(pattern)}
    assert made == set(folder.path.iterdir())


def test_the_passphrase_of_the_test_keys_is_readable_by_its_owner_alone(
    folder: DemoFolder,
) -> None:
    assert stat.S_IMODE((folder.path / SETTINGS).stat().st_mode) == 0o600
    assert stat.S_IMODE((folder.path / "keys").stat().st_mode) == 0o700
    assert "Test keys" in (folder.path / "keys" / "TEST-KEYS.txt").read_text("utf-8")


def test_another_user_may_pass_through_but_not_look_around(folder: DemoFolder) -> None:
    for each in (folder.path, folder.ledger):
        assert stat.S_IMODE(each.stat().st_mode) == 0o711


def test_it_is_known_again_and_removed_whole(folder: DemoFolder) -> None:
    assert folder.is_there
    folder.make_room()
    assert list(folder.path.iterdir()) == []
    folder.make(PASSPHRASE)
    assert folder.is_there


def test_a_file_that_somebody_put_into_it_survives(folder: DemoFolder) -> None:
    (folder.path / "notes.txt").write_text("mine", "utf-8")
    folder.make_room()
    assert [path.name for path in folder.path.iterdir()] == ["notes.txt"]
    folder.make(PASSPHRASE)
    assert folder.is_there


@pytest.mark.parametrize("draft", ["rejects.csv.partial", ".example.zip.4711"])
def test_the_draft_of_a_killed_run_goes_with_the_rest(folder: DemoFolder, draft: str) -> None:
    (folder.path / draft).write_text("half", "utf-8")
    folder.make_room()
    assert list(folder.path.iterdir()) == []


def test_a_link_in_it_is_removed_and_what_it_leads_to_is_not(
    folder: DemoFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "letter.txt").write_text("mine", "utf-8")
    (folder.path / "export").symlink_to(elsewhere)
    folder.make_room()
    assert (elsewhere / "letter.txt").exists()


def test_a_folder_without_the_marker_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    taken = DemoFolder(tmp_path)
    assert not taken.is_there
    with pytest.raises(UsageError, match="did not make"):
        taken.make_room()
    assert not (tmp_path / MARKER).exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UnreachableError, match="cannot be made"):
        DemoFolder(tmp_path / "file" / "demo").make(PASSPHRASE)


def test_the_settings_can_be_read_into_a_shell(folder: DemoFolder) -> None:
    text = (folder.path / SETTINGS).read_text("utf-8")
    assert f"export MUNIMENT_HOME={folder.ledger}" in text
    assert f"export MUNIMENT_PASSPHRASE={PASSPHRASE}" in text


@pytest.mark.parametrize("index", [0, 255, 256, 300])
def test_a_forgery_changes_one_bit_of_one_entry(tmp_path: Path, index: int) -> None:
    entries = [b"aGVhZGVy.%b.c2ln" % (b"cGF5bG9hZA%04d" % number) for number in range(301)]
    export = tmp_path / "export"
    for n, width in ((0, 256), (1, 45)):
        file = export / bundle_path(n, width=width)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode_bundle(entries[n * 256 : n * 256 + width]))
    forgery = forge(export, tmp_path / "forged", index=index, size=len(entries))
    forged = [
        entry for n in range(2) for entry in read_bundle(tmp_path / "forged", n, size=len(entries))
    ]
    changed = [at for at, entry in enumerate(forged) if entry != entries[at]]
    assert changed == [index]
    assert forgery.before ^ forgery.after == 1
    assert forged[index].split(b".")[1] != entries[index].split(b".")[1]
