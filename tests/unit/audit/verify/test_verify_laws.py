# SPDX-License-Identifier: Apache-2.0
"""Laws of the verifier: any changed octet is noticed, and short ways are as strict as long ones."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.proof.encoding import decode, encode
from audit.proof.envelope.opening import Reading, check_times, open_stored
from audit.proof.keys import PublicKey, public_key
from audit.proof.tiles import bundle_path
from audit.proof.verify.book import Request
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.log.shortcut import Shortcut
from audit.proof.verify.registry import may_be_registry, plain
from audit.proof.verify.report import ExitCode, Tally
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.identifiers import REGISTRY_KINDS
from tests.unit.audit.verify.log_builder import AUDIENCE, DESCRIPTION, LogBuilder, new_id, small_log
from tests.unit.tries import tries

LOG = small_log(3)
MARK = {"kind": "manufacture", "text": {"known": "TW9"}, "condition": "legible"}
PLAIN: list[tuple[str, Mapping[str, Any]]] = [
    ("firearm.registered", {**DESCRIPTION, "jur": "XA", "markings": [MARK, MARK]}),
    ("firearm.transferred", {"acq": "purchase", "hld": new_id("hld"), "permit_class": "sport"}),
    ("firearm.seized", {"ground": "illicit_possession", "proceeding": "criminal"}),
    (
        "firearm.corrected",
        {
            "target": "A" * 43,
            "reason": "clerical_error",
            "changes": [{"field": "year", "old": 2015, "new": 2016}],
        },
    ),
]


def key(kid: str) -> PublicKey | None:
    return public_key(LOG.officer.jwk) if kid == LOG.officer.kid else None


SHORTCUT = Shortcut(keys=key, catalogue=CATALOGUE, audience=AUDIENCE)


def entry(evt: str, dat: Mapping[str, Any]) -> bytes:
    log = LogBuilder(officer=LOG.officer)
    log.append(evt, new_id("arm"), dat)
    return log.entries[0]


@pytest.mark.parametrize(("evt", "dat"), PLAIN)
def test_the_shortcut_takes_plain_entries_with_the_values_of_the_long_way(
    evt: str, dat: Mapping[str, Any]
) -> None:
    jws = entry(evt, dat)
    short = SHORTCUT.accept(jws)
    event = open_stored(jws, Reading(key, CATALOGUE, AUDIENCE)).event
    assert short is not None
    assert short._replace(signing=short.signing._replace(dat=event.dat)) == plain(event)
    assert short.signing.dat.__dict__.get("jur") == event.dat.__dict__.get("jur")


@settings(deadline=None)
@given(data=st.data())
def test_the_shortcut_accepts_no_payload_that_the_long_way_refuses(data: st.DataObject) -> None:
    """Payloads are changed and signed again, so that only their form can refuse them."""
    jws = entry(*data.draw(st.sampled_from(PLAIN)))
    payload = bytearray(decoded(jws))
    at = data.draw(st.integers(0, len(payload) - 1))
    how = data.draw(st.sampled_from(["replace", "insert", "delete", "double"]))
    octet = data.draw(st.sampled_from(b'"{}[],:.0159-eEnulltrue aAzZ_\\/\x00\x7f\xc3\xa9~'))
    if how == "replace":
        payload[at] = octet
    elif how == "insert":
        payload.insert(at, octet)
    elif how == "delete":
        del payload[at]
    else:
        end = data.draw(st.integers(at, min(at + 40, len(payload))))
        payload[at:at] = payload[at:end]
    signed = signed_again(jws, bytes(payload))
    if SHORTCUT.accept(signed) is not None:
        event = open_stored(signed, Reading(key, CATALOGUE, AUDIENCE)).event
        check_times(event, now=event.iat)
        assert event.sub.kind not in REGISTRY_KINDS


@settings(deadline=None)
@given(data=st.data())
def test_a_changed_token_is_accepted_by_neither_way(data: st.DataObject) -> None:
    jws = bytearray(entry(*data.draw(st.sampled_from(PLAIN))))
    at = data.draw(st.integers(0, len(jws) - 1))
    jws[at] ^= data.draw(st.integers(1, 255))
    assert SHORTCUT.accept(bytes(jws)) is None
    with pytest.raises(EnvelopeError):
        open_stored(bytes(jws), Reading(key, CATALOGUE, AUDIENCE))


@given(st.binary(max_size=300))
def test_any_octets_are_judged_without_an_exception(octets: bytes) -> None:
    assert SHORTCUT.accept(octets) is None
    assert may_be_registry(octets) in (True, False)


def test_no_registry_entry_is_overlooked_and_no_other_taken_for_one() -> None:
    found = [may_be_registry(jws) for jws in LOG.entries]
    assert found == [True] * 3 + [False] * 6


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return LOG.export(tmp_path_factory.mktemp("export"))


@settings(
    max_examples=tries(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_changed_octet_of_an_export_is_noticed(
    data: st.DataObject, export: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("copy") / "export"
    shutil.copytree(export, copy)
    width = len(LOG.entries)
    name = data.draw(
        st.sampled_from(["checkpoint", bundle_path(0, width=width), f"tile/0/000.p/{width}"])
    )
    octets = bytearray((copy / name).read_bytes())
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    (copy / name).write_bytes(octets)
    report = verify_directory(Request(path=copy, trust=LOG.trust(), jobs=1))
    shutil.rmtree(copy)
    assert report.exit_code in (ExitCode.VIOLATED, ExitCode.INCOMPLETE)


@given(st.lists(st.integers(0, 60), max_size=40), st.integers(0, 40))
def test_tallies_combine_in_any_split(indexes: list[int], cut: int) -> None:
    findings = [
        Finding(check=f"check {at % 3}", code="code", sentence="No.", index=at, missing=at % 2 == 0)
        for at in indexes
    ]
    whole, left, right = Tally(), Tally(), Tally()
    for each in findings:
        whole.add(each)
    for each in findings[:cut]:
        left.add(each)
    for each in findings[cut:]:
        right.add(each)
    right.merge(left)
    assert right.kept == whole.kept
    assert [right.count(f"check {at}") for at in range(3)] == [
        whole.count(f"check {at}") for at in range(3)
    ]


def decoded(jws: bytes) -> bytes:
    return decode(jws.split(b".")[1])


def signed_again(jws: bytes, payload: bytes) -> bytes:
    message = jws.split(b".")[0] + b"." + encode(payload)
    return message + b"." + encode(LOG.officer.sign(message))
