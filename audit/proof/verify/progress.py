# SPDX-License-Identifier: Apache-2.0
"""How far the verifier is, on a terminal: share, rate and time left, on one line.

Implements the command habits of the console specification, section 2: words on stderr, no
moving line where nobody watches. Small on purpose, so that the verifier starts at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

REDRAW_SECONDS: Final = 0.2
_CLEAR: Final = "\r\x1b[K"


class TerminalProgress:
    """Redraws one line; say ``clear`` before anything else is printed."""

    def __init__(self, stream: TextIO, monotonic: Callable[[], float]) -> None:
        """Draw on a stream that is a terminal."""
        self._stream = stream
        self._monotonic = monotonic
        self._phase = ""
        self._began = 0.0
        self._drawn = 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Show how many entries of a phase are done."""
        now = self._monotonic()
        if phase != self._phase:
            self._phase, self._began, self._drawn = phase, now, now - REDRAW_SECONDS
        if now - self._drawn >= REDRAW_SECONDS or done == total:
            self._drawn = now
            line = progress_line(phase, done, total, seconds=now - self._began)
            print(_CLEAR + line, end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Remove the line."""
        if self._phase:
            print(_CLEAR, end="", file=self._stream, flush=True)


def progress_line(phase: str, done: int, total: int, *, seconds: float) -> str:
    """Say in one line how far a phase is, how fast, and how long it will take."""
    share = f"{phase} {done:,} of {total:,} ({100 * done // max(total, 1)} %)"
    if not done or seconds <= 0:
        return share
    rate = done / seconds
    left = round((total - done) / rate)
    return f"{share}, {rate:,.0f}/s, {left // 60}:{left % 60:02} left"
