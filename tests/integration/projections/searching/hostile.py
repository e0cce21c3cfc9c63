# SPDX-License-Identifier: Apache-2.0
"""What nobody should be able to do harm with by searching for it, for every door.

Implements the bad input of searches: wildcards only, a thousand characters, regular-expression
and SQL text, control characters and mixed scripts.
"""

from __future__ import annotations

from typing import Final

REFUSED: Final = (
    ("*", "serial_too_short"),
    ("?*?..", "serial_too_short"),
    ("%_%", "serial_too_short"),
    ("[[[[HS-]]]]?", "serial_too_short"),
    ("A" * 1_000, "serial_too_long"),
    ("?A" * 500, "serial_too_long"),
    ("HS-1\x00001", "serial_control_characters"),
    ("HS-1\x1b[31m001", "serial_control_characters"),
    ("HS-1\t001", "serial_control_characters"),
)
"""Texts that cannot be searched for, and why."""

NOTHING: Final = (
    "^(HS|XY)[0-9]+$",
    "(a+)+$",
    "HS-\\d{4}",
    "' or 1=1 --",
    "HS-1'); drop table projection.marking; --",
    "%(text)s %s {0}",
)
"""Texts that mean something elsewhere, and here are only what they say: nothing is like them."""

MIXED: Final = (
    "\N{CYRILLIC CAPITAL LETTER EN}S-\N{ARABIC-INDIC DIGIT ONE}001",
    "\N{FULLWIDTH LATIN CAPITAL LETTER H}s\N{RIGHT-TO-LEFT OVERRIDE}-\N{CIRCLED DIGIT ONE}001",
    "H\N{CYRILLIC CAPITAL LETTER DZE}\N{ZERO WIDTH SPACE}1?01",
)
"""Readings in several scripts of the number that is on record."""

SERIAL: Final = "HS-1001"
