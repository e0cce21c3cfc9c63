# SPDX-License-Identifier: Apache-2.0
"""How often the interpreter searches for cyclic garbage while many events pass through.

Events, their schemas and their rows make many objects and next to no cycles. By its usual
thresholds the interpreter would search through all that is loaded again and again, which took
a fifth of the time of an append, and a quarter of that of an import.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

COLLECTION_THRESHOLDS: Final = (10_000, 10, 10)
"""Allocations, and collections of younger objects, between searches for cyclic garbage."""


@contextmanager
def rare_collections(thresholds: tuple[int, int, int] = COLLECTION_THRESHOLDS) -> Iterator[None]:
    """Search rarely while inside the ``with``, and never among what was loaded before it.

    It holds for the whole process. What is loaded is not copied either by processes that are
    forked inside.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*thresholds)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
