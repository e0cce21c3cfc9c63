# SPDX-License-Identifier: Apache-2.0
"""Reads out of a PDF what a court's program would, with nothing but the standard library."""

from __future__ import annotations

import re
import zlib

ATTACHED = re.compile(rb"/Type\s*/EmbeddedFile.*?stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
METADATA = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)


def attachment(pdf: bytes) -> bytes:
    """Take out the one file that is attached."""
    (found,) = ATTACHED.findall(pdf)
    return zlib.decompress(found) if found[:1] == b"\x78" else bytes(found)


def metadata(pdf: bytes) -> str:
    """Give what the PDF says of itself."""
    (found,) = METADATA.findall(pdf)
    return bytes(found).decode()
