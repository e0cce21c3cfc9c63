# SPDX-License-Identifier: Apache-2.0
"""What there is and what became of it: stock, losses, marks applied, destruction, parts."""

from __future__ import annotations

from typing import Final

from projections.statistics.definition import Statistic

STOCK: Final = Statistic(
    name="stock",
    title="Stock by state and type",
    definition=(
        "Firearms on record at the end of the period, each in the state after the last entry that "
        "happened by then, as known. Those that are planned, dismantled or destroyed count below "
        "the line and not above it. A firearm of which no entry certainly happened by then is "
        "left out. The record tells what was reported, not what is still where it was."
    ),
    source="PoA national reports, stockpiles; peers' document, section 8",
    unit="number",
    numerator="firearms that exist by the record",
    denominator="firearms on record",
    dimensions=(
        *("technical", "type", "holder", "custody", "custodian", "alert", "marks", "made_in"),
        *("discrepancy", "country", "owner"),
    ),
    cases="""
        select l.technical, l.type, l.holder, l.custody, l.marks, l.owner, l.made_in_country
                as made_in, coalesce(l.custodian, 'not_stated') as custodian,
            coalesce(nullif(array_to_string(l.alerts, ' + '), ''), 'none') as alert,
            coalesce(l.country, 'unknown') as country,
            coalesce(l.discrepancy, 'none') as discrepancy, l.occ, 1 as n, null::float8 as days,
            l.technical not in ('planned', 'dismantled', 'destroyed') as hit,
            case when not l.certain then 'undated' end as left_out
        from (
            select distinct on (stream) life.*,
                bool_or(occ_to < %(end)s::bigint) over (partition by stream) as certain
            from life where occ_from < %(end)s::bigint order by stream, place desc
        ) l
    """,
)

ISSUES: Final = Statistic(
    name="issues",
    title="Issued from government stock",
    definition=(
        "Issues of firearms from government stock to an agency, by when they were issued; one that "
        "was issued twice counts twice. Those count above the line of which no later count says "
        "that the firearm is missing. Where a register is imported state by state, a firearm that "
        "a later state no longer shows is missing, whatever became of it."
    ),
    source="PoA national reports, stockpiles; MOSAIC 05.20",
    unit="number",
    numerator="issues of firearms that no later count found missing",
    denominator="issues",
    dimensions=("custodian", "type", "country", "owner", "authority", "year", "quarter", "month"),
    cases="""
        select coalesce(l.facts->>'agency', 'not_stated') as custodian, l.type,
            left(l.region, 2) as country, l.owner, l.iss as authority, l.occ, 1 as n,
            null::float8 as days, coalesce(now.discrepancy, '') <> 'missing' as hit,
            case when not l.dated then 'undated' end as left_out
        from life l cross join lateral (
            select x.discrepancy from life x where x.stream = l.stream order by x.place desc limit 1
        ) now
        where l.evt = 'firearm.stock-issued' and l.stands and l.possible
    """,
)

LOSSES: Final = Statistic(
    name="losses",
    title="Losses and thefts reported",
    definition=(
        "Reports of loss and of theft of firearms by when it happened: a firearm that was "
        "reported twice counts twice, one that was found since still counts. Firearms that a "
        "government owned count below the line and not above it."
    ),
    source="Domain facts, rule 14; MOSAIC 05.20",
    unit="number",
    numerator="reports about firearms that no government is known to own",
    denominator="reports",
    dimensions=(
        *("report", "cause", "type", "region", "country", "owner", "authority"),
        *("year", "quarter", "month"),
    ),
    cases="""
        select split_part(substr(l.evt, length('firearm.') + 1), '-', 1) as report,
            coalesce(l.facts->>'cause', 'not_stated') as cause, l.type, l.region,
            left(l.region, 2) as country, l.owner, l.iss as authority, l.occ, 1 as n,
            null::float8 as days, l.owner <> 'government' as hit,
            case when not l.dated then 'undated' end as left_out
        from life l
        where l.evt in ('firearm.lost-reported', 'firearm.stolen-reported')
          and l.stands and l.possible
    """,
)

MARKING: Final = Statistic(
    name="marking",
    title="Marks applied",
    definition=(
        "Marks that were cut into firearms in the period, each mark once, by what the mark is "
        "for. Marks that a maker cut before a firearm was registered are not events and do not "
        "count. Firearms that a government owns count below the line and not above it."
    ),
    source="Firearms Protocol, article 8; International Tracing Instrument, paragraph 8",
    unit="number",
    numerator="marks on firearms that no government is known to own",
    denominator="marks applied",
    dimensions=("mark", "type", "made_in", "country", "owner", "authority", "year", "month"),
    cases="""
        select coalesce(l.facts->>'mark.kind', 'not_stated') as mark, l.type,
            l.made_in_country as made_in, left(l.region, 2) as country, l.owner,
            l.iss as authority, l.occ, 1 as n, null::float8 as days,
            l.owner <> 'government' as hit, case when not l.dated then 'undated' end as left_out
        from life l
        where l.evt in ('firearm.marked', 'firearm.re-marked', 'firearm.admin-serial-assigned')
          and l.stands and l.possible
    """,
)

DESTRUCTION: Final = Statistic(
    name="destruction",
    title="Firearms destroyed",
    definition=(
        "Firearms that were destroyed in the period, by method. Firearms that a government owned "
        "when they were destroyed count below the line and not above it."
    ),
    source="Firearms Protocol, article 6; MOSAIC 05.50",
    unit="number",
    numerator="firearms destroyed that no government is known to have owned",
    denominator="firearms destroyed",
    dimensions=("method", "type", "country", "owner", "authority", "year", "quarter", "month"),
    cases="""
        select coalesce(l.facts->>'method', 'not_stated') as method, l.type,
            left(l.region, 2) as country, l.owner, l.iss as authority, l.occ, 1 as n,
            null::float8 as days, l.owner <> 'government' as hit,
            case when not l.dated then 'undated' end as left_out
        from life l where l.evt = 'firearm.destroyed' and l.stands and l.possible
    """,
)

PARTS: Final = Statistic(
    name="parts-seized",
    title="Parts and components seized or found",
    definition=(
        "Loose parts with a record of their own that were seized or found in the period, each "
        "time. Parts that were seized inside a firearm count with the firearm."
    ),
    source="Illicit Arms Flows Questionnaire; Firearms Protocol, article 3(b)",
    unit="number",
    numerator="parts seized or found",
    denominator="parts seized or found",
    dimensions=("apprehension", "part", "ground", "proceeding", "authority", "year", "month"),
    cases="""
        select substr(r.evt, length('component.') + 1) as apprehension,
            coalesce(r.state->>'part', 'unknown') as part,
            coalesce(r.facts->>'ground', 'not_stated') as ground,
            coalesce(r.facts->>'proceeding', 'not_stated') as proceeding, r.iss as authority,
            r.occ, 1 as n, null::float8 as days, 'unknown' as owner, true as hit,
            case when not r.dated then 'undated' end as left_out
        from record r
        where r.evt in ('component.seized', 'component.found') and r.stands and r.possible
    """,
)

AMMUNITION: Final = Statistic(
    name="ammunition-seized",
    title="Ammunition seized",
    definition="Cartridges that were seized in the period, in lots with a record of their own.",
    source="Illicit Arms Flows Questionnaire; Firearms Protocol, article 3(c)",
    unit="number",
    numerator="cartridges seized",
    denominator="cartridges seized",
    dimensions=("ground", "proceeding", "authority", "year", "month"),
    cases="""
        select coalesce(r.facts->>'ground', 'not_stated') as ground,
            coalesce(r.facts->>'proceeding', 'not_stated') as proceeding, r.iss as authority,
            r.occ, (r.facts->>'quantity')::bigint as n, null::float8 as days,
            'unknown' as owner, true as hit, case when not r.dated then 'undated' end as left_out
        from record r where r.evt = 'lot.ammunition-seized' and r.stands and r.possible
    """,
)
