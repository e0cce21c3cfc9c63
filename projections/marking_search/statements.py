# SPDX-License-Identifier: Apache-2.0
"""The statements of the search, each of which reads a bounded number of rows.

One statement is one way through the indexes, chosen by the caller and the same for every
value, since statements are planned once. Every part of it has a limit of its own: a mark that
a million firearms bear must not cost more than one that a hundred do. Where a limit was
reached, the answer says that there are more.
"""

from __future__ import annotations

from typing import Final, LiteralString

_MARKING: Final = "stream, role, kind, text, idx from projection.marking"

_COLUMNS: Final = """
m.stream, m.role, m.kind, m.text, m.idx,
case when m.role = 'component' then (
    select firearm from projection.fitting
    where component = m.stream order by idx desc, place desc limit 1
) end as fitted_to,
(select true from projection.righting where stream = m.stream limit 1) as put_right,
p.make, p.model, p.calibre, p.kind, p.year, p.country
"""
_TOLD: Final = f"select {_COLUMNS}"
_PARTICULARS: Final = "left join projection.particulars p on p.stream = m.stream"

_SAME_MAKE: Final = """
starts_with(p.make_key, %(make)b) or starts_with(%(make)b, p.make_key) desc nulls last
"""

_DATED: Final = """
select h.size, s.size, q.no, f.*
from json_to_recordset(%(questions)b::json)
     as q (no int, canonical text, latin text, embedded text, lookalike text, upper text,
           anchors text, make text)
cross join ledger.head h
join projection.position s on s.name = 'marking_search'
"""

_SAME: Final = f"""
(select 1 as nearness, {_MARKING} where canonical = q.canonical limit %(hits)b)
union all
(select 2, {_MARKING}
 where canonical = q.latin and q.latin <> q.canonical limit %(hits)b)
union all
(select 2, {_MARKING} where latin = q.latin limit %(hits)b)
union all
(select 3, {_MARKING}
 where embedded = q.embedded and canonical < q.canonical limit %(hits)b)
union all
(select 3, {_MARKING}
 where embedded = q.embedded and canonical > q.canonical limit %(hits)b)
union all
(select 4, {_MARKING}
 where lookalike = q.lookalike and canonical < q.canonical limit %(hits)b)
union all
(select 4, {_MARKING}
 where lookalike = q.lookalike and canonical > q.canonical limit %(hits)b)
"""
_ADMITTING: Final = """
(select 5, stream, 'restored', kind, text, idx from projection.restored
 where anchor = any(string_to_array(q.anchors, ' '))
   and (q.canonical like form or q.upper like form) limit %(hits)b)
"""

EQUAL: Final[LiteralString] = f"""{_DATED}
left join lateral (
    {_TOLD} from ({_SAME} union all {_ADMITTING}) m {_PARTICULARS}
    order by starts_with(p.make_key, q.make) or starts_with(q.make, p.make_key) desc nulls last,
             m.nearness
    limit %(rows)b
) f on true
"""
"""Whatever is equal to each of several texts under a fold, those of the same make first; dated
as ``View.ask_dated`` wants it."""


def _spelled(key: LiteralString) -> LiteralString:
    return f"""{_TOLD} from (
    select {_MARKING} where {key} = any(%(keys)b::text[]) limit %(hits)b
) m {_PARTICULARS} order by {_SAME_MAKE} limit %(rows)b
"""


SPELLED: Final = {key: _spelled(key) for key in ("canonical", "lookalike")}
"""Whatever has one of several keys, those of the same make first."""


def _ranges(key: LiteralString) -> dict[str, LiteralString]:
    """Give the ways to read a range of a key in order, by name, with a place for its number."""
    end = f"reverse({key}) >= %(end@)b and reverse({key}) < %(end_high@)b"
    of_length = f"{_ALL} where length({key}) = n and {end} limit %(scanned)b"
    return {
        "front": f"{_ALL} where {key} >= %(front@)b and {key} < %(front_high@)b",
        "ends": f"{_ALL} where left({key}, 2) = %(pair@)b and {end}",
        "end": f"{_LENGTHS} cross join lateral ({of_length}) m",
    }


def _fitting(way: str) -> LiteralString:
    """Read a range of each key, and compare it with a pattern, those of the same make first.

    The first column tells how long the longer range was, where not enough of it fits.
    """
    keys = {"0": "lookalike", "1": "latin"}
    ranges = ", ".join(
        f"range{number} as materialized"
        f" ({_ranges(key)[way].replace('@', number)} limit %(scanned)b)"
        for number, key in keys.items()
    )
    hits = " union all ".join(
        f"({_HIT} range{number} where {key} like %(like{number})b limit %(hits)b)"
        for number, key in keys.items()
    )
    lengths = ", ".join(f"({_COUNT} range{number})" for number in keys)
    return f"""
with {ranges}, hits as materialized ({hits})
{_UNLESS_ENOUGH} greatest({lengths}) end, m.*
from (values (1)) one left join lateral (
    {_TOLD} from hits m {_PARTICULARS} order by {_SAME_MAKE} limit %(rows)b
) m on true
"""


_ALL: Final = "select stream, role, kind, text, idx, lookalike, latin from projection.marking"
_HIT: Final = "select stream, role, kind, text, idx from"
_COUNT: Final = "select count(*) from"
_LENGTHS: Final = "select m.* from generate_series(%(shortest@)b::int, %(longest@)b::int) n"
_UNLESS_ENOUGH: Final = "select case when (select count(*) from hits) < %(hits)b then"

FITTING: Final = {way: _fitting(way) for way in ("front", "ends", "end")}
"""What fits a pattern among the keys with the same front, the same first two characters and
the same end, or the same end and one of some lengths."""

PARTS: Final[LiteralString] = """
with concerned as (
    select part, part as stream from unnest(%(parts)b::uuid[]) p (part)
    union
    select part, e.stream from unnest(%(parts)b::uuid[]) p (part) cross join lateral (
        select idx from projection.fitting where component = part
        order by idx desc, place desc limit %(hits)b
    ) f join ledger.event e on e.idx = f.idx
), doubtful as (
    select part from concerned c where exists (
        select from ledger.event e where e.stream = c.stream and split_part(e.kind, '/', 1) in
            ('component.corrected', 'firearm.corrected', 'firearm.reversed')
    )
)
select c.part, e.idx, e.at, e.stream, e.seq, e.kind, e.raw
from concerned c join ledger.event e on e.stream = c.stream
where c.part in (select part from doubtful) order by c.part, e.stream, e.seq
"""
"""Every entry of the streams that say where some parts are, for those of which something was
corrected or reversed."""

RIGHTINGS: Final[LiteralString] = """
select r.stream, r.idx, e.at, t.idx, r.field, r.role, r.old, r.new
from unnest(%(streams)b::uuid[]) s (stream) cross join lateral (
    select * from projection.righting where stream = s.stream
    order by idx desc, place desc limit %(hits)b
) r
join ledger.event e on e.idx = r.idx
join ledger.event t on t.stream = r.stream and t.eid = r.target
order by r.stream, r.idx, r.place
"""
"""What was said later of the texts of some records, by which entries and about which ones."""

NAMED: Final[LiteralString] = f"""{_TOLD} from (
    (select {_MARKING} where lookalike like %(like0)b limit %(hits)b)
    union all
    (select {_MARKING} where latin like %(like1)b limit %(hits)b)
) m {_PARTICULARS} order by {_SAME_MAKE} limit %(rows)b
"""
"""What fits a pattern, found by the parts that it names."""
