# SPDX-License-Identifier: Apache-2.0
"""Bent envelopes, notes, proofs, tiles, stamps and bundles: a verdict, never a traceback.

A short run that is the same every time; ``harness`` searches for longer, led by coverage.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from domain.errors import MunimentError
from tests.unit.audit.fuzz.mutation import mutate
from tests.unit.audit.fuzz.signed import EVERY
from tests.unit.tries import tries

pytestmark = pytest.mark.slow  # thousands of mutations

HARNESS = "tests.unit.audit.fuzz.harness"
SEARCH_SECONDS = 3
MUTATIONS = 250
LARGE_OCTETS = 64_000_000
LARGEST_OCTETS = 20_000_000
"""Somewhat more than the largest thing that is read whole, an entry bundle of 16 MB."""

PARTS = {"checkpoint text", "verifier key", "witness answer", "fraud", "envelope payload"}
"""What only comes in pieces of something that was capped where it was read."""


@pytest.mark.parametrize("name", EVERY)
def test_every_seed_is_accepted(name: str) -> None:
    target = EVERY[name]
    for seed in target.seeds:
        assert target.read(seed) in {None, seed}


@pytest.mark.parametrize("name", EVERY)
def test_bent_octets_are_refused_by_one_of_our_errors_or_have_one_spelling(name: str) -> None:
    target, random = EVERY[name], Random(f"muniment {name}")
    for number in range(tries(MUTATIONS)):
        octets = mutate(target.seeds, random)
        try:
            with suppress(MunimentError):
                assert target.read(octets) in {None, octets}
        except BaseException as error:
            error.add_note(f"Mutation {number} of {name}: {octets!r}")
            raise


@pytest.mark.parametrize("name", sorted(EVERY.keys() - PARTS))
@pytest.mark.parametrize("filling", [b"A", b"\n", b"0", b"\xff"])
def test_endless_octets_are_refused_before_memory_is_taken(name: str, filling: bytes) -> None:
    target = EVERY[name]
    octets = target.seeds[0] + filling * LARGE_OCTETS
    tracemalloc.start()
    try:
        with suppress(MunimentError):
            target.read(octets)
        assert tracemalloc.get_traced_memory()[1] < LARGEST_OCTETS
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["envelope", "envelope payload", "note"])
def test_a_short_search_that_coverage_leads_ends_without_a_fault(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this Python and platform")
    done = subprocess.run(
        [sys.executable, "-m", HARNESS, str(SEARCH_SECONDS), name, str(tmp_path / "corpus")],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs = re.search(r"Done (\d+) runs", done.stderr)
    assert runs, done.stderr
    assert int(runs[1]) > len(EVERY[name].seeds)


def test_a_search_for_a_target_that_does_not_exist_names_those_that_do() -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this Python and platform")
    done = subprocess.run(
        [sys.executable, "-m", HARNESS, "1", "nothing"],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1
    assert "head proof" in done.stderr
