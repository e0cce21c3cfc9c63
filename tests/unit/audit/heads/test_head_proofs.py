# SPDX-License-Identifier: Apache-2.0
"""A light verifier learns which event of a stream was its newest, or that there was none."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.proof.encoding import canonical
from audit.proof.heads.head import Head, read_head
from audit.proof.heads.proof import (
    HeadProof,
    check_head,
    compare_head,
    parse_head_proof,
)
from domain.errors import MunimentError, ProofError, UsageError
from domain.registry.state import Registry
from tests.unit.audit.heads.chronicle import (
    log_stream,
    proof_of,
    receipt_of,
    registry_of,
    state_epoch,
)
from tests.unit.audit.verify.log_builder import LogBuilder, small_log

LOW = "arm.00000000-0000-7000-8000-000000000000"
HIGH = "trc.ffffffff-ffff-7fff-bfff-ffffffffffff"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> LogBuilder:
    """Give a log that states an epoch and goes on."""
    made = small_log()
    state_epoch(made, tmp_path_factory.mktemp("epoch") / "map")
    made.register()
    return made


@pytest.fixture(scope="module")
def gun(log: LogBuilder) -> str:
    """Name a firearm of the log."""
    return next(sub for sub in log.heads if sub.startswith("arm."))


def test_every_streams_head_is_proved_and_its_signer_too(log: LogBuilder, tmp_path: Path) -> None:
    registry = registry_of(log)
    epoch = registry.epochs[-1]
    newest = {head.sub: head for head in map(read_head, log.entries[: epoch.size]) if head}
    for sub, head in newest.items():
        octets = proof_of(log, sub, tmp_path / sub).encode()
        verdict = check_head(octets, trust=log.trust(), registry=registry)
        assert (verdict.head, verdict.signed) == (head, True)
        assert (verdict.epoch, verdict.size, verdict.index) == (1, epoch.size, epoch.index)


@pytest.mark.parametrize("sub", [LOW, HIGH, "arm.7fffffff-ffff-7fff-bfff-ffffffffffff"])
def test_that_the_log_had_no_such_stream_is_proved_by_its_neighbours(
    log: LogBuilder, sub: str, tmp_path: Path
) -> None:
    verdict = check_head(proof_of(log, sub, tmp_path / "map").encode(), trust=log.trust())
    assert verdict.head is None
    assert not verdict.signed
    assert "no event of" in str(verdict)
    assert verdict.to_json()["seq"] is None


def test_a_proof_is_written_and_read_octet_for_octet(
    log: LogBuilder, gun: str, tmp_path: Path
) -> None:
    proof = proof_of(log, gun, tmp_path / "map")
    assert parse_head_proof(proof.encode()) == proof


def test_an_older_event_shown_as_the_latest_is_stale(
    log: LogBuilder, gun: str, tmp_path: Path
) -> None:
    verdict = check_head(proof_of(log, gun, tmp_path / "map").encode(), trust=log.trust())
    shown = {i: h for i, h in enumerate(map(read_head, log.entries)) if h and h.sub == gun}
    assert compare_head(verdict, shown) is None
    for short in ({}, dict(list(shown.items())[:1])):
        finding = compare_head(verdict, short)
        assert finding
        assert (finding.code, finding.index) == ("head_stale", verdict.index)


def test_another_event_than_the_epochs_shown_as_the_latest_differs(
    log: LogBuilder, gun: str, tmp_path: Path
) -> None:
    verdict = check_head(proof_of(log, gun, tmp_path / "map").encode(), trust=log.trust())
    assert verdict.head
    finding = compare_head(verdict, {1: verdict.head._replace(eid="A" * 43)})
    assert finding
    assert finding.code == "head_differs"
    absent = check_head(proof_of(log, LOW, tmp_path / "low").encode(), trust=log.trust())
    finding = compare_head(absent, {1: Head(LOW, 1, "A" * 43)})
    assert finding
    assert finding.code == "head_differs"


def test_what_came_after_the_epoch_is_not_compared(
    log: LogBuilder, gun: str, tmp_path: Path
) -> None:
    verdict = check_head(proof_of(log, gun, tmp_path / "map").encode(), trust=log.trust())
    assert verdict.head
    later = verdict.head._replace(seq=verdict.head.seq + 1)
    assert compare_head(verdict, {1: verdict.head, verdict.size: later}) is None


def _other_head(proof: HeadProof) -> HeadProof:
    place, head, path = proof.heads[0]
    return replace(proof, heads=((place, head._replace(seq=head.seq + 1), path),))


def _other_place(proof: HeadProof) -> HeadProof:
    place, head, path = proof.heads[0]
    return replace(proof, heads=((place ^ 1, head, path),))


def _other_stream(proof: HeadProof) -> HeadProof:
    return replace(proof, sub=HIGH)  # a lower one may be proved absent where this is the first


def _other_entry(proof: HeadProof) -> HeadProof:
    other = b"AA" if not proof.entry.endswith(b"AA") else b"BA"
    return replace(proof, entry=proof.entry[:-2] + other)


def _other_index(proof: HeadProof) -> HeadProof:
    return replace(proof, receipt=replace(proof.receipt, index=proof.receipt.index - 1))


@pytest.mark.parametrize(
    "spoil", [_other_head, _other_place, _other_stream, _other_entry, _other_index]
)
def test_a_proof_in_which_anything_is_exchanged_does_not_hold(
    spoil: Callable[[HeadProof], HeadProof], log: LogBuilder, gun: str, tmp_path: Path
) -> None:
    octets = spoil(proof_of(log, gun, tmp_path / "map")).encode()
    with pytest.raises(ProofError):
        check_head(octets, trust=log.trust())


def test_two_heads_that_are_no_neighbours_prove_no_absence(log: LogBuilder, tmp_path: Path) -> None:
    low, high = (proof_of(log, sub, tmp_path / sub).heads for sub in (LOW, HIGH))
    proof = replace(proof_of(log, LOW, tmp_path / "map"), sub=sorted(log.heads)[2])
    for heads in ((*low, *high), low, high):
        with pytest.raises(ProofError, match="neither"):
            check_head(replace(proof, heads=heads).encode(), trust=log.trust())


def test_an_entry_that_states_no_epoch_proves_nothing(
    log: LogBuilder, gun: str, tmp_path: Path
) -> None:
    proof = proof_of(log, gun, tmp_path / "map")
    other = replace(proof, entry=log.entries[4], receipt=receipt_of(log, 4))
    with pytest.raises(ProofError, match="states no epoch"):
        check_head(other.encode(), trust=log.trust())


def test_an_entry_that_is_no_event_proves_nothing(
    log: LogBuilder, gun: str, tmp_path: Path
) -> None:
    proof = proof_of(log, gun, tmp_path / "map")
    spoilt = small_log(1)
    spoilt.entries.append(b"not an event")
    receipt = receipt_of(spoilt, len(spoilt.entries) - 1)
    other = replace(proof, entry=spoilt.entries[-1], receipt=receipt)
    with pytest.raises(ProofError, match="is no event"):
        check_head(other.encode(), trust=spoilt.trust())


def test_an_epoch_ahead_of_itself_proves_nothing(tmp_path: Path) -> None:
    log = small_log(2)
    state_epoch(log, tmp_path / "a", size=len(log.entries) + 1)
    index = len(log.entries) - 1
    proof = HeadProof(
        sub=LOW,
        entry=log.entries[index],
        receipt=receipt_of(log, index),
        heads=((0, Head(LOW, 1, "A" * 43), ()),),
    )
    with pytest.raises(ProofError, match="more entries than come before"):
        check_head(proof.encode(), trust=log.trust())


def test_an_epoch_signed_by_nobody_who_may_is_found_out_with_the_registry(
    gun: str, tmp_path: Path, log: LogBuilder
) -> None:
    octets = proof_of(log, gun, tmp_path / "map").encode()
    with pytest.raises(ProofError, match="entry of the epoch") as refused:
        check_head(octets, trust=log.trust(), registry=Registry.empty())
    assert refused.value.slug == "head_epoch"


def test_an_epoch_of_another_ledger_proves_nothing_here(
    gun: str, tmp_path: Path, log: LogBuilder
) -> None:
    octets = proof_of(log, gun, tmp_path / "map").encode()
    with pytest.raises(ProofError, match="of this ledger"):
        check_head(octets, trust=log.trust(audience="ledger.other"))


def test_the_epochs_entry_stands_in_the_logs_own_stream(
    gun: str, tmp_path: Path, log: LogBuilder
) -> None:
    proof = proof_of(log, gun, tmp_path / "map")
    assert read_head(proof.entry).sub == log_stream(log)  # type: ignore[union-attr]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_malformed_proof_gets_a_verdict_and_never_a_traceback(
    data: st.DataObject, log: LogBuilder, gun: str, good: bytes
) -> None:
    at = data.draw(st.integers(0, len(good) - 1))
    octets = bytearray(good)
    octets[at] ^= data.draw(st.integers(1, 255))
    try:
        verdict = check_head(bytes(octets), trust=log.trust(), registry=registry_of(log))
    except MunimentError:
        return
    # Where the stream is named otherwise, the neighbours may prove that there was no such one.
    assert verdict.head is None
    assert verdict.sub != gun


@pytest.fixture(scope="module")
def good(log: LogBuilder, gun: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a proof that holds."""
    return proof_of(log, gun, tmp_path_factory.mktemp("good") / "map").encode()


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("arm.x")
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(["entry", "format", "heads", "receipt", "sub"]), value=VALUES)
def test_a_member_of_any_other_kind_proves_nothing(
    name: str, value: object, good: bytes, log: LogBuilder
) -> None:
    members = json.loads(good) | {name: value}
    try:
        octets = canonical(members)
    except MunimentError:
        return
    with pytest.raises(ProofError):
        check_head(octets, trust=log.trust())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(["eid", "path", "place", "seq", "sub"]), value=VALUES)
def test_a_member_of_a_head_of_any_other_kind_proves_nothing(
    name: str, value: object, good: bytes, log: LogBuilder
) -> None:
    members = json.loads(good)
    if members["heads"][0][name] == value:
        return
    members["heads"][0][name] = value
    try:
        octets = canonical(members)
    except MunimentError:
        return
    with pytest.raises(ProofError):
        check_head(octets, trust=log.trust())


@pytest.mark.parametrize("value", ["arm.x", "gun", "arm.01A2076B-4400-7FBA-867B-A4BF6DC9B2E7"])
def test_a_head_of_something_that_is_no_stream_proves_nothing(value: str, good: bytes) -> None:
    members = json.loads(good)
    members["heads"][0]["sub"] = value
    with pytest.raises(ProofError, match="not of a stream"):
        parse_head_proof(canonical(members))


@pytest.mark.parametrize(
    "octets", [b"", b"{}", b"null", b"[]", b"\xff", b" {}", b"a" * 262_145, b64encode(b"x")]
)
def test_what_is_no_proof_is_called_malformed(octets: bytes) -> None:
    with pytest.raises(ProofError) as refused:
        parse_head_proof(octets)
    assert refused.value.slug == "head_proof_malformed"


def test_trust_in_another_log_key_refuses_the_receipt(good: bytes) -> None:
    with pytest.raises((ProofError, UsageError)):
        check_head(good, trust=small_log(1).trust())
