# SPDX-License-Identifier: Apache-2.0
"""One pass over a log in which every event is judged again by the rules of its time.

Implements "domain rules replay" of the log specification, section 2.9, as a check of the
report. It runs in one process, since each event is judged against those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from audit.proof.verify.book import Book
from audit.proof.verify.replay.judge import RULES, Replay
from audit.proof.verify.replay.memory import Memory
from audit.proof.verify.report import Tally

SHOW_EVERY_ENTRIES: Final = 256

_NOT_ASKED: Final = (
    "What the events say was not judged again by the rules; ask for it with --rules, which takes "
    "several times as long."
)


def replay_log(
    entries: Iterable[bytes], memory: Memory, *, tally: Tally, show: Callable[[int], None]
) -> int:
    """Judge the entries of a whole log in their order.

    Args:
        entries: Compact tokens from index 0 on.
        memory: Where the replay remembers what it has seen.
        tally: Takes what the rules would have refused.
        show: Told how many entries are judged.

    Returns:
        How many entries could not be judged, because another check failed for them.

    Raises:
        OSError: The disk is full, for example.
    """
    replay = Replay(memory)
    for index, jws in enumerate(entries):
        finding = replay.judge(index, jws)
        if finding:
            tally.add(finding)
        if index % SHOW_EVERY_ENTRIES == 0:
            show(index)
    return replay.left_out


def conclude_rules(book: Book, left_out: int | None, *, undone: str | None) -> None:
    """Conclude the check; what was not asked for or not possible is called not checked.

    Args:
        book: Where the findings are.
        left_out: Entries that could not be judged; nothing if the replay did not run.
        undone: Why it could not run, if it was asked for.
    """
    if left_out:
        undone = f"{left_out} entries could not be judged, see the checks above; the rest is legal."
    elif left_out is None:
        undone = undone or _NOT_ASKED
    book.conclude(RULES, "Every event was legal by the rules when it was recorded.", undone=undone)
