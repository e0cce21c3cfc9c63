# SPDX-License-Identifier: Apache-2.0
"""Bent notes, proofs, tiles, policies and bundles: a verdict, never a traceback.

A short run that is the same every time; ``harness`` searches for longer, led by coverage.
"""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from random import Random

import pytest

from domain.errors import MunimentError
from tests.unit.audit.fuzz.mutation import mutate
from tests.unit.audit.fuzz.targets import TARGETS
from tests.unit.tries import tries

pytestmark = pytest.mark.slow  # thousands of mutations

MUTATIONS = 250
LARGE_OCTETS = 64_000_000
LARGEST_OCTETS = 20_000_000
"""Somewhat more than the largest thing that is read whole, an entry bundle of 16 MB."""

PARTS = {"checkpoint text", "verifier key", "witness answer", "fraud"}
"""What only comes in pieces of something that was capped where it was read."""


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_accepted(name: str) -> None:
    target = TARGETS[name]
    for seed in target.seeds:
        assert target.read(seed) in {None, seed}


@pytest.mark.parametrize("name", TARGETS)
def test_bent_octets_are_refused_by_one_of_our_errors_or_have_one_spelling(name: str) -> None:
    target, random = TARGETS[name], Random(f"muniment {name}")
    for number in range(tries(MUTATIONS)):
        octets = mutate(target.seeds, random)
        try:
            with suppress(MunimentError):
                assert target.read(octets) in {None, octets}
        except BaseException as error:
            error.add_note(f"Mutation {number} of {name}: {octets!r}")
            raise


@pytest.mark.parametrize("name", sorted(TARGETS.keys() - PARTS))
@pytest.mark.parametrize("filling", [b"A", b"\n", b"0", b"\xff"])
def test_endless_octets_are_refused_before_memory_is_taken(name: str, filling: bytes) -> None:
    target = TARGETS[name]
    octets = target.seeds[0] + filling * LARGE_OCTETS
    tracemalloc.start()
    try:
        with suppress(MunimentError):
            target.read(octets)
        assert tracemalloc.get_traced_memory()[1] < LARGEST_OCTETS
    finally:
        tracemalloc.stop()
