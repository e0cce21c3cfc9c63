# SPDX-License-Identifier: Apache-2.0
"""Duties, terms and clocks are told by the policy that the State adopted, unless one is named."""

from __future__ import annotations

import re

from api.policies.loading import USUAL, load_policy
from api.registrar import Act, perform
from domain.identifiers import parse_stream_id
from tests.integration.console.conftest import Console, Person, text_of

LAW = "example-state"
PAGES = ("/duties", "/requests", "/holdings/to-place")


def _offered(person: Person, path: str) -> tuple[list[str], str]:
    """Give the policies in the order of a page, and the one that it tells by."""
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    (select,) = re.findall(r'(?s)<select id="policy".*?</select>', answer.text)
    (chosen,) = re.findall(r'value="([^"]+)" selected', select)
    return re.findall(r'<option value="([^"]+)"', select), chosen


def test_the_adopted_policy_is_offered_first_and_told_by(console: Console) -> None:
    tracer = console.person("TRC").says()
    steward = console.person("STW").says(purpose="data_subject_request", basis="act_9", case="S-1")
    for path in PAGES:
        offered, told_by = _offered(tracer, path)
        assert (offered[0], told_by) == (USUAL, USUAL)
    assert "None of these policies is adopted" in text_of(tracer.get("/duties"))
    adoption = Act(
        evt="policy.adopted",
        dat={
            "jur": "XA",
            "policy": LAW,
            "version": "1.0",
            "digest": load_policy(LAW).digest,
            "effective_on": "2020-01-01",
        },
        sub=parse_stream_id("pol.01a2076b-4018-7111-8222-000000000001"),
        occ="2020-01-01",
    )
    desk = console.desk
    perform(desk.office, adoption, desk.key, endorsers=[desk.second])
    for person, path in (*((tracer, each) for each in PAGES), (steward, "/erasures")):
        offered, told_by = _offered(person, path)
        assert (offered[0], told_by) == (LAW, LAW)
        assert "Adopted in your jurisdiction." in text_of(person.get(path))
    other = f"/duties?policy={USUAL}"
    assert _offered(tracer, other)[1] == USUAL
    assert "Not adopted in your jurisdiction." in text_of(tracer.get(other))
