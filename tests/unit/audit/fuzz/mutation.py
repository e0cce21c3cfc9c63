# SPDX-License-Identifier: Apache-2.0
"""Bends octets the way that finds faults in parsers: cuts, copies, numbers, separators."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

TOKENS: Final = (
    b"\n", b"\n\n", b"\r\n", b" ", b"\t", b"=", b"\x00", b"\xff", b"\xe2\x80\x94 ", b"+", b"-1",
    b"0", b"00", b"9007199254740993", b"18446744073709551616", b"1e9", b"AAAA", b"A" * 44 + b"\n",
    b"old ", b"index ", b"extra ", b"log ", b"witness ", b"group ", b"quorum none\n", b"{", b"[",
    b'"', b"null", b"PK\x03\x04", b"PK\x05\x06", b"../", b"\xed\xa0\x80", b"\xc2\xa0", b"x" * 5_000,
)  # fmt: skip
"""What the formats are made of, and what numbers and texts of other systems look like."""

BENDS_MAX: Final = 4

Bend = Callable[[bytes, Random], bytes]


def mutate(seeds: tuple[bytes, ...], random: Random) -> bytes:
    """Bend one of the seeds a few times."""
    octets = random.choice(seeds)
    for _ in range(random.randint(1, BENDS_MAX)):
        octets = random.choice(_BENDS)(octets, random)
    return octets


def _flip(octets: bytes, random: Random) -> bytes:
    at = random.randrange(len(octets) + 1)
    return (
        octets[:at]
        + bytes(each ^ 1 << random.randrange(8) for each in octets[at : at + 1])
        + (octets[at + 1 :])
    )


def _set(octets: bytes, random: Random) -> bytes:
    at = random.randrange(len(octets) + 1)
    return octets[:at] + random.randbytes(1) + octets[at + 1 :]


def _cut(octets: bytes, random: Random) -> bytes:
    start, end = _span(octets, random)
    return octets[:start] + octets[end:]


def _copy(octets: bytes, random: Random) -> bytes:
    start, end = _span(octets, random)
    at = random.randrange(len(octets) + 1)
    return octets[:at] + octets[start:end] + octets[at:]


def _end(octets: bytes, random: Random) -> bytes:
    return octets[: random.randrange(len(octets) + 1)]


def _put(octets: bytes, random: Random) -> bytes:
    at = random.randrange(len(octets) + 1)
    return octets[:at] + random.choice(TOKENS) + octets[at:]


def _replace(octets: bytes, random: Random) -> bytes:
    start, end = _span(octets, random)
    return octets[:start] + random.choice(TOKENS) + octets[end:]


def _shuffle(octets: bytes, random: Random) -> bytes:
    lines = octets.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


_BENDS: Final[tuple[Bend, ...]] = (_flip, _set, _cut, _copy, _end, _put, _replace, _shuffle)


def _span(octets: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(octets) + 1)
    return start, min(len(octets), start + random.randrange(64))
