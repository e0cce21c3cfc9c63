# SPDX-License-Identifier: Apache-2.0
"""A progress bar with rate and time left, on standard error and only on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api.importing.report import Tally

Watch = Callable[[float, Tally], None]


@contextmanager
def progress_shown(console: Console) -> Iterator[Watch]:
    """Give the function that an import tells how far it is."""
    if not console.is_terminal:
        yield lambda _share, _tally: None
        return
    with _bar(console) as bar:
        task = bar.add_task("import", total=1.0, events=0, rows=0, refused=0, rate=0.0)

        def watch(share: float, tally: Tally) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(
                task,
                completed=share,
                rows=tally.rows,
                events=tally.events,
                refused=tally.refused.total(),
                rate=tally.rows / elapsed if elapsed else 0.0,
            )

        yield watch


def _bar(console: Console) -> Progress:
    return Progress(
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[events]:,} events recorded,"),
        TextColumn("{task.fields[refused]:,} refused"),
        TextColumn("{task.fields[rate]:,.0f} rows/s"),
        TimeRemainingColumn(compact=True),
        console=console,
    )
