# SPDX-License-Identifier: Apache-2.0
"""The pass over a whole log that looks for events recorded late, shared among the processes.

It comes last, since it takes the brackets that checkpoints of this very history give.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import cast

from audit.proof.verify.beside.lateness import LateWatch
from audit.proof.verify.log.crew import Crew
from audit.proof.verify.log.entries import Span
from audit.proof.verify.report import Tally


def watch_entries(
    watch: LateWatch, crew: Crew, spans: Iterable[Span], *, folder: Path
) -> Iterator[tuple[Span, Tally]]:
    """Look at the entries of each range; the watch goes through a file of the folder.

    Args:
        watch: Looks at them.
        crew: Shares the work.
        spans: The ranges.
        folder: Where only this program can write.
    """
    path = folder / "watch"
    path.write_bytes(pickle.dumps(watch))
    return crew.run(find_late, (replace(span, context=path) for span in spans))


def find_late(span: Span) -> Tally:
    """Look at the entries of a range; its context is the file of a watch."""
    if span.context is None:
        raise TypeError("entries are looked at by a watch")
    watch, tally = _watch(span.context), Tally()
    for bundle in span.bundles():
        for index, jws in enumerate(bundle.entries, bundle.start):
            for finding in watch.look(index, jws):
                tally.add(finding)
    return tally


@lru_cache(maxsize=1)
def _watch(context: Path) -> LateWatch:
    loaded = pickle.loads(context.read_bytes())  # noqa: S301  # written by this program, mode 0700
    return cast("LateWatch", loaded)
