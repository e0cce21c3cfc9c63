# SPDX-License-Identifier: Apache-2.0
"""What came to hand: how often, with which marks, how soon after a sale, and from where."""

from __future__ import annotations

from typing import Final

from projections.statistics.definition import Statistic

APPREHENSIONS: Final = Statistic(
    name="apprehensions",
    title="Firearms seized, found and surrendered",
    definition=(
        "Every time that a firearm was seized, found or surrendered in the period: one that was "
        "seized twice counts twice. Firearms that a government owns, such as service arms of the "
        "police that were handed in after use, count below the line and not above it; firearms "
        "whose owner nobody stated count in both. Nothing is left out for its ground or "
        "proceeding: that is what the dimensions are for."
    ),
    source="Illicit Arms Flows Questionnaire; peers' document, section 10, traps 3 and 15",
    unit="number",
    numerator="times that a firearm came to hand that no government is known to own",
    denominator="times that any firearm came to hand",
    dimensions=(
        *("apprehension", "type", "ground", "proceeding", "place", "condition", "made_in"),
        *("marked", "marks", "crimes", "declared_origin", "region", "country", "owner"),
        *("authority", "year", "quarter", "month"),
    ),
    cases="""
        select hand.*, 1 as n, null::float8 as days, owner <> 'government' as hit,
            case when not dated then 'undated' end as left_out
        from hand
    """,
)

MARKS: Final = Statistic(
    name="marks-missing",
    title="Markings missing or obliterated",
    definition=(
        "Of the times that a firearm was seized, found or surrendered in the period, those at "
        "which its marks were missing, partly obliterated or obliterated. A mark that somebody "
        "restored or cut anew later does not change what was seen then; a firearm whose marks "
        "nobody described is left out."
    ),
    source="Firearms Protocol, article 8; Illicit Arms Flows Questionnaire",
    unit="percent",
    numerator="times that a firearm came to hand without all of its marks",
    denominator="times that a firearm came to hand and the condition of its marks is known",
    dimensions=(
        *("marks", "apprehension", "type", "made_in", "region", "country", "owner"),
        *("authority", "year", "quarter", "month"),
    ),
    cases="""
        select hand.*, 1 as n, null::float8 as days, marked = 'no' as hit,
            case when not dated then 'undated'
                 when marked = 'unknown' then 'marks_unknown' end as left_out
        from hand
    """,
)

TIME_TO_CRIME: Final = Statistic(
    name="time-to-crime",
    title="Time to crime",
    definition=(
        "Days from the first lawful sale or transfer on record to the first seizure in the "
        "period, whatever the proceeding. The value is the median; where a time is known to a "
        "month or a year its middle is taken, and a firearm whose times leave open which band it "
        "belongs to is left out. A short time is no finding against anybody."
    ),
    source="ATF, Firearms Trace Data: time-to-crime, bands as published there",
    unit="days",
    numerator="firearms seized within three years of that sale",
    denominator="firearms seized with a sale on record before",
    dimensions=(
        *("band", "type", "made_in", "proceeding", "ground", "region", "country", "owner"),
        *("authority", "year"),
    ),
    cases="""
        select c.*, 1 as n, band in
            ('under 3 months', '3 to 7 months', '7 to 12 months', '1 to 2 years', '2 to 3 years')
            as hit
        from (
            select f.*,
                greatest(0, f.occ_from + f.occ_to - s.occ_from - s.occ_to) / 172800.0::float8
                    as days,
                (array['under 3 months', '3 to 7 months', '7 to 12 months', '1 to 2 years',
                       '2 to 3 years', '3 years and more'])[1 + low] as band,
                case when not f.dated then 'undated'
                     when s.stream is null then 'no_sale_on_record'
                     when low <> high then 'imprecise' end as left_out
            from (
                select distinct on (stream) * from hand where apprehension = 'seized'
                order by stream, dated desc, at
            ) f
            left join lateral (
                select * from sale where sale.stream = f.stream and sale.at < f.at
                order by sale.at limit 1
            ) s on true
            cross join lateral (
                select width_bucket(f.occ_from / 86400 - s.occ_to / 86400, days) as low,
                    width_bucket(f.occ_to / 86400 - s.occ_from / 86400, days) as high
                from (values (array[90, 210, 365, 730, 1095]::bigint[])) bands (days)
            ) b
        ) c
    """,
)

FLOWS: Final = Statistic(
    name="flows",
    title="Flows between places",
    definition=(
        "Firearms that came to hand in the period, each time, by where they were last lawfully "
        "handed over before (source) and where they came to hand (recovery). A place is a country "
        "or a part of one, as precisely as both records say; those count above the line that came "
        "to hand elsewhere. A bare country and a part of it are not taken for two places."
    ),
    source="ATF, Firearms Trace Data: source and recovery; SDG 16.4.2, last legal record",
    unit="percent",
    numerator="times that a firearm came to hand elsewhere than it was last handed over",
    denominator="times that a firearm came to hand of which both places are known",
    dimensions=(
        *("source", "recovery", "source_country", "recovery_country", "made_in", "type"),
        *("apprehension", "owner", "year", "quarter", "month"),
    ),
    cases="""
        select hand.*, 1 as n, null::float8 as days, s.region as source,
            hand.region as recovery, left(s.region, 2) as source_country,
            hand.country as recovery_country,
            not (s.region like hand.region || '%%' or hand.region like s.region || '%%') as hit,
            case when not dated then 'undated'
                 when coalesce(s.region, 'unknown') = 'unknown' or hand.region = 'unknown'
                 then 'place_unknown' end as left_out
        from hand
        left join lateral (
            select * from lawful where lawful.stream = hand.stream and lawful.at < hand.at
            order by lawful.at desc limit 1
        ) s on true
    """,
)

SIGNIFICANT: Final = Statistic(
    name="significant-seizures",
    title="Cases with many firearms",
    definition=(
        "Cases, by the number that the seizing authority gave them, in which ten or more firearms "
        "were seized in the period. The number of ten is this ledger's choice."
    ),
    source="Illicit Arms Flows Questionnaire, significant seizures; the threshold is our own",
    unit="number",
    numerator="cases with ten or more firearms of which not all are a government's",
    denominator="cases with ten or more firearms",
    dimensions=("size", "ground", "proceeding", "region", "country", "authority", "month"),
    cases="""
        select authority, max(region) as region, max(country) as country, min(ground) as ground,
            min(proceeding) as proceeding, min(occ) as occ, 1 as n, null::float8 as days,
            null::text as left_out, bool_or(owner <> 'government') as hit,
            case when bool_and(owner = 'government') then 'government'
                 when bool_and(owner = 'not_government') then 'not_government'
                 else 'unknown' end as owner,
            (array['10 to 24', '25 to 99', '100 and more'])[
                width_bucket(count(*), array[10, 25, 100]::bigint[])] as size
        from hand where apprehension = 'seized' and dated and case_no is not null
        group by authority, case_no having count(*) >= 10
    """,
)
