# SPDX-License-Identifier: Apache-2.0
"""The published tiles: their names, their content, and that they are never rewritten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.tiles import (
    TileWriter,
    bundle_path,
    decode_bundle,
    encode_bundle,
    read_bundle,
    read_tile,
    tile_path,
    tile_width,
)
from domain.errors import ProofError, UnreachableError

SIZE = 70_000


def entries(start: int, end: int) -> Iterator[bytes]:
    return (b"entry %d" % index for index in range(start, end))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("large")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("os.fsync", lambda _: None)
        writer = TileWriter(directory)
        writer.add(entries(0, SIZE))
        writer.finish()
    return directory


def names(directory: Path) -> set[str]:
    found = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix() for path in found}


@pytest.mark.parametrize(
    ("n", "width", "name"),
    [
        (0, 256, "tile/0/000"),
        (67, 256, "tile/0/067"),
        (999, 1, "tile/0/999.p/1"),
        (1_000, 256, "tile/0/x001/000"),
        (1_234_067, 256, "tile/0/x001/x234/067"),
        (1_234_067, 255, "tile/0/x001/x234/067.p/255"),
    ],
)
def test_tiles_are_named_as_the_format_says(n: int, width: int, name: str) -> None:
    assert tile_path(0, n, width=width) == name
    assert bundle_path(n, width) == name.replace("tile/0/", "tile/entries/")


@pytest.mark.parametrize(("level", "n", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0)])
def test_a_tile_that_cannot_be_has_no_name(level: int, n: int, width: int) -> None:
    with pytest.raises(ProofError, match="There is no tile"):
        tile_path(level, n, width=width)


def test_a_log_of_70000_has_the_tiles_that_the_format_lists(large: Path) -> None:
    found = names(large)
    full = {tile_path(0, n) for n in range(273)} | {bundle_path(n) for n in range(273)}
    upper = {tile_path(1, 0), tile_path(1, 1, width=17), tile_path(2, 0, 1)}
    assert found == full | upper | {tile_path(0, 273, width=112), bundle_path(273, 112)}


def test_every_bundle_and_tile_holds_its_part_of_the_log(large: Path) -> None:
    written = [entry for n in range(274) for entry in read_bundle(large, n, size=SIZE)]
    assert written == list(entries(0, SIZE))
    leaves = [leaf for n in range(274) for leaf in read_tile(large, level=0, n=n, size=SIZE)]
    assert leaves == [leaf_hash(entry) for entry in written]
    above = [node for n in range(2) for node in read_tile(large, level=1, n=n, size=SIZE)]
    assert above[272] == CompactRange().extend(leaves[272 * 256 : 273 * 256]).root()
    assert read_tile(large, level=2, n=0, size=SIZE) == (
        CompactRange().extend(leaves[: 256**2]).root(),
    )


@given(cuts=st.lists(st.integers(0, 600), max_size=4))
def test_written_in_any_split_the_tree_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    writer = TileWriter(tmp_path_factory.mktemp("split"))
    at = 0
    for cut in [*sorted(cuts), 600]:
        writer.add(entries(at, cut))
        at = cut
    assert writer.finish() == CompactRange().extend(map(leaf_hash, entries(0, 600)))


def test_writing_the_same_log_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        writer = TileWriter(tmp_path)
        writer.add(entries(0, 300))
        writer.finish()
    files = {name: (tmp_path / name).stat().st_mtime_ns for name in names(tmp_path)}
    TileWriter(tmp_path).add(entries(0, 256))
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in names(tmp_path)} == files


def test_a_grown_log_goes_on_from_a_finished_one(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path)
    writer.add(entries(0, 300))
    writer.finish()
    writer.add(entries(300, 520))
    tree = writer.finish()
    assert tree == CompactRange().extend(map(leaf_hash, entries(0, 520)))
    assert read_bundle(tmp_path, 1, size=300) == tuple(entries(256, 300))
    assert read_bundle(tmp_path, 1, size=520) == tuple(entries(256, 512))


def test_a_removed_partial_tile_is_read_from_the_full_one(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path)
    writer.add(entries(0, 256))
    writer.finish()
    assert read_bundle(tmp_path, 0, size=7) == tuple(entries(0, 7))
    assert read_tile(tmp_path, level=0, n=0, size=7) == tuple(map(leaf_hash, entries(0, 7)))


def test_other_octets_never_overwrite_a_file(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path)
    writer.add(entries(0, 256))
    writer.finish()
    other = TileWriter(tmp_path)
    with pytest.raises(ProofError, match="never overwritten") as refusal:
        other.add(entries(1, 257))
    assert refusal.value.slug == "tile_conflict"
    assert read_bundle(tmp_path, 0, size=256) == tuple(entries(0, 256))


def test_nothing_half_written_is_left_under_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", _full_disk)
    writer = TileWriter(tmp_path)
    writer.add(entries(0, 256))
    with pytest.raises(UnreachableError, match="No space left"):
        writer.finish()
    assert not [name for name in names(tmp_path) if not Path(name).name.startswith(".")]


def test_a_directory_that_is_no_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    writer = TileWriter(tmp_path / "file")
    with pytest.raises(UnreachableError, match="tile/entries/000 cannot be written"):
        writer.add(entries(0, 256))
    (tmp_path / tile_path(0, 0)).mkdir(parents=True)
    with pytest.raises(UnreachableError, match="tile/0/000 cannot be read"):
        read_tile(tmp_path, level=0, n=0, size=256)


def test_folders_are_not_kept_open_without_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.proof.tiles.FOLDERS_OPEN_MAX", 3)
    writer = TileWriter(tmp_path)
    for start in range(0, 1_024, 256):
        writer.add(entries(start, start + 256))
        assert len(writer._files._folders) <= 3 + 3
    writer.finish()
    assert not writer._files._folders
    assert read_bundle(tmp_path, 3, size=1_024) == tuple(entries(768, 1_024))


def test_an_export_killed_half_way_leaves_nothing_when_repeated(tmp_path: Path) -> None:
    TileWriter(tmp_path).add(entries(0, 300))
    assert not (tmp_path / tile_path(0, 0)).exists()
    writer = TileWriter(tmp_path)
    writer.add(entries(0, 300))
    writer.finish()
    full, rest = {tile_path(0, 0), bundle_path(0)}, {tile_path(0, 1, width=44), bundle_path(1, 44)}
    assert names(tmp_path) == full | rest | {tile_path(1, 0, width=1)}


def test_an_empty_log_writes_no_tile(tmp_path: Path) -> None:
    assert TileWriter(tmp_path).finish() == CompactRange()
    assert names(tmp_path) == set()


def test_a_missing_file_is_told_by_name(large: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=r"tile/entries/273\.p/111 is missing") as refusal:
        read_bundle(large, 273, size=SIZE - 1)
    assert refusal.value.slug == "tile_missing"
    with pytest.raises(UnreachableError, match="tile/0/000 is missing"):
        read_tile(tmp_path, level=0, n=0, size=256)


def test_a_tile_outside_the_tree_is_refused(large: Path) -> None:
    for level, n in ((0, 274), (0, -1), (3, 0)):
        with pytest.raises(ProofError, match="has no tile"):
            read_tile(large, level=level, n=n, size=SIZE)


@pytest.mark.parametrize("change", [-1, -32, 1, 32])
def test_a_tile_with_another_number_of_hashes_is_refused(tmp_path: Path, change: int) -> None:
    path = tmp_path / tile_path(0, 0, width=3)
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(96 + change))
    with pytest.raises(ProofError, match=r"hashes"):
        read_tile(tmp_path, level=0, n=0, size=3)


def test_an_oversized_tile_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / tile_path(0, 0)
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(8_193))
    with pytest.raises(ProofError, match="more than 8192 octets"):
        read_tile(tmp_path, level=0, n=0, size=256)


@given(bundle=st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_is_cut_into_the_entries_it_was_joined_from(bundle: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(bundle), len(bundle)) == tuple(bundle)


@given(bundle=st.lists(st.binary(max_size=30), min_size=1, max_size=5), cut=st.integers(1, 5))
def test_a_cut_or_longer_bundle_is_refused(bundle: list[bytes], cut: int) -> None:
    octets = encode_bundle(bundle)
    with pytest.raises(ProofError, match="ends before"):
        decode_bundle(octets[:-cut], len(bundle))
    with pytest.raises(ProofError, match="holds more"):
        decode_bundle(octets + os.urandom(cut), len(bundle))


def test_an_entry_of_65535_octets_is_the_longest() -> None:
    longest = bytes(65_535)
    assert decode_bundle(encode_bundle([longest]), 1) == (longest,)
    with pytest.raises(ProofError, match="at most 65535"):
        encode_bundle([bytes(65_536)])


def test_a_tile_is_as_wide_as_its_tree_says() -> None:
    assert [tile_width(0, n, size=300) for n in range(3)] == [256, 44, 0]
    assert [tile_width(level, 0, size=70_000) for level in range(4)] == [256, 256, 1, 0]


def _full_disk(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
