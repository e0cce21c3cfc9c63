# SPDX-License-Identifier: Apache-2.0
"""The witnessed checkpoints that a ledger keeps: few of them, and no bracket much the wider."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.witness.history import (
    HISTORY_FOLDER,
    KEPT_EVERY_SECONDS,
    CosignedHistory,
    Kept,
)
from domain.errors import UnreachableError

STEPS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 400)), min_size=1, max_size=12)


@given(steps=STEPS)
def test_thinning_widens_no_bracket_by_more_than_is_said(steps: list[tuple[int, int]]) -> None:
    """Whatever was between two sizes that follow each other was reached within the time."""
    size = at = 0
    made: list[Kept] = []
    with TemporaryDirectory() as folder:
        history = CosignedHistory(Path(folder))
        for more, seconds in steps:
            size, at = size + more, at + seconds
            made.append(Kept(size, at))
            history.keep(b"note", size, at)
        spans = history.spans()
    assert {first.size for first, _ in spans.values()} == set(spans)
    assert spans[size][1] == made[-1]
    for each, (first, last) in spans.items():
        of_size = [kept for kept in made if kept.size == each]
        assert (first, last) == (of_size[0], of_size[-1])
    for older, newer in pairwise(spans):
        left_out = any(older < kept.size < newer for kept in made)
        assert not left_out or spans[newer][0].at - spans[older][0].at < KEPT_EVERY_SECONDS


def test_a_size_between_two_that_are_near_is_left_out(tmp_path: Path) -> None:
    history = CosignedHistory(tmp_path)
    for size, at in ((20, 0), (25, 60), (30, 120)):
        history.keep(b"%d" % size, size, at)
    assert list(history.spans()) == [20, 30]
    assert history.read(Kept(30, 120)) == b"30"


def test_other_files_are_passed_over_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    history = CosignedHistory(tmp_path)
    assert history.spans() == {}
    history.keep(b"note", 20, 5)
    (tmp_path / HISTORY_FOLDER / ".20.6.note.123").touch()
    assert history.spans() == {20: (Kept(20, 5), Kept(20, 5))}
    with pytest.raises(UnreachableError, match="cannot be read"):
        history.read(Kept(21, 5))


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / HISTORY_FOLDER).touch()
    with pytest.raises(UnreachableError, match="cannot be written"):
        CosignedHistory(tmp_path).keep(b"note", 20, 5)
    with pytest.raises(UnreachableError, match="cannot be read"):
        CosignedHistory(tmp_path).spans()
