# SPDX-License-Identifier: Apache-2.0
"""One pass over a log in which every event is judged again by the rules of its time.

Implements "domain rules replay" of the log specification, section 2.9, as a check of the
report. It runs in one process, since each event is judged against those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from audit.proof.verify.book import Book
from audit.proof.verify.findings import counted
from audit.proof.verify.replay.judge import RULES
from audit.proof.verify.replay.memory import Memory
from audit.proof.verify.replay.passage import begin
from audit.proof.verify.report import Tally

SHOW_EVERY_ENTRIES: Final = 256

_NOT_ASKED: Final = (
    "What the events say was not judged again by the rules; ask for it with --rules, which takes "
    "several times as long."
)


class Replayed(NamedTuple):
    """What a replay came to.

    Attributes:
        left_out: Entries that could not be judged, because another check failed for them.
        before: Entries among all that an earlier run had judged.
    """

    left_out: int
    before: int


def replay_log(
    entries: Callable[[], Iterator[bytes]],
    memory: Memory,
    *,
    tally: Tally,
    show: Callable[[int], None],
) -> Replayed:
    """Judge the entries of a whole log in their order.

    Args:
        entries: Gives compact tokens from index 0 on.
        memory: Where the replay remembers what it has seen; it goes on from what is kept there,
            if that is about the same entries.
        tally: Takes what the rules would have refused.
        show: Told how many entries are judged.

    Raises:
        OSError: The disk is full, for example.
    """
    passage, rest = begin(entries, memory)
    before = passage.done
    for jws in rest:
        passage.judge(jws)
        if passage.done % SHOW_EVERY_ENTRIES == 0:
            show(passage.done)
    tally.merge(passage.found)
    return Replayed(passage.replay.left_out, before)


def conclude_rules(book: Book, left_out: int | None, *, undone: str | None) -> None:
    """Conclude the check; what was not asked for or not possible is called not checked.

    Args:
        book: Where the findings are.
        left_out: Entries that could not be judged; nothing if the replay did not run.
        undone: Why it could not run, if it was asked for.
    """
    if left_out:
        some = counted(left_out)
        undone = f"{some} could not be judged, see the checks above; the rest is legal."
    elif left_out is None:
        undone = undone or _NOT_ASKED
    book.conclude(RULES, "Every event was legal by the rules when it was recorded.", undone=undone)
