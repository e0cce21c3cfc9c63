# SPDX-License-Identifier: Apache-2.0
"""The indicator that is counted by a query is the one that the domain counts from events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregate.recorded import Entry
from domain.event import Event
from domain.tracing.indicator import Indicator, indicator
from projections.statistics.period import Period
from projections.tables import Connection
from tests.integration.statistics.counting import about, arm, kept, named, trc
from tests.unit.domain.lives import correction, happened, reversal
from tests.unit.domain.tracing.asking import asked

YEAR = 2018
WHEN = st.sampled_from(["2017", "2018", "2018-03", "2018-12-31", "2019-01-01", "unknown"])
CAME = st.one_of(
    st.builds(
        lambda occ, proceeding, condition: happened(
            "seized", occ, proceeding=proceeding, condition=condition
        ),
        WHEN,
        st.sampled_from(["criminal", "criminal", "administrative", "unknown"]),
        st.sampled_from(["absent", "absent", "serviceable", "home_made"]),
    ),
    st.builds(lambda occ: happened("found", occ), WHEN),
    st.builds(
        lambda occ, condition: happened("surrendered", occ, condition=condition),
        WHEN,
        st.sampled_from(["absent", "home_made"]),
    ),
    st.builds(lambda occ: happened("point-of-diversion-established", occ), WHEN),
    st.builds(lambda occ: happened("reactivated-illicitly", occ), WHEN),
    st.builds(lambda occ: happened("stolen-reported", occ), WHEN),
)
ASKED = st.one_of(
    st.sampled_from(
        [asked(name) for name in ("acknowledged", "reopened", "responded", "forwarded")]
    ),
    st.sampled_from(["traced", "other"]).map(
        lambda method: asked("point-of-diversion-established", method=method)
    ),
    st.sampled_from(["identified", "not_identified", "pending", "not_attempted"]).map(
        lambda outcome: asked("closed", outcome=outcome)
    ),
)


@st.composite
def lives(draw: st.DrawFn, number: int) -> list[Event]:
    """Give the events of one firearm in log order, some corrected or reversed."""
    events = [happened("registered", "2012")]
    for each in range(draw(st.integers(0, 4))):
        event = named(draw(CAME), f"{number} {each}")
        events.append(event)
        change = {"field": "occ", "old": event.occ.text, "new": draw(WHEN)}
        later = {"corrected": correction(event, change), "reversed": reversal(event)}
        events += [later[name] for name in draw(st.sampled_from([(), (), *((n,) for n in later)]))]
    return about(arm(number), events)


@st.composite
def requests(draw: st.DrawFn, number: int) -> list[Event]:
    """Give the events of one tracing request in log order."""
    firearm = draw(st.sampled_from([str(arm(0)), str(arm(1)), "absent"]))
    first = named(asked("requested", firearm=firearm), f"request {number}")
    later = [
        named(each, f"request {number} {at}")
        for at, each in enumerate(draw(st.lists(ASKED, max_size=4)))
    ]
    changes = [{"field": "firearm", "old": firearm, "new": str(arm(2))}]
    if firearm != "absent" and draw(st.booleans()):
        later.append(asked("corrected", target=first.eid, changes=changes))
    return about(trc(number), [first, *later])


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Give the events of some firearms and requests, as a log mixes them."""
    streams = [draw(lives(number)) for number in range(3)]
    streams += [draw(requests(number)) for number in range(draw(st.integers(0, 3)))]
    order = draw(st.permutations([at for at, each in enumerate(streams) for _ in each]))
    return [streams[at].pop(0) for at in order]


def by_events(log: Sequence[Event], size: int) -> Indicator:
    """Count as the domain does."""
    streams: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for index, event in enumerate(log):
        streams[event.sub.kind][str(event.sub)].append(Entry(index, event))
    known = {
        kind: [each for each in of_kind.values() if each[0].index < size]
        for kind, of_kind in streams.items()
    }
    return indicator(known.get("arm", []), known.get("trc", []), year=YEAR, known=size - 1)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(log=logs(), data=st.data())
def test_query_and_domain_count_the_same_at_every_position(
    empty: Connection, log: list[Event], data: st.DataObject
) -> None:
    with kept(empty, *log) as books:
        for size in (data.draw(st.integers(0, len(log))), len(log)):
            expected = by_events(log, size)
            by = ("apprehension", "level")
            found = books.count("sdg-16.4.2", *by, period=Period.year(YEAR), size=size)
            counted = Counter({each.group: each.denominator for each in found.rows})
            assert counted == expected.counted
            assert found.left_out.get("undated", 0) == expected.undated
            total = (found.total.numerator, found.total.denominator)
            assert total == (expected.numerator, expected.denominator)
            value = found.total.value("percent")
            assert value == (None if expected.value is None else float(expected.value))


@pytest.mark.parametrize(
    ("later", "level"),
    [
        ([], "pending"),
        ([asked("closed", outcome="pending")], "pending"),
        ([asked("closed", outcome="pending"), asked("reopened")], "pending"),
        ([asked("closed", outcome="not_identified", reason="no_record")], "not_identified"),
        ([asked("closed", outcome="not_attempted")], "not_identified"),
        ([asked("point-of-diversion-established", method="traced")], "traced"),
        ([asked("point-of-diversion-established", method="other")], "established"),
    ],
)
def test_a_request_tells_how_far_a_firearm_was_traced(
    empty: Connection, later: list[Event], level: str
) -> None:
    gun = about(arm(0), [happened("registered", "2012"), happened("seized", "2018")])
    log = [*gun, *about(trc(0), [asked("requested", firearm=str(arm(0))), *later])]
    with kept(empty, *log) as books:
        answer = books.count("sdg-16.4.2", "level", period=Period.year(YEAR))
        assert [each.group for each in answer.rows] == [(level,)]
        assert by_events(log, len(log)).counted == {("seized", level): 1}
