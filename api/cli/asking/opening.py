# SPDX-License-Identifier: Apache-2.0
"""How commands ask: with a warning where an answer does not know the newest entries.

Every command that reads projections opens them here, so that no answer is stale in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from api.bootstrap import Office
from api.cli.speech import tell_error
from api.tracing.inquiry import open_queries
from audit.link import Link
from projections.catalogue import PROJECTIONS
from projections.queries import Queries
from projections.standing import read_standings


@contextmanager
def opened_queries(office: Office) -> Iterator[Queries]:
    """Give what can be asked; in the end tell which projections that were asked have stopped."""
    with open_queries(office) as queries:
        try:
            yield queries
        finally:
            _tell_stopped(office, queries)


def _tell_stopped(office: Office, queries: Queries) -> None:
    asked = [each for each in PROJECTIONS if each.name in queries.stopped]
    with closing(Link(office.database.conninfo("ledger_reader"))) as link:
        for each in read_standings(link, asked) if asked else ():
            if each.problem:
                tell_error(each.problem)
