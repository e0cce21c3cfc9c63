# SPDX-License-Identifier: Apache-2.0
"""A changed state is what the standard library would make of it, and the old one stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.aggregate.changing import changed
from domain.firearm.state import BLANK

MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "technical": st.sampled_from(["complete", "deactivated", "destroyed"]),
    "custody": st.sampled_from(["holder", "police", "unknown"]),
    "country": st.none() | st.sampled_from(["XA", "XB"]),
    "seals": st.lists(st.text(max_size=3), max_size=3).map(tuple),
    "alerts": st.frozensets(st.sampled_from(["lost", "stolen", "sought"])),
}


@given(st.fixed_dictionaries({}, optional=MEMBERS), st.fixed_dictionaries({}, optional=MEMBERS))
def test_a_changed_state_is_what_replacing_its_members_gives(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    before = replace(BLANK, **first)
    kept = replace(before)
    after = changed(before, **second)
    assert after == replace(before, **second)
    assert hash(after) == hash(replace(before, **second))
    assert before == kept
