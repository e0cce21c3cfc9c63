# SPDX-License-Identifier: Apache-2.0
"""Attacks on a bundle of evidence, and what the verifier says about each."""

import struct
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.proof.encoding import decode
from audit.proof.inclusion import TlogProof
from audit.proof.merkle import CompactRange, inclusion_path, leaf_hash
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.container import pack, unpack
from audit.proof.verify.evidence import Evidence, write_bundle
from audit.proof.verify.registry import may_be_registry
from audit.proof.verify.report import Check, ExitCode, Report
from domain.errors import UnreachableError, UsageError
from tests.unit.audit.verify.log_builder import LogBuilder, small_log
from tests.unit.tries import tries

LOG = small_log(4)
STREAM = next(name for name in LOG.heads if name.startswith("arm."))


def evidence(log: LogBuilder, stream: str) -> Evidence:
    """Gather what a ledger would gather, out of the log in memory."""
    size, note = len(log.entries), log.note()
    leaves = [leaf_hash(each) for each in log.entries]

    def node(level: int, index: int) -> bytes:
        return CompactRange().extend(leaves[index << level : (index + 1) << level]).root()

    own = [
        index
        for index, jws in enumerate(log.entries)
        if may_be_registry(jws) or stream.encode() in decode(jws.split(b".")[1])
    ]
    proofs = {
        index: TlogProof(
            index=index, path=inclusion_path(index, size, node=node), checkpoint_note=note
        )
        for index in own
    }
    return Evidence(
        subject=stream,
        trust=log.trust(),
        size=size,
        checkpoint=note,
        entries={index: log.entries[index] for index in own},
        proofs=proofs,
    )


EVIDENCE = evidence(LOG, STREAM)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "evidence.zip", EVIDENCE)
    return tmp_path / "evidence.zip"


def verified(path: Path, **options: Any) -> Report:
    return verify_bundle(Request(path=path, **{"trust": LOG.trust(), **options}))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def packed(path: Path, files: dict[str, bytes]) -> Path:
    path.write_bytes(b"".join(pack(files)))
    return path


def test_an_honest_bundle_is_ok_and_says_what_it_cannot_prove(bundle: Path) -> None:
    report = verified(bundle)
    assert report.exit_code is ExitCode.OK
    assert check(report, "inclusion").state == "ok"
    assert check(report, "chain").state == "ok"
    assert check(report, "completeness").state == "not checked"
    assert "no newer event" in check(report, "completeness").sentence


def test_the_same_evidence_gives_the_same_octets(bundle: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "again.zip", EVIDENCE)
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_any_unzip_program_reads_a_bundle(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == EVIDENCE.files()


def test_an_unpacked_bundle_verifies_too(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert verified(tmp_path / "unpacked").exit_code is ExitCode.OK


def test_trust_inside_the_bundle_is_assumed(bundle: Path) -> None:
    report = verified(bundle, trust=None, assume_trust=True)
    assert report.exit_code is ExitCode.OK
    assert check(report, "trust").state == "assumed"
    report = verified(bundle, trust=None)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "trust").state == "assumed"


def test_the_keys_of_a_forger_do_not_hold_under_the_auditors_trust(tmp_path: Path) -> None:
    forged = small_log(4)
    stream = next(name for name in forged.heads if name.startswith("arm."))
    write_bundle(tmp_path / "forged.zip", evidence(forged, stream))
    report = verified(tmp_path / "forged.zip")
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "checkpoint").state == "failed"


def test_octets_after_the_archive_are_found(bundle: Path) -> None:
    bundle.write_bytes(bundle.read_bytes() + b"hidden")
    report = verified(bundle)
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "files").state == "failed"


@pytest.mark.parametrize("keep", [3, 40, 4_000, -1, -30])
def test_a_bundle_cut_short_is_incomplete_or_no_bundle(bundle: Path, keep: int) -> None:
    bundle.write_bytes(bundle.read_bytes()[:keep])
    with pytest.raises((UnreachableError, UsageError), match=r"ends in the middle|not a bundle"):
        verified(bundle)


def test_a_file_that_the_manifest_does_not_name_is_found(tmp_path: Path) -> None:
    files = {**EVIDENCE.files(), "entries/9999.jws": b"x"}
    report = verified(packed(tmp_path / "b.zip", files))
    assert check(report, "files").state == "failed"
    assert report.exit_code is ExitCode.VIOLATED


def test_a_file_that_the_manifest_names_and_nobody_has_is_missing(tmp_path: Path) -> None:
    files = EVIDENCE.files()
    del files["policy.txt"]
    assert verified(packed(tmp_path / "b.zip", files)).exit_code is ExitCode.INCOMPLETE


def test_a_file_of_other_octets_than_the_manifest_names_is_found(tmp_path: Path) -> None:
    files = {**EVIDENCE.files(), "policy.txt": b"quorum none\n"}
    report = verified(packed(tmp_path / "b.zip", files))
    assert "policy.txt" in check(report, "files").sentence


def test_a_bundle_without_manifest_is_violated(tmp_path: Path) -> None:
    files = {name: each for name, each in EVIDENCE.files().items() if name != "manifest.json"}
    assert check(verified(packed(tmp_path / "b.zip", files)), "files").state == "failed"


def test_an_entry_without_its_receipt_is_incomplete(tmp_path: Path) -> None:
    index = max(EVIDENCE.proofs)
    proofs = {at: proof for at, proof in EVIDENCE.proofs.items() if at != index}
    write_bundle(tmp_path / "b.zip", replace(EVIDENCE, proofs=proofs))
    report = verified(tmp_path / "b.zip")
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.first is not None
    assert report.first.index == index


def test_a_receipt_of_another_entry_is_refused(tmp_path: Path) -> None:
    one, other = sorted(EVIDENCE.proofs)[-2:]
    proofs = {**EVIDENCE.proofs, one: EVIDENCE.proofs[other]}
    write_bundle(tmp_path / "b.zip", replace(EVIDENCE, proofs=proofs))
    assert check(verified(tmp_path / "b.zip"), "inclusion").state == "failed"


def test_a_genuine_event_in_anothers_place_is_refused(tmp_path: Path) -> None:
    index = max(EVIDENCE.entries)
    entries = {**EVIDENCE.entries, index: LOG.entries[index - 1]}
    write_bundle(tmp_path / "b.zip", replace(EVIDENCE, entries=entries))
    report = verified(tmp_path / "b.zip")
    assert check(report, "inclusion").state == "failed"
    assert check(report, "signature").state == "ok"


def test_an_event_left_out_breaks_the_chain(tmp_path: Path) -> None:
    index = min(at for at, jws in EVIDENCE.entries.items() if not may_be_registry(jws))
    entries = {at: jws for at, jws in EVIDENCE.entries.items() if at != index}
    proofs = {at: proof for at, proof in EVIDENCE.proofs.items() if at != index}
    write_bundle(tmp_path / "b.zip", replace(EVIDENCE, entries=entries, proofs=proofs))
    report = verified(tmp_path / "b.zip")
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "chain").state == "failed"


def test_a_bundle_without_the_founding_proves_no_key(tmp_path: Path) -> None:
    entries = {at: jws for at, jws in EVIDENCE.entries.items() if at}
    proofs = {at: proof for at, proof in EVIDENCE.proofs.items() if at}
    write_bundle(tmp_path / "b.zip", replace(EVIDENCE, entries=entries, proofs=proofs))
    assert verified(tmp_path / "b.zip").exit_code is ExitCode.INCOMPLETE


def test_a_saved_checkpoint_of_the_same_size_and_another_tree_is_a_fork(bundle: Path) -> None:
    forked = LogBuilder(entries=LOG.entries[::-1], log_key=LOG.log_key)
    report = verified(bundle, saved=forked.note())
    assert check(report, "consistency").state == "failed"


def test_a_saved_checkpoint_of_another_size_is_not_called_consistent(bundle: Path) -> None:
    report = verified(bundle, saved=LOG.note(3))
    assert check(report, "consistency").state == "not checked"


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "entries/../../evil", "entries/01.jws", "entries/x.jws", "C:"],
)
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "b.zip", {**EVIDENCE.files(), name: b"x"})
    with pytest.raises(UsageError, match="a name that no bundle has"):
        verified(path)


def test_a_compressed_archive_is_never_inflated(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("entries/0.jws", bytes(50_000_000))
    with pytest.raises(UsageError, match="compressed"):
        verified(tmp_path / "bomb.zip")


@pytest.mark.parametrize(
    ("size", "error"),
    [(0xFFFFFFF0, UsageError), (65_536, UsageError), (65_535, UnreachableError)],
)
def test_a_size_beyond_the_file_or_its_kind_takes_no_memory(
    size: int, error: type[Exception]
) -> None:
    octets = bytearray(b"".join(pack({"entries/0.jws": b"x"})))
    octets[18:26] = struct.pack("<2I", size, size)
    with pytest.raises(error, match=r"ends in the middle|larger than any of its kind"):
        unpack(bytes(octets))


def test_two_files_of_one_name_are_refused() -> None:
    octets = b"".join(pack({"entries/0.jws": b"x"}))
    member = octets[: octets.index(b"PK\x01\x02")]
    with pytest.raises(UsageError, match="twice"):
        unpack(member + octets)


def test_a_bundle_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="cannot be written"):
        write_bundle(tmp_path / "absent" / "b.zip", EVIDENCE)
    (tmp_path / "taken").mkdir()
    with pytest.raises(UnreachableError, match="cannot be written"):
        write_bundle(tmp_path / "taken", EVIDENCE)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@settings(
    max_examples=tries(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_changed_octet_of_a_bundle_is_noticed(data: st.DataObject, tmp_path: Path) -> None:
    octets = bytearray(b"".join(pack(EVIDENCE.files())))
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "changed.zip"
    path.write_bytes(octets)
    with suppress(UsageError, UnreachableError):
        assert verified(path).exit_code is not ExitCode.OK


@given(st.binary(max_size=200))
def test_any_octets_are_refused_as_a_bundle_without_another_exception(octets: bytes) -> None:
    with pytest.raises((UsageError, UnreachableError), match="bundle"):
        unpack(octets)
