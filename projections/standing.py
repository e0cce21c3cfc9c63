# SPDX-License-Identifier: Apache-2.0
"""Where every projection stands: how far it has read, and what keeps it from going on.

Nothing is brought up for the sake of looking (design decision D7: "lag visible").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from audit.link import Link
from audit.proof.encoding import encode
from domain.errors import UnsafeError
from projections.catalogue import PROJECTIONS
from projections.projection import Projection

State = Literal["current", "lagging", "stopped", "of another version", "not built"]


@dataclass(frozen=True, slots=True)
class Poison:
    """The entry at which a projection stands still.

    Attributes:
        index: Its log index.
        eid: Its event id.
        reason: What went wrong there.
    """

    index: int
    eid: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one projection stands.

    Attributes:
        name: Its name.
        version: Version that this program folds.
        found: Version that built its tables, if any did.
        entries: Entries of the log that it has read.
        size: Size of the log.
        poison: The entry that stopped it, if one did.
    """

    name: str
    version: int
    found: int | None
    entries: int
    size: int
    poison: Poison | None

    @property
    def behind(self) -> int | None:
        """Entries that it has not read; none where the next question builds it anew."""
        return self.size - self.entries if self.found == self.version else None

    @property
    def state(self) -> State:
        """What is to be said of it in a word or two."""
        if self.found is None:
            return "not built"
        if self.found != self.version:
            return "of another version"
        if self.poison:
            return "stopped"
        return "lagging" if self.behind else "current"

    @property
    def problem(self) -> UnsafeError | None:
        """What to do about it, if an entry has stopped it."""
        if self.state != "stopped" or self.poison is None:
            return None
        return UnsafeError(
            f"The projection {self.name} cannot take entry {self.poison.index} of the log "
            f"({self.poison.eid}): {self.poison.reason} Its answers know what was recorded "
            "before that entry, and nothing after it.",
            slug="projection_stopped",
            next_step="The log itself is not touched. Give this message to whoever maintains "
            f"Muniment; once that is mended, run `muniment rebuild {self.name}`.",
        )


def read_standings(
    link: Link, projections: Sequence[Projection] = PROJECTIONS
) -> tuple[Standing, ...]:
    """Look where projections stand, all at one moment.

    Args:
        link: May read the log and the projections.
        projections: Which ones.

    Raises:
        UnreachableError: The database does not answer.
    """
    rows = link.read(_STANDINGS, ([each.name for each in projections],))
    versions = {each.name: each.version for each in projections}
    return tuple(
        Standing(
            name=name,
            version=versions[name],
            found=found,
            entries=entries or 0,
            size=size,
            poison=Poison(entries, encode(eid).decode(), f"{stopped}.") if eid else None,
        )
        for name, size, found, entries, stopped, eid in rows
    )


_STANDINGS: Final = """
select n.name, h.size, p.version, p.size, p.stopped, e.eid
from ledger.head h cross join unnest(%b::text[]) with ordinality as n (name, number)
left join projection.position p on p.name = n.name
left join ledger.event e on e.idx = p.size and p.stopped is not null
order by n.number
"""
