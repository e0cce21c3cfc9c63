# SPDX-License-Identifier: Apache-2.0
"""Who holds what, on any date of the world, as the record was known at a moment.

A holder is a holding that answers for firearms, a class such as dealers, or whoever has them in
hand (axes H and C of the design, section 5). Persons are not named here: a holding is opaque.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, LiteralString

from domain.identifiers import StreamId, short_form
from domain.occurrence import Occurrence
from projections.asking.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose firearms are asked for; every member that is given has to agree.

    Attributes:
        holding: Opaque holding that answers for them.
        custodian: Agency, unit or person's role that has them in hand, as stated.
        holder: Class of the holder, for example ``dealer``.
        custody: Where they physically are, for example ``evidence``.
        country: Country in which they are.
        among: Holdings of one person, of which any answers for them.
    """

    holding: str | None = None
    custodian: str | None = None
    holder: str | None = None
    custody: str | None = None
    country: str | None = None
    among: Sequence[str] | None = None


def holdings(known: Snapshot, by: Holder, *, on: Occurrence) -> Iterator[dict[str, Any]]:
    """Give the firearms of a holder, in the order of their identifiers.

    Args:
        known: The record at a moment.
        by: Whose firearms; everybody's where nothing is said.
        on: Date of the world; what certainly happened later is left out.

    Raises:
        UnreachableError: The database does not answer.
    """
    for stream, *columns in known.rows(_HELD, {**asdict(by), "on": on.latest}):
        yield {
            "firearm": str(StreamId("arm", stream)),
            "short_form": short_form(stream),
            **dict(zip(COLUMNS, columns, strict=True)),
        }


COLUMNS: Final = (
    *("index", "since", "holding", "holder", "custody", "custodian", "country"),
    *("technical", "alerts", "kind", "make", "model", "calibre", "serial"),
)
"""What is told of a firearm; ``index`` and ``since`` are of the newest entry that counts."""

# A firearm may be one of them if any of its moments names the holder; the moment that counts on
# the date decides. ``stands`` leaves out what was reversed.
_HELD: Final[LiteralString] = """
, possible as (
    select distinct stream from life
    where (%(holding)s::text is null or holding = %(holding)s)
      and (%(custodian)s::text is null or custodian = %(custodian)s)
      and (%(holder)s::text is null or holder = %(holder)s)
      and (%(custody)s::text is null or custody = %(custody)s)
      and (%(country)s::text is null or country = %(country)s)
      and (%(among)s::text[] is null or holding = any(%(among)s))
)
select l.stream, l.idx, l.occ, l.holding, l.holder, l.custody, l.custodian, l.country,
       l.technical, l.alerts, l.kind, l.make, l.model, l.calibre, l.serial
from possible p cross join lateral (
    select * from life where stream = p.stream and stands and occ_from <= %(on)s
    order by place desc limit 1
) l
where (%(holding)s::text is null or l.holding = %(holding)s)
  and (%(custodian)s::text is null or l.custodian = %(custodian)s)
  and (%(holder)s::text is null or l.holder = %(holder)s)
  and (%(custody)s::text is null or l.custody = %(custody)s)
  and (%(country)s::text is null or l.country = %(country)s)
  and (%(among)s::text[] is null or l.holding = any(%(among)s))
order by l.stream
"""
