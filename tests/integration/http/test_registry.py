# SPDX-License-Identifier: Apache-2.0
"""The registry and the statistics over HTTP."""

from __future__ import annotations

import pytest

from api.client.keyfile import FileKey
from api.registrar import change_key
from domain.catalogue import CATALOGUE
from projections.statistics.catalogue import STATISTICS
from tests.integration.append.desk import AUTHORITY
from tests.integration.http.conftest import FOREIGN, POLICE, Machine, Served


@pytest.fixture
def desk(served: Served) -> Machine:
    if not served.desk.arms:
        served.desk.life("COUNTED-1")
    return served.machine("TRC")


def test_everybody_reads_which_authorities_and_keys_there_are(served: Served) -> None:
    told = served.client.get("/v1/registry").json()
    assert [each["id"] for each in told["authorities"]] == [AUTHORITY, POLICE, FOREIGN]
    kids = {each["kid"]: each for each in told["keys"]}
    assert {served.key.kid, *(each.kid for each in served.roots)} <= kids.keys()
    assert kids[served.key.kid]["jwk"] == dict(served.key.jwk)
    assert "MFR" in {each["role"] for each in kids[served.key.kid]["grants"]}


def test_an_officers_name_is_nowhere_in_the_registry(served: Served) -> None:
    key = FileKey.create("Ed25519")
    served.enrol(key, "POL", officer_name="Marker Person")
    for path in ("/v1/registry", f"/v1/registry/keys/{key.kid}"):
        answer = served.client.get(path)
        assert answer.status_code == 200
        assert "Marker" not in answer.text


def test_the_state_of_a_key_follows_the_log(served: Served) -> None:
    key = FileKey.create("ES256")
    served.enrol(key, "POL")
    states = [_state(served, key)]
    for evt, signer in zip(("key.suspended", "key.reinstated"), served.roots, strict=True):
        change_key(served.office, evt, {"kid": key.kid}, signers=[signer])
        states.append(_state(served, key))
    assert states[0] == states[2] != states[1]


def _state(served: Served, key: FileKey) -> str:
    return str(served.client.get(f"/v1/registry/keys/{key.kid}").json()["state"])


def test_an_unknown_key_is_not_found(served: Served) -> None:
    assert served.client.get(f"/v1/registry/keys/{'A' * 43}").status_code == 404
    assert served.client.get("/v1/registry/keys/short").status_code == 400


def test_what_can_be_recorded_is_told_with_its_schema(served: Served) -> None:
    types = served.client.get("/v1/registry/event-types").json()["types"]
    assert {each["type"] for each in types} == {f"{each.evt}/{each.ver}" for each in CATALOGUE}
    assert all(each["schema"]["type"] == "object" for each in types)


def test_every_statistic_is_listed_and_can_be_counted(desk: Machine) -> None:
    listed = desk.get("/v1/statistics").json()["statistics"]
    assert {each["statistic"] for each in listed} == set(STATISTICS)
    for each in listed:
        answer = desk.get(f"/v1/statistics/{each['statistic']}?from=2015&to=2025")
        told = answer.json()
        assert answer.status_code == 200, answer.text
        assert told["definition"] == each["definition"]
        assert told.keys() >= {"log_entries", "cut_off", "numerator", "period"}


def test_a_statistic_as_known_earlier_stays_what_it_was(served: Served, desk: Machine) -> None:
    size = int(served.client.get("/v1/registry").json()["log_size"])
    path = f"/v1/statistics/apprehensions?from=2015&to=2025&as_known_on={size - 1}"
    before = desk.get(path).json()
    served.desk.life("COUNTED-2")
    after = desk.get(path).json()
    assert before | {"log_entries": 0} == after | {"log_entries": 0}
    assert desk.get("/v1/statistics/apprehensions").json()["numerator"] > before["numerator"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("apprehensions?from=tomorrow", 400),
        ("apprehensions?from=2020&to=2019", 400),
        ("apprehensions?by=nothing", 400),
        ("apprehensions?by=a&by=b&by=c&by=d&by=e", 400),
        ("apprehensions?as_known_on=99999999", 400),
        ("UPPER", 400),
    ],
)
def test_what_cannot_be_counted_is_refused(desk: Machine, path: str, status: int) -> None:
    answer = desk.get(f"/v1/statistics/{path}")
    assert answer.status_code == status, answer.text
