# SPDX-License-Identifier: Apache-2.0
"""Cyclic garbage is searched for rarely while many events pass, and as usual afterwards."""

import gc

import pytest

from audit.proof.verify.log.garbage import COLLECTION_THRESHOLDS, rare_collections


def test_garbage_is_searched_for_rarely_inside_and_as_usual_afterwards() -> None:
    usual = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold() == COLLECTION_THRESHOLDS
        assert gc.get_freeze_count() > 0
    assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, 0)


def test_what_fails_inside_leaves_nothing_changed() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ZeroDivisionError, match="zero"), rare_collections((7, 5, 3)):
        _ = sum(gc.get_threshold()) // 0
    assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, 0)


def test_garbage_that_comes_up_inside_is_found() -> None:
    class Knot:
        """Refers to itself."""

    gone = []
    with rare_collections((10, 1, 1)):
        knot = Knot()
        knot.itself = knot  # type: ignore[attr-defined]
        gc.callbacks.append(lambda phase, info: gone.append(info) if phase == "stop" else None)
        del knot
        kept: list[list[int]] = [[] for _ in range(1_000)]
        gc.callbacks.pop()
    assert sum(each["collected"] for each in gone) > 0
    assert len(kept) == 1_000
