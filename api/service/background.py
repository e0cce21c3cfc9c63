# SPDX-License-Identifier: Apache-2.0
"""Work beside the requests: in a thread that is told to stop, and waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def in_background(name: str, work: Callable[[Event], None]) -> Iterator[None]:
    """Work in a thread of its own for as long as the ``with`` lasts.

    Args:
        name: Name of the thread.
        work: Goes on until the event that it is given is set.
    """
    stop = Event()
    worker = Thread(target=work, args=(stop,), name=name)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()
