# SPDX-License-Identifier: Apache-2.0
"""Items of the ASVS 5.0 that only the whole service settles (envelope specification, section 8)."""

from __future__ import annotations

from typing import Final, get_args

import pytest

from api.access.table import CLAIMS, LINES
from api.client.keyfile import FileKey
from api.registrar import Act, draft_of, endorsed
from domain.access.events import Purpose
from domain.identifiers import StreamId
from domain.registry.members import ROLES
from tests.integration.append.desk import AUTHORITY, born, signed
from tests.integration.http.conftest import Served

PERSON: Final = {"holder_name": "Ødegård, Žofie", "holder_doc_no": "AB-7654321"}
HOLDING: Final = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"


def _registered(served: Served) -> int:
    """Record a firearm with the person who holds it; give the index."""
    source = {"register_code": "test_register", "as_of": "2018", "row": "17"}
    draft = born(evt="firearm.registered")
    draft = born(evt="firearm.registered", dat={**draft.dat, "source": source, "hld": HOLDING})
    answer = served.post(signed(draft, served.key, PERSON))
    assert answer.status_code == 201, answer.text
    return int(answer.json()["index"])


@pytest.mark.slow
@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_asvs_14_2_6_and_15_3_1_each_role_is_shown_the_claims_that_the_policy_opens(
    served: Served, purpose: Purpose
) -> None:
    index = _registered(served)
    for role in sorted(ROLES):
        lines = [
            each
            for each in LINES
            if each.action == "person.reveal"
            and role in each.roles_named()
            and purpose in each.purposes_named()
        ]
        opened = {name for each in lines for group in each.groups() for name in CLAIMS[group]}
        reason = {"Muniment-Purpose": purpose, "Muniment-Legal-Basis": "act_7"}
        answer = served.machine(role).get(f"/v1/events/{index}/disclosures", reason=reason)
        shown = answer.json().get("disclosures", {})
        assert shown == {name: PERSON[name] for name in PERSON if name in opened}, role
        assert (answer.status_code == 200) == bool(lines), role
        hidden = [value for name, value in PERSON.items() if name not in opened]
        assert not [value for value in hidden if value in answer.text], role


def test_asvs_11_2_2_a_closed_algorithm_signs_nothing_more_and_what_it_signed_stays(
    served: Served,
) -> None:
    ending, going_on = FileKey.create("ES256"), served.key
    served.enrol(ending, "MFR")
    before = signed(born(), ending)
    first = served.post(before).json()
    log = served.office.registry.log
    assert log is not None
    act = Act(evt="alg.policy", dat={"closed": "ES256"}, sub=StreamId("log", log))
    draft = endorsed(draft_of(served.office, act, AUTHORITY), served.roots[1:])
    assert served.post(signed(draft, served.roots[0])).status_code == 201
    refused = served.post(signed(born(), ending))
    assert (refused.status_code, refused.json()["code"]) == (422, "key_not_valid")
    again = served.post(before)
    assert (again.status_code, again.json()["index"]) == (200, first["index"])
    assert served.post(signed(born(), going_on)).status_code == 201
