# SPDX-License-Identifier: Apache-2.0
"""The typefaces of a certificate: only those of the extra ``certificates``, never the system's.

So a certificate has the same bytes on every machine. Which characters they can draw is read from
their character maps (OpenType, table ``cmap``, formats 4 and 12), since the typesetter stops at one
that none of them has.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from struct import Struct, unpack_from
from typing import Final

from domain.errors import UsageError

WHEELS: Final = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic", "cvttf_NotoSansCJK_Regular")
"""Modules of the wheels: Latin, Greek and Cyrillic; Arabic; Chinese."""

FAMILIES: Final = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK TC")
DATA_FAMILIES: Final = ("DejaVu Sans Mono", *FAMILIES)
"""For data a face in which O is not 0 and l not 1; the typesetter brings it along."""

SUFFIXES: Final = frozenset({".ttf", ".otf"})

_TABLE: Final = Struct(">4sLLL")
_SUBTABLE: Final = Struct(">HHL")
_GROUP: Final = Struct(">LLL")


def font_files() -> tuple[Path, ...]:
    """Find the font files.

    Raises:
        UsageError: ``certificates_missing``.
    """
    return tuple(chain.from_iterable(_files_of(each) for each in WHEELS))


def missing() -> UsageError:
    """Say what is to be installed."""
    return UsageError(
        "Certificates need the typesetter and its fonts, which are not installed.",
        slug="certificates_missing",
        next_step="Install the extra: python -m pip install 'muniment[certificates]'.",
    )


@cache
def drawable() -> frozenset[int]:
    """Give the code points that the fonts can draw.

    Raises:
        UsageError: ``certificates_missing``.
    """
    return frozenset(chain.from_iterable(_mapped(each.read_bytes()) for each in font_files()))


def _files_of(module: str) -> list[Path]:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise missing()
    folder = Path(found.origin).parent
    return sorted(each for each in folder.rglob("*") if each.suffix in SUFFIXES)


def _mapped(font: bytes) -> Iterator[int]:
    """Read which code points a font maps to a glyph."""
    (tables,) = unpack_from(">H", font, 4)
    entries = (_TABLE.unpack_from(font, 12 + 16 * at) for at in range(tables))
    base = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    (count,) = unpack_from(">H", font, base + 2)
    for at in range(count):
        _, _, offset = _SUBTABLE.unpack_from(font, base + 4 + 8 * at)
        (form,) = unpack_from(">H", font, base + offset)
        if form == 4:  # noqa: PLR2004 - the number of the format
            yield from _segments(font, base + offset)
        elif form == 12:  # noqa: PLR2004 - the number of the format
            yield from _groups(font, base + offset)


def _segments(font: bytes, base: int) -> Iterator[int]:
    """Read format 4: a code point counts if its glyph is not the one for what is missing."""
    (twice,) = unpack_from(">H", font, base + 6)
    count = twice // 2
    numbers = f">{count}H"
    ends = unpack_from(numbers, font, base + 14)
    starts = unpack_from(numbers, font, base + 16 + twice)
    deltas = unpack_from(numbers, font, base + 16 + 2 * twice)
    offsets = unpack_from(numbers, font, base + 16 + 3 * twice)
    for at, (first, last, delta, offset) in enumerate(
        zip(starts, ends, deltas, offsets, strict=True)
    ):
        for code in range(first, last + 1):
            glyph = code
            if offset:
                place = base + 16 + 3 * twice + 2 * at + offset + 2 * (code - first)
                (glyph,) = unpack_from(">H", font, place)
            if (glyph and (glyph + delta) % 65_536) if offset else (glyph + delta) % 65_536:
                yield code


def _groups(font: bytes, base: int) -> Iterator[int]:
    """Read format 12, in groups of code points that follow each other."""
    (count,) = unpack_from(">L", font, base + 12)
    for at in range(count):
        first, last, glyph = _GROUP.unpack_from(font, base + 16 + 12 * at)
        yield from range(first + (glyph == 0), last + 1)
