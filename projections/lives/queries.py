# SPDX-License-Identifier: Apache-2.0
"""Who holds what, now or on any date, as known now or on any position of the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from domain.occurrence import UNKNOWN, Occurrence
from projections.lives.store import LIVES
from projections.view import View

PAGE_FIREARMS: Final = 1_000
FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Up to where the record is asked.

    Attributes:
        on: Date of the world; what certainly happened later is left out.
        size: Number of log entries that are known; all of them where nothing is said.
    """

    on: Occurrence = UNKNOWN
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose firearms are asked for; every member that is given has to agree.

    Attributes:
        holding: Opaque holding that answers for them.
        custodian: Agency, unit or person's role that has them in hand, as stated.
        holder: Class of the holder, for example ``dealer``.
        custody: Where they physically are, for example ``evidence``.
        country: Country in which they are.
    """

    holding: str | None = None
    custodian: str | None = None
    holder: str | None = None
    custody: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """One firearm and where it is, in the order of the query's columns.

    Attributes:
        stream: The firearm.
        index: Log index of the entry since which nothing newer is known.
        since: When that happened, as stated.
        holding: Opaque holding that answers for it.
        holder: Class of its holder.
        custody: Where it physically is.
        custodian: Who has it in hand.
        country: Country in which it is.
        technical: What it is technically.
        alerts: Flags that are open.
        kind: Kind of gun.
        make: Make, where known.
        model: Model, where known.
        calibre: Calibre, where known.
        serial: Serial number, where known.
    """

    stream: UUID
    index: int
    since: str
    holding: str | None
    holder: str
    custody: str
    custodian: str | None
    country: str | None
    technical: str
    alerts: list[str]
    kind: str | None
    make: str | None
    model: str | None
    calibre: str | None
    serial: str | None


class Lives:
    """The lives of firearms as they can be asked."""

    def __init__(self, view: View) -> None:
        """Bind the view that keeps answers current."""
        self._view = view

    def held(self, by: Holder, cut: Cut | None = None) -> Iterator[Held]:
        """Give the firearms of a holder, a page at a time, in the order of their identifiers.

        Raises:
            UnreachableError: The database does not answer.
        """
        cut = cut or Cut()
        terms = {**asdict(by), "on": cut.on.latest, "size": cut.size, "limit": PAGE_FIREARMS}
        last = FIRST
        while True:
            _, rows = self._view.ask(LIVES, _HELD, {**terms, "after": last})
            yield from (Held(*row) for row in rows)
            if len(rows) < PAGE_FIREARMS:
                return
            last = rows[-1][0]


# A firearm is a candidate if any of its moments names the holder; the moment that counts on the
# date decides. ``stands`` leaves out what was reversed.
_HELD: Final = """
with possible as (
    select distinct stream from projection.life
    where stream > %(after)b::uuid
      and (%(holding)b::text is null or holding = %(holding)b)
      and (%(custodian)b::text is null or custodian = %(custodian)b)
      and (%(holder)b::text is null or holder = %(holder)b)
      and (%(custody)b::text is null or custody = %(custody)b)
      and (%(country)b::text is null or country = %(country)b)
    order by stream
)
select l.stream, l.idx, l.occ, l.holding, l.holder, l.custody, l.custodian, l.country,
       l.technical, l.alerts, l.kind, l.make, l.model, l.calibre, l.serial
from possible p cross join lateral (
    select * from projection.life
    where stream = p.stream and stands and occ_from <= %(on)b::int8
      and (%(size)b::int8 is null and known_to is null
           or known_from < %(size)b and (known_to is null or known_to >= %(size)b))
    order by place desc limit 1
) l
where (%(holding)b::text is null or l.holding = %(holding)b)
  and (%(custodian)b::text is null or l.custodian = %(custodian)b)
  and (%(holder)b::text is null or l.holder = %(holder)b)
  and (%(custody)b::text is null or l.custody = %(custody)b)
  and (%(country)b::text is null or l.country = %(country)b)
order by l.stream limit %(limit)b
"""
