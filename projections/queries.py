# SPDX-License-Identifier: Apache-2.0
"""Everything that can be asked, over one connection that may only read.

Implements design decision D12: the doors call this object and never each other. Writing
goes through the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from audit.link import Link
from projections.lives.store import LIVES
from projections.marking_search.queries import MarkingSearch
from projections.marking_search.question import Calibres, as_written
from projections.records.store import RECORDS
from projections.runner import catch_up
from projections.runner import projector as connected
from projections.statistics.queries import Statistics
from projections.timeline.prover import Prover, Sources
from projections.timeline.queries import Timeline
from projections.view import View

# Without statistics of a young table, a sequential scan would be chosen, kept as the
# prepared plan, and cost more with every event.
_PLAN_OPTIONS = "-c enable_seqscan=off -c jit=off"


class Queries:
    """What is known now, and how far it is proved; safe for several threads.

    Attributes:
        timeline: Histories of firearms.
        markings: The search by marking.
        prover: Proves histories.
        statistics: Counts, with definitions.
    """

    def __init__(
        self,
        *,
        reader: str,
        projector: str,
        audience: str,
        sources: Sources,
        calibres: Calibres = as_written,
    ) -> None:
        """Remember how to connect; nothing is opened yet.

        Args:
            reader: Connects as the role ``ledger_reader``.
            projector: Connects as the role ``ledger_projector``.
            audience: Identifier of the ledger.
            sources: Where proofs come from besides the rows of the log.
            calibres: Tells what calibres as written mean.
        """
        options = conninfo_to_dict(reader).get("options") or ""
        conninfo = make_conninfo(reader, options=f"{options} {_PLAN_OPTIONS}".strip())
        self._links = (Link(conninfo), Link(conninfo))
        self._view = View(self._links[0], partial(catch_up, projector))
        self.timeline = Timeline(self._view)
        self.markings = MarkingSearch(self._view, calibres)
        self.statistics = Statistics(
            partial(connected, reader), partial(catch_up, projector), read=(LIVES, RECORDS)
        )
        self.prover = Prover(self._links[1], sources, audience=audience)

    @property
    def stopped(self) -> Mapping[str, int]:
        """The projections asked that an entry stopped, with how many entries they know of."""
        return self._view.stopped

    def close(self) -> None:
        """Close the connections."""
        for link in self._links:
            link.close()
