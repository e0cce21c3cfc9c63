# SPDX-License-Identifier: Apache-2.0
"""Publishing in steps: the same files as at once, nothing overwritten, nothing left over."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proof.note import with_lines
from audit.proof.tiles import TILE_WIDTH
from audit.publishing.choosing import Choice
from domain.errors import MunimentError, ProofError, UnreachableError, UnsafeError, UsageError
from tests.unit.audit.publishing.press import Press, entries_of, names, note_of, octets, proved

pytestmark = pytest.mark.slow  # many files

SIZE = 70_000
STEPS = (1, 1, 255, 256, 257, 511, 513, 3_000)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the disk; what is kept when it loses power is the matter of other tests."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "public", entries_of(3_000))


def test_a_log_that_grows_is_published_as_it_grows(press: Press) -> None:
    before = 0
    for size in STEPS:
        done = press.publish(size)
        assert (done.size, done.before) == (size, before)
        assert proved(press.folder) == size
        before = size


def test_steps_leave_the_files_that_one_step_leaves(press: Press, tmp_path: Path) -> None:
    for size in STEPS:
        press.publish(size)
    once = Press(tmp_path / "once", press.entries)
    once.publish(STEPS[-1])
    stepwise = octets(press.folder)
    older = {name for name in stepwise if name not in octets(once.folder)}
    assert {name: stepwise[name] for name in octets(once.folder)} == octets(once.folder)
    # Level 1 is not full yet, so what it was when it was published stays.
    assert older == {"tile/1/000.p/1", "tile/1/000.p/2"}


def test_a_partial_tile_goes_once_its_tile_is_full(press: Press) -> None:
    press.publish(200)
    press.publish(255)
    partial = {name for name in names(press.folder) if "entries" in name}
    assert partial == {"tile/entries/000.p/200", "tile/entries/000.p/255"}
    press.publish(256)
    assert {name for name in names(press.folder) if name.startswith("tile")} == {
        "tile/0/000",
        "tile/1/000.p/1",
        "tile/entries/000",
    }


def test_only_published_sizes_have_partial_tiles(press: Press) -> None:
    press.publish(300)
    ghost = press.folder / "tile" / "0" / "001.p" / "99"
    ghost.write_bytes(b"written for a size whose checkpoint never came")
    (press.folder / "tile" / "entries" / "001.p" / ".45.draft").write_bytes(b"half")
    (press.folder / ".checkpoint.4711").write_bytes(b"half")
    press.restart()
    press.publish(310)
    left = [path.name for path in press.folder.rglob("*") if path.is_file()]
    assert not {"99", ".45.draft", ".checkpoint.4711"}.intersection(left)
    assert {"44", "54"} <= set(left)
    assert proved(press.folder) == 310


def test_three_levels_are_published_in_two_steps(tmp_path: Path) -> None:
    press = Press(tmp_path, entries_of(SIZE))
    press.publish(65_535)
    press.publish(SIZE)
    assert proved(tmp_path) == SIZE
    assert not list((tmp_path / "tile" / "1").glob("*.p/255"))


def test_a_folder_that_is_lost_is_made_again(press: Press, tmp_path: Path) -> None:
    press.publish(700)
    first = octets(press.folder)
    press.folder.rename(tmp_path / "lost")
    press.publish(700)
    assert octets(press.folder) == first


@pytest.mark.parametrize("name", ["tile/0/002.p/188", "tile/entries/002.p/188", "tile/1/000.p/2"])
def test_a_lost_file_at_the_end_is_written_again(press: Press, name: str) -> None:
    press.publish(700)
    (press.folder / name).unlink()
    press.restart()
    press.publish(700)
    assert (press.folder / name).exists()
    (press.folder / name).unlink()
    press.publish(800)
    assert proved(press.folder) == 800


@pytest.mark.parametrize("name", ["tile/0/001", "tile/entries/001", "tile/1/000.p/2"])
def test_a_file_is_never_overwritten_with_other_octets(press: Press, name: str) -> None:
    press.publish(200)
    file = press.folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"other octets")
    with pytest.raises(UnsafeError, match=name) as caught:
        press.publish(520)
    assert caught.value.slug == "tile_conflict"
    assert file.read_bytes() == b"other octets"
    assert proved(press.folder) == 200


@pytest.mark.parametrize("at", [3, 299, 300, 599])
def test_a_row_that_was_changed_is_found_before_anything_is_written(press: Press, at: int) -> None:
    press.publish(300)
    before = octets(press.folder)
    note = press.note(600)
    press.entries[at] = b"changed"
    if at < TILE_WIDTH:
        # What is complete is not read again: that is for `muniment fsck --published`.
        press.publisher.publish(Choice(newest=note, checkpoint=note))
        assert proved(press.folder) == 600
        return
    with pytest.raises(UnsafeError) as caught:
        press.publisher.publish(Choice(newest=note, checkpoint=note))
    assert caught.value.slug == ("published_differs" if at < 300 else "root_mismatch")
    assert octets(press.folder) == before


def test_fewer_rows_than_were_signed_are_not_published(press: Press) -> None:
    note = press.note(600)
    del press.entries[500:]
    with pytest.raises(UnsafeError, match="The 500 stored entries"):
        press.publisher.publish(Choice(newest=note, checkpoint=note))
    assert not (press.folder / "checkpoint").exists()


def test_a_tile_at_the_end_that_was_changed_stops_the_publisher(press: Press) -> None:
    press.publish(700)
    (press.folder / "tile" / "1" / "000.p" / "2").write_bytes(bytes(64))
    with pytest.raises(UnsafeError) as caught:
        press.publish(710)
    assert caught.value.slug == "published_differs"
    assert str(press.folder) in str(caught.value)


def test_a_ledger_that_was_rolled_back_is_told_from_one_that_lags(press: Press) -> None:
    press.publish(300)
    older, newer = press.note(200), press.note(400)
    with pytest.raises(UnsafeError, match="proves 300 entries") as caught:
        press.publish(200)
    assert caught.value.slug == "published_ahead"
    done = press.publisher.publish(Choice(newest=newer, checkpoint=older))
    assert (done.size, proved(press.folder)) == (300, 300)


def test_another_history_of_the_same_size_is_a_fork(press: Press) -> None:
    press.publish(300)
    other = note_of(entries_of(300, b"other"))
    with pytest.raises(UnsafeError) as caught:
        press.publisher.publish(Choice(newest=other, checkpoint=other))
    assert caught.value.slug == "checkpoint_fork"
    with pytest.raises(UnsafeError):
        press.publisher.publish(Choice(newest=press.note(400), checkpoint=other))


def test_a_checkpoint_gains_cosignatures_and_never_loses_them(press: Press) -> None:
    press.publish(300)
    note = press.note(300)
    line = note.decode().splitlines()[-1].replace(" ledger.xa-test/log ", " witness.example/w1 ")
    cosigned = with_lines(note, [line])
    press.publisher.publish(Choice(newest=cosigned, checkpoint=cosigned))
    assert (press.folder / "checkpoint").read_bytes() == cosigned
    press.publish(300)
    assert (press.folder / "checkpoint").read_bytes() == cosigned


@pytest.mark.parametrize("name", ["index.html", "trust.json"])
def test_a_folder_of_something_else_is_left_alone(press: Press, name: str) -> None:
    press.folder.mkdir()
    (press.folder / name).write_bytes(b"{}")
    with pytest.raises(UsageError):
        press.publish(3)
    assert names(press.folder) == {name}


@pytest.mark.parametrize("octets_there", [b"", b"no note", b"x" * 2_000_000])
def test_a_broken_checkpoint_stops_the_publisher(press: Press, octets_there: bytes) -> None:
    press.publish(3)
    (press.folder / "checkpoint").write_bytes(octets_there)
    with pytest.raises(ProofError):
        press.publish(5)
    assert (press.folder / "checkpoint").read_bytes() == octets_there


def test_a_folder_that_cannot_be_made_is_told(press: Press) -> None:
    press.folder.write_bytes(b"a file is in the way")
    with pytest.raises(UnreachableError) as caught:
        press.publish(3)
    assert caught.value.slug == "published_unwritable"


@settings(max_examples=30)
@given(sizes=st.lists(st.integers(1, 1_400), min_size=1, max_size=6).map(sorted), data=st.data())
def test_any_steps_with_any_restarts_prove_every_size(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
) -> None:
    press = Press(tmp_path_factory.mktemp("steps"), entries_of(1_400))
    for size in sizes:
        if data.draw(st.booleans()):
            press.restart()
        press.publish(size)
        assert proved(press.folder) == size


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_in_a_file_gives_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    press = Press(tmp_path_factory.mktemp("junk"), entries_of(700))
    press.publish(600)
    name = data.draw(st.sampled_from(sorted(names(press.folder))))
    (press.folder / name).write_bytes(data.draw(st.binary(max_size=300)))
    with suppress(MunimentError):
        press.publish(700)
